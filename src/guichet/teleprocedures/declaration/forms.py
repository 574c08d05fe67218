"""The two questions of a declaration: which one, then for which établissement and which period.

They offer what may be transmitted, and are asked again at each page: a right that ends in between shows.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from guichet.inscriptions import catalogue
from guichet.teleprocedures.declaration import rights, rules
from guichet.teleprocedures.declaration.rules import DECLARATION, LIEU, PERIODE, SIRET
from guichet.web.filing.screens import Context, StepForm
from guichet.web.forms import ChoiceField, SelectField


class DeclarationForm(StepForm):
    """Step 1: which declaration."""

    step_template = "declaration/declaration.html"

    declaration = ChoiceField(
        label=_("Quelle déclaration voulez-vous transmettre ?"), missing=rules.NoDeclaration.message
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, context: Context, **options: Any) -> None:
        super().__init__(data, context=context, **options)
        found = rights.offered(context.account)
        field = self.fields[DECLARATION]
        self.let_choose(DECLARATION, found.items())
        typed = str(data.get(DECLARATION, "")) if data is not None else ""
        if typed in rights.kinds() and typed not in found:
            field.error_messages["invalid_choice"] = rights.why_not(context.account, typed)
        # What else the company declares here, and why it is not offered: for the page alone.
        self.refused = rights.refused(context.account) if data is None else []

    def is_valid(self) -> bool:
        """A form that does not hold is shown again."""
        holds = super().is_valid()
        if not holds and self.is_bound:
            self.refused = rights.refused(self.context.account)
        return holds


class EtablissementForm(StepForm):
    """Step 2: for which établissement, and which period."""

    step_template = "declaration/etablissement.html"

    siret = SelectField(
        label=_("Pour quel établissement déclarez-vous ?"),
        help_text=_("Seuls figurent ceux pour lesquels vous avez le droit de transmettre cette déclaration."),
        missing=rules.NoEtablissement.message,
    )
    periode = SelectField(label=_("Quelle période déclarez-vous ?"), missing=rules.NoPeriod.message)

    def __init__(self, data: Mapping[str, Any] | None = None, *, context: Context, **options: Any) -> None:
        super().__init__(data, context=context, **options)
        code = context.answers.get(DECLARATION, "")
        self.places = {one.siret: rights.in_words(one) for one in rights.places(context.account, code)}
        self.label = catalogue.label(code)
        self._offer_places(code, data)
        self._offer_periods(code)

    def _offer_places(self, code: str, data: Mapping[str, Any] | None) -> None:
        field = self.fields[SIRET]
        none = [("", _("Choisissez un établissement"))] if len(self.places) != 1 else []
        self.let_choose(SIRET, [*none, *self.places.items()])
        typed = str(data.get(SIRET, "")) if data is not None else ""
        if len(typed) == 14 and typed.isdecimal() and typed not in self.places:
            field.error_messages["invalid_choice"] = rights.why_not(self.context.account, code, typed)

    def _offer_periods(self, code: str) -> None:
        known = rules.periods(rights.kinds().get(code, ""), self.context.today)
        if not known:
            del self.fields[PERIODE]
            return
        choices = [("", _("Choisissez une période")), *((one, rules.in_words(one)) for one in known)]
        self.let_choose(PERIODE, choices)

    def answers(self) -> dict[str, str]:
        """The établissement also in words, as it is known now."""
        siret = self.cleaned_data[SIRET]
        return {SIRET: siret, LIEU: self.places[siret], PERIODE: self.cleaned_data.get(PERIODE, "")}
