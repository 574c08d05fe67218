"""One filing as an agent sees it, and the exchanges about it."""

import uuid

from django.db.models import Prefetch, Q

from guichet.accounts.models import Account
from guichet.depots import queries as depots
from guichet.depots.definitions import Comparison, Subject, teleprocedure
from guichet.depots.models import Depot, DepotFile
from guichet.depots.states import FILED, State
from guichet.instruction.models import Agent, Message, MessageFile, Note, Traitement
from guichet.instruction.queries.classification import documents
from guichet.instruction.queries.queue import age, current_hold, late, moment, question, treatment
from guichet.instruction.queries.rights import find, visible
from guichet.instruction.queries.selection import narrow, not_assigned_to_another, not_held_by_another, scope
from guichet.instruction.rules import Filters
from guichet.instruction.values import Dossier, HistoryLine, MessageLine, NoteLine, person
from guichet.journal.models import Event
from guichet.journal.queries import history
from guichet.kernel.refusals import N_, Refusal

LATEST_FIRST = ("-confirmed_at", "-pk")


class MessageFileNotFound(Refusal):
    """No such message on this filing, or nothing is joined to it."""

    code = "message_file_not_found"
    message = N_("Ce document n’existe pas, ou n’est pas joint à un échange sur ce dépôt.")
    status = 404


def dossier(*, agent: Agent, depot_id: uuid.UUID | str, filters: Filters | None = None) -> Dossier:
    """All that an agent sees of a filing; ``filters`` are those of the queue that ``next_id`` goes on with.

    Raises ``DepotNotFound``, also for a filing of a téléprocédure that is not the agent's, ``NotAllowed``.
    """
    depot = _complete(agent, depot_id)
    treated = treatment(depot)
    return Dossier(
        depot=depot,
        documents=documents(depot),
        comparisons=_comparisons(depot),
        history=_history(depot),
        notes=_notes(depot),
        messages=_messages(depot),
        assigned_to=person(treated.assigned_to) if treated else None,
        holder=current_hold(treated, agent),
        question=question(treated),
        age=age(depot),
        is_late=late(depot),
        versions=_versions(depot),
        next_id=_next(depot, agent, filters or Filters()),
    )


def depot(*, agent: Agent, depot_id: uuid.UUID | str) -> Depot:
    """The filing alone, with its files. Raises ``DepotNotFound``, ``NotAllowed``."""
    files = Prefetch("files", queryset=DepotFile.objects.select_related("stored"))
    return find(agent, depot_id, visible(agent).prefetch_related(files))


def next_after(*, agent: Agent, depot_id: uuid.UUID | str, filters: Filters) -> uuid.UUID | None:
    """The next filing that waits under ``filters``, nobody else having it. Raises as ``dossier`` does."""
    return _next(find(agent, depot_id), agent, filters)


def unanswered(*, account: Account) -> dict[uuid.UUID, str]:
    """The filings of ``account`` about which the service waits for an answer: id → téléprocédure."""
    asked = Traitement.objects.filter(asked_at__isnull=False, answered_at=None)
    mine = asked.filter(depot__account=account, depot__state=State.CONFIRME)
    return dict(mine.values_list("depot_id", "depot__teleprocedure"))


def messages(*, account: Account, depot_id: uuid.UUID | str) -> list[MessageLine]:
    """The questions and the answers, for the filer: no agent is named. Raises ``DepotNotFound``."""
    depot = depots.find(account=account, depot_id=depot_id)
    found = Message.objects.filter(depot=depot).select_related("file__stored")
    return [_message(one, "") for one in found]


def message_file(*, agent: Agent, depot_id: uuid.UUID | str, message_id: int) -> MessageFile:
    """What is joined to a message about a filing, as its agents read it.

    Whether it may be shown is for ``files``. Raises ``DepotNotFound``, ``NotAllowed``,
    ``MessageFileNotFound``.
    """
    return _message_file(find(agent, depot_id), message_id)


def my_message_file(*, account: Account, depot_id: uuid.UUID | str, message_id: int) -> MessageFile:
    """The same, as the filer reads it. Raises ``DepotNotFound``, ``MessageFileNotFound``."""
    return _message_file(depots.find(account=account, depot_id=depot_id), message_id)


