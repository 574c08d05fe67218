"""The screens of the annual accounts: two questions of their own, the rest is shared."""

from guichet.depots.definitions import Data
from guichet.kernel.refusals import N_
from guichet.teleprocedures.comptes_annuels import rules
from guichet.teleprocedures.comptes_annuels.definition import COMPTES_ANNUELS
from guichet.teleprocedures.comptes_annuels.forms import CoordonneesForm, ExerciceForm
from guichet.web.filing.screens import Filing, Step


def rectification(data: Data) -> Data:
    """The first answers of a rectificatif of the accounts that ``data`` tells of."""
    return {"date_cloture": data["date_cloture"], "nature": rules.RECTIFICATIF}


SCREENS = Filing(
    definition=COMPTES_ANNUELS,
    namespace="comptes_annuels",
    steps=(
        Step(
            slug="exercice",
            title=N_("Exercice"),
            told=N_("Vous indiquez l’exercice dont vous déposez les comptes."),
            form=ExerciceForm,
        ),
        Step(
            slug="coordonnees",
            title=N_("Coordonnées"),
            told=N_("Vous vérifiez vos coordonnées."),
            form=CoordonneesForm,
        ),
    ),
    intro_template="comptes_annuels/intro.html",
    reminder_template="comptes_annuels/reminder.html",
    transmit=N_("Transmettre les {label}"),
    rectification=rectification,
)
