"""The forms of an account, the same for every espace."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.accounts.definitions import Espace, Part, PasswordPolicy
from guichet.kernel.refusals import Refusal
from guichet.web import forms


def identifier_fields(door: Espace) -> dict[str, forms.ParsedField]:
    """What one signs in with at ``door``, by the names of its fields: one, or one for each of its parts."""
    identifier = door.identifier
    if identifier.parts:
        return {part.name: _part_field(part) for part in identifier.parts}
    label = gettext(identifier.label)
    missing = gettext("Saisissez votre {label}.").format(label=label[:1].lower() + label[1:])
    field = forms.ParsedField(
        label=label,
        help_text=gettext(identifier.hint),
        parse=identifier.parse,
        autocomplete=identifier.autocomplete,
        inputmode=identifier.inputmode,
        missing=missing,
    )
    return {"identifier": field}


def _part_field(part: Part) -> forms.ParsedField:
    return forms.ParsedField(
        label=gettext(part.label),
        help_text=gettext(part.hint),
        parse=part.parse,
        autocomplete=part.autocomplete,
        inputmode=part.inputmode,
        missing=gettext(part.missing),
    )


def typed_as(door: Espace, identifier: str) -> dict[str, str]:
    """``identifier`` as one would type it into the fields of ``door``; nothing where it is none."""
    try:
        parsed = door.identifier.parse(identifier)
    except Refusal:
        return {}
    if door.identifier.parts:
        return dict(door.identifier.split(parsed))
    return {"identifier": door.identifier.display(parsed, {})}


class IdentifierForm(forms.PortalForm):
    """Who has forgotten the password. ``known``: the identifier, where an earlier page gave it."""

    def __init__(self, *args: Any, door: Espace, known: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial = {**typed_as(door, known), **self.initial}
        self.door = door
        self.fields = {**identifier_fields(door), **self.fields}

    def clean(self) -> dict[str, Any] | None:
        """Makes one ``identifier`` of its parts, where each of them holds."""
        data = super().clean() or self.cleaned_data
        names = [part.name for part in self.door.identifier.parts]
        values = {name: data.pop(name) for name in names if name in data}
        if names and len(values) == len(names):
            data["identifier"] = self.door.identifier.join(values)
        return data


class SignInForm(IdentifierForm):
    """Identifier and password (000, step 4)."""

    password = forms.PasswordField(
        label=_("Votre mot de passe"),
        help_text=_(
            "Les majuscules et les minuscules comptent. Les espaces au début et à la fin sont retirés."
        ),
    )


class CodeForm(forms.PortalForm):
    """What the application shows now."""

    code = forms.ParsedField(
        label=_("Code à 6 chiffres"),
        help_text=_("Celui que votre application de codes affiche maintenant"),
        missing=_("Saisissez le code que votre application affiche."),
        autocomplete="one-time-code",
        inputmode="numeric",
    )


class RecoveryCodeForm(forms.PortalForm):
    """What stands in for the application."""

    code = forms.ParsedField(
        label=_("Code de secours"),
        help_text=_("16 lettres et chiffres, avec ou sans tirets. Chaque code ne sert qu’une fois."),
        missing=_("Saisissez l’un de vos codes de secours."),
    )


class NewPasswordForm(forms.PortalForm):
    """A password of one's own choice, as ``policy`` wants it, tried out while it is being typed."""

    password = forms.PasswordField(
        label=_("Nouveau mot de passe"),
        missing=_("Choisissez un mot de passe."),
        autocomplete="new-password",
    )

    def __init__(self, *args: Any, policy: PasswordPolicy, **options: Any) -> None:
        super().__init__(*args, **options)
        self.has_criteria = forms.has_criteria(policy)
        if self.has_criteria:
            self.fields["password"] = forms.NewPasswordField(policy)
            return
        self.fields["password"].help_text = gettext(
            "Au moins {minimum} caractères, difficile à deviner : quatre mots sans rapport entre eux, "
            "par exemple."
        ).format(minimum=policy.min_length)


class ChangePasswordForm(NewPasswordForm):
    """The current password, and the one that is to replace it."""

    field_order = ("current", "password")
    current = forms.PasswordField(label=_("Mot de passe actuel"))


class ChangeEmailForm(forms.EmailTwice, forms.PortalForm):
    """A new address, typed twice, and the password."""

    email = forms.EmailField(label=_("Nouvelle adresse électronique"))
    email_again = forms.EmailField(
        label=_("Nouvelle adresse électronique, une deuxième fois"),
        missing=_("Saisissez l’adresse une deuxième fois."),
    )
    current = forms.PasswordField(
        help_text=_("Votre mot de passe actuel, pour vérifier que c’est bien vous.")
    )


class AnyProfileForm(forms.PortalForm):
    """What an espace knows of a person. ``fixed_name``: the name is the register's, and not asked again."""

    def __init__(self, *args: Any, fixed_name: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fixed_name = fixed_name
        if fixed_name:
            del self.fields["name"]

    @property
    def profile(self) -> dict[str, str]:
        """The answers, the name included, as an account keeps them."""
        asked = {name: str(self.cleaned_data[name]) for name in self.base_fields if name in self.fields}
        return {"name": self.fixed_name, **asked}


class ActivationForm(forms.PortalForm):
    """The link of a registration was opened. ``with_password``: not on the browser that registered."""

    password = forms.PasswordField(
        help_text=_("Celui que vous avez choisi en vous inscrivant"),
        missing=_("Saisissez le mot de passe que vous avez choisi en vous inscrivant."),
    )

    def __init__(self, *args: Any, with_password: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not with_password:
            del self.fields["password"]


class CloseAccountForm(forms.PortalForm):
    """The password, as closing cannot be undone."""

    current = forms.PasswordField(
        label=_("Mot de passe"),
        help_text=_("Pour vérifier que c’est bien vous : la fermeture est définitive."),
    )


class ProfileForm(AnyProfileForm):
    """Who one is, where, and how to be reached."""

    name = forms.NameField(
        label=_("Nom de l’organisme"),
        missing=_("Saisissez le nom, tel qu’il figure dans les statuts."),
        autocomplete="organization",
        max_length=200,
    )
    address = forms.NameField(
        label=_("Adresse"),
        help_text=_("Numéro et rue, ou lieu-dit"),
        missing=_("Saisissez l’adresse du siège."),
        autocomplete="street-address",
        max_length=200,
    )
    postcode = forms.PostcodeField()
    city = forms.NameField(
        label=_("Commune"), missing=_("Saisissez la commune."), autocomplete="address-level2", max_length=100
    )
    contact = forms.NameField(
        label=_("Prénom et nom de la personne à contacter"),
        missing=_("Saisissez le prénom et le nom de la personne à contacter."),
        autocomplete="name",
    )
    phone = forms.PhoneField(required=False)
