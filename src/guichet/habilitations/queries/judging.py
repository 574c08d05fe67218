"""What can be done of what is wanted: one statement for a plan, and for its application under the lock.

A source of wanted lines is a SELECT of ``(acteur_id, siret, declaration, given)`` with its parameters; no
value ever stands in the text of a statement. What else it selects stays with its lines.
"""

import uuid
from collections.abc import Collection

from guichet.habilitations.rules import Wanted
from guichet.inscriptions.models import Changement
from guichet.kernel.source import Source
from guichet.portefeuilles.states import Beneficiaires
from guichet.portefeuilles.values import Left

_LARGEST_ID = 2**63 - 1


_LINES = """
    SELECT acteur_id, siret, declaration, given
    FROM unnest(%(acteurs)s::bigint[], %(sirets)s::text[], %(codes)s::text[], %(given)s::boolean[])
        AS line(acteur_id, siret, declaration, given)
"""

_HEAD = "WITH wanted AS MATERIALIZED ("

# A right that is held is taken whatever became of its person, its place or its declaration. A place is the
# company's own or a client's: a client is a company of its own, so that no SIRET is both, unless somebody
# is the client of itself; then either will do.
_JUDGED = """
), judged AS MATERIALIZED (
    SELECT w.*, h.id AS right_id, CASE WHEN p.id IS NOT NULL THEN c.portefeuille_id END AS portefeuille_id,
        CASE WHEN a.id IS NULL THEN 'not_acteur'
             WHEN NOT w.given OR h.id IS NOT NULL THEN ''
             WHEN a.ended_at IS NOT NULL THEN 'ended'
             WHEN a.began_at IS NULL THEN 'candidate'
             WHEN NOT a.declarant THEN 'not_declarant'
             WHEN d.id IS NULL THEN 'declaration_not_chosen'
             WHEN e.ticked_at IS NOT NULL THEN ''
             WHEN p.id IS NOT NULL THEN
                CASE WHEN dc.id IS NULL THEN 'declaration_not_of_client' ELSE '' END
             WHEN e.id IS NOT NULL THEN 'etablissement_unticked'
             ELSE 'etablissement_unknown' END AS reason
    FROM wanted w
    LEFT JOIN inscriptions_acteur a ON a.id = w.acteur_id AND a.inscription_id = %(inscription)s
    LEFT JOIN inscriptions_declarationinscrite d
        ON d.inscription_id = %(inscription)s AND d.code = w.declaration AND d.removed_at IS NULL
    LEFT JOIN inscriptions_etablissementinscrit e
        ON e.inscription_id = %(inscription)s AND e.siret = w.siret
    LEFT JOIN portefeuilles_cliente c
        ON c.inscription_id = %(inscription)s AND c.siren = left(w.siret, 9) AND c.closed_at IS NULL
    LEFT JOIN portefeuilles_etablissementclient p
        ON p.cliente_id = c.id AND p.siret = w.siret AND p.closed_at IS NULL
    LEFT JOIN portefeuilles_declarationcliente dc
        ON dc.cliente_id = c.id AND dc.code = w.declaration AND dc.closed_at IS NULL
    LEFT JOIN habilitations_habilitation h
        ON h.acteur_id = a.id AND h.siret = w.siret AND h.declaration = w.declaration AND h.closed_at IS NULL
)
"""


def judged(source: Source, then: str) -> str:
    """The statement that judges the lines of ``source``, and does ``then`` with what it found.

    ``judged``: the columns of ``source``, ``right_id`` (the right that is held), ``portefeuille_id`` (of the
    client whose place it is) and ``reason``, a code of ``rules.Reason`` or empty.
    """
    return "".join((_HEAD, source.sql, _JUDGED, then))


def as_judged(source: Source, then: str) -> str:
    """The statement that does ``then`` with lines that were judged before, under the same lock."""
    return "".join(("WITH judged AS MATERIALIZED (", source.sql, ")", then))


