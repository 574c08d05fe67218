"""The three questions of a request for membership: which company, which services, in which capacity."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from guichet.adhesions import catalogue
from guichet.adhesions.catalogue import Service
from guichet.adhesions.queries.verdicts import check_line, may_ask_own
from guichet.adhesions.rules import BETWEEN, Code
from guichet.teleprocedures.adhesion import rules
from guichet.teleprocedures.adhesion.register import Company, company
from guichet.web.filing.screens import MAX_TYPED, StepForm
from guichet.web.forms import ChoiceField, SirenField

OWN_FIRM = _(
    "C’est le numéro de votre propre entreprise : choisissez la qualité de qui y travaille, ou "
    "revenez à l’étape « Entreprise » pour saisir le numéro d’un client."
)


class ServicesWidget(forms.CheckboxSelectMultiple):
    """Boxes of a browser, or the codes that a draft keeps in one text."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:  # noqa: ARG002 - Django's signature
        """The codes, of whichever form."""
        kept = data.get(name, "")
        found = data.getlist(name) if hasattr(data, "getlist") else kept
        return sorted(rules.chosen(found)) if isinstance(found, str) else found


class ServicesField(forms.MultipleChoiceField):
    """Check boxes, one for each service of the catalogue, with its hint."""

    def __init__(self, **options: Any) -> None:
        missing = str(rules.NoService())
        errors = {
            "required": missing,
            "invalid_choice": rules.UnknownService.message,
            "invalid_list": missing,
        }
        super().__init__(widget=ServicesWidget(), choices=_services, error_messages=errors, **options)
        self.template_name = "adhesion/choices_field.html"
        self.kind = "checkbox"


class CapacityField(ChoiceField):
    """Radio buttons, one for each capacity in which one may act."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("En quelle qualité agissez-vous ?"))
        super().__init__(choices=_capacities, missing=rules.UnknownCapacity.message, **options)
        self.template_name = "adhesion/choices_field.html"
        self.kind = "radio"


def _services() -> list[tuple[str, Service]]:
    """Each with its label and its hint, for the template of the field."""
    return list(catalogue.services().items())


def _capacities() -> list[tuple[str, Service]]:
    return list(catalogue.capacities().items())


class EntrepriseForm(StepForm):
    """Step 1: the client company, by its SIREN. Whatever would be refused later is refused here."""

    step_template = "adhesion/entreprise.html"

    siren = SirenField(
        label=_("Numéro SIREN de l’entreprise cliente"),
        missing=_("Saisissez le numéro SIREN de l’entreprise pour laquelle vous voulez agir (9 chiffres)."),
    )

    def clean_siren(self) -> str:
        """Holds the company against the register, and against what was asked for it already.

        One's own company passes here where there is a capacity in which one asks for it: the last step asks.
        """
        siren = str(self.cleaned_data["siren"])
        verdict = check_line(account=self.context.account, siren=siren)
        later = verdict.code == Code.OWN_FIRM and any(map(may_ask_own, catalogue.capacities()))
        if not verdict.ok and not later:
            raise ValidationError(verdict.sentence, code=verdict.code)
        return siren


class CompanyKnown(StepForm):
    """A step that follows the first one: its page names the company, as the register does."""

    company: Company

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.company = company(self.context.answers["siren"])


class ServicesForm(CompanyKnown):
    """Step 2: the services wanted for this company."""

    step_template = "adhesion/services.html"

    services = ServicesField(
        label=_("De quels services avez-vous besoin pour cette entreprise ?"),
        help_text=_(
            "Choisissez-en un ou plusieurs : l’entreprise donnera son accord pour ceux-là seulement."
        ),
    )

    def answers(self) -> dict[str, str]:
        """The codes in one text, in the order of the catalogue."""
        chosen = BETWEEN.join(self.cleaned_data["services"])
        return {"services": rules.services(chosen, catalogue.services())}

    def typed(self) -> dict[str, str]:
        """The boxes that are ticked, whatever they are."""
        found = self.fields["services"].widget.value_from_datadict(self.data, {}, "services")
        return {"services": BETWEEN.join(map(str, found))[:MAX_TYPED]}


class QualiteForm(CompanyKnown):
    """Step 3: the capacity in which one acts."""

    step_template = "adhesion/qualite.html"

    qualite = CapacityField()

    def clean_qualite(self) -> str:
        """Asks about the company again, as some capacities alone let one ask for one's own."""
        qualite = str(self.cleaned_data["qualite"])
        verdict = check_line(
            account=self.context.account, siren=self.context.answers["siren"], qualite=qualite
        )
        if verdict.code == Code.OWN_FIRM:  # the number is two steps back: what can be done is here
            raise ValidationError(OWN_FIRM, code=verdict.code)
        if not verdict.ok:
            raise ValidationError(verdict.sentence, code=verdict.code)
        return qualite
