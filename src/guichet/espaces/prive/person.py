"""Who somebody is, and the number of their file: asked while registering, changed afterwards."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models import Account
from guichet.accounts.sealed import open_field, seal_field
from guichet.espaces.prive.definition import FILE_NUMBER, PRIVE
from guichet.kernel.nir import Nir
from guichet.web import forms
from guichet.web.account_forms import AnyProfileForm

NAMES = ("last_name", "first_name", "phone")


def file_number(account: Account) -> Nir | None:
    """The number of the file of ``account``, whole, where there is one: for its person, and for agents.

    It stands sealed in the profile: nothing else opens it.
    """
    return _opened(account.profile.get(FILE_NUMBER, ""))


def sealed_number(number: str) -> str:
    """What a profile keeps of ``number``; nothing of nothing."""
    return seal_field(number, espace=PRIVE.code, name=FILE_NUMBER)


def _opened(sealed: object) -> Nir | None:
    number = open_field(sealed, espace=PRIVE.code, name=FILE_NUMBER)
    return Nir(number) if number else None


class FileNumberField(forms.ParsedField):
    """A NIR, as people read it on their card; « Où trouver ce numéro ? » is told under it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Numéro de sécurité sociale ou numéro de dossier"),
            parse=Nir.parse,
            required=False,
            template_name="prive/file_number.html",
            **options,
        )
        # No keyboard of digits alone: who was born in Corsica types a letter.
        self.widget.attrs |= {"spellcheck": "false", "autocapitalize": "characters"}


class PersonForm(AnyProfileForm):
    """Who one is, and what makes the agents' work easier: both facultative fields say so."""

    last_name = forms.NameField(
        label=_("Nom"), missing=_("Saisissez votre nom."), autocomplete="family-name", max_length=60
    )
    first_name = forms.NameField(
        label=_("Prénom"), missing=_("Saisissez votre prénom."), autocomplete="given-name", max_length=60
    )
    file_number = FileNumberField(
        help_text=_("15 chiffres, avec ou sans espaces. Il aide l’agent à retrouver votre dossier.")
    )
    phone = forms.PhoneField(
        required=False,
        help_text=_("Pour vous joindre au sujet d’un document. Exemple : 01 23 45 67 89"),
    )

    @property
    def profile(self) -> dict[str, str]:
        """The answers as an account keeps them: the name that headers show, and the number sealed."""
        asked = {name: str(self.cleaned_data[name]) for name in NAMES}
        name = f"{asked['first_name']} {asked['last_name']}"
        return {"name": name, **asked, FILE_NUMBER: sealed_number(self.cleaned_data[FILE_NUMBER])}


class ChangePersonForm(PersonForm):
    """The same, of an account: its number is shown masked, kept where none is typed, removed on demand."""

    forget_number = forms.ConsentField(label=_("Retirer ce numéro de mon espace"), required=False)
    field_order = ("last_name", "first_name", FILE_NUMBER, "forget_number", "phone")

    def __init__(self, *args: Any, initial: dict[str, Any], **options: Any) -> None:
        self.kept = initial.get(FILE_NUMBER, "")
        super().__init__(*args, initial={**initial, FILE_NUMBER: ""}, **options)
        known = _opened(self.kept)
        if known is None:
            del self.fields["forget_number"]
            return
        said = gettext(
            "Enregistré : {masked}. Laissez vide pour le garder, ou saisissez celui qui le remplace."
        )
        self.fields[FILE_NUMBER].help_text = said.format(masked=known.masked)

    @property
    def profile(self) -> dict[str, str]:
        """As before, but that a number stays which is neither replaced nor removed."""
        answers = super().profile
        if not answers[FILE_NUMBER] and not self.cleaned_data.get("forget_number"):
            answers[FILE_NUMBER] = self.kept
        return answers
