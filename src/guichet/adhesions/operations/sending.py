"""Lists: what was pasted becomes lines with their verdicts; what is good is sent, each line once.

The job may run twice, or be killed in the midst: a line that has its outcome is never touched again, and one
that has none was rolled back whole, with its filing and its letter. What goes beyond the limit of a day waits
for the next one.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext
from procrastinate.contrib.django import app

from guichet.accounts.models import Account
from guichet.accounts.operations import messages
from guichet.adhesions import catalogue
from guichet.adhesions.lists import Line, decode, parse_list
from guichet.adhesions.models import Ligne, Liste
from guichet.adhesions.operations.allowance import EnoughForToday
from guichet.adhesions.queries import listes
from guichet.adhesions.queries.verdicts import check_line, verdicts
from guichet.adhesions.rules import (
    BATCH,
    BETWEEN,
    MOST_FAILURES,
    QUALITE,
    SERVICES,
    SIREN,
    TELEPROCEDURE,
    Code,
)
from guichet.adhesions.states import Outcome
from guichet.adhesions.values import Verdict
from guichet.courriers.rules import UnusableAddress
from guichet.depots import operations as depots
from guichet.depots.models import Depot
from guichet.depots.operations.filing import TermsNotAccepted
from guichet.depots.rules import NoPlace
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal

logger = logging.getLogger(__name__)

BROKEN = N_("Une erreur du portail a empêché cet envoi. Faites la demande pour cette seule entreprise.")


class NoServiceChosen(Refusal):
    """Nothing that the catalogue offers."""

    code = "no_service_chosen"
    message = N_("Choisissez au moins un service parmi ceux qui sont proposés.")
    field = "services"


class NoCapacity(Refusal):
    """None of the capacities that the catalogue offers."""

    code = "no_capacity"
    message = N_("Choisissez en quelle qualité vous agissez pour ces entreprises.")
    field = "qualite"


class NothingToSend(Refusal):
    """No line is good."""

    code = "nothing_to_send"
    message = N_("Aucune ligne de cette liste ne peut être envoyée. Corrigez-la, puis collez-la de nouveau.")


def prepare_list(
    *,
    account: Account,
    services: Sequence[str],
    qualite: str,
    text: str = "",
    content: bytes | None = None,
) -> Liste:
    """Keep a list that was pasted (``text``) or uploaded (``content``), with a verdict for each line.

    Nothing is sent. Raises ``NoServiceChosen``, ``NoCapacity``, and ``lists.ListRefused`` (empty, too long,
    no text).
    """
    offered = [code for code in catalogue.services() if code in services]
    if not offered or not set(services) <= set(offered):
        raise NoServiceChosen
    if qualite not in catalogue.capacities():
        raise NoCapacity
    parsed = parse_list(text if content is None else decode(content))
    sirens = [line.siren for line in parsed.lines if line.problem is None]
    with transaction.atomic():
        known = verdicts(account=account, sirens=sirens, qualite=qualite)
        liste = Liste.objects.create(
            account=account, services=offered, qualite=qualite, header=parsed.header,
            skipped=parsed.skipped, created_at=clock.now(),
        )  # fmt: skip
        Ligne.objects.bulk_create([_row(liste, line, known) for line in parsed.lines], batch_size=1000)
        data = {"lines": len(parsed.lines), "good": sum(known[siren].ok for siren in sirens)}
        journal.record(subject=liste.evidence, kind="list.prepared", actor=account.subject, data=data)
    return liste


def send_list(*, account: Account, liste_id: uuid.UUID | str, accepted_terms: bool) -> Liste:
    """Have the good lines of a list sent: the job does it, ``queries.liste`` tells how far it has come.

    Twice is as once. Raises ``ListNotFound``, ``TermsNotAccepted``, ``NothingToSend``.
    """
    if not accepted_terms:
        raise TermsNotAccepted
    with transaction.atomic():
        liste = listes.find(account=account, liste_id=liste_id, among=Liste.objects.select_for_update())
        if liste.sent_at is None:
            if not liste.lignes.filter(ok=True).exists():
                raise NothingToSend
            liste.sent_at = clock.now()
            liste.save(update_fields=["sent_at"])
            journal.record(subject=liste.evidence, kind="list.sent", actor=account.subject, data={})
            app.configure_task("adhesions.send_list").defer(liste_id=str(liste.pk))
    return liste


def discard_list(*, account: Account, liste_id: uuid.UUID | str) -> None:
    """Erase a list that was not sent. Raises ``ListNotFound``, also once it was sent."""
    with transaction.atomic():
        unsent = Liste.objects.select_for_update().filter(sent_at=None)
        listes.find(account=account, liste_id=liste_id, among=unsent).delete()


def send_batch(*, liste_id: uuid.UUID | str) -> int:
    """Send up to ``BATCH`` lines of a list (job ``adhesions.send_list``), then leave the others their turn.

    How many got their outcome. Where the firm has sent enough for today, the job goes on tomorrow. A
    malfunction on one line does not hold up the others; the job fails at the end and is tried again. Raises
    ``ExceptionGroup``.
    """
    done, failures, later = 0, [], None
    for line_id in list(_waiting(liste_id).values_list("pk", flat=True)[:BATCH]):
        try:
            done += _send_line(line_id)
        except EnoughForToday as enough:
            later = enough.again
            break
        except Exception as failure:
            logger.exception("list %s: line %s", liste_id, line_id)
            failures.append(failure)
            _count_failure(line_id)
    _go_on(liste_id, retried=bool(failures), later=later)
    if failures:
        raise ExceptionGroup(f"{len(failures)} lines failed, {done} done", failures)
    return done


def _row(liste: Liste, line: Line, known: Mapping[str, Verdict]) -> Ligne:
    verdict = known.get(line.siren) if line.problem is None else None
    code = verdict.code if verdict else line.problem or Code.UNREADABLE
    return Ligne(
        liste=liste,
        number=line.number,
        typed=line.typed,
        siren=line.siren,
        name=verdict.name[:300] if verdict else "",
        notes=[note.value for note in line.notes],
        verdict=code,
        ok=bool(verdict and verdict.ok),
    )


def _waiting(liste_id: uuid.UUID | str) -> QuerySet[Ligne]:
    rows = Ligne.objects.filter(liste_id=liste_id, liste__sent_at__isnull=False)
    return rows.filter(ok=True, outcome=Outcome.WAITING).order_by("number")


@transaction.atomic
def _send_line(line_id: int) -> bool:
    line = Ligne.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=line_id).first()
    if line is None or line.outcome != Outcome.WAITING:
        return False  # another worker is, or was, here
    liste = Liste.objects.select_related("account").get(pk=line.liste_id)
    try:
        with transaction.atomic():
            depot = _file(liste, line.siren)
    except EnoughForToday:
        raise  # it is no outcome: the line waits
    except Refusal as refusal:
        sentence = gettext(refusal.template).format(**refusal.params)
        _conclude(line, Outcome.REFUSED, sentence=sentence)
    else:
        _conclude(line, Outcome.SENT, depot=depot)
    return True


class VerdictChanged(Refusal):
    """Somebody was quicker, or the register has changed since the list was made. Params: ``sentence``."""

    code = "verdict_changed"
    message = N_("{sentence}")


class SenderSuspended(Refusal):
    """An agent or an operator stopped the account while its list was on its way."""

    code = "sender_suspended"
    message = N_("Votre compte a été suspendu pendant l’envoi : cette demande n’est pas partie.")


def _file(liste: Liste, siren: str) -> Depot:
    """One request, as if it were made alone; its verdict is taken again."""
    account, qualite = liste.account, liste.qualite
    if account.suspended_at:
        raise SenderSuspended
    verdict = check_line(account=account, siren=siren, qualite=qualite)
    if not verdict.ok:
        raise VerdictChanged(sentence=_nameless(verdict))
    answers = {SIREN: siren, SERVICES: BETWEEN.join(liste.services), QUALITE: qualite}
    try:
        return depots.file_at_once(
            account=account, teleprocedure=TELEPROCEDURE, answers=answers, accepted_terms=True
        )
    except NoPlace:  # a colleague, at this very moment
        again = check_line(account=account, siren=siren, qualite=qualite)
        raise VerdictChanged(sentence=_nameless(again)) from None


def _nameless(verdict: Verdict) -> str:
    # Kept with the line: who of the firm it was stays out of it.
    return Verdict(code=verdict.code, siren=verdict.siren).sentence


def _conclude(line: Ligne, outcome: Outcome, *, sentence: str = "", depot: Depot | None = None) -> None:
    line.outcome, line.sentence, line.depot, line.at = outcome, sentence, depot, clock.now()
    line.save(update_fields=["outcome", "sentence", "depot", "at"])


@transaction.atomic
def _count_failure(line_id: int) -> None:
    line = Ligne.objects.select_for_update().get(pk=line_id)
    line.failures += 1
    line.save(update_fields=["failures"])
    if line.failures >= MOST_FAILURES and line.outcome == Outcome.WAITING:
        _conclude(line, Outcome.REFUSED, sentence=gettext(BROKEN))


@transaction.atomic
def _go_on(liste_id: uuid.UUID | str, *, retried: bool, later: dt.datetime | None) -> None:
    """The next batch, now or ``later``, or the end. A job that fails is tried again by itself."""
    liste = Liste.objects.select_for_update(of=("self",)).select_related("account").get(pk=liste_id)
    if liste.finished_at or liste.sent_at is None:
        return
    if _waiting(liste_id).exists():
        if not retried:
            app.configure_task("adhesions.send_list", schedule_at=later).defer(liste_id=str(liste.pk))
        return
    _finish(liste)


def _finish(liste: Liste) -> None:
    outcomes = list(liste.lignes.filter(ok=True).values_list("outcome", flat=True))
    sent, refused = outcomes.count(Outcome.SENT), outcomes.count(Outcome.REFUSED)
    liste.finished_at = clock.now()
    liste.save(update_fields=["finished_at"])
    data = {"sent": sent, "refused": refused}
    journal.record(subject=liste.evidence, kind="list.finished", actor="system", data=data)
    try:
        messages.tell(liste.account, "adhesions/liste_envoyee", sent=sent, refused=refused)
    except UnusableAddress:
        logger.warning("list %s: no address to tell that it is sent", liste.pk)
