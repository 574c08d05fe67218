"""What rights need to know of a tiers déclarant's clients: names of their places, their declarations."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from guichet.habilitations.queries.sentences import OF_CLIENT, OF_CONTAINER
from guichet.habilitations.rules import GridFilters, fold
from guichet.kernel import clock
from guichet.portefeuilles.models import (
    Cliente,
    DeclarationCliente,
    DeclarationPortefeuille,
    EtablissementClient,
)

Declared = tuple[str, str]  # a client's SIREN, a declaration's code


def names_of_clients(inscription_id: uuid.UUID, sirets: Iterable[str]) -> Mapping[str, str]:
    """The places among ``sirets`` that are, or were, of a client: SIRET → the client's name. One query."""
    wanted = set(sirets)
    rows = Cliente.objects.filter(inscription=inscription_id, siren__in={siret[:9] for siret in wanted})
    names = dict(rows.order_by("opened_at").values_list("siren", "name"))
    return {siret: names[siret[:9]] for siret in wanted if siret[:9] in names}


def declared(inscription_id: uuid.UUID, sirets: Iterable[str]) -> set[Declared]:
    """What is declared now for the clients of these places."""
    rows = DeclarationCliente.objects.filter(
        closed_at=None,
        cliente__closed_at=None,
        cliente__inscription=inscription_id,
        cliente__siren__in={siret[:9] for siret in sirets},
    )
    return set(rows.values_list("cliente__siren", "code"))


def waiting(inscription_id: uuid.UUID, sirets: Collection[str]) -> Mapping[Declared, dt.datetime]:
    """When declarations of the clients of these places open that are not open yet."""
    rows = DeclarationCliente.objects.filter(
        closed_at=None,
        starts_at__gt=clock.now(),
        cliente__inscription=inscription_id,
        cliente__siren__in={siret[:9] for siret in sirets},
    )
    return {(siren, code): at for siren, code, at in rows.values_list("cliente__siren", "code", "starts_at")}


def is_waiting(*, inscription_id: uuid.UUID, siret: str, declaration: str, at: dt.datetime) -> bool:
    """Whether ``siret`` was a client's place at a moment, whose declaration had not opened yet."""
    rows = DeclarationCliente.objects.filter(
        Q(closed_at=None) | Q(closed_at__gt=at),
        cliente__inscription=inscription_id,
        cliente__siren=siret[:9],
        code=declaration,
        opened_at__lte=at,
        starts_at__gt=at,
    )
    return rows.exists()


_OPENING = """
SELECT max(m.starts_at)
FROM (
    SELECT DISTINCT left(siret, 9) AS siren, declaration FROM habilitations_habilitation
    WHERE opened_in_id = %(changement)s
) h
JOIN portefeuilles_cliente k
    ON k.inscription_id = %(inscription)s AND k.siren = h.siren AND k.closed_at IS NULL
JOIN portefeuilles_declarationcliente m
    ON m.cliente_id = k.id AND m.code = h.declaration AND m.closed_at IS NULL
WHERE m.starts_at > %(now)s
"""


def opening_of_clients(changement_id: int, inscription_id: uuid.UUID) -> dt.datetime | None:
    """When the last of the clients' declarations opens whose rights a change gave; ``None``: all are open."""
    known: dict[str, Any] = {"changement": changement_id, "inscription": inscription_id, "now": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(_OPENING, known)
        (found,) = cursor.fetchone()
    return found if isinstance(found, dt.datetime) else None


class Steps:
    """Says what a declaration that is not of a client misses; portfolios are read once, where it is asked."""

    def __init__(self, inscription_id: uuid.UUID) -> None:
        self._inscription_id = inscription_id
        self._read = False
        self._where: dict[str, uuid.UUID] = {}
        self._contained: set[tuple[uuid.UUID, str]] = set()

    def missing(self, siret: str, declaration: str) -> str:
        """The sentence of the step that comes first (003, chapter 4: the container, then the content)."""
        if not self._read:
            self._look()
        portefeuille = self._where.get(siret[:9])
        return gettext(OF_CLIENT if (portefeuille, declaration) in self._contained else OF_CONTAINER)

    def _look(self) -> None:
        clients = Cliente.objects.filter(inscription=self._inscription_id, closed_at=None)
        self._where = dict(clients.values_list("siren", "portefeuille"))
        rows = DeclarationPortefeuille.objects.filter(
            closed_at=None, portefeuille__inscription=self._inscription_id
        )
        self._contained = set(rows.values_list("portefeuille", "code"))
        self._read = True


def places(inscription_id: uuid.UUID, filters: GridFilters) -> QuerySet[EtablissementClient]:
    """The places of clients that ``filters`` leave, those that ended too."""
    rows = EtablissementClient.objects.filter(cliente__inscription=inscription_id)
    if filters.portefeuille is not None:
        rows = rows.filter(cliente__portefeuille=filters.portefeuille)
    if filters.cliente is not None:
        rows = rows.filter(cliente=filters.cliente)
    for word in words_of(filters.etablissement):
        rows = rows.filter(Q(siret__contains=word) | Q(cliente__sort_key__contains=word))
    return rows


def words_of(text: str) -> list[str]:
    """What is looked for in SIRETs and clients' names: each word, or a number without its blanks."""
    digits = "".join(text.split())
    if digits.isdecimal() and digits.isascii():
        return [digits]
    return [word.upper() for word in fold(text).split()]
