"""The screens of a resiliation: two questions of its own, the rest is shared."""

from guichet.kernel.refusals import N_
from guichet.teleprocedures.resiliation.definition import RESILIATION
from guichet.teleprocedures.resiliation.forms import MotifForm, ObjetForm
from guichet.web.filing.screens import Filing, Step

SCREENS = Filing(
    definition=RESILIATION,
    namespace="resiliation",
    steps=(
        Step(
            slug="objet",
            title=N_("Objet de la demande"),
            told=N_("Vous dites ce que concerne votre demande : l’inscription, ou un établissement."),
            form=ObjetForm,
        ),
        Step(
            slug="motif",
            title=N_("Demande et motif"),
            told=N_("Vous dites ce que vous demandez, et pourquoi."),
            form=MotifForm,
        ),
    ),
    intro_template="resiliation/intro.html",
    begin=N_("Commencer la demande"),
    transmit=N_("Transmettre cette demande"),
)