_CLOSING = """
) SELECT count(*) FROM (
    SELECT FROM habilitations_habilitation h
    JOIN wanted w ON h.acteur_id = w.acteur_id AND h.siret = w.siret AND h.declaration = w.declaration
    WHERE h.closed_at IS NULL AND NOT w.given
    ORDER BY h.id FOR NO KEY UPDATE OF h
) held
"""


def closing(source: Source) -> str:
    """The statement that locks what ``source`` takes, once every filing that holds it is transmitted."""
    return "".join((_HEAD, source.sql, _CLOSING))


def lines(wanted: Collection[Wanted]) -> Source:
    """Lines that somebody typed or ticked, each cell once; what can be no id or no text finds nothing."""
    return Source(
        _LINES,
        {
            "acteurs": [one.acteur_id if 0 < one.acteur_id <= _LARGEST_ID else 0 for one in wanted],
            "sirets": [one.siret.replace("\0", "") for one in wanted],
            "codes": [one.declaration.replace("\0", "") for one in wanted],
            "given": [one.on for one in wanted],
        },
    )


def copied(source_id: int, target_id: int) -> Source:
    """The rights of one person, for another one."""
    return Source(
        "SELECT %(target)s::bigint AS acteur_id, siret, declaration, true AS given"
        " FROM habilitations_habilitation WHERE acteur_id = %(source)s AND closed_at IS NULL",
        {"source": source_id, "target": target_id},
    )


def everywhere(acteur_id: int, codes: Collection[str] | None, sirets: Collection[str] | None) -> Source:
    """Every declaration (of ``codes``) for every ticked établissement (of ``sirets``) of the company."""
    return Source(
        "SELECT %(acteur)s::bigint AS acteur_id, e.siret, d.code AS declaration, true AS given"
        " FROM inscriptions_declarationinscrite d"
        " JOIN inscriptions_etablissementinscrit e ON e.inscription_id = d.inscription_id"
        " WHERE d.inscription_id = %(inscription)s AND d.removed_at IS NULL AND e.ticked_at IS NOT NULL"
        " AND (%(codes)s::text[] IS NULL OR d.code = ANY(%(codes)s::text[]))"
        " AND (%(places)s::text[] IS NULL OR e.siret = ANY(%(places)s::text[]))",
        {
            "acteur": acteur_id,
            "codes": None if codes is None else list(codes),
            "places": None if sirets is None else list(sirets),
        },
    )


_TAKEN = """
    SELECT h.acteur_id, h.siret, h.declaration, false AS given
    FROM habilitations_habilitation h
    WHERE h.closed_at IS NULL
        AND h.acteur_id IN (SELECT id FROM inscriptions_acteur WHERE inscription_id = %(inscription)s)
        AND (%(of)s::bigint IS NULL OR h.acteur_id = %(of)s)
        AND (%(code)s = '' OR h.declaration = %(code)s)
        AND (%(only)s::text[] IS NULL OR h.siret = ANY(%(only)s::text[]))
        AND NOT h.siret = ANY(%(but)s::text[])
        AND (%(within)s = '' OR left(h.siret, 9) = %(within)s)
"""


def taken(
    *,
    acteur_id: int | None = None,
    declaration: str = "",
    sirets: Collection[str] | None = None,
    but: Collection[str] = (),
    siren: str = "",
) -> Source:
    """Rights that are held, to be taken: of one person or all, of one declaration or all, at some places
    (``sirets``), at all but some (``but``), or at those of one company (``siren``)."""
    known = {"of": acteur_id, "code": declaration, "only": _texts(sirets), "but": list(but)}
    return Source(_TAKEN, {**known, "within": siren})


