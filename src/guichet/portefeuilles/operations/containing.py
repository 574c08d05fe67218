"""What portfolios contain, and what is declared for their clients: set-based, within a change that has begun.

The inscription is locked (``inscriptions.operations.lock``), and the change is one of it. The rights end
above this room.
"""

from collections.abc import Collection
from dataclasses import dataclass

from guichet.inscriptions.models import Changement
from guichet.inscriptions.operations import DeclarationNotChosen
from guichet.kernel.source import Source
from guichet.portefeuilles.models import DeclarationPortefeuille, Portefeuille
from guichet.portefeuilles.operations.evidence import moment, one, record
from guichet.portefeuilles.queries.containing import judged
from guichet.portefeuilles.queries.starting import openings

# ``rules.starts_at``, of many clients.
_DECLARED = """
, closed AS (
    UPDATE portefeuilles_declarationcliente d SET closed_at = %(at)s, closed_in_id = %(changement)s
    FROM judged j WHERE d.id = j.declaration_id AND NOT j.given
    RETURNING d.id
), opened AS (
    INSERT INTO portefeuilles_declarationcliente (cliente_id, code, starts_at, opened_at, opened_in_id)
    SELECT j.cliente_id, j.code, greatest(%(at)s, j.began_at + o.delay, o.opens), %(at)s, %(changement)s
    FROM judged j
    JOIN unnest(%(opening)s::text[], %(delays)s::interval[], %(opens)s::timestamptz[])
        AS o(code, delay, opens) ON o.code = j.code
    WHERE j.given AND j.reason = '' AND NOT j.already
    RETURNING id
)
SELECT (SELECT count(*) FROM opened), (SELECT count(*) FROM closed)
"""

_REMOVED = """
WITH removed AS (
    UPDATE portefeuilles_declarationportefeuille d SET closed_at = %(at)s, closed_in_id = %(changement)s
    WHERE d.portefeuille_id = ANY(%(of)s) AND d.code = ANY(%(codes)s) AND d.closed_at IS NULL
    RETURNING d.id
), closed AS (
    UPDATE portefeuilles_declarationcliente d SET closed_at = %(at)s, closed_in_id = %(changement)s
    FROM portefeuilles_cliente c
    WHERE c.id = d.cliente_id AND c.portefeuille_id = ANY(%(of)s) AND c.closed_at IS NULL
        AND d.code = ANY(%(codes)s) AND d.closed_at IS NULL
    RETURNING d.id
)
SELECT (SELECT count(*) FROM removed), (SELECT count(*) FROM closed)
"""


@dataclass(frozen=True, kw_only=True)
class Contained:
    """How many declarations a portfolio contains more."""

    contained: int


@dataclass(frozen=True, kw_only=True)
class Declared:
    """How many declarations clients have more (``opened``), and less (``closed``)."""

    opened: int = 0
    closed: int = 0


@dataclass(frozen=True, kw_only=True)
class Removed:
    """How many declarations portfolios contain less, and how many their clients have less."""

    contained: int = 0
    declarations: int = 0


def add(portefeuille: Portefeuille, codes: Collection[str], changement: Changement) -> list[str]:
    """A portfolio contains these too; which are new. Its clients have none of them yet (``declare``).

    Raises ``inscriptions.operations.DeclarationNotChosen`` for one that the firm does not declare.
    """
    chosen = {it.code for it in openings(portefeuille.inscription_id, codes)}
    if not {*codes} <= chosen:
        raise DeclarationNotChosen
    there = portefeuille.declarations.filter(closed_at=None).values_list("code", flat=True)
    new = sorted(chosen - {*there})
    DeclarationPortefeuille.objects.bulk_create(
        DeclarationPortefeuille(
            portefeuille=portefeuille, code=code, opened_at=changement.at, opened_in=changement
        )
        for code in new
    )
    if new:
        record("declarations_contained", changement, portefeuille, Contained(contained=len(new)), codes=new)
    return new


def remove(portefeuille: Portefeuille, codes: Collection[str], changement: Changement) -> Removed:
    """A portfolio contains these no more, and its clients have them no more."""
    return _remove([portefeuille], codes, changement)


def withdraw(changement: Changement, codes: Collection[str]) -> Removed:
    """The same of every portfolio of the firm, which does not declare these any more."""
    rows = Portefeuille.objects.filter(inscription=changement.inscription_id, closed_at=None)
    return _remove(list(rows), codes, changement)


def declare(source: Source, changement: Changement) -> Declared:
    """What of ``source`` (``queries.containing``) clients are to have, and can, they have: filed once its
    delay, which counts from the client's beginning, is over (``rules.starts_at``). What they are to have no
    more ends."""
    codes = openings(changement.inscription_id)
    known = {
        "inscription": changement.inscription_id,
        "opening": [it.code for it in codes],
        "delays": [it.delay for it in codes],
        "opens": [it.opens for it in codes],
        **moment(changement),
    }
    opened, closed = one(judged(source, _DECLARED), {**source.params, **known})
    declared = Declared(opened=opened, closed=closed)
    if opened or closed:
        record("clientes_declared", changement, None, declared)
    return declared


def _remove(of: list[Portefeuille], codes: Collection[str], changement: Changement) -> Removed:
    wanted = sorted({code.replace("\0", "") for code in codes})
    known = {"of": [row.pk for row in of], "codes": wanted, **moment(changement)}
    contained, declarations = one(_REMOVED, known)
    removed = Removed(contained=contained, declarations=declarations)
    if contained or declarations:
        portefeuille = of[0] if len(of) == 1 else None
        record("declarations_removed", changement, portefeuille, removed, codes=wanted)
    return removed
