"""The screens of a correction: two questions of its own, the rest is shared."""

from guichet.kernel.refusals import N_
from guichet.teleprocedures.foyer.definition import FOYER
from guichet.teleprocedures.foyer.forms import ObjetForm, PersonneForm
from guichet.web.filing.screens import Filing, Step

SCREENS = Filing(
    definition=FOYER,
    namespace="foyer",
    steps=(
        Step(
            slug="correction",
            title=N_("Correction"),
            told=N_("Vous dites ce qu’il faut corriger, et pour qui."),
            form=ObjetForm,
        ),
        Step(
            slug="personne",
            title=N_("Personne"),
            told=N_("Vous donnez le nom, le prénom et la date de naissance de la personne."),
            form=PersonneForm,
        ),
    ),
    intro_template="foyer/intro.html",
    listed_at="foyer:mine",
    begin=N_("Commencer la demande"),
    transmit=N_("Transmettre cette demande de correction"),
)