_OF_CLIENTS = """
    SELECT h.acteur_id, h.siret, h.declaration, false AS given
    FROM portefeuilles_cliente c
    JOIN portefeuilles_etablissementclient p ON p.cliente_id = c.id AND p.closed_at IS NULL
    JOIN habilitations_habilitation h ON h.siret = p.siret AND h.closed_at IS NULL
    JOIN inscriptions_acteur a ON a.id = h.acteur_id AND a.inscription_id = c.inscription_id
    WHERE c.inscription_id = %(inscription)s AND c.closed_at IS NULL
        AND (%(portefeuille)s::uuid IS NULL OR c.portefeuille_id = %(portefeuille)s::uuid)
        AND (%(cliente)s::bigint IS NULL OR c.id = %(cliente)s::bigint)
        AND (%(only)s::text[] IS NULL OR p.siret = ANY(%(only)s::text[]))
        AND (%(of)s::text[] IS NULL OR h.declaration = ANY(%(of)s::text[]))
"""


def taken_of_clients(
    *,
    portefeuille_id: uuid.UUID | None = None,
    cliente_id: int | None = None,
    sirets: Collection[str] | None = None,
    codes: Collection[str] | None = None,
) -> Source:
    """Rights that are held for clients, to be taken: of one portfolio, of one client, or all; at some of
    their places, or all; on some declarations, or all. Asked while the clients have them still."""
    known = {"portefeuille": portefeuille_id, "cliente": cliente_id}
    return Source(_OF_CLIENTS, {**known, "only": _texts(sirets), "of": _texts(codes)})


# What a change opened and what still stands of it: each new place with all that is declared for its client,
# each new declaration at all its places. Who had a right is there, also where the change itself took it.
_ADDED = """
    SELECT who.id AS acteur_id, cell.siret, cell.code AS declaration, true AS given
    FROM (
        SELECT p.siret, d.code FROM portefeuilles_etablissementclient p
        JOIN portefeuilles_declarationcliente d ON d.cliente_id = p.cliente_id AND d.closed_at IS NULL
        WHERE p.opened_in_id = %(added)s AND p.closed_at IS NULL
        UNION
        SELECT p.siret, d.code FROM portefeuilles_declarationcliente d
        JOIN portefeuilles_etablissementclient p ON p.cliente_id = d.cliente_id AND p.closed_at IS NULL
        WHERE d.opened_in_id = %(added)s AND d.closed_at IS NULL
    ) cell CROSS JOIN (
        SELECT a.id FROM inscriptions_acteur a
        WHERE a.inscription_id = %(inscription)s AND a.declarant AND a.ended_at IS NULL
            AND (%(all)s OR EXISTS (
                SELECT FROM portefeuilles_cliente c
                JOIN portefeuilles_etablissementclient p ON p.cliente_id = c.id AND p.closed_at IS NULL
                JOIN habilitations_habilitation h
                    ON h.siret = p.siret AND h.acteur_id = a.id
                    AND (h.closed_at IS NULL OR h.closed_in_id = %(added)s)
                WHERE c.portefeuille_id = %(portefeuille)s AND c.closed_at IS NULL
            ))
    ) who
"""


def added(changement: Changement, portefeuille_id: uuid.UUID, beneficiaires: Beneficiaires) -> Source:
    """Rights on what ``changement`` added to a portfolio, for whoever is to have them; nothing for
    ``PERSONNE``. Once its rows are written."""
    nobody = " WHERE false" if beneficiaires == Beneficiaires.PERSONNE else ""
    known = {"added": changement.pk, "portefeuille": portefeuille_id}
    return Source(_ADDED + nobody, {**known, "all": beneficiaires == Beneficiaires.TOUS})