def may_answer(*, account: Account, depot_id: uuid.UUID | str) -> bool:
    """Whether the filer was asked something, and the filing is not decided yet. Raises ``DepotNotFound``."""
    depot = depots.find(account=account, depot_id=depot_id)
    return depot.state == State.CONFIRME and Message.objects.filter(depot=depot).exists()


def _complete(agent: Agent, depot_id: uuid.UUID | str) -> Depot:
    files = Prefetch("files", queryset=DepotFile.objects.select_related("stored"))
    related = (
        "account", "receipt", "corrects__account", "superseded_by",
        "traitement__assigned_to__account", "traitement__holder__account",
    )  # fmt: skip
    return find(agent, depot_id, visible(agent).select_related(*related).prefetch_related(files))


def _comparisons(depot: Depot) -> list[Comparison]:
    subject = Subject(siren=depot.siren, name=depot.subject_name, capacity=depot.capacity)
    compare = teleprocedure(depot.teleprocedure).instruction.compare
    return list(compare(subject, depot.data, depot.account.profile))


def _history(depot: Depot) -> list[HistoryLine]:
    events = history(subject=depot.evidence)
    named = {event.actor for event in events if event.actor.startswith("account:")}
    accounts = [uuid.UUID(actor.partition(":")[2]) for actor in named]
    known = Agent.objects.filter(account__in=accounts).select_related("account")
    names = {agent.actor: agent.name for agent in known}
    handed = {str(event.data["from"]) for event in events if event.kind == "depot.handed_over"}
    return [_told(event, {depot.account.subject, *handed}, names) for event in events]


def _told(event: Event, filers: set[str], names: dict[str, str]) -> HistoryLine:
    by = "agent" if event.actor in names else "filer" if event.actor in filers else event.actor
    by = "account" if by.startswith("account:") else by
    return HistoryLine(at=event.at, kind=event.kind, by=by, who=names.get(event.actor, ""), data=event.data)


def _notes(depot: Depot) -> list[NoteLine]:
    found = Note.objects.filter(depot=depot).select_related("agent__account")
    return [NoteLine(author=one.agent.name, at=one.at, text=one.text) for one in found]


def _messages(depot: Depot) -> list[MessageLine]:
    found = Message.objects.filter(depot=depot).select_related("agent__account", "file__stored")
    return [_message(one, one.agent.name if one.agent else "") for one in found]


def _message(one: Message, author: str) -> MessageLine:
    return MessageLine(
        id=one.pk,
        from_filer=one.agent_id is None,
        author=author,
        at=one.at,
        text=one.text,
        file=getattr(one, "file", None),
    )


def _message_file(depot: Depot, message_id: int) -> MessageFile:
    rows = MessageFile.objects.select_related("stored", "message")
    found = rows.filter(pk=message_id, message__depot=depot).first()
    if found is None:
        raise MessageFileNotFound
    return found


def _versions(depot: Depot) -> list[Depot]:
    same = Depot.objects.filter(
        teleprocedure=depot.teleprocedure, siren=depot.siren, unique_key=depot.unique_key, state__in=FILED
    )
    return list(
        same.select_related("account")
        .filter(confirmed_at__isnull=False)
        .exclude(pk=depot.pk)
        .order_by(*LATEST_FIRST)
    )


def _next(depot: Depot, agent: Agent, filters: Filters) -> uuid.UUID | None:
    """The one after ``depot`` among the oldest that wait, nobody else having it; the first one at the end."""
    since = moment(depot.confirmed_at)
    rows = narrow(scope(visible(agent), filters), filters, agent).filter(state=State.CONFIRME)
    rows = rows.filter(not_assigned_to_another(agent), not_held_by_another(agent)).exclude(pk=depot.pk)
    rows = rows.order_by("confirmed_at", "pk")
    after = Q(confirmed_at__gt=since) | Q(confirmed_at=since, pk__gt=depot.pk)
    found = rows.filter(after).values_list("pk", flat=True).first()
    return found or rows.values_list("pk", flat=True).first()
