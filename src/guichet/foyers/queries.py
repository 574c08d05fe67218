"""Who is of a household: for its person, for agents, and for the words of a filing."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext

from guichet.accounts.models import Account
from guichet.depots.definitions import teleprocedures
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.foyers.models import Personne
from guichet.foyers.rules import CONJOINT, LIENS, MOI, TELEPROCEDURE
from guichet.instruction.models import Agent
from guichet.instruction.queries.rights import check_role, codes_of
from guichet.instruction.values import HistoryLine
from guichet.journal.queries import history
from guichet.kernel.refusals import N_, Refusal

KINDS = "foyer."  # the events of a household, among those of its account


class FoyerNotFound(Refusal):
    """No such account, one that has no household, or one whose filings the agent does not see."""

    code = "foyer_not_found"
    message = N_("Ce dossier n’existe pas, ou vous n’y avez pas accès.")
    status = 404


class PersonneNotFound(Refusal):
    """Nobody of this household: no such person, or of somebody else's."""

    code = "personne_not_found"
    message = N_("Cette personne ne fait pas partie de ce foyer.")
    status = 404


@dataclass(frozen=True, kw_only=True)
class Foyer:
    """A household as agents see it. ``names``: of everybody who is, or was, of it, by their ids."""

    account: Account
    personnes: Sequence[Personne]
    history: Sequence[HistoryLine]
    names: dict[str, str]


def foyer(*, account: Account) -> list[Personne]:
    """The people known in the file of ``account``: spouse, children, others; none who was removed."""
    rank = list(LIENS)
    known = Personne.objects.filter(account=account, removed_at=None).order_by("created_at", "pk")
    return sorted(known, key=lambda one: rank.index(one.lien))


def one(*, account: Account, person_id: uuid.UUID | str) -> Personne:
    """Somebody of the household of ``account``, removed or not. Raises ``PersonneNotFound``."""
    return find(Personne.objects.filter(account=account), person_id)


def find(among: Iterable[Personne], person_id: uuid.UUID | str) -> Personne:
    """The one of that id. Raises ``PersonneNotFound``."""
    wanted = str(person_id)
    found = next((person for person in among if str(person.pk) == wanted), None)
    if found is None:
        raise PersonneNotFound
    return found


def known(person_id: uuid.UUID) -> Personne | None:
    """Somebody by their id alone, for who sees a filing that names them; ``None`` once they were erased."""
    return Personne.objects.filter(pk=person_id).first()


def spouse(*, account: Account, but: uuid.UUID | None = None) -> Personne | None:
    """The spouse who is known, unless that is ``but``."""
    found = Personne.objects.filter(account=account, lien=CONJOINT, removed_at=None)
    return (found.exclude(pk=but) if but else found).first()


def waiting(*, account: Account) -> list[Depot]:
    """The corrections of ``account`` that wait for a decision, the oldest first."""
    mine = Depot.objects.filter(account=account, teleprocedure=TELEPROCEDURE, state=State.CONFIRME)
    return list(mine.order_by("confirmed_at"))


def label(account: Account, code: str) -> str:
    """Who ``code`` is: whose file it is (« moi »), somebody of the household by their id, else ``code``."""
    if code == MOI:
        return str(account.profile.get("name") or gettext("La personne titulaire du dossier"))
    try:
        return one(account=account, person_id=code).name
    except PersonneNotFound:
        return code


def names(*, account: Account) -> dict[str, str]:
    """Everybody whom a document of ``account`` may name, removed or not: id → name. One query."""
    return {str(person.pk): person.name for person in Personne.objects.filter(account=account)}


def has_foyer(espace: str) -> bool:
    """Whether the accounts of ``espace`` have a household: its téléprocédure is registered there."""
    definition = teleprocedures().get(TELEPROCEDURE)
    return definition is not None and definition.espace == espace


def foyer_of(*, agent: Agent, account_id: uuid.UUID | str) -> Foyer:
    """The household of somebody whose filings ``agent`` may see. Raises ``FoyerNotFound``, ``NotAllowed``."""
    account = account_for(agent, account_id)
    return Foyer(
        account=account,
        personnes=foyer(account=account),
        history=_history(account),
        names=names(account=account),
    )


def account_for(agent: Agent, account_id: uuid.UUID | str) -> Account:
    """Whose household ``agent`` may keep: an account of an espace of which the agent sees a téléprocédure.

    Raises ``FoyerNotFound``, ``NotAllowed``.
    """
    check_role(agent)
    seen = {teleprocedures()[code].espace for code in codes_of(agent)}
    try:
        account = Account.objects.get(pk=uuid.UUID(str(account_id)))
    except (ValueError, Account.DoesNotExist):
        raise FoyerNotFound from None
    if account.espace not in seen or not has_foyer(account.espace):
        raise FoyerNotFound
    return account


def _history(account: Account) -> list[HistoryLine]:
    """What happened to the household, the oldest first; agents by their names."""
    events = [event for event in history(subject=account.subject) if event.kind.startswith(KINDS)]
    actors = {event.actor for event in events if event.actor.startswith("account:")}
    accounts = [uuid.UUID(actor.partition(":")[2]) for actor in actors]
    agents = Agent.objects.filter(account__in=accounts).select_related("account")
    names = {agent.actor: agent.name for agent in agents}
    return [
        HistoryLine(
            at=event.at,
            kind=event.kind,
            by="agent" if event.actor in names else "account" if ":" in event.actor else event.actor,
            who=names.get(event.actor, ""),
            data=event.data,
        )
        for event in events
    ]
