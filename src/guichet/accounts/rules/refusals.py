"""Why a password is refused, in words."""

from collections.abc import Sequence

from guichet.kernel.refusals import N_, Refusal


class WeakPassword(Refusal):
    """The policy refuses a password; the subclasses say why."""

    code = "password"
    field = "password"


class PasswordTooShort(WeakPassword):
    """Params: ``minimum``, ``count`` (signs)."""

    code = "password_too_short"
    message = N_(
        "Votre mot de passe compte {count} caractères ; il en faut au moins {minimum}. Ajoutez-lui un mot, "
        "par exemple."
    )


class PasswordTooLong(WeakPassword):
    """Params: ``maximum``, ``count`` (signs)."""

    code = "password_too_long"
    message = N_(
        "Votre mot de passe compte {count} caractères ; il ne peut pas en compter plus de {maximum}."
    )


class PasswordBlank(WeakPassword):
    """A blank between its signs, where letters and digits alone are taken (004, step 2)."""

    code = "password_blank"
    message = N_(
        "Votre mot de passe contient un espace. Retirez-le : seuls les lettres et les chiffres sont "
        "autorisés."
    )


class PasswordAccent(WeakPassword):
    """A letter with an accent, a cedilla or the like (004, step 2). Params: ``sign``."""

    code = "password_accent"
    message = N_(
        "Votre mot de passe contient « {sign} ». Les lettres accentuées ne sont pas autorisées : "
        "remplacez-la par une lettre sans accent."
    )


class PasswordSign(WeakPassword):
    """Neither a letter nor a digit (004, step 2). Params: ``sign``."""

    code = "password_sign"
    message = N_(
        "Votre mot de passe contient « {sign} ». Seuls les lettres et les chiffres sont autorisés : retirez "
        "ce caractère."
    )


class PasswordWithoutDigit(WeakPassword):
    """Letters alone."""

    code = "password_without_digit"
    message = N_("Votre mot de passe ne contient que des lettres. Ajoutez-y au moins un chiffre.")


class PasswordWithoutLetter(WeakPassword):
    """Digits alone."""

    code = "password_without_letter"
    message = N_("Votre mot de passe ne contient que des chiffres. Ajoutez-y au moins une lettre.")


class PasswordWithoutLetters(WeakPassword):
    """Less letters than wanted (003, chapter 2). Params: ``min_letters``, ``letters`` (accented ones too)."""

    code = "password_without_letters"
    message = N_("Ajoutez des lettres : il en faut {min_letters}, votre mot de passe en compte {letters}.")


class PasswordWithoutDigits(WeakPassword):
    """Less digits than wanted (003, chapter 2). Params: ``min_digits``, ``digits``."""

    code = "password_without_digits"
    message = N_("Ajoutez des chiffres : il en faut {min_digits}, votre mot de passe en compte {digits}.")


class PasswordWithoutCapital(WeakPassword):
    """No letter in upper case (003, chapter 2)."""

    code = "password_without_capital"
    message = N_("Ajoutez une majuscule : votre mot de passe n’en contient aucune.")


class PasswordWithoutSmall(WeakPassword):
    """No letter in lower case (003, chapter 2)."""

    code = "password_without_small"
    message = N_("Ajoutez une minuscule : votre mot de passe n’en contient aucune.")


class PasswordBlankUnlisted(WeakPassword):
    """A blank between its signs, where none is listed (003, chapter 2)."""

    code = "password_blank_unlisted"
    message = N_("Votre mot de passe contient un espace, qui n’est pas accepté : retirez-le.")


class PasswordLetterUnlisted(WeakPassword):
    """A letter that is not listed (003, chapter 2). Params: ``sign``."""

    code = "password_letter_unlisted"
    message = N_(
        "Votre mot de passe contient « {sign} », qui n’est pas accepté : remplacez cette lettre par une "
        "lettre sans accent."
    )


class PasswordSignUnlisted(WeakPassword):
    """Neither letter nor digit, and not listed (003, chapter 2). Params: ``sign``, ``signs`` (the list)."""

    code = "password_sign_unlisted"
    message = N_(
        "Votre mot de passe contient « {sign} », qui n’est pas accepté : retirez-le. En dehors des lettres "
        "et des chiffres, vous pouvez employer : {signs}"
    )


class PasswordMisses(WeakPassword):
    """Several of the criteria at once: ``misses`` says which, so that nobody is sent back once for each."""

    code = "password_misses"

    def __init__(self, misses: Sequence[WeakPassword]) -> None:
        self.misses = tuple(misses)
        super().__init__()

    @property
    def template(self) -> str:
        """All the sentences, which ``web.messages.sentence`` translates one by one."""
        return " ".join(one.template for one in self.misses)

    def __str__(self) -> str:
        return " ".join(map(str, self.misses))


class PasswordTooEasy(WeakPassword):
    """It would be guessed."""

    code = "password_too_easy"
    message = N_(
        "Ce mot de passe serait vite deviné : il ressemble à un mot courant, à une suite de touches ou à vos "
        "propres données. Choisissez par exemple quatre mots sans rapport entre eux."
    )


class AlphanumericTooEasy(PasswordTooEasy):
    """It would be guessed; and words with blanks between them are refused here, or too long."""

    message = N_(
        "Ce mot de passe serait vite deviné : il ressemble à un mot courant, à une suite de touches ou à vos "
        "propres données. Collez par exemple deux ou trois mots sans rapport entre eux, avec des chiffres."
    )
