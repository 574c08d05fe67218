"""Questions and answers between the service and the filer, and notes between agents."""

import hashlib
import uuid
from collections.abc import Sequence
from contextlib import suppress

from django.conf import settings
from django.db import transaction

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.accounts.queries import mailbox_of, mailbox_page_of
from guichet.courriers import operations as courriers
from guichet.courriers.rules import UnusableAddress
from guichet.depots import queries as depots
from guichet.depots.definitions import teleprocedure
from guichet.depots.models import Depot
from guichet.depots.operations.uploads import Upload
from guichet.depots.states import State
from guichet.instruction.models import Agent, Message, MessageFile, Note, Traitement
from guichet.instruction.operations.hands import AlreadyDecided, check_not_held, lock, record
from guichet.instruction.operations.joined import Joined, made_of
from guichet.instruction.queries.rights import find
from guichet.instruction.rules import clean_text
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words
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


def ask(*, agent: Agent, depot_id: uuid.UUID | str, text: str, uploads: Sequence[Upload] = ()) -> Message:
    """Ask the filer something about a filing that waits; they are told, and answer on its page.

    What is joined becomes one PDF. The filing is the agent's from now on where nobody had it. Raises
    ``DepotNotFound``, ``NotAllowed``, ``HeldByAnother``, ``AlreadyDecided``, ``TextMissing``,
    ``TextTooLong``, ``NoAddress``, and as ``joined.made_of`` does.
    """
    words, code = clean_text(text), find(agent, depot_id).teleprocedure
    with made_of(uploads, teleprocedure_code=code) as joined, transaction.atomic():
        depot, treated = lock(agent, depot_id)
        if depot.state != State.CONFIRME:
            raise AlreadyDecided
        check_not_held(treated, agent)
        message = Message.objects.create(depot=depot, agent=agent, text=words, at=clock.now())
        treated.asked_at, treated.answered_at = message.at, None
        if treated.assigned_to is None:
            treated.assigned_to, treated.assigned_at = agent, message.at
        treated.save()
        record(depot, "asked", agent, **_said(message, joined))
        _put_question(depot, words, pages=joined.pages if joined else 0)
    return message


def answer(
    *, account: Account, depot_id: uuid.UUID | str, text: str, uploads: Sequence[Upload] = ()
) -> Message:
    """The filer's answer, which the agents find on the filing; a missing page may say all by itself.

    What is joined becomes one PDF (001, « Mes messages »). The same once more, with nothing said in between,
    is the same answer. Raises ``DepotNotFound``, ``NoQuestion``, ``TextMissing``, ``TextTooLong``, and as
    ``joined.made_of`` does.
    """
    words = "" if uploads and not text.strip() else clean_text(text)
    depot = depots.find(account=account, depot_id=depot_id)
    _check_asked(depot, Traitement.objects.filter(pk=depot.pk).first())  # before what is slow
    with made_of(uploads, teleprocedure_code=depot.teleprocedure) as joined, transaction.atomic():
        depot = depots.find(account=account, depot_id=depot_id, among=Depot.objects.select_for_update())
        treated = _check_asked(depot, Traitement.objects.select_for_update().filter(pk=depot.pk).first())
        if again := _said_already(depot, words, joined):
            return again
        message = Message.objects.create(depot=depot, text=words, at=clock.now())
        treated.answered_at = message.at
        treated.save(update_fields=["answered_at"])
        data = _said(message, joined)
        journal.record(subject=depot.evidence, kind="instruction.answered", actor=account.subject, data=data)
        _acknowledge(depot, message, pages=joined.pages if joined else 0)
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


def _check_asked(depot: Depot, treated: Traitement | None) -> Traitement:
    if depot.state != State.CONFIRME or treated is None or treated.asked_at is None:
        raise NoQuestion
    return treated


def _said_already(depot: Depot, words: str, joined: Joined | None) -> Message | None:
    """The last message, where it is the same answer: a button that was pressed twice."""
    last = Message.objects.filter(depot=depot).select_related("file").last()
    if last is None or last.agent_id is not None or last.text != words:
        return None
    file: MessageFile | None = getattr(last, "file", None)
    return last if (file.stored_id if file else "") == (joined.sha256 if joined else "") else None


def _said(message: Message, joined: Joined | None) -> dict[str, int | str]:
    """What the journal tells of a message. Its file is kept first: what is proved is durable."""
    told: dict[str, int | str] = {"message": message.pk, "sha256": _hash(message.text)}
    if joined is None:
        return told
    file = joined.keep(message)
    return {**told, "file": file.stored_id, "size": file.size, "pages": file.pages}


def _hash(words: str) -> str:
    # What was said is proved without being told: the journal keeps no free text.
    return hashlib.sha256(words.encode()).hexdigest()


def _put_question(depot: Depot, words: str, *, pages: int) -> None:
    try:
        _write(depot, "instruction/question", question=words, pages=pages)
    except UnusableAddress:
        raise NoAddress from None


def _acknowledge(depot: Depot, message: Message, *, pages: int) -> None:
    """Where there is a mailbox, the answer's acknowledgement stands there; elsewhere the screen says it."""
    if not mailbox_of(account=depot.account):
        return
    with suppress(UnusableAddress):
        _write(depot, "instruction/reponse_recue", moment=moment_in_words(message.at), pages=pages)


def _write(depot: Depot, template: str, **said: object) -> None:
    definition, links = teleprocedure(depot.teleprocedure), espace(depot.espace).messages_hold_links
    context = {
        "label": definition.unique(depot.account, depot.data).label,
        "whom": depots.in_whose_name(depot),
        "reference": depot.reference or "",
        "noun": definition.noun.in_words(),
        "service": definition.service,
        "home": settings.BASE_URL if links else "",
        "page": mailbox_page_of(account=depot.account),
        **said,
    }
    courriers.send_email(
        to=definition.email(depot.account, depot.data),
        template=template,
        context=context,
        about=depot.evidence,
        links=links,
        box=mailbox_of(account=depot.account),
    )
