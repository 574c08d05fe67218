"""Questions and answers between the service and the filer, and notes between agents."""

import hashlib
import uuid

from django.conf import settings
from django.db import transaction

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.accounts.queries import mailbox_of
from guichet.courriers import operations as courriers
from guichet.courriers.rules import UnusableAddress
from guichet.depots import queries as depots
from guichet.depots.definitions import teleprocedure
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.instruction.models import Agent, Message, Note, Traitement
from guichet.instruction.operations.hands import AlreadyDecided, check_not_held, lock, record
from guichet.instruction.rules import clean_text
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.identifiers import Siren
from guichet.kernel.refusals import N_, Refusal


class NoQuestion(Refusal):
    """Nobody asked, or the filing is decided: an answer would not be read."""

    code = "no_question"
    message = N_(
        "Ce dépôt n’attend pas de réponse : aucune question n’est posée, ou le service a déjà décidé."
    )
    status = 409


class NoAddress(Refusal):
    """The filer closed the account: no question reaches them."""

    code = "no_address"
    message = N_("Ce déposant n’a plus d’adresse électronique : aucune question ne peut lui parvenir.")
    status = 409


def ask(*, agent: Agent, depot_id: uuid.UUID | str, text: str) -> Message:
    """Ask the filer something about a filing that waits; they get it by e-mail, and answer on its page.

    The filing is the agent's from now on where nobody had it. Raises ``DepotNotFound``, ``NotAllowed``,
    ``HeldByAnother``, ``AlreadyDecided``, ``TextMissing``, ``TextTooLong``, ``NoAddress``.
    """
    words = clean_text(text)
    with transaction.atomic():
        depot, treated = lock(agent, depot_id)
        if depot.state != State.CONFIRME:
            raise AlreadyDecided
        check_not_held(treated, agent)
        message = Message.objects.create(depot=depot, agent=agent, text=words, at=clock.now())
        treated.asked_at, treated.answered_at = message.at, None
        if treated.assigned_to is None:
            treated.assigned_to, treated.assigned_at = agent, message.at
        treated.save()
        record(depot, "asked", agent, message=message.pk, sha256=_hash(words))
        _write(depot, words)
    return message


def answer(*, account: Account, depot_id: uuid.UUID | str, text: str) -> Message:
    """The filer's answer, which the agents find on the filing.

    Raises ``DepotNotFound``, ``NoQuestion``, ``TextMissing``, ``TextTooLong``.
    """
    words = clean_text(text)
    with transaction.atomic():
        depot = depots.find(account=account, depot_id=depot_id, among=Depot.objects.select_for_update())
        treated = Traitement.objects.select_for_update().filter(pk=depot.pk).first()
        if depot.state != State.CONFIRME or treated is None or treated.asked_at is None:
            raise NoQuestion
        message = Message.objects.create(depot=depot, text=words, at=clock.now())
        treated.answered_at = message.at
        treated.save(update_fields=["answered_at"])
        data = {"message": message.pk, "sha256": _hash(words)}
        journal.record(subject=depot.evidence, kind="instruction.answered", actor=account.subject, data=data)
    return message


def note(*, agent: Agent, depot_id: uuid.UUID | str, text: str) -> Note:
    """Leave a note for colleagues; the filer does not read it.

    Raises ``DepotNotFound``, ``NotAllowed``, ``TextMissing``, ``TextTooLong``.
    """
    words = clean_text(text)
    with transaction.atomic():
        depot, _ = lock(agent, depot_id)
        written = Note.objects.create(depot=depot, agent=agent, text=words, at=clock.now())
        record(depot, "noted", agent, note=written.pk, sha256=_hash(words))
    return written


def _hash(words: str) -> str:
    # What was said is proved without being told: the journal keeps no free text.
    return hashlib.sha256(words.encode()).hexdigest()


def _write(depot: Depot, words: str) -> None:
    definition, links = teleprocedure(depot.teleprocedure), espace(depot.espace).messages_hold_links
    context = {
        "question": words,
        "label": definition.unique(depot.account, depot.data).label,
        "subject": depot.subject_name,
        "siren": Siren(depot.siren).grouped,
        "reference": depot.reference or "",
        "noun": definition.noun.in_words(),
        "service": definition.service,
        "home": settings.BASE_URL if links else "",
    }
    try:
        courriers.send_email(
            to=definition.email(depot.account, depot.data),
            template="instruction/question",
            context=context,
            about=depot.evidence,
            links=links,
            box=mailbox_of(account=depot.account),
        )
    except UnusableAddress:
        raise NoAddress from None
