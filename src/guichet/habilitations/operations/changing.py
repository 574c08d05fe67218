"""A change of rights: lines judged and applied by one statement, under the lock of the inscription."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from guichet.habilitations.queries.judging import as_judged, closing, judged
from guichet.inscriptions.models import Acteur, Changement, Inscription
from guichet.inscriptions.operations import ActeurGone, NotAdministrateur, begin_changement, lock
from guichet.inscriptions.states import Origine
from guichet.journal import operations as journal
from guichet.kernel.source import Source

_APPLIED = """
, closed AS (
    UPDATE habilitations_habilitation h SET closed_at = %(at)s, closed_in_id = %(changement)s
    FROM judged j WHERE h.id = j.right_id AND NOT j.given
    RETURNING h.id
), opened AS (
    INSERT INTO habilitations_habilitation (acteur_id, siret, declaration, opened_at, opened_in_id)
    SELECT acteur_id, siret, declaration, %(at)s, %(changement)s
    FROM judged WHERE given AND right_id IS NULL AND reason = ''
    RETURNING id
)
SELECT (SELECT count(*) FROM opened), (SELECT count(*) FROM closed)
"""

# What the journal holds of the lines: « +12 12345678200010 dsn » for a right that was given, « - » for one
# that was taken, sorted by their bytes, one a line.
_DIGEST = """
SELECT encode(sha256(convert_to(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), 'UTF8')), 'hex') FROM (
    SELECT '+' || acteur_id || ' ' || siret || ' ' || declaration AS line
    FROM habilitations_habilitation WHERE opened_in_id = %(changement)s
    UNION ALL
    SELECT '-' || acteur_id || ' ' || siret || ' ' || declaration
    FROM habilitations_habilitation WHERE closed_in_id = %(changement)s
) lines
"""


def held(by: Acteur) -> Acteur:
    """The administrateur ``by``, read again once their inscription is locked.

    Raises ``ActeurGone``, ``NotAdministrateur``.
    """
    lock(by.inscription_id)
    fresh = Acteur.objects.select_related("account", "inscription").get(pk=by.pk)
    if fresh.ended_at is not None:
        raise ActeurGone
    if not fresh.administrateur:
        raise NotAdministrateur
    return fresh


def hold(inscription: Inscription, source: Source) -> None:
    """Wait until nobody files with a right that ``source`` takes, and let nobody begin to.

    Before ``begin_changement``, where its moment is to be the end of these rights; the inscription is locked.
    """
    _one(closing(source), {**source.params, "inscription": inscription.pk})


def change(
    inscription: Inscription,
    source: Source,
    *,
    origine: Origine,
    actor: str,
    undoes: Changement | None = None,
    within: Changement | None = None,
) -> Changement:
    """Apply what is possible of ``source``, and journal it; the inscription is locked.

    A right that a filing holds (``holding``) ends after it: the moment is taken once nobody holds it any
    more. Where nothing changes, nothing is written: what is returned has no ``pk`` then.

    ``within``: in a change that has begun, whose counts grow, and which stays whatever comes of it: whoever
    began it took its moment (once ``hold`` has waited), and deletes it where nothing at all came of it.
    """
    hold(inscription, source)
    made = within or begin_changement(inscription, origine=origine, actor=actor, undoes=undoes)
    known = {**source.params, "inscription": inscription.pk}
    if not _apply(made, judged(source, _APPLIED), known, actor) and within is None:
        made.delete()
    return made


def do_judged(made: Changement, source: Source, *, actor: str) -> None:
    """Apply in a change that has begun, and journal, what was judged under the same lock, and can be done;
    ``hold`` has waited for what ``source`` takes.

    ``source`` gives ``right_id`` and ``reason`` too, as ``queries.judging.judged`` found them.
    """
    _apply(made, as_judged(source, _APPLIED), source.params, actor)


def _apply(made: Changement, sql: str, known: Mapping[str, Any], actor: str) -> bool:
    """Whether anything changed."""
    opened, closed = _one(sql, {**known, "at": made.at, "changement": made.pk})
    if not (opened or closed):
        return False
    made.opened, made.closed = made.opened + opened, made.closed + closed
    made.save(update_fields=["opened", "closed"])
    _record(made, actor)
    return True


def _record(made: Changement, actor: str) -> None:
    (lines,) = _one(_DIGEST, {"changement": made.pk})
    data = {
        "changement": made.pk,
        "origine": str(made.origine),
        "opened": made.opened,
        "closed": made.closed,
        "lines_sha256": lines,
    }
    if made.undoes_id:
        data["undoes"] = made.undoes_id
    journal.record(
        subject=made.inscription.subject, kind="inscription.rights_changed", actor=actor, data=data
    )


def _one(sql: str, params: Mapping[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        row: tuple[Any, ...] = cursor.fetchone()
    return row
