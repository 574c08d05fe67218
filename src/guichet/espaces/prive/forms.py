"""What registering asks, one question or decision a page."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.accounts.definitions import espace
from guichet.accounts.operations.passwords import check_new
from guichet.espaces.prive.company import Company, company
from guichet.espaces.prive.definition import PRIVE, parse_address
from guichet.espaces.prive.kinds import KINDS
from guichet.kernel.refusals import Refusal
from guichet.web import forms
from guichet.web.messages import sentence

PASSWORDS = ("password", "password_again")


def _kinds() -> list[tuple[str, str]]:
    hinted = '{}<span class="fr-hint-text">{}</span>'
    return [(one.code, format_html(hinted, gettext(one.label), gettext(one.hint))) for one in KINDS.values()]


class KindForm(forms.PortalForm):
    """Who one comes in as: it decides what is asked, and what the home shows."""

    kind = forms.ChoiceField(
        label=_("Vous créez cet espace en tant que :"),
        choices=_kinds,
        missing=_("Choisissez votre situation."),
    )


class CompanyForm(forms.PortalForm):
    """The SIREN of an exploitant or employeur: open, and in the register."""

    siren = forms.SirenField(
        label=_("Numéro SIREN de votre exploitation ou de votre entreprise"),
        missing=_("Saisissez le numéro SIREN (9 chiffres)."),
        template_name="prive/siren.html",
    )
    company: Company | None = None

    def clean(self) -> dict[str, Any] | None:
        """Refuses what the register does not know, or knows as closed."""
        data = super().clean() or self.cleaned_data
        if data.get("siren"):
            try:
                self.company = company(data["siren"])
            except Refusal as refusal:
                self.refuse(refusal)
        return data


class IdentifiersForm(forms.EmailTwice, forms.PortalForm):
    """Address and password, both twice, and the conditions. ``own_data``: what no password may be made of.

    ``with_password``: no where one was chosen already.
    """

    email = forms.EmailField(
        help_text=_("Elle sera votre identifiant : choisissez celle que vous lisez vous-même, et vous seul."),
    )
    email_again = forms.EmailField(
        label=_("Adresse électronique, une deuxième fois"),
        missing=_("Saisissez l’adresse une deuxième fois."),
    )
    password = forms.PasswordField(
        label=_("Mot de passe"), missing=_("Choisissez un mot de passe."), autocomplete="new-password"
    )
    password_again = forms.PasswordField(
        label=_("Mot de passe, une deuxième fois"),
        missing=_("Saisissez le mot de passe une deuxième fois."),
        autocomplete="new-password",
    )
    accepted = forms.ConsentField(
        label=_("J’ai lu les conditions d’utilisation et je les accepte."),
        missing=_(
            "Cochez cette case pour créer votre espace : sans votre accord, nous ne pouvons pas l’ouvrir."
        ),
    )

    def __init__(
        self, *args: Any, own_data: Sequence[str] = (), with_password: bool = True, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.own_data = own_data
        if not with_password:
            for name in PASSWORDS:
                del self.fields[name]
            return
        said = gettext(
            "Au moins {minimum} caractères, et difficile à deviner : quatre mots sans rapport entre eux, par "
            "exemple. Ni votre nom, ni votre adresse, ni un mot de passe qui sert ailleurs."
        )
        self.fields["password"].help_text = said.format(minimum=espace(PRIVE.code).password.min_length)

    def clean_email(self) -> str:
        """The address as one signs in with it, whatever its case."""
        return parse_address(self.cleaned_data["email"])

    def clean_email_again(self) -> str:
        """As ``clean_email``."""
        return parse_address(self.cleaned_data["email_again"])

    def clean(self) -> dict[str, Any] | None:
        """Refuses what differs, and a password that the policy refuses."""
        data = super().clean() or self.cleaned_data
        password, again = data.get("password"), data.get("password_again")
        if password:
            self._check(password, data.get("email", ""))
        if password and again and password != again:
            said = gettext("Les deux mots de passe ne sont pas identiques. Saisissez-les de nouveau.")
            self.add_error("password_again", said)
        return data

    def _check(self, password: str, email: str) -> None:
        try:
            check_new(password, espace(PRIVE.code), own_data=(*self.own_data, email))
        except Refusal as refusal:
            self.add_error("password", ValidationError(sentence(refusal), code=refusal.code))
