"""Agents, their reasons and their work in bulk."""

import datetime as dt
import uuid

from django.db.models import Count, Min, Q

from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.instruction.models import Agent, Lot, LotLine, Motif, Traitement
from guichet.instruction.queries.rights import check_role, codes_of, visible
from guichet.instruction.queries.selection import is_late
from guichet.instruction.rules import MotifKind, NotAllowed, Role, is_last_gestionnaire
from guichet.instruction.values import AgentLine, Load, LotReport, LotResult, Person
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

RECENT_LOTS = 20
WEEK = dt.timedelta(days=7)


class LotNotFound(Refusal):
    """No such work, or somebody else's."""

    code = "lot_not_found"
    message = N_("Ce traitement par lot n’existe pas, ou n’est pas le vôtre.")
    status = 404


def agents(*, agent: Agent) -> list[AgentLine]:
    """Every agent, the active ones first, by name. Raises ``NotAllowed`` below supervisors."""
    check_role(agent, Role.SUPERVISEUR)
    rows = list(Agent.objects.select_related("account"))
    active = [row.pk for row in rows if row.active and row.rank == Role.GESTIONNAIRE]
    lines = [_line(row, active) for row in rows]
    return sorted(lines, key=lambda one: (not one.active, one.name.casefold(), one.id))


def colleagues(*, agent: Agent, teleprocedure: str = "") -> list[Person]:
    """To whom a filing of ``teleprocedure`` can be assigned, by name; without it, whoever sees some of what
    ``agent`` sees. Raises ``NotAllowed``.
    """
    check_role(agent)
    wanted = {teleprocedure} if teleprocedure else set(codes_of(agent))
    active = Agent.objects.filter(active=True).select_related("account")
    able = [one for one in active if wanted & set(codes_of(one))]
    return sorted((Person(id=one.pk, name=one.name) for one in able), key=lambda one: one.name.casefold())


def motifs(
    *, agent: Agent, teleprocedure: str, kind: MotifKind | str, with_retired: bool = False
) -> list[Motif]:
    """The reasons to refuse or to withdraw, in the order of their making. Raises ``NotAllowed``."""
    check_role(agent)
    if teleprocedure not in codes_of(agent):
        raise NotAllowed
    found = Motif.objects.filter(teleprocedure=teleprocedure, kind=kind)
    return list(found if with_retired else found.filter(active=True))


def lots(*, agent: Agent) -> list[Lot]:
    """The latest work in bulk of ``agent``, the last one first. Raises ``NotAllowed``."""
    check_role(agent)
    return list(Lot.objects.filter(agent=agent).order_by("-created_at")[:RECENT_LOTS])


def lot(*, agent: Agent, lot_id: uuid.UUID | str) -> LotReport:
    """How far a lot has come, with a result a line. Supervisors see everybody's. Raises ``LotNotFound``."""
    check_role(agent)
    found = _lot(agent, lot_id)
    lines = list(found.lines.all())
    known = visible(agent).select_related("account").in_bulk([line.asked_for for line in lines])
    outcomes = [line.outcome for line in lines]
    return LotReport(
        lot=found,
        total=len(lines),
        done=outcomes.count(LotLine.Outcome.DONE),
        refused=outcomes.count(LotLine.Outcome.REFUSED),
        waiting=outcomes.count(LotLine.Outcome.WAITING),
        lines=[_result(line, known) for line in lines],
    )


def load(*, agent: Agent) -> list[Load]:
    """What each agent has in hand of what ``agent`` sees, the fullest hands first; nobody's at the end.

    Raises ``NotAllowed`` below supervisors.
    """
    check_role(agent, Role.SUPERVISEUR)
    waiting = visible(agent).filter(state=State.CONFIRME).order_by().values_list("traitement__assigned_to")
    late = Count("pk", filter=is_late())
    hands = {
        row[0]: row[1:] for row in waiting.annotate(number=Count("pk"), late=late, oldest=Min("confirmed_at"))
    }
    decided = _decided(agent)
    people = {one.pk: one for one in Agent.objects.select_related("account") if _counts(one, hands, decided)}
    lines = [_load(people[pk], hands, decided) for pk in people]
    lines.sort(key=lambda one: (-one.assigned, one.agent.name.casefold() if one.agent else ""))
    return [*lines, _load(None, hands, decided)]


def _line(row: Agent, active: list[int]) -> AgentLine:
    return AgentLine(
        id=row.pk,
        name=row.name,
        email=row.account.email,
        role=row.rank,
        teleprocedures=row.teleprocedures,
        active=row.active,
        signed_in_at=row.account.last_sign_in_at,
        is_last_gestionnaire=is_last_gestionnaire(row.pk, active),
    )


def _lot(agent: Agent, lot_id: uuid.UUID | str) -> Lot:
    rows = Lot.objects.select_related("agent__account", "motif", "to__account")
    if not agent.rank.includes(Role.SUPERVISEUR):
        rows = rows.filter(agent=agent)
    try:
        return rows.get(pk=uuid.UUID(str(lot_id)))
    except (ValueError, Lot.DoesNotExist):
        raise LotNotFound from None


def _result(line: LotLine, known: dict[uuid.UUID, Depot]) -> LotResult:
    return LotResult(depot=known.get(line.asked_for), outcome=line.outcome, sentence=line.sentence)


def _decided(agent: Agent) -> dict[int, int]:
    since = clock.now() - WEEK
    recent = Traitement.objects.filter(depot__teleprocedure__in=codes_of(agent), decided_by__isnull=False)
    recent = recent.filter(Q(depot__decided_at__gte=since) | Q(depot__withdrawn_at__gte=since))
    return dict(recent.order_by().values_list("decided_by").annotate(Count("pk")))


def _counts(
    one: Agent, hands: dict[int | None, tuple[int, int, dt.datetime]], decided: dict[int, int]
) -> bool:
    return one.active or one.pk in hands or one.pk in decided


def _load(
    one: Agent | None, hands: dict[int | None, tuple[int, int, dt.datetime]], decided: dict[int, int]
) -> Load:
    assigned, late, oldest = hands.get(one.pk if one else None, (0, 0, None))
    return Load(
        agent=Person(id=one.pk, name=one.name) if one else None,
        assigned=assigned,
        late=late,
        oldest=oldest,
        decided=decided.get(one.pk, 0) if one else 0,
    )
