"""The queue: one page of filings, and how many there are of each kind."""

import datetime as dt
import uuid
from collections.abc import Iterator, Sequence

from django.db.models import Count, Q, QuerySet

from guichet.depots.definitions import teleprocedure
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.instruction.models import Agent, Traitement
from guichet.instruction.queries.rights import check_role, visible
from guichet.instruction.queries.selection import (
    IS_ANSWERED,
    IS_ASKED,
    is_late,
    narrow,
    ordered,
    scope,
)
from guichet.instruction.rules import (
    ALL_STATES,
    ANSWERED,
    ASKED,
    ME,
    NOBODY,
    PAGE_SIZE,
    Filters,
    Role,
    Sort,
)
from guichet.instruction.values import Counts, Hold, Person, Queue, QueueLine, person
from guichet.kernel import clock

CSV_HEAD = (
    "reference", "demarche", "siren", "nom", "objet", "version", "etat", "transmis_le", "confirme_le",
    "decide_le", "retire_le", "age_jours", "en_retard", "attribue_a", "question",
)  # fmt: skip
WITH_NAMES = ("account", "traitement__assigned_to__account", "traitement__holder__account")


def queue(*, agent: Agent, filters: Filters, sort: Sort = Sort.OLDEST, page: int = 1) -> Queue:
    """A page of the filings that ``filters`` choose among those that ``agent`` sees, with the counts.

    A page that does not exist is the nearest one that does. Six queries at most, whatever the page holds.
    Raises ``NotAllowed`` for a suspended agent.
    """
    scoped = scope(visible(agent), filters)
    counts = _counts(scoped, agent)
    chosen = narrow(scoped, filters, agent)
    total = _total(chosen, filters, counts)
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    return Queue(
        lines=[line(depot, agent) for depot in _page(ordered(chosen, sort), page)],
        total=total,
        counts=counts,
        page=page,
        pages=pages,
    )


def first_ids(*, agent: Agent, filters: Filters, sort: Sort, limit: int) -> list[uuid.UUID]:
    """The first ``limit`` filings of a queue, for work in bulk. Raises ``NotAllowed``."""
    chosen = narrow(scope(visible(agent), filters), filters, agent)
    return list(ordered(chosen, sort).values_list("pk", flat=True)[:limit])


def procedures_of(*, agent: Agent, depot_ids: Sequence[uuid.UUID]) -> list[str]:
    """The codes of the téléprocédures of these filings, where ``agent`` sees them. Raises ``NotAllowed``."""
    found = visible(agent).filter(pk__in=depot_ids).order_by("teleprocedure")
    return list(found.values_list("teleprocedure", flat=True).distinct())


def export(*, agent: Agent, filters: Filters, sort: Sort = Sort.OLDEST) -> Iterator[list[str]]:
    """The rows of a CSV file, its head first, of all that ``filters`` choose. Moments are those of Paris.

    No cell begins like a formula. Raises ``NotAllowed`` at once, before the first row.
    """
    check_role(agent, Role.SUPERVISEUR)
    chosen = narrow(scope(visible(agent), filters), filters, agent)
    return _rows(ordered(chosen, sort).select_related(*WITH_NAMES), agent)


def line(depot: Depot, agent: Agent) -> QueueLine:
    """What a queue says of one filing; its ``traitement`` comes with it."""
    treated = treatment(depot)
    hold = current_hold(treated, agent)
    return QueueLine(
        depot_id=depot.pk,
        teleprocedure=depot.teleprocedure,
        reference=depot.reference or "",
        siren=depot.siren,
        name=depot.subject_name,
        label=teleprocedure(depot.teleprocedure).unique(depot.account, depot.data).label,
        version=None if depot.stands_alone else depot.version,
        state=State(depot.state),
        submitted_at=moment(depot.submitted_at),
        confirmed_at=moment(depot.confirmed_at),
        decided_at=depot.decided_at,
        age=age(depot),
        is_late=late(depot),
        assigned_to=person(treated.assigned_to) if treated else None,
        held_by=hold.holder if hold and not hold.mine else None,
        question=question(treated),
        corrects=depot.corrects_id,
    )


def treatment(depot: Depot) -> Traitement | None:
    """Who has ``depot`` in hand, where anybody ever had."""
    found: Traitement | None = getattr(depot, "traitement", None)
    return found


