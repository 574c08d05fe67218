"""The screens of a declaration: two questions of its own, its files as they are, the rest is shared."""

from guichet.kernel.refusals import N_
from guichet.teleprocedures.declaration.definition import DECLARATION_SOCIALE
from guichet.teleprocedures.declaration.earlier import caution
from guichet.teleprocedures.declaration.forms import DeclarationForm, EtablissementForm
from guichet.web.filing.screens import Filing, Step

SCREENS = Filing(
    definition=DECLARATION_SOCIALE,
    namespace="declaration",
    steps=(
        Step(
            slug="declaration",
            title=N_("Déclaration"),
            told=N_("Vous choisissez la déclaration."),
            form=DeclarationForm,
        ),
        Step(
            slug="etablissement",
            title=N_("Établissement et période"),
            told=N_("Vous choisissez l’établissement et la période."),
            form=EtablissementForm,
        ),
    ),
    intro_template="declaration/intro.html",
    reminder_template="declaration/reminder.html",
    begin=N_("Commencer la déclaration"),
    transmit=N_("Transmettre cette déclaration"),
    caution=caution,
)
