"""One action on many filings: each in a transaction of its own, with its evidence and its result.

The job may run twice, or be killed in the midst: a line that has its result is never touched again, and one
that has none was rolled back whole.
"""

import logging
import uuid
from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils.translation import gettext
from procrastinate.contrib.django import app

from guichet.depots.definitions import teleprocedures
from guichet.depots.models import Depot
from guichet.instruction.models import Agent, Lot, LotLine, Motif
from guichet.instruction.operations import decisions, hands
from guichet.instruction.operations.decisions import UnknownMotif
from guichet.instruction.operations.hands import UnknownAgent
from guichet.instruction.queries.rights import check_role
from guichet.instruction.rules import MOST_IN_BULK, Action, NotAllowed, Role, clean_text
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

logger = logging.getLogger(__name__)

MOST_FAILURES = 3  # malfunctions of one line, after which it is given up and says so
WITH_REASON = (Action.REFUSE, Action.WITHDRAW)
BROKEN = N_("Une erreur du portail a empêché ce traitement. Ouvrez le dépôt pour le traiter seul.")


class TooMany(Refusal):
    """More than one page of results could tell of."""

    code = "too_many"
    message = N_("{number} dépôts sont choisis, {most} au plus sont possibles. Faites-le en plusieurs fois.")


class NothingChosen(Refusal):
    """An action on nothing."""

    code = "nothing_chosen"
    message = N_("Aucun dépôt n’est choisi. Cochez au moins un dépôt dans la liste.")


class MotifMissing(Refusal):
    """A refusal without a reason."""

    code = "motif_missing"
    message = N_("Choisissez un motif, ou écrivez ce que les déposants doivent savoir.")
    field = "motif"


def start_bulk(
    *,
    agent: Agent,
    action: Action | str,
    depot_ids: Sequence[uuid.UUID],
    motif_id: int | None = None,
    text: str = "",
    to: int | None = None,
) -> Lot:
    """Begin ``action`` on up to 500 filings; the job does it, ``queries.lot`` tells how far it has come.

    ``motif_id`` and ``text`` are for refusals and withdrawals, ``text`` for acceptances, where it goes
    to the filings that take words alone, ``to`` (an agent's id) for assignments. What can't be done with one
    filing becomes its line's result.
    Raises ``NotAllowed``, ``NothingChosen``, ``TooMany``, ``MotifMissing``, ``UnknownMotif``,
    ``UnknownAgent``, ``TextTooLong``.
    """
    check_role(agent)
    chosen, asked = Action(action), list(dict.fromkeys(depot_ids))
    _check_number(asked)
    words = clean_text(text) if text.strip() else ""
    with transaction.atomic():
        lot = Lot.objects.create(
            agent=agent, action=chosen, motif=_motif(chosen, motif_id, words), text=words,
            to=_to(agent, chosen, to), created_at=clock.now(),
        )  # fmt: skip
        LotLine.objects.bulk_create(
            LotLine(lot=lot, position=position, asked_for=depot_id)
            for position, depot_id in enumerate(asked, start=1)
        )
        data = {"role": agent.role, "action": chosen.value, "filings": [str(each) for each in asked]}
        journal.record(subject=lot.evidence, kind="instruction.bulk_started", actor=agent.actor, data=data)
        app.configure_task("instruction.run_bulk").defer(lot_id=str(lot.pk))
    return lot


def run_bulk(*, lot_id: uuid.UUID | str) -> int:
    """Do what is left of a lot (job ``instruction.run_bulk``); how many lines got their result.

    A malfunction on one line does not hold up the others; the job fails at the end and is tried again. Raises
    ``ExceptionGroup``.
    """
    waiting = LotLine.objects.filter(lot_id=lot_id, outcome=LotLine.Outcome.WAITING)
    done, failures = 0, []
    for line_id in list(waiting.values_list("pk", flat=True)):
        try:
            done += _run_line(line_id)
        except Exception as failure:
            logger.exception("lot %s: line %s", lot_id, line_id)
            failures.append(failure)
            _count_failure(line_id)
    _finish(lot_id)
    if failures:
        raise ExceptionGroup(f"{len(failures)} lines failed, {done} done", failures)
    return done


