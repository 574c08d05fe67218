"""The two jobs of a request: it is read and judged, then applied. All or nothing, and nothing is done twice.

A worker may be killed at any moment. What it did not commit is gone, the request stands where it stood, and
the job is done again by another one: ``read`` reads anew what is in state ``lecture``, ``run`` goes on with
what is in state ``en_cours``.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app

from guichet.files import queries as files
from guichet.files.queries import BeingScanned, Infected
from guichet.imports.models import Demande, Ligne
from guichet.imports.operations import applying, judging, notices, staging
from guichet.imports.operations.moving import move
from guichet.imports.operations.progress import told
from guichet.imports.states import Etat, Kind
from guichet.inscriptions.models import Changement
from guichet.inscriptions.operations import lock
from guichet.kernel import clock

MANY_RIGHTS = 5_000  # from here on, hash joins alone
MOST_TRIES = 5  # of a job that fails: then the request is given up, and says so
SYSTEM = "system"
RESULTS = (Etat.OK, Etat.OK_PARTIEL, Etat.KO)
_FIRST_LOOK, _LAST_LOOK = dt.timedelta(seconds=2), dt.timedelta(minutes=5)  # for the antivirus's verdict

logger = logging.getLogger(__name__)


def read(*, demande_id: uuid.UUID | str, attempt: int = 0) -> None:
    """Read and judge the lines of a request (job ``imports.read``): it is ready then, or refused.

    ``attempt``: how often that failed. A file that waits for the antivirus is looked at again later.
    """
    seen = Demande.objects.filter(pk=demande_id, etat=Etat.LECTURE).first()
    if seen is None or _waits_for_antivirus(seen):
        return
    _tried(seen, attempt, _read)


def run(*, demande_id: uuid.UUID | str, attempt: int = 0) -> None:
    """Apply a request that was validated (job ``imports.run``), once its turn has come; then the next one.

    That it runs is committed first, so that pages show it; then everything, in one transaction under the lock
    of the inscription. ``attempt``: how often that failed.
    """
    seen = Demande.objects.filter(pk=demande_id).first()
    if seen is None:
        return
    if seen.etat == Etat.EN_COURS or _start(seen):
        _tried(seen, attempt, _run)
    wake(seen.inscription_id)


def wake(inscription_id: uuid.UUID) -> int:
    """Have the first one tried that waits for its turn in a company; how many (none, or one).

    Once what ran is committed: a request that was validated meanwhile saw it run, or is seen here.
    """
    of_company = Demande.objects.filter(inscription=inscription_id)
    first = _due(of_company).order_by("validated_at", "pk").first()
    if first is None or of_company.filter(etat=Etat.EN_COURS).exists():
        return 0
    app.configure_task("imports.run").defer(demande_id=str(first.pk))
    return 1


def _tried(demande: Demande, attempt: int, act: Callable[[uuid.UUID], None]) -> None:
    """``act``; where it fails once too often, the request ends and says that the portal is at fault."""
    try:
        act(demande.pk)
    except Exception:
        if attempt >= MOST_TRIES:
            logger.exception("import %s: given up", demande.pk)
            give_up(demande.pk)
            wake(demande.inscription_id)
        raise


@transaction.atomic
def give_up(demande_id: uuid.UUID) -> None:
    """End a request that can't be read, or applied, through a fault of the portal's."""
    demande = _held(demande_id)
    if demande.etat not in (Etat.LECTURE, Etat.EN_COURS):
        return
    _refuse(demande, "broken")


def _waits_for_antivirus(demande: Demande) -> bool:
    if not demande.stored_id:
        return False
    try:
        files.check_showable(sha256=demande.stored_id)
    except BeingScanned:
        age = clock.now() - demande.created_at
        wait = min(max(age / 2, _FIRST_LOOK), _LAST_LOOK)
        app.configure_task("imports.read", schedule_in={"seconds": int(wait.total_seconds())}).defer(
            demande_id=str(demande.pk)
        )
        return True
    except Infected:
        with transaction.atomic():
            held = _held(demande.pk)
            if held.etat == Etat.LECTURE:
                _refuse(held, "infected")
        return True
    return False


def _read(demande_id: uuid.UUID) -> None:
    with transaction.atomic(), told(demande_id) as tell:
        _alone(demande_id)
        demande = Demande.objects.select_related("portefeuille", "inscription").get(pk=demande_id)
        if demande.etat != Etat.LECTURE:
            return
        staging.stage(demande, tell)
        if demande.problem is None:
            judging.judge(demande)
        _save_read(demande)


def _save_read(demande: Demande) -> None:
    if _held(demande.pk).etat != Etat.LECTURE:
        transaction.set_rollback(True)  # deleted meanwhile: no line of it is left
        return
    if demande.problem is not None:
        Ligne.objects.filter(demande=demande).delete()
        _refuse(demande, demande.problem["code"], problem=demande.problem)
        return
    demande.done = demande.total
    move(demande, Etat.PRETE, actor=SYSTEM, **_numbers(demande))
    demande.save()


@transaction.atomic
def _start(seen: Demande) -> bool:
    """Whether a request that was validated begins now: that is committed, for pages to see."""
    _alone(seen.inscription_id)
    demande = _held(seen.pk)
    if demande.etat != Etat.VALIDEE or _is_behind(demande):
        return False
    begins = _earliest(demande)
    if begins is not None and begins > clock.now():
        demande.starts_at = begins
        demande.save(update_fields=["starts_at"])
        app.configure_task("imports.run", schedule_at=begins).defer(demande_id=str(demande.pk))
        return False
    demande.done = 0
    move(demande, Etat.EN_COURS, actor=demande.validated_by)
    demande.save(update_fields=["etat", "started_at", "done"])
    return True


def _is_behind(demande: Demande) -> bool:
    """Whether another request of the company runs, or was validated before.

    Of any portfolio: it would wait for the same lock, and keep a worker from everybody else meanwhile.
    """
    others = Demande.objects.filter(inscription=demande.inscription_id).exclude(pk=demande.pk)
    if others.filter(etat=Etat.EN_COURS).exists():
        return True
    first = _due(others).order_by("validated_at", "pk").first()
    mine = (demande.validated_at, demande.pk)
    return first is not None and (first.validated_at, first.pk) < mine


def _due(demandes: QuerySet[Demande]) -> QuerySet[Demande]:
    """Those that wait for nothing but their turn."""
    now = clock.now()
    return demandes.filter(Q(starts_at=None) | Q(starts_at__lte=now), etat=Etat.VALIDEE)


def _earliest(demande: Demande) -> dt.datetime | None:
    """Not before so many hours after the last one of the portfolio; what takes one back never waits."""
    if demande.kind == Kind.ANNULATION or not settings.IMPORTS_PAUSE_HOURS:
        return None
    ended = Demande.objects.filter(portefeuille=demande.portefeuille_id, etat__in=RESULTS)
    last = ended.exclude(changement=None).order_by("-ended_at").first()
    pause = dt.timedelta(hours=settings.IMPORTS_PAUSE_HOURS)
    return last.ended_at + pause if last and last.ended_at else None


@transaction.atomic
def _run(demande_id: uuid.UUID) -> None:
    seen = Demande.objects.get(pk=demande_id)
    inscription = lock(seen.inscription_id)
    demande = Demande.objects.select_related("portefeuille", "undoes").get(pk=demande_id)
    demande.inscription = inscription
    if demande.etat != Etat.EN_COURS:
        return  # another worker was here
    gone = _what_is_gone(demande)
    if gone:
        _refuse(_held(demande_id), gone)
        return
    with told(demande_id) as tell, transaction.atomic(), _planned(demande):
        demande.changement = applying.apply(demande, demande.validated_by, tell)
        transaction.set_rollback(demande.problem is not None)
    if _held(demande_id).etat != Etat.EN_COURS:
        transaction.set_rollback(True)  # given up meanwhile, and told so
    elif demande.problem is not None:  # more than one request may do, by now
        demande.changement = None
        _refuse(demande, demande.problem["code"], problem=demande.problem)
    else:
        _save_run(demande)


@contextmanager
def _planned(demande: Demande) -> Iterator[None]:
    """Spare the planner a guess that costs hours: it has no statistics of what this very transaction brings,
    takes 100,000 places for one, and looks through all of them for each right."""
    counts = demande.counts
    many = counts.get("droits_ouverts", 0) + counts.get("droits_fermes", 0) >= MANY_RIGHTS
    blind = many and demande.kind != Kind.HABILITATIONS
    with connection.cursor() as cursor:
        if blind:
            cursor.execute("SET LOCAL enable_nestloop = off")
        yield
        if blind:
            cursor.execute("SET LOCAL enable_nestloop = on")


def _save_run(demande: Demande) -> None:
    demande.done = demande.total
    others = notices.tell_of_rights(demande)
    data = {**_numbers(demande), "changement": demande.changement_id or 0}
    move(demande, result_of(demande), actor=demande.validated_by, **data)
    demande.save()
    notices.tell_result(demande, others)


def result_of(demande: Demande) -> Etat:
    """All that was asked is done or was so already, a part is, or nothing could be done."""
    counts = demande.counts
    if not counts.get("impossibles"):
        return Etat.OK
    achieved = any(counts.get(name) for name in ("ajouts", "suppressions", "deja"))
    return Etat.OK_PARTIEL if achieved else Etat.KO


def _what_is_gone(demande: Demande) -> str:
    if demande.inscription.ended_at is not None:
        return "inscription_ended"
    if demande.undoes and Changement.objects.filter(undoes=demande.undoes.changement_id).exists():
        return "undone_otherwise"
    return "portefeuille_closed" if demande.portefeuille.closed_at is not None else ""


def _refuse(demande: Demande, code: str, *, problem: dict[str, object] | None = None) -> None:
    """End a request that nothing was done of, in the caller's transaction."""
    demande.problem = problem or {"code": code, "params": {}}
    ran = demande.etat == Etat.EN_COURS
    move(demande, Etat.KO if ran else Etat.REFUSEE, actor=SYSTEM, problem=code)
    demande.save()
    if ran:
        notices.tell_result(demande)


def _numbers(demande: Demande) -> dict[str, int]:
    return {name: int(number) for name, number in demande.counts.items()}


def _held(demande_id: uuid.UUID) -> Demande:
    rows = Demande.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("portefeuille", "inscription").get(pk=demande_id)


def _alone(key: uuid.UUID) -> None:
    """Have whoever reads the same request, or starts one of the same company, wait for the other's end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"imports:{key}"])
