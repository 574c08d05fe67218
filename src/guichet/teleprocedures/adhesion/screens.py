"""The screens of a request for membership: three questions of its own, the rest is shared."""

from guichet.kernel.refusals import N_
from guichet.teleprocedures.adhesion.definition import ADHESION
from guichet.teleprocedures.adhesion.dossiers import more
from guichet.teleprocedures.adhesion.forms import EntrepriseForm, QualiteForm, ServicesForm
from guichet.web.filing.screens import Filing, Step

SCREENS = Filing(
    definition=ADHESION,
    namespace="adhesion",
    steps=(
        Step(
            slug="entreprise",
            title=N_("Entreprise"),
            told=N_("Vous donnez le numéro SIREN de l’entreprise cliente."),
            form=EntrepriseForm,
        ),
        Step(
            slug="services",
            title=N_("Services"),
            told=N_("Vous choisissez les services dont vous avez besoin pour elle."),
            form=ServicesForm,
        ),
        Step(
            slug="qualite",
            title=N_("Qualité"),
            told=N_("Vous dites en quelle qualité vous agissez."),
            form=QualiteForm,
        ),
    ),
    intro_template="adhesion/intro.html",
    listed_at="adhesion:dossiers",
    begin=N_("Commencer la demande"),
    decision_template="adhesion/standing.html",
    more=more,
    transmit=N_("Transmettre la demande d’adhésion pour {name}"),
)
