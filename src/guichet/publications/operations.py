"""What agents decide, as the public sees it. Each is called beside the change of the filing's state.

They join the caller's transaction, whose journal says who decided: nothing is journalled twice.
"""

from django.db import connection, transaction

from guichet.depots import queries as depots
from guichet.depots.definitions import Published, teleprocedure
from guichet.depots.models import Depot, DepotFile
from guichet.entreprises import queries as entreprises
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal
from guichet.publications.models import Publication, Tally, Word
from guichet.publications.rules import words_of
from guichet.publications.snapshot import snapshot
from guichet.publications.states import SOURCES, State


class NothingToPublish(Refusal):
    """The téléprocédure publishes nothing, or the PDF to publish was never made."""

    code = "nothing_to_publish"
    message = N_("Ce dépôt n’a pas de document à publier.")
    status = 409


def publish(*, depot: Depot) -> Publication:
    """Let the public find ``depot``, whose row the caller has locked; idempotent.

    What was in force of the same téléprocédure for that SIREN and date is superseded. The register's data
    are those of this moment. Raises ``NothingToPublish``.
    """
    with transaction.atomic():
        done = Publication.objects.filter(depot=depot).first()
        if done:
            return done
        told, file = _published(depot)
        for earlier in _in_force(depot, told):
            _end(earlier, State.REMPLACEE)
        return _add(depot, told, file)


def supersede(*, depot: Depot) -> None:
    """``depot`` is replaced by a later version: it stays readable, and says so. Idempotent."""
    with transaction.atomic():
        for publication in Publication.objects.select_for_update().filter(depot=depot):
            _end(publication, State.REMPLACEE)


def withdraw(*, depot: Depot, reason: str) -> None:
    """Withdraw what was published: its trace stays, with ``reason`` in words; its document does not.

    Idempotent. What it superseded does not come back.
    """
    with transaction.atomic():
        for publication in Publication.objects.select_for_update().filter(depot=depot):
            _end(publication, State.RETIREE, reason=reason)


def fold_tallies() -> int:
    """Fold the counts of departments and years, one row each; how many rows there are. A daily job."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FOLD, [clock.now()])
        return int(cursor.rowcount)


# Rows that are being added meanwhile are not seen, and stay for the next time.
_FOLD = """
    WITH gone AS (DELETE FROM publications_tally RETURNING department, year, change, at)
    INSERT INTO publications_tally (department, year, change, at)
    SELECT department, year, sum(change), coalesce(max(at), %s) FROM gone GROUP BY department, year
"""


def _published(depot: Depot) -> tuple[Published, DepotFile]:
    publication = teleprocedure(depot.teleprocedure).publication
    file = depots.published(depot)
    if publication is None or file is None:
        raise NothingToPublish
    return publication(depot.data), file


def _in_force(depot: Depot, told: Published) -> list[Publication]:
    rows = Publication.objects.select_for_update().filter(state=State.EN_VIGUEUR)
    same = rows.filter(teleprocedure=depot.teleprocedure, siren=depot.siren)
    return list(same.filter(closing_date=told.date))


def _add(depot: Depot, told: Published, file: DepotFile) -> Publication:
    unite = entreprises.unite(siren=depot.siren)
    added = Publication(
        depot=depot,
        teleprocedure=depot.teleprocedure,
        label=told.label,
        siren=depot.siren,
        closing_date=told.date,
        closing_year=told.date.year,
        version=depot.version,
        filed_on=(depot.confirmed_at or clock.now()).astimezone(clock.PARIS).date(),
        published_at=clock.now(),
        state=State.EN_VIGUEUR,
        stored_id=file.stored_id,
        size=file.size,
        pages=file.pages,
        **snapshot(unite, filed_name=depot.subject_name),
    )
    added.save(force_insert=True)
    _learn(added)
    _count(added, +1)
    return added


def _learn(publication: Publication) -> None:
    """Keep the words of its name, which a mistyped one is compared with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_key FROM publications_publication WHERE id = %s", [publication.pk])
        (key,) = cursor.fetchone()
    words = sorted(set(words_of(key)))  # in order, so that two publications never wait for each other
    Word.objects.bulk_create([Word(word=word) for word in words], ignore_conflicts=True)


def _end(publication: Publication, state: State, *, reason: str = "") -> None:
    if publication.state not in SOURCES[state]:
        return
    if publication.state == State.EN_VIGUEUR:
        _count(publication, -1)
    publication.state, publication.ended_at, publication.reason = state, clock.now(), reason
    publication.save(update_fields=["state", "ended_at", "reason"])


def _count(publication: Publication, change: int) -> None:
    Tally.objects.create(
        department=publication.department,
        year=publication.closing_year,
        change=change,
        at=clock.now(),
    )
