"""Who may look at the rights of others: the administrateurs of the company."""

from guichet.inscriptions.models import Acteur
from guichet.inscriptions.operations import NotAdministrateur


def check_administrateur(acteur: Acteur) -> None:
    """Raise ``NotAdministrateur`` unless ``acteur`` administers a company now."""
    if not acteur.administrateur or acteur.ended_at is not None:
        raise NotAdministrateur
