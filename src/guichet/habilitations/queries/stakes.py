"""What would end with a client, an établissement or a declaration: how many rights, of how many people."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from guichet.habilitations.queries.judging import taken_of_clients
from guichet.inscriptions.models import Acteur

_COUNTED = "SELECT count(*), count(DISTINCT acteur_id) FROM ("


@dataclass(frozen=True)
class Stakes:
    """``rights`` that are held now, by ``people``."""

    rights: int
    people: int


def of_clientes(
    *,
    acteur: Acteur,
    portefeuille_id: uuid.UUID | None = None,
    cliente_id: int | None = None,
    sirets: Collection[str] | None = None,
    codes: Collection[str] | None = None,
) -> Stakes:
    """The rights that are held for clients of ``acteur``'s company: of one portfolio, of one client, or all;
    at some of their établissements, on some declarations, or all. What takes them away ends as many.
    """
    source = taken_of_clients(
        portefeuille_id=portefeuille_id, cliente_id=cliente_id, sirets=sirets, codes=codes
    )
    counted = f"{_COUNTED}{source.sql}) held"
    with connection.cursor() as cursor:
        cursor.execute(counted, {**source.params, "inscription": acteur.inscription_id})
        return Stakes(*cursor.fetchone())
