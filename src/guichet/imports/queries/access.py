"""Which requests somebody may read: those of their company, as an administrateur (003, chapter 4: « Seul un
administrateur a accès à cette fonctionnalité »)."""

import uuid

from guichet.habilitations.queries.access import check_administrateur
from guichet.imports.models import Demande
from guichet.inscriptions.models import Acteur
from guichet.kernel.refusals import N_, Refusal


class DemandeNotFound(Refusal):
    """No such request, or one of another company."""

    code = "import_not_found"
    message = N_("Cette demande n’existe pas, ou n’est pas de votre entreprise.")
    status = 404


def request_of(acteur: Acteur, demande_id: uuid.UUID | str) -> Demande:
    """A request of the company of ``acteur``. Raises ``NotAdministrateur``, ``DemandeNotFound``."""
    check_administrateur(acteur)
    rows = Demande.objects.select_related("portefeuille", "designates", "inscription")
    found = rows.filter(pk=demande_id, inscription=acteur.inscription_id).first()
    if found is None:
        raise DemandeNotFound
    return found