# Rights on what a change took from clients, unless it stands again.
_GONE = """
    SELECT h.acteur_id, h.siret, h.declaration, false AS given
    FROM (
        SELECT p.siret, NULL::text AS code
        FROM portefeuilles_etablissementclient p WHERE p.closed_in_id = %(gone)s
        UNION
        SELECT p.siret, d.code FROM portefeuilles_declarationcliente d
        JOIN portefeuilles_etablissementclient p ON p.cliente_id = d.cliente_id
        WHERE d.closed_in_id = %(gone)s
    ) cell
    JOIN habilitations_habilitation h
        ON h.siret = cell.siret AND (cell.code IS NULL OR h.declaration = cell.code) AND h.closed_at IS NULL
    JOIN inscriptions_acteur a ON a.id = h.acteur_id AND a.inscription_id = %(inscription)s
    WHERE NOT EXISTS (
        SELECT FROM portefeuilles_cliente c
        JOIN portefeuilles_etablissementclient p
            ON p.cliente_id = c.id AND p.siret = h.siret AND p.closed_at IS NULL
        JOIN portefeuilles_declarationcliente d
            ON d.cliente_id = c.id AND d.code = h.declaration AND d.closed_at IS NULL
        WHERE c.inscription_id = %(inscription)s AND c.siren = left(h.siret, 9) AND c.closed_at IS NULL
    )
    GROUP BY h.id
"""


def gone(changement: Changement) -> Source:
    """Rights that what ``changement`` took from clients carried, to be taken. Once its rows are written."""
    return Source(_GONE, {"gone": changement.pk})


def _texts(values: Collection[str] | None) -> list[str] | None:
    return None if values is None else [value.replace("\0", "") for value in values]


def transferred(acteur_id: int, successor_id: int) -> Source:
    """The rights of one person, which another one has from now on."""
    gone, come = taken(acteur_id=acteur_id), copied(acteur_id, successor_id)
    return Source(f"{gone.sql} UNION ALL {come.sql}", {**gone.params, **come.params})


# Rights given since on what a change added to clients: neither the place nor the declaration goes then.
_KEPT = """
    SELECT DISTINCT h.siret, h.declaration AS code
    FROM habilitations_changement u
    JOIN portefeuilles_cliente c ON c.inscription_id = u.inscription_id AND c.closed_at IS NULL
    JOIN portefeuilles_etablissementclient p ON p.cliente_id = c.id AND p.closed_at IS NULL
    JOIN habilitations_habilitation h
        ON h.siret = p.siret AND h.closed_at IS NULL AND h.opened_in_id <> u.id
    JOIN inscriptions_acteur a ON a.id = h.acteur_id AND a.inscription_id = u.inscription_id
    WHERE u.id = %(undone)s AND (p.opened_in_id = u.id OR EXISTS (
        SELECT FROM portefeuilles_declarationcliente d
        WHERE d.cliente_id = c.id AND d.code = h.declaration AND d.opened_in_id = u.id AND d.closed_at IS NULL
    ))
"""


def kept(changement_id: int) -> Source:
    """What taking a change back leaves, as rights were given on it since: a source of ``(siret, code)`` for
    ``portefeuilles.queries.reverting``."""
    return Source(_KEPT, {"undone": changement_id})


# The opposite of what a change did, where nothing happened to the cell since, nor to what it stands on.
_REVERTED = """
    SELECT h.acteur_id, h.siret, h.declaration, false AS given
    FROM habilitations_habilitation h WHERE h.opened_in_id = %(undone)s AND h.closed_at IS NULL
        AND NOT h.siret = ANY(%(stay)s::text[])
        AND NOT left(h.siret, 9) || ' ' || h.declaration = ANY(%(declared)s::text[])
    UNION ALL
    SELECT h.acteur_id, h.siret, h.declaration, true AS given
    FROM habilitations_habilitation h
    WHERE h.closed_in_id = %(undone)s AND NOT EXISTS (
        SELECT FROM habilitations_habilitation later
        WHERE later.acteur_id = h.acteur_id AND later.siret = h.siret AND later.declaration = h.declaration
            AND later.opened_at >= h.closed_at
    )
"""


def reverted(changement_id: int, left: Collection[Left] = ()) -> Source:
    """What takes a change back, line by line; what somebody changed since is left out.

    ``left``: what of its clients' places and declarations stays as it is; the rights on it stay too.
    """
    stay = sorted({one.siret for one in left if one.siret})
    declared = sorted({f"{one.siren} {one.code}" for one in left if one.siren and one.code})
    return Source(_REVERTED, {"undone": changement_id, "stay": stay, "declared": declared})
