"""May she file, and why (not): one query, now or at a moment that is past."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext

from guichet.accounts.models import Account
from guichet.habilitations.queries.access import check_administrateur
from guichet.habilitations.queries.naming import CLOSED, label_of, named, names_of, place_of
from guichet.habilitations.queries.sentences import (
    THEN,
    TO_AN_ADMINISTRATEUR,
    TO_ONESELF,
    sentence,
    whom_to_ask,
)
from guichet.habilitations.rules import Reason
from guichet.habilitations.values import Answer
from guichet.inscriptions.models import Acteur
from guichet.kernel import clock

_COLUMNS = """
SELECT a.inscription_id, a.began_at, a.administrateur, a.declarant, d.opens_at, e.id, e.ticked_at,
    e.closed_at, h.id, h.opened_at, c.by, g.espace, g.profile ->> 'name',
"""

# Read where somebody may not file, and is to be told whom to turn to; else PostgreSQL leaves it alone.
_WHOM_TO_ASK = """
    CASE WHEN NOT a.administrateur
        AND (h.id IS NULL OR NOT a.declarant OR d.id IS NULL OR e.ticked_at IS NULL)
    THEN ARRAY(
        SELECT p.profile ->> 'name'
        FROM inscriptions_acteur o JOIN accounts_account p ON p.id = o.account_id
        WHERE o.inscription_id = a.inscription_id AND o.administrateur AND o.ended_at IS NULL
    ) END
"""
_NOBODY_TO_ASK = "NULL"
_FROM = " FROM inscriptions_acteur a"

_GIVER = """
LEFT JOIN habilitations_changement c ON c.id = h.opened_in_id
LEFT JOIN accounts_account g ON g.id = CASE WHEN c.by LIKE 'account:%%' THEN substr(c.by, 9)::uuid END
"""

_NOW = """
LEFT JOIN inscriptions_declarationinscrite d
    ON d.inscription_id = a.inscription_id AND d.code = %(declaration)s AND d.removed_at IS NULL
LEFT JOIN inscriptions_etablissementinscrit e
    ON e.inscription_id = a.inscription_id AND e.siret = %(siret)s
LEFT JOIN habilitations_habilitation h
    ON h.acteur_id = a.id AND h.siret = %(siret)s AND h.declaration = %(declaration)s AND h.closed_at IS NULL
"""

# A candidate whose time is over is nobody, also before the job that writes so.
_ACTING_NOW = """
AND a.ended_at IS NULL AND (a.began_at IS NOT NULL OR EXISTS (
    SELECT FROM inscriptions_candidature w WHERE w.acteur_id = a.id AND w.lapses_at > %(now)s
))
"""

_THEN = """
LEFT JOIN inscriptions_declarationinscrite d
    ON d.inscription_id = a.inscription_id AND d.code = %(declaration)s AND d.added_at <= %(at)s
    AND (d.removed_at IS NULL OR d.removed_at > %(at)s)
LEFT JOIN inscriptions_etablissementinscrit e
    ON e.inscription_id = a.inscription_id AND e.siret = %(siret)s AND e.found_at <= %(at)s
LEFT JOIN habilitations_habilitation h
    ON h.acteur_id = a.id AND h.siret = %(siret)s AND h.declaration = %(declaration)s
    AND h.opened_at <= %(at)s AND (h.closed_at IS NULL OR h.closed_at > %(at)s)