def current_hold(treated: Traitement | None, agent: Agent) -> Hold | None:
    """Who has the filing open now, as ``agent`` is told."""
    if treated is None or treated.holder is None or treated.held_until is None:
        return None
    if treated.held_until <= clock.now():
        return None
    holder = Person(id=treated.holder.pk, name=treated.holder.name)
    return Hold(holder=holder, until=treated.held_until, mine=treated.holder_id == agent.pk)


def question(treated: Traitement | None) -> str:
    """Whether a question waits for its answer, has one, or was never asked."""
    if treated is None or treated.asked_at is None:
        return ""
    return ANSWERED if treated.answered_at else ASKED


def age(depot: Depot) -> dt.timedelta:
    """How long the filing has waited, until its decision where there was one."""
    return (depot.decided_at or clock.now()) - moment(depot.confirmed_at)


def late(depot: Depot) -> bool:
    """Whether the filing waits for longer than its téléprocédure says."""
    due_after = teleprocedure(depot.teleprocedure).instruction.due_after
    return depot.state == State.CONFIRME and age(depot) >= due_after


def moment(known: dt.datetime | None) -> dt.datetime:
    """A moment that whatever was filed has."""
    if known is None:
        raise ValueError("a filing that counts was submitted and confirmed")
    return known


def _counts(scoped: QuerySet[Depot], agent: Agent) -> Counts:
    states = scoped.order_by().values_list("state").annotate(Count("pk"))
    waiting = scoped.filter(state=State.CONFIRME)
    # Few of those that wait are in somebody's hands: counted from there, and the others are the rest.
    hands = waiting.filter(traitement__decided_by=None, traitement__isnull=False).aggregate(
        assigned=Count("pk", filter=Q(traitement__assigned_to__isnull=False)),
        mine=Count("pk", filter=Q(traitement__assigned_to=agent.pk)),
        asked=Count("pk", filter=IS_ASKED),
        answered=Count("pk", filter=IS_ANSWERED),
    )
    numbers = {State(state): number for state, number in states}
    number = numbers.get(State.CONFIRME, 0)
    nobody = number - hands.pop("assigned")
    late = waiting.filter(is_late()).count()
    return Counts(states=numbers, waiting=number, nobody=nobody, late=late, **hands)


def _total(chosen: QuerySet[Depot], filters: Filters, counts: Counts) -> int:
    """The number of those chosen, counted again only where several filters meet."""
    waits = filters.state == State.CONFIRME
    known = {
        ("", False, ""): counts.states.get(State(filters.state), 0)
        if filters.state != ALL_STATES
        else sum(counts.states.values()),
        **({(ME, False, ""): counts.mine, (NOBODY, False, ""): counts.nobody} if waits else {}),
        **({("", True, ""): counts.late} if waits else {}),
        **({("", False, ASKED): counts.asked, ("", False, ANSWERED): counts.answered} if waits else {}),
    }
    found = known.get((filters.assigned, filters.late, filters.question))
    return chosen.count() if found is None else found


def _page(rows: QuerySet[Depot], page: int) -> list[Depot]:
    """The rows of one page: their ids first, so that a far one is reached without reading those before it."""
    ids = list(rows.values_list("pk", flat=True)[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    found = Depot.objects.select_related(*WITH_NAMES).in_bulk(ids)
    return [found[each] for each in ids if each in found]


def _rows(rows: QuerySet[Depot], agent: Agent) -> Iterator[list[str]]:
    yield list(CSV_HEAD)
    for depot in rows.iterator(chunk_size=2000):
        yield _cells(depot, line(depot, agent))


def _cells(depot: Depot, said: QueueLine) -> list[str]:
    return [
        said.reference,
        said.teleprocedure,
        said.siren,
        said.name,
        said.label,
        "" if said.version is None else str(said.version),
        said.state,
        _written(said.submitted_at),
        _written(said.confirmed_at),
        _written(said.decided_at),
        _written(depot.withdrawn_at),
        str(said.age.days),
        "oui" if said.is_late else "non",
        said.assigned_to.name if said.assigned_to else "",
        said.question,
    ]


def _written(known: dt.datetime | None) -> str:
    return known.astimezone(clock.PARIS).strftime("%Y-%m-%d %H:%M:%S") if known else ""
