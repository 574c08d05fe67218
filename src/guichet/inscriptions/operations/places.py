"""Where a company declares: what is ticked, what the register tells of new and closed établissements."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

from guichet.inscriptions.models import Acteur, EtablissementInscrit
from guichet.inscriptions.operations.each import each_of
from guichet.inscriptions.operations.holding import administering, lock, lock_living
from guichet.inscriptions.operations.notices import tell_administrateurs
from guichet.inscriptions.queries.people import name_of
from guichet.inscriptions.rules import Genre
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.identifiers import Siret
from guichet.kernel.refusals import N_, Refusal

NAMED = 10  # établissements that a message names; beyond, it counts them

# What the register tells that is not written here yet, of every living inscription, in one statement. The
# range finds the établissements of a SIREN by the index of the SIRET. Closed ones that nobody knew stay out.
_DIFFERENCES = """
    SELECT i.id, e.siret, 'new' FROM inscriptions_inscription i
    JOIN sirene.etablissement e ON e.siret BETWEEN i.siren || '00000' AND i.siren || '99999'
    LEFT JOIN inscriptions_etablissementinscrit k ON k.inscription_id = i.id AND k.siret = e.siret
    WHERE i.ended_at IS NULL AND i.genre = 'multi' AND k.id IS NULL
        AND e."etatAdministratifEtablissement" IS DISTINCT FROM 'F'
    UNION ALL
    SELECT i.id, k.siret, CASE WHEN k.closed_at IS NULL THEN 'closed' ELSE 'open' END
    FROM inscriptions_inscription i
    JOIN inscriptions_etablissementinscrit k ON k.inscription_id = i.id
    JOIN sirene.etablissement e ON e.siret = k.siret
    WHERE i.ended_at IS NULL
        AND (e."etatAdministratifEtablissement" IS NOT DISTINCT FROM 'F') <> (k.closed_at IS NOT NULL)
"""


class EtablissementUnknown(Refusal):
    """None of the company's, closed before it was ticked, or ended for good. Params: ``siret``."""

    code = "etablissement_unknown"
    message = N_(
        "L’établissement {siret} ne fait pas partie de votre inscription, ou il est fermé : il ne peut pas "
        "être choisi."
    )
    field = "sirets"


class NothingTicked(Refusal):
    """A company declares for one établissement at least."""

    code = "nothing_ticked"
    message = N_("Cochez au moins un établissement : une inscription en garde toujours un.")
    field = "sirets"


@dataclass
class Difference:
    """What the register tells of one company's établissements: SIRETs."""

    new: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)


@transaction.atomic
def tick(*, by: Acteur, sirets: Collection[str]) -> tuple[list[str], list[str]]:
    """The company of ``by`` declares for these établissements, and for no other; which were ticked, unticked.

    One that is closed stays ticked, and is not ticked anew; nor is any other where the inscription is not of
    several. Rights are closed above this room. Raises
    ``NotAdministrateur``, ``ActeurGone``, ``NothingTicked`` and ``EtablissementUnknown``.
    """
    by = administering(by)
    if not sirets:
        raise NothingTicked
    rows = {row.siret: row for row in EtablissementInscrit.objects.filter(inscription=by.inscription)}
    of_several = by.inscription.genre == Genre.MULTI
    for siret in sorted(sirets):
        row = rows.get(siret)
        stays_out = row is not None and row.ticked_at is None and (row.closed_at or not of_several)
        if row is None or row.resilie_at or stays_out:
            raise EtablissementUnknown(siret=siret)
    added = sorted(siret for siret in sirets if rows[siret].ticked_at is None)
    removed = sorted(siret for siret, row in rows.items() if row.ticked_at and siret not in sirets)
    _write_ticks(by.inscription_id, added, removed)
    if added or removed:
        _tell_ticks(by, added, removed)
    return added, removed