"""

_ACTING_THEN = """
AND a.created_at <= %(at)s AND (a.ended_at IS NULL OR a.ended_at > %(at)s)
ORDER BY a.created_at DESC LIMIT 1
"""
_OF_ACCOUNT = "WHERE a.account_id = %(account)s"
_OF_COLLEAGUE = "WHERE a.id = %(acteur)s AND a.inscription_id = %(inscription)s"


@dataclass(frozen=True)
class _Found:
    inscription_id: uuid.UUID
    began_at: dt.datetime | None
    administrateur: bool
    declarant: bool
    opens_at: dt.datetime | None
    place: int | None
    ticked_at: dt.datetime | None
    closed_at: dt.datetime | None
    right_id: int | None
    since: dt.datetime | None
    by: str | None
    giver_espace: str | None
    giver_name: str | None
    administrateurs: list[str | None] | None


def may_file(*, account: Account, siret: str, declaration: str, at: dt.datetime | None = None) -> Answer:
    """Whether ``account`` may file ``declaration`` for ``siret`` (14 digits) now, or could ``at`` a moment.

    One query, which also finds whom a refusal names. ``at`` answers from history: the right as it
    was held then, the declaration as it was chosen and open then. Roles and ticks have no history of their
    own: what ended them ended the rights.
    """
    known = {"account": account.pk, "siret": _text(siret), "declaration": _text(declaration), "at": at}
    found = _find(_OF_ACCOUNT, known)
    reason = _reason(found, at)
    if at is not None:
        return _answer(found, reason, sentence(THEN, reason, **_words(found, known, named(account))))
    told = sentence(TO_ONESELF, reason, **_words(found, known, ""))
    if found is not None and not _lets_file(reason):
        told = f"{told} {_mended_by(found, reason)}".rstrip()
    return _answer(found, reason, told)


def explain(
    *, acteur: Acteur, acteur_id: int, siret: str, declaration: str, at: dt.datetime | None = None
) -> Answer:
    """The same for a colleague, as an administrateur of their company asks it.

    Who is of another company is as nobody. Raises ``inscriptions.operations.NotAdministrateur``.
    """
    check_administrateur(acteur)
    person = Acteur.objects.select_related("account").filter(inscription=acteur.inscription_id)
    colleague = person.filter(pk=acteur_id).first() if 0 < acteur_id < 2**63 else None
    if colleague is None:
        return _answer(None, Reason.NOT_ACTEUR, sentence(TO_AN_ADMINISTRATEUR, Reason.NOT_ACTEUR))
    known = {"acteur": colleague.pk, "inscription": acteur.inscription_id, "siret": _text(siret)}
    known |= {"declaration": _text(declaration), "at": at}
    found = _find(_OF_COLLEAGUE, known)
    reason = _reason(found, at)
    table = TO_AN_ADMINISTRATEUR if at is None else THEN
    return _answer(found, reason, sentence(table, reason, **_words(found, known, named(colleague.account))))


def _find(whose: str, known: dict[str, Any]) -> _Found | None:
    if known["at"] is None:
        whom = _WHOM_TO_ASK if whose == _OF_ACCOUNT else _NOBODY_TO_ASK
        sql = "".join((_COLUMNS, whom, _FROM, _NOW, _GIVER, whose, _ACTING_NOW))
    else:
        sql = "".join((_COLUMNS, _NOBODY_TO_ASK, _FROM, _THEN, _GIVER, whose, _ACTING_THEN))
    with connection.cursor() as cursor:
        cursor.execute(sql, {**known, "now": clock.now()})
        row = cursor.fetchone()
    return _Found(*row) if row else None


def _reason(found: _Found | None, at: dt.datetime | None) -> Reason:
    when = at or clock.now()
    if found is None:
        return Reason.NO_INSCRIPTION
    if found.began_at is None or found.began_at > when:
        return Reason.CANDIDATE
    if at is None and not found.declarant:
        return Reason.NOT_DECLARANT
    return _of_declaration(found, when) or _of_place(found, at) or Reason.OK


def _of_declaration(found: _Found, when: dt.datetime) -> Reason | None:
    if found.opens_at is None:
        return Reason.DECLARATION_NOT_CHOSEN
    return Reason.NOT_OPEN_YET if found.opens_at > when else None


def _of_place(found: _Found, at: dt.datetime | None) -> Reason | None:
    if found.place is None:
        return Reason.ETABLISSEMENT_UNKNOWN
    if at is None and found.ticked_at is None:
        return Reason.ETABLISSEMENT_UNTICKED
    if found.right_id is None:
        return Reason.NO_RIGHT
    closed = found.closed_at is not None and (at is None or found.closed_at <= at)
    return Reason.ETABLISSEMENT_CLOSED if closed else None


def _lets_file(reason: Reason) -> bool:
    return reason in (Reason.OK, Reason.ETABLISSEMENT_CLOSED)


def _answer(found: _Found | None, reason: Reason, told: str) -> Answer:
    if found is None:
        return Answer(ok=False, reason=reason, sentence=told)
    return Answer(
        ok=_lets_file(reason),
        reason=reason,
        sentence=told,
        since=found.since,
        given_by=_giver(found),
        opens_at=found.opens_at,
        right_id=found.right_id,
    )


def _words(found: _Found | None, known: dict[str, Any], name: str) -> dict[str, Any]:
    said = {
        "name": name,
        "label": label_of(known["declaration"]),
        "siret": place_of(known["siret"]),
        "at": known["at"],
    }
    if found is not None:
        said |= {"opens_at": found.opens_at, "since": found.since, "given_by": _giver(found)}
    return said


def _giver(found: _Found) -> str:
    if found.by is None:
        return ""
    if found.giver_espace == "declarant" and found.giver_name:
        return found.giver_name
    return names_of([found.by])[found.by]  # an agent, the portal, or somebody whose account is closed


def _mended_by(found: _Found, reason: Reason) -> str:
    names = sorted(name or gettext(CLOSED) for name in found.administrateurs or ())
    return whom_to_ask(reason, names, oneself=found.administrateur)


def _text(value: str) -> str:
    return value.replace("\0", "")
