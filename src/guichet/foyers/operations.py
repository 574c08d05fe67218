"""Keeping a household: agents add, change and remove people; an accepted correction does the same.

The journal tells it on the account, by codes and ids: no name stands there. A household is held by the row of
its account, so that whoever comes second sees what the first one did.
"""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q
from psycopg.errors import UniqueViolation

from guichet.accounts.models import Account
from guichet.accounts.operations.closing import CLOSED, is_closed
from guichet.depots.models import Depot
from guichet.depots.operations.leaving import MARK
from guichet.depots.states import FILED
from guichet.foyers import queries, rules
from guichet.foyers.models import Personne
from guichet.foyers.rules import Action, Correction, Identity, SecondSpouse
from guichet.instruction.models import Agent, Classement
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

ONE_SPOUSE = "personne_one_spouse"


class FoyerClosed(Refusal):
    """The account was closed: nothing more is kept of its people."""

    code = "foyer_closed"
    message = N_("Ce compte a été fermé : son foyer n’est plus tenu, et aucune correction ne s’y applique.")
    status = 409


class PersonneGone(Refusal):
    """The person was removed from the household meanwhile."""

    code = "personne_gone"
    message = N_(
        "Cette personne ne fait plus partie du foyer : ses informations ne peuvent plus être corrigées. "
        "Ajoutez-la de nouveau si elle doit y figurer."
    )
    status = 409


def keep(
    *, agent: Agent, account_id: uuid.UUID | str, person_id: uuid.UUID | str | None = None, data: Identity
) -> Personne:
    """Add somebody to a household, or change what is known of ``person_id``. The same twice is as once.

    Raises ``FoyerNotFound``, ``NotAllowed``, ``FoyerClosed``, ``PersonneNotFound``, ``PersonneGone``,
    ``SecondSpouse``, and what ``rules.identity`` raises.
    """
    account = queries.account_for(agent, account_id)
    person = queries.one(account=account, person_id=person_id).pk if person_id else None
    action = Action.CHANGE if person else Action.ADD
    correction = Correction(action=action, person=person, identity=data)
    return apply(account=account, correction=correction, actor=agent.actor)


def remove(*, agent: Agent, account_id: uuid.UUID | str, person_id: uuid.UUID | str) -> None:
    """Remove somebody from a household: documents go on naming them, and they are offered no more.

    Twice is as once. Raises ``FoyerNotFound``, ``NotAllowed``, ``FoyerClosed``, ``PersonneNotFound``.
    """
    account = queries.account_for(agent, account_id)
    person = queries.one(account=account, person_id=person_id).pk
    apply(account=account, correction=Correction(action=Action.REMOVE, person=person), actor=agent.actor)


def apply(*, account: Account, correction: Correction, actor: str, because: str = "") -> Personne:
    """Do what ``correction`` says to the household of ``account``; ``because``: the filing that asked for it.

    What is so already is done: somebody who is known is not added twice, and who was removed stays so. Raises
    ``FoyerClosed``, ``PersonneNotFound`` for somebody else's person, ``PersonneGone``, ``SecondSpouse``, and
    what ``rules.identity`` raises.
    """
    try:
        with transaction.atomic():
            _hold(account)
            change = {Action.ADD: _add, Action.CHANGE: _change, Action.REMOVE: _remove}[correction.action]
            return change(account, correction, {"actor": actor, "because": because})
    except IntegrityError as error:
        # The constraint has the last word, whoever else writes to the table.
        cause = error.__cause__
        if not isinstance(cause, UniqueViolation) or cause.diag.constraint_name != ONE_SPOUSE:
            raise
        other = queries.spouse(account=account, but=correction.person)
        raise SecondSpouse(name=other.name if other else "") from error


def forget(*, account: Account, removed_before: dt.datetime | None = None) -> int:
    """Erase the people of ``account`` whom no filing needs any longer to be understood; how many.

    All of them where the account was closed, else those removed before ``removed_before``. A filing needs
    whom it names until its own personal answers are erased. In the caller's transaction.
    """
    rows = Personne.objects.filter(account=account)
    if removed_before is not None:
        rows = rows.filter(removed_at__lte=removed_before)
    named = " ".join(_said(account)) if rows.exists() else ""
    gone = [person.pk for person in rows if str(person.pk) not in named]
    rows.filter(pk__in=gone).delete()
    if gone:
        data = {"people": [str(pk) for pk in gone]}
        journal.record(subject=account.subject, kind="foyer.forgotten", actor="system", data=data)
    return len(gone)