def _check_number(asked: Sequence[uuid.UUID]) -> None:
    if not asked:
        raise NothingChosen
    if len(asked) > MOST_IN_BULK:
        raise TooMany(number=len(asked), most=MOST_IN_BULK)


def _motif(action: Action, motif_id: int | None, words: str) -> Motif | None:
    if action not in WITH_REASON:
        return None
    if motif_id is None:
        if not words:
            raise MotifMissing
        return None
    motif = Motif.objects.filter(pk=motif_id, active=True).first()
    if motif is None:
        raise UnknownMotif
    return motif


def _to(agent: Agent, action: Action, to: int | None) -> Agent | None:
    if action != Action.ASSIGN:
        return None
    if to != agent.pk and not agent.rank.includes(Role.SUPERVISEUR):
        raise NotAllowed
    found = Agent.objects.filter(pk=to or 0, active=True).first()
    if found is None:
        raise UnknownAgent
    return found


@transaction.atomic
def _run_line(line_id: int) -> bool:
    line = LotLine.objects.select_for_update().get(pk=line_id)
    if line.outcome != LotLine.Outcome.WAITING:
        return False  # another worker was here
    lot = Lot.objects.select_related("agent__account").get(pk=line.lot_id)
    try:
        with transaction.atomic():
            _act(lot, line.asked_for)
    except Refusal as refusal:
        _conclude(line, LotLine.Outcome.REFUSED, gettext(refusal.template).format(**refusal.params))
    else:
        _conclude(line, LotLine.Outcome.DONE, "")
    return True


def _act(lot: Lot, depot_id: uuid.UUID) -> Depot:
    agent, motif, text = lot.agent, lot.motif_id, lot.text
    acts: dict[Action, Callable[[], Depot]] = {
        Action.PUBLISH: lambda: decisions.publish(agent=agent, depot_id=depot_id),
        Action.ACCEPT: lambda: decisions.accept(
            agent=agent, depot_id=depot_id, text=_words_beside(depot_id, text)
        ),
        Action.REFUSE: lambda: decisions.refuse(agent=agent, depot_id=depot_id, motif_id=motif, text=text),
        Action.WITHDRAW: lambda: decisions.withdraw(
            agent=agent, depot_id=depot_id, motif_id=motif, text=text
        ),
        Action.ASSIGN: lambda: hands.assign(agent=agent, depot_id=depot_id, to=lot.to_id or 0),
        Action.RELEASE: lambda: hands.release(agent=agent, depot_id=depot_id),
    }
    return acts[Action(lot.action)]()


def _words_beside(depot_id: uuid.UUID, text: str) -> str:
    """``text`` where the filing takes words beside an acceptance: others of the same lot may not."""
    code = Depot.objects.filter(pk=depot_id).values_list("teleprocedure", flat=True).first()
    found = teleprocedures().get(code or "")
    return text if found and found.instruction.accepting_takes_words else ""


def _conclude(line: LotLine, outcome: LotLine.Outcome, sentence: str) -> None:
    line.outcome, line.sentence, line.at = outcome, sentence, clock.now()
    line.save(update_fields=["outcome", "sentence", "at"])


@transaction.atomic
def _count_failure(line_id: int) -> None:
    line = LotLine.objects.select_for_update().get(pk=line_id)
    line.failures += 1
    line.save(update_fields=["failures"])
    if line.failures >= MOST_FAILURES and line.outcome == LotLine.Outcome.WAITING:
        _conclude(line, LotLine.Outcome.REFUSED, gettext(BROKEN))


@transaction.atomic
def _finish(lot_id: uuid.UUID | str) -> None:
    lot = Lot.objects.select_for_update(of=("self",)).select_related("agent__account").get(pk=lot_id)
    outcomes = list(lot.lines.values_list("outcome", flat=True))
    if lot.finished_at or LotLine.Outcome.WAITING in outcomes:
        return
    lot.finished_at = clock.now()
    lot.save(update_fields=["finished_at"])
    data = {
        "done": outcomes.count(LotLine.Outcome.DONE),
        "refused": outcomes.count(LotLine.Outcome.REFUSED),
    }
    journal.record(subject=lot.evidence, kind="instruction.bulk_finished", actor="system", data=data)
