"""The screens of a request for access: one question of its own, its documents, the rest is shared."""

from guichet.kernel.refusals import N_
from guichet.teleprocedures.acces.definition import ACCES
from guichet.teleprocedures.acces.forms import MotifForm
from guichet.web.filing.screens import Filing, Step

SCREENS = Filing(
    definition=ACCES,
    namespace="acces",
    steps=(
        Step(
            slug="motif",
            title=N_("Motif et fonction"),
            told=N_(
                "Vous dites pourquoi vous vous adressez au service, et votre fonction dans l’entreprise."
            ),
            form=MotifForm,
        ),
    ),
    intro_template="acces/intro.html",
    reminder_template="acces/reminder.html",
    begin=N_("Commencer la demande"),
    transmit=N_("Transmettre cette demande"),
)
