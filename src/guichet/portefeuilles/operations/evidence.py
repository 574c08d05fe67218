"""What the journal holds of portfolios, and the statements that every module here runs."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import connection

from guichet.inscriptions.models import Changement
from guichet.journal import operations as journal
from guichet.portefeuilles.models import Portefeuille

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# The lines of a change: « +12345678200010 » for an établissement that came, « - » for one that went,
# « +123456782 dsn » for a declaration of a client; sorted by their bytes, one a line.
_DIGEST = """
SELECT encode(sha256(convert_to(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), 'UTF8')), 'hex') FROM (
    SELECT '+' || siret AS line
    FROM portefeuilles_etablissementclient WHERE opened_in_id = %(changement)s
    UNION ALL
    SELECT '-' || siret
    FROM portefeuilles_etablissementclient WHERE closed_in_id = %(changement)s
    UNION ALL
    SELECT '+' || c.siren || ' ' || d.code
    FROM portefeuilles_declarationcliente d JOIN portefeuilles_cliente c ON c.id = d.cliente_id
    WHERE d.opened_in_id = %(changement)s
    UNION ALL
    SELECT '-' || c.siren || ' ' || d.code
    FROM portefeuilles_declarationcliente d JOIN portefeuilles_cliente c ON c.id = d.cliente_id
    WHERE d.closed_in_id = %(changement)s
) lines
"""


def one(sql: str, params: Mapping[str, Any]) -> tuple[Any, ...]:
    """The one row that a statement gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def moment(changement: Changement) -> dict[str, Any]:
    """The parameters that every statement of a change takes."""
    return {"at": changement.at, "changement": changement.pk}


def record(
    kind: str,
    changement: Changement,
    portefeuille: Portefeuille | None,
    counts: "DataclassInstance",
    **data: object,
) -> None:
    """Write to the journal what a change did up to now: its counts, and the hash of its lines."""
    (lines,) = one(_DIGEST, {"changement": changement.pk})
    told: dict[str, object] = {"changement": changement.pk, **asdict(counts), **data}
    if portefeuille:
        told["portefeuille"] = str(portefeuille.pk)
    if lines:
        told["lines_sha256"] = lines
    journal.record(
        subject=changement.inscription.subject,
        kind=f"inscription.{kind}",
        actor=changement.by,
        data=told,
    )
