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

SEARCH = "recherche"  # of the address of the page
MOST_TYPED = 100  # characters that are looked for


class DeclarationForm(StepForm):
    """Step 1: which declaration."""

    step_template = "declaration/declaration.html"

    declaration = ChoiceField(
        label=_("Quelle déclaration voulez-vous transmettre ?"), missing=rules.NoDeclaration.message
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, context: Context, **options: Any) -> None:
        super().__init__(data, context=context, **options)
        found = context.once((DECLARATION,), lambda: rights.offered(context.account))
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
    """Step 2: for which établissement, and which period.

    Whoever has many looks for the one first (``?recherche=`` of the page), then chooses among those found.
    """

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
        self.label = catalogue.label(code)
        self.search = str(context.asked.get(SEARCH, ""))[:MOST_TYPED].strip()
        typed = str((data if data is not None else context.answers).get(SIRET, ""))
        chosen = typed if _is_siret(typed) else ""
        self.found = context.once(
            (SIRET, code, self.search, chosen),
            lambda: rights.places(context.account, code, search=self.search, chosen=chosen),
        )
        self.places = {one.siret: rights.in_words(one) for one in self.found.places}
        self._offer_places()
        if chosen and chosen not in self.places:
            why = rights.why_not(context.account, code, chosen)
            self.fields[SIRET].error_messages["invalid_choice"] = why
        self._offer_periods(code)
        # A SIRET that was looked for and is none that is offered: why, for the page alone.
        sought = "" if self.places else "".join(self.search.split())
        self.why_not_found = rights.why_not(context.account, code, sought) if _is_siret(sought) else ""

    def _offer_places(self) -> None:
        if self.found.many:
            self.fields[SIRET] = ChoiceField(label=_("Établissement"), missing=rules.NoEtablissement.message)
            self.fields[SIRET].initial = next(iter(self.places)) if len(self.places) == 1 else None
            self.let_choose(SIRET, self.places.items())
            return
        none = [("", _("Choisissez un établissement"))] if len(self.places) != 1 else []
        self.let_choose(SIRET, [*none, *self.places.items()])

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


def _is_siret(text: str) -> bool:
    return len(text) == 14 and text.isascii() and text.isdecimal()
