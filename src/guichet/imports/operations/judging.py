"""The verdicts of a request's lines, and its counts: before it is validated, and again when it is applied."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from guichet.imports.models import Demande
from guichet.imports.operations import staging
from guichet.imports.operations.staging import execute
from guichet.imports.queries import stakes
from guichet.imports.queries.judging import (
    AGAIN,
    FINGERPRINT,
    READ,
    REWRITTEN,
    TABLES,
    WRITTEN,
    judged,
)
from guichet.imports.rules import MOST_RIGHTS, TooManyRights
from guichet.imports.states import Kind

# 100,000 lines are joined in memory, and by hashes: to sort them by their texts takes three times as long,
# which the planner does not know, and to compile these statements takes longer than to run them.
TUNED = "SET LOCAL work_mem = '48MB'; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off"
DELETED = "DELETE FROM imports_ligne WHERE demande_id = %(demande)s"
COUNTS = ("lignes", "ajouts", "suppressions", "deja", "impossibles")


def judge(demande: Demande) -> None:
    """Judge the lines that ``staging`` has read in this transaction, and write them.

    Sets ``counts`` (rights included: what they would be), ``fingerprint`` and, where more than
    ``MOST_RIGHTS`` would change, ``problem``.
    """
    execute(DELETED, {"demande": demande.pk})
    _judge(demande, READ)
    demande.fingerprint = _one(FINGERPRINT, {})[0]
    _write(demande, WRITTEN)


def again(demande: Demande) -> None:
    """Judge a request that is to be applied, as things are by now; a line is written where that differs."""
    if demande.kind not in (Kind.ETABLISSEMENTS, Kind.HABILITATIONS):
        staging.stage(demande, lambda _done, _total: None)
        judge(demande)
        return
    _judge(demande, AGAIN)
    (fingerprint,) = _one(FINGERPRINT, {})
    if fingerprint != demande.fingerprint:
        demande.fingerprint = fingerprint
        staging.read_again(demande)
        _write(demande, REWRITTEN)


def _judge(demande: Demande, cells: str) -> None:
    execute(TUNED)
    execute(TABLES)
    execute(cells, {"demande": demande.pk})
    execute("ANALYZE imports_cellule")
    source = judged(demande)
    execute(source.sql, source.params)
    execute("ANALYZE imports_jugee")


def _write(demande: Demande, statement: str) -> None:
    counts = _one(statement, {"demande": demande.pk})
    demande.counts = dict(zip(COUNTS, map(int, counts), strict=True))
    _count_rights(demande)


def _one(statement: str, known: Mapping[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, known)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def _count_rights(demande: Demande) -> None:
    found = stakes.of(demande)
    demande.counts |= {
        "droits_ouverts": found.opened,
        "droits_fermes": found.closed,
        "personnes": found.people,
    }
    if found.rights > MOST_RIGHTS:
        params = {"number": found.rights, "most": MOST_RIGHTS, "people": found.people}
        demande.problem = {"code": TooManyRights.code, "params": params}
