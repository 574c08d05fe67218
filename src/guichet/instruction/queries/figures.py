"""How much comes in, how much is decided, how long it takes. Counted by the database, in days of Paris."""

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Aggregate, Case, Count, DurationField, F, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from guichet.depots.definitions import teleprocedures
from guichet.depots.models import Depot
from guichet.depots.states import DECIDED, State
from guichet.instruction.models import Agent
from guichet.instruction.queries.rights import check_role, visible
from guichet.instruction.queries.selection import agents_decide, is_late
from guichet.instruction.rules import AGE_CLASSES, Role
from guichet.instruction.values import AgeClass, DayFigures, Figures
from guichet.kernel import clock

LONGEST = 366  # days
# What took effect and has none any more: the state that says so, and the figure that it is counted in.
ENDS = {State.RETIRE: "withdrawn", State.TERMINE: "ended"}
_ByDay = dict[str, Counter[dt.date]]


class Percentile(Aggregate):
    """The duration that a share of all does not exceed, between two where need be."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def figures(*, agent: Agent, days: int) -> Figures:
    """The figures of the last ``days`` days, today included (366 at most), of what ``agent`` sees.

    What waits is what agents decide. Raises ``NotAllowed`` for a suspended agent.
    """
    check_role(agent, Role.AGENT)
    rows = visible(agent).order_by()
    today = clock.today()
    first = today - dt.timedelta(days=min(max(days, 1), LONGEST) - 1)
    since = dt.datetime.combine(first, dt.time(), tzinfo=clock.PARIS)
    by_day = _by_day(rows, since)
    number = (today - first).days + 1
    return Figures(
        days=[_day(first + dt.timedelta(days=nth), by_day) for nth in range(number)],
        states={State(state): count for state, count in rows.values_list("state").annotate(Count("pk"))},
        **_waiting(agents_decide(rows)),
        **_time_to_decide(rows, since),
    )


def _by_day(rows: QuerySet[Depot], since: dt.datetime) -> _ByDay:
    decided: _ByDay = {name: Counter() for name in ("published", "accepted", "refused", "lapsed")}
    recent = rows.filter(decided_at__gte=since).annotate(day=_paris("decided_at"), how=_how())
    for day, how, count in recent.values_list("day", "how").annotate(Count("pk")):
        decided[how][day] = count
    over: _ByDay = {name: Counter() for name in ENDS.values()}
    ended = rows.filter(withdrawn_at__gte=since).annotate(day=_paris("withdrawn_at"))
    for day, state, count in ended.values_list("day", "state").annotate(Count("pk")):
        over[ENDS[State(state)]][day] = count
    received = rows.filter(confirmed_at__gte=since).annotate(day=_paris("confirmed_at"))
    return {
        **decided,
        **over,
        "received": Counter(dict(received.values_list("day").annotate(Count("pk")))),
    }


def _how() -> Case:
    """What was decided first, whatever followed: what is withdrawn or replaced now was published then.

    What lapsed was decided by nobody, and what ended was accepted.
    """
    accepted = [code for code, definition in teleprocedures().items() if definition.publication is None]
    return Case(
        When(state=State.REFUSE, then=Value("refused")),
        When(state=State.CADUC, then=Value("lapsed")),
        When(
            Q(state__in=[State.ACCEPTE, State.TERMINE]) | Q(state=State.REMPLACE, teleprocedure__in=accepted),
            then=Value("accepted"),
        ),
        default=Value("published"),
    )


def _paris(moment: str) -> TruncDate:
    return TruncDate(moment, tzinfo=clock.PARIS)


def _day(day: dt.date, by_day: _ByDay) -> DayFigures:
    return DayFigures(day=day, **{name: counts[day] for name, counts in by_day.items()})


def _waiting(rows: QuerySet[Depot]) -> dict[str, Any]:
    now = clock.now()
    lower = [0, *(bound for bound in AGE_CLASSES if bound is not None)]
    conditions = {
        f"class_{place}": Count("pk", filter=_of_age(now, least, below))
        for place, (least, below) in enumerate(zip(lower, AGE_CLASSES, strict=True))
    }
    counted = rows.filter(state=State.CONFIRME).aggregate(late=Count("pk", filter=is_late()), **conditions)
    ages = [
        AgeClass(at_least=least, below=below, count=counted[f"class_{place}"])
        for place, (least, below) in enumerate(zip(lower, AGE_CLASSES, strict=True))
    ]
    return {"ages": ages, "late": counted["late"]}


def _of_age(now: dt.datetime, least: int, below: int | None) -> Q:
    old_enough = Q(confirmed_at__lte=now - dt.timedelta(days=least)) if least else Q()
    return old_enough & (Q(confirmed_at__gt=now - dt.timedelta(days=below)) if below else Q())


def _time_to_decide(rows: QuerySet[Depot], since: dt.datetime) -> dict[str, Any]:
    decided = rows.filter(state__in=[*DECIDED, State.REMPLACE], decided_at__gte=since)
    decided = decided.exclude(state=State.CADUC)
    took = F("decided_at") - F("confirmed_at")
    return decided.aggregate(
        decided=Count("pk"), median=Percentile(took, share=0.5), p90=Percentile(took, share=0.9)
    )
