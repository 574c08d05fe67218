"""Filters of a queue as conditions of the database."""

import datetime as dt
import re

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from guichet.depots.definitions import teleprocedures
from guichet.depots.models import Depot, SearchKey
from guichet.depots.states import State
from guichet.instruction.models import Agent, Traitement
from guichet.instruction.rules import ALL_STATES, ANSWERED, ASKED, ME, NOBODY, Filters, Sort
from guichet.kernel import clock
from guichet.kernel.identifiers import Siren
from guichet.kernel.reference import Reference
from guichet.kernel.refusals import Refusal

_BETWEEN_WORDS = re.compile(r"""[\s’'".,;:/&()-]+""")  # what the search key makes blanks of
LATEST = dt.date(9999, 12, 30)
IS_ASKED = Q(traitement__asked_at__isnull=False, traitement__answered_at=None)
IS_ANSWERED = Q(traitement__asked_at__isnull=False, traitement__answered_at__isnull=False)
# As an absence, and not as an outer join with conditions: the database walks the oldest first, and stops.
_HAS = Traitement.objects.filter(depot=OuterRef("pk"), assigned_to__isnull=False)
IS_NOBODYS = Q(~Exists(_HAS))


def scope(rows: QuerySet[Depot], filters: Filters) -> QuerySet[Depot]:
    """``rows`` of that téléprocédure, text and time, in whatever state they are and whoever has them.

    Where neither a téléprocédure nor a text is chosen: those that agents decide (``agents_decide``).
    """
    if filters.teleprocedure:
        rows = rows.filter(teleprocedure=filters.teleprocedure)
    elif not filters.text:
        rows = agents_decide(rows)
    if filters.submitted_from:
        rows = rows.filter(submitted_at__gte=_midnight(filters.submitted_from))
    if filters.submitted_to:
        last = min(filters.submitted_to, LATEST)
        rows = rows.filter(submitted_at__lt=_midnight(last + dt.timedelta(days=1)))
    return _by_text(rows, filters.text) if filters.text else rows


def agents_decide(rows: QuerySet[Depot]) -> QuerySet[Depot]:
    """``rows`` without those on which somebody else is asked to decide."""
    others = [code for code, one in teleprocedures().items() if one.instruction.others_decide]
    return rows.exclude(teleprocedure__in=others) if others else rows


def narrow(rows: QuerySet[Depot], filters: Filters, agent: Agent) -> QuerySet[Depot]:
    """``rows``, already in ``scope``, of that state, assignment, age and question."""
    if filters.state != ALL_STATES:
        rows = rows.filter(state=filters.state)
    if filters.assigned:
        rows = rows.filter(_assigned(filters, agent))
    if filters.late:
        rows = rows.filter(is_late())
    if filters.question:
        rows = rows.filter(state=State.CONFIRME)
        rows = rows.filter({ASKED: IS_ASKED, ANSWERED: IS_ANSWERED}[filters.question])
    return rows


def ordered(rows: QuerySet[Depot], sort: Sort) -> QuerySet[Depot]:
    """``rows`` in the order that was asked for; no two of them may change places between pages."""
    if sort == Sort.NAME:
        return rows.order_by(SearchKey("subject_name"), "confirmed_at", "pk")
    return (
        rows.order_by("-confirmed_at", "-pk") if sort == Sort.NEWEST else rows.order_by("confirmed_at", "pk")
    )


def is_late() -> Q:
    """The condition of what waits for longer than its téléprocédure says."""
    late = Q(pk=None)
    for code, definition in teleprocedures().items():
        due = clock.now() - definition.instruction.due_after
        late |= Q(state=State.CONFIRME, teleprocedure=code, confirmed_at__lte=due)
    return late


def not_assigned_to_another(agent: Agent) -> Q:
    """The condition of what is the agent's or nobody's."""
    return Q(~Exists(_HAS.exclude(assigned_to=agent)))


def not_held_by_another(agent: Agent) -> Q:
    """The condition of what no colleague has open now."""
    held = Traitement.objects.filter(depot=OuterRef("pk"), held_until__gt=clock.now()).exclude(holder=agent)
    return Q(~Exists(held))


def _assigned(filters: Filters, agent: Agent) -> Q:
    if filters.assigned == NOBODY:
        return IS_NOBODYS
    whose = Q(traitement__assigned_to=agent.pk if filters.assigned == ME else int(filters.assigned))
    # What waits is not decided: said twice, as the index of what is in hand holds that alone.
    return whose & Q(traitement__decided_by=None) if filters.state == State.CONFIRME else whose


def _by_text(rows: QuerySet[Depot], text: str) -> QuerySet[Depot]:
    """By reference or SIREN where ``text`` is one, else by the words of a name in whatever order."""
    for field, parse in (("reference", Reference.parse), ("siren", Siren.parse)):
        try:
            return rows.filter(**{field: str(parse(text))})
        except Refusal:
            continue
    rows = rows.annotate(search_key=SearchKey("subject_name"))
    for word in filter(None, _BETWEEN_WORDS.split(text)):
        rows = rows.filter(search_key__contains=SearchKey(Value(word)))
    return rows


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=clock.PARIS)