def forget_what_is_over(*, espace: str, before: dt.datetime) -> int:
    """``forget`` for the closed accounts of ``espace``, and for whoever was removed ``before``; how many."""
    changed = 0
    over = Q(foyer__removed_at__lte=before) | Q(foyer__isnull=False, identifier__startswith=CLOSED)
    for account in Account.objects.filter(over, espace=espace).distinct().order_by("pk"):
        with transaction.atomic():
            changed += forget(account=account, removed_before=None if is_closed(account) else before)
    return changed


def _said(account: Account) -> list[str]:
    """What was answered, and what agents put elsewhere, in filings of which the person is not erased yet."""
    filed = Depot.objects.filter(account=account, state__in=FILED).exclude(data__has_key=MARK)
    answers = [str(value) for data in filed.values_list("data", flat=True) for value in data.values()]
    put = Classement.objects.filter(depot__in=filed).values_list("person", "former_person")
    return answers + [code for codes in put for code in codes]


def _hold(account: Account) -> None:
    """Keep others from this household until the transaction ends. Raises ``FoyerClosed``."""
    # No key: what refers to the account goes on meanwhile.
    held = Account.objects.select_for_update(no_key=True, of=("self",)).get(pk=account.pk)
    if is_closed(held):
        raise FoyerClosed


def _add(account: Account, correction: Correction, why: dict[str, str]) -> Personne:
    wanted = _wanted(account, correction)
    already = next((one for one in queries.foyer(account=account) if rules.same(one.identity, wanted)), None)
    if already:
        return already
    now = clock.now()
    person = Personne(account=account, created_at=now, updated_at=now)
    _write(person, wanted)
    person.save(force_insert=True)
    _record(account, person, "added", why)
    return person


def _change(account: Account, correction: Correction, why: dict[str, str]) -> Personne:
    person = _person(account, correction)
    if person.removed_at:
        raise PersonneGone
    wanted = _wanted(account, correction)
    fields = rules.changed(person.identity, wanted)
    if fields:
        _write(person, wanted)
        person.updated_at = clock.now()
        person.save(update_fields=[*fields, "updated_at"])
        _record(account, person, "changed", why, fields=fields)
    return person


def _remove(account: Account, correction: Correction, why: dict[str, str]) -> Personne:
    person = _person(account, correction)
    if person.removed_at is None:
        person.removed_at = person.updated_at = clock.now()
        person.save(update_fields=["removed_at", "updated_at"])
        _record(account, person, "removed", why)
    return person


def _person(account: Account, correction: Correction) -> Personne:
    held = Personne.objects.select_for_update().filter(account=account)
    return queries.find(held, str(correction.person))


def _wanted(account: Account, correction: Correction) -> Identity:
    """What is to be known, if it holds beside the others. Raises ``SecondSpouse``."""
    if correction.identity is None:
        raise ValueError("a correction that adds or changes somebody says who they are")
    wanted = rules.identity(correction.identity, clock.today())
    other = queries.spouse(account=account, but=correction.person) if wanted.lien == rules.CONJOINT else None
    already = other is not None and correction.action == Action.ADD and rules.same(other.identity, wanted)
    if other and not already:
        raise SecondSpouse(name=other.name)
    return wanted


def _write(person: Personne, wanted: Identity) -> None:
    person.lien, person.born_on = wanted.lien, wanted.born_on
    person.last_name, person.first_name = wanted.last_name, wanted.first_name


def _record(account: Account, person: Personne, kind: str, why: dict[str, str], **more: object) -> None:
    data: dict[str, object] = {"person": str(person.pk), "lien": person.lien, **more}
    if why["because"]:
        data["depot"] = why["because"]
    journal.record(subject=account.subject, kind=f"foyer.{kind}", actor=why["actor"], data=data)
