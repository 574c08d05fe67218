"""The forms of doors whose messages bring codes (004, steps 2 and 3)."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.accounts.definitions import Espace, PasswordPolicy, TrustQuestion
from guichet.accounts.rules import TrustChoice, pasted
from guichet.web import forms
from guichet.web.account_forms import IdentifierForm, NewPasswordForm
from guichet.web.trust_forms import answer_field, chosen_answer_field, question_field


def code_field() -> forms.ParsedField:
    """The code of a message: copied, or typed."""
    return forms.ParsedField(
        label=_("Code reçu par message"),
        help_text=_("12 lettres et chiffres. Les majuscules et les minuscules comptent."),
        missing=_("Saisissez le code du message."),
        parse=pasted,
        autocomplete="one-time-code",
    )


class OpenRecoveryForm(IdentifierForm):
    """Who has forgotten the password, and the code that their mailbox received."""

    code = code_field()


class PasswordTwiceForm(NewPasswordForm):
    """A new password, typed twice (004, step 2)."""

    password_again = forms.PasswordField(
        label=_("Nouveau mot de passe, une deuxième fois"),
        missing=_("Saisissez le mot de passe une deuxième fois."),
        autocomplete="new-password",
    )

    def __init__(self, *args: Any, policy: PasswordPolicy, **options: Any) -> None:
        super().__init__(*args, policy=policy, **options)
        if policy.alphanumeric:
            self.fields["password"].help_text = gettext(
                "{minimum} caractères minimum et {maximum} caractères maximum, lettres et chiffres mêlés, "
                "sans espace ni accent. Les majuscules et les minuscules comptent."
            ).format(minimum=policy.min_length, maximum=policy.max_length)

    def clean(self) -> dict[str, Any] | None:
        """Refuses two passwords that differ."""
        data = super().clean() or self.cleaned_data
        first, second = data.get("password"), data.get("password_again")
        if first and second and first != second:
            self.add_error(
                "password_again",
                gettext("Les deux mots de passe ne sont pas identiques. Saisissez de nouveau les deux."),
            )
        return data


class RecoverPasswordForm(PasswordTwiceForm):
    """The answer to the question of trust, where there is one, and the new password."""

    def __init__(self, *args: Any, question: TrustQuestion | None, **options: Any) -> None:
        super().__init__(*args, **options)
        if question:
            self.fields = {"answer": answer_field(question), **self.fields}


class CodePasswordForm(PasswordTwiceForm):
    """The code of the mailbox, and the new password."""

    field_order = ("code", "password", "password_again")
    code = code_field()


class CodeEmailForm(forms.EmailTwice, forms.PortalForm):
    """The code of the present mailbox, and the new address, typed twice."""

    code = code_field()
    email = forms.EmailField(label=_("Nouvelle adresse électronique"))
    email_again = forms.EmailField(
        label=_("Nouvelle adresse électronique, une deuxième fois"),
        missing=_("Saisissez l’adresse une deuxième fois."),
    )


class CodeOnlyForm(forms.PortalForm):
    """The code that the new address received."""

    code = code_field()


class CodeTrustForm(forms.PortalForm):
    """The code of the mailbox, and another question of trust with its answer."""

    code = code_field()

    def __init__(self, *args: Any, door: Espace, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["question"] = question_field(door)
        self.fields["answer"] = chosen_answer_field()

    @property
    def trust(self) -> TrustChoice:
        """The question and its answer."""
        return TrustChoice(self.cleaned_data["question"], self.cleaned_data["answer"])


class ProofForm(forms.PortalForm):
    """The password and the answer again, before a code goes to the mailbox.

    ``asks_password``: not of who comes in by a certificate and has none.
    """

    current = forms.PasswordField(label=_("Mot de passe actuel"))

    def __init__(
        self, *args: Any, asks_password: bool, question: TrustQuestion | None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        if not asks_password:
            del self.fields["current"]
        if question:
            self.fields["answer"] = answer_field(question)
