"""The two questions of the annual accounts: which exercice, and whether the addresses are right."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guichet.accounts.models import Account
from guichet.kernel.refusals import N_, Refusal
from guichet.teleprocedures.comptes_annuels import rules
from guichet.teleprocedures.comptes_annuels.definition import NATURE_LABELS, unique
from guichet.web.filing.screens import Context, Filed, StepForm
from guichet.web.forms import ChoiceField, DateField
from guichet.web.messages import sentence

MOST_SHOWN = 5


class AddressesChanged(Refusal):
    """The addresses of the account are not the ones that were shown."""

    code = "addresses_changed"
    message = N_("Les coordonnées de votre compte ont changé depuis : vérifiez-les à nouveau.")


class ExerciceForm(StepForm):
    """Step 1: the closing date, initial or rectificatif."""

    step_template = "comptes_annuels/exercice.html"

    date_cloture = DateField(
        label=_("Date de clôture de l’exercice"),
        help_text=_("Le dernier jour de l’exercice comptable. Exemple : 31/12/2025"),
        missing=_("Indiquez la date de clôture de l’exercice. Exemple : 31/12/2025."),
    )
    nature = ChoiceField(
        label=_("Type de dépôt"),
        choices=[(nature, _(label)) for nature, label in NATURE_LABELS.items()],
        missing=_("Choisissez « initial » pour un premier dépôt, ou « rectificatif » pour en remplacer un."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, context: Context, **options: Any) -> None:
        super().__init__(data, context=context, **options)
        # What counts or may come to count: neither replaced nor withdrawn. Read here, as no template reads.
        self._standing = [filed for filed in context.filed if filed.in_force or not filed.is_final]

    def clean_date_cloture(self) -> dt.date:
        """Holds the date against the rules."""
        try:
            return rules.closing_date(self.cleaned_data["date_cloture"].isoformat(), self.context.today)
        except Refusal as refusal:
            raise ValidationError(sentence(refusal), code=refusal.code) from refusal

    def clean(self) -> dict[str, Any]:
        """Holds the date and the type against what is filed already."""
        if {"date_cloture", "nature"} <= self.cleaned_data.keys():
            account, answers = self.context.account, self.answers()
            self.ask_place(unique(account, answers), siren=account.identifier, field="nature")
        return self.cleaned_data

    @property
    def latest_filed(self) -> list[Filed]:
        """What is filed already, the latest closing date first; « Vos dépôts » has the rest."""
        return sorted(self._standing, key=lambda filed: filed.unique.key, reverse=True)[:MOST_SHOWN]

    @property
    def more_filed(self) -> bool:
        """Whether « Vos dépôts » has more of them."""
        return len(self._standing) > MOST_SHOWN


class CoordonneesForm(StepForm):
    """Step 2: the addresses of the account, shown again to be checked (000, steps 2 and 6).

    They are changed on the account's page. What was confirmed is what was shown: the form brings it back, and
    it no longer holds when the account has changed meanwhile.
    """

    step_template = "comptes_annuels/coordonnees.html"

    adresse = forms.CharField(widget=forms.HiddenInput, required=False)
    courriel = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuses addresses that are not, or no longer, the account's, and those that can't be used."""
        shown = {name: _lines(self.cleaned_data.get(name, "")) for name in self.fields}
        if shown != self.current:
            self.refuse(AddressesChanged())
        for name, rule in (("adresse", rules.address), ("courriel", rules.email)):
            try:
                rule(self.current[name])
            except Refusal as refusal:
                self.add_error(None, ValidationError(sentence(refusal), code=refusal.code))
        return self.current

    @property
    def current(self) -> dict[str, str]:
        """The addresses of the account as they stand now."""
        return {"adresse": postal_address(self.context.account), "courriel": self.context.account.email}


def postal_address(account: Account) -> str:
    """The postal address of ``account``, one line a line."""
    profile = {name: str(value or "") for name, value in account.profile.items()}
    city = f"{profile.get('postcode', '')} {profile.get('city', '')}"
    return _lines(f"{profile.get('address', '')}\n{city}")


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())
