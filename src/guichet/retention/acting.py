"""What a person's copy tells of the companies that they act for, and of their rights there (003)."""

from typing import Any

from guichet.accounts.models import Account, Provisional
from guichet.habilitations.models import Habilitation
from guichet.imports.models import Demande
from guichet.inscriptions.models import Acteur, Candidature

Data = dict[str, Any]


def acting(account: Account) -> list[Data]:
    """Each company that ``account`` acts for, or acted for, the oldest first."""
    rows = Acteur.objects.filter(account=account).select_related("inscription", "candidature")
    return [_acteur(row) for row in rows.order_by("created_at")]


def provisional(account: Account) -> Data | None:
    """That there is a provisional password, without it."""
    row = Provisional.objects.filter(account=account).first()
    return {"donne_le": row.given_at, "expire_le": row.expires_at} if row else None


def _acteur(row: Acteur) -> Data:
    return {
        "siren": row.inscription.siren,
        "siret": row.siret,
        "administrateur": row.administrateur,
        "declarant": row.declarant,
        "cree_le": row.created_at,
        "depuis_le": row.began_at,
        "jusqu_au": row.ended_at,
        "candidature": _candidature(row),
        "demandes_par_fichier": [
            _request(one) for one in Demande.objects.filter(acteur=row).order_by("created_at", "pk")
        ],
        "habilitations": [_right(right) for right in row.habilitations.order_by("opened_at", "pk")],
    }


def _candidature(row: Acteur) -> Data | None:
    found: Candidature | None = getattr(row, "candidature", None)
    if found is None:
        return None
    return {
        "voie": found.voie,
        "demandee_le": found.asked_at,
        "tranchee_le": found.settled_at,
        "issue": found.issue,
        "motif": found.motif,
    }


def _request(one: Demande) -> Data:
    return {
        "nature": one.kind,
        "fichier": one.file_name,
        "deposee_le": one.created_at,
        "validee_le": one.validated_at,
        "terminee_le": one.ended_at,
        "etat": one.etat,
        "comptes": one.counts,
    }


def _right(row: Habilitation) -> Data:
    return {
        "siret": row.siret,
        "declaration": row.declaration,
        "depuis_le": row.opened_at,
        "jusqu_au": row.closed_at,
    }