@transaction.atomic
def end_etablissement(*, inscription_id: uuid.UUID, siret: str, actor: str) -> None:
    """An établissement is resilié: nothing is declared for it any more, and it can't be ticked again.

    Its history stays; rights are closed above this room. Twice is as once. Raises ``InscriptionEnded``,
    ``EtablissementUnknown``, and ``NothingTicked`` for the last one that is ticked: that is the inscription's
    end.
    """
    inscription = lock_living(inscription_id)
    rows = EtablissementInscrit.objects.filter(inscription=inscription)
    row = rows.filter(siret=siret).first()
    if row is None:
        raise EtablissementUnknown(siret=siret)
    if row.resilie_at:
        return
    if not rows.filter(ticked_at__isnull=False).exclude(pk=row.pk).exists():
        raise NothingTicked
    row.ticked_at, row.resilie_at = None, clock.now()
    row.save(update_fields=["ticked_at", "resilie_at"])
    said: dict[str, Any] = {"by": "", "added": [], "removed": _in_words([siret]), "resilie": True}
    tell_administrateurs(inscription, "etablissements", **said, **_counts([], [siret]))
    kind, data = "inscription.etablissement_resilie", {"siret": siret}
    journal.record(subject=inscription.subject, kind=kind, actor=actor, data=data)


def sync_etablissements() -> int:
    """Take over what the register tells of the établissements of every company; how many companies changed.

    New ones of companies of several are there unticked, and announced in one message; closed ones are marked,
    and open again where the register says so. Daily, and after an import; each company in its own
    transaction, and twice is as once.
    """
    found = differences()
    return each_of(lambda pk: _sync(pk, found[pk]), found)


def differences() -> Mapping[uuid.UUID, Difference]:
    """By inscription, what the register tells and is not written here."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES)
        rows = cursor.fetchall()
    found: dict[uuid.UUID, Difference] = defaultdict(Difference)
    for inscription_id, siret, what in rows:
        getattr(found[inscription_id], what).append(siret)
    return found


@transaction.atomic
def _sync(inscription_id: uuid.UUID, difference: Difference) -> bool:
    inscription, now = lock(inscription_id), clock.now()
    if inscription.ended_at:
        return False
    if inscription.genre != Genre.MULTI:  # since it was looked at
        difference.new.clear()
    rows = EtablissementInscrit.objects.filter(inscription=inscription)
    known = set(rows.filter(siret__in=difference.new).values_list("siret", flat=True))
    new = sorted(siret for siret in difference.new if siret not in known)
    EtablissementInscrit.objects.bulk_create(
        EtablissementInscrit(inscription=inscription, siret=siret, found_at=now, announced_at=now)
        for siret in new
    )
    closed = rows.filter(siret__in=difference.closed, closed_at=None).update(closed_at=now)
    opened = rows.filter(siret__in=difference.open, closed_at__isnull=False).update(closed_at=None)
    if new:
        said: dict[str, Any] = {"sirets": _in_words(new), "number": len(new)}
        tell_administrateurs(inscription, "etablissements_nouveaux", **said)
    if new or closed or opened:
        data = {"new": len(new), "closed": closed, "opened": opened}
        kind = "inscription.etablissements_synced"
        journal.record(subject=inscription.subject, kind=kind, actor="system", data=data)
    return bool(new or closed or opened)


def _write_ticks(inscription_id: uuid.UUID, added: Collection[str], removed: Collection[str]) -> None:
    rows, now = EtablissementInscrit.objects.filter(inscription_id=inscription_id), clock.now()
    rows.filter(siret__in=added).update(ticked_at=now)
    rows.filter(siret__in=removed).update(ticked_at=None)


def _tell_ticks(by: Acteur, added: list[str], removed: list[str]) -> None:
    said: dict[str, Any] = {
        "by": name_of(by.account),
        "added": _in_words(added),
        "removed": _in_words(removed),
    }
    counts = _counts(added, removed)
    tell_administrateurs(by.inscription, "etablissements", but=[by.account], resilie=False, **said, **counts)
    kind, data = "inscription.etablissements_ticked", {"added": len(added), "removed": len(removed)}
    journal.record(subject=by.inscription.subject, kind=kind, actor=by.account.subject, data=data)


def _counts(added: Collection[str], removed: Collection[str]) -> dict[str, Any]:
    return {"number_added": len(added), "number_removed": len(removed)}


def _in_words(sirets: Collection[str]) -> list[str]:
    """The first ones, as people read them; a message counts the others."""
    return [Siret(siret).grouped for siret in sorted(sirets)[:NAMED]]
