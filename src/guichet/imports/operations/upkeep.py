"""What is forgotten when its time is over, and what nobody works on any more. Jobs; twice is as once."""

import datetime as dt
import uuid

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.imports.models import Demande, Ligne
from guichet.imports.operations.deciding import erase
from guichet.imports.operations.moving import OVER, move
from guichet.imports.operations.running import SYSTEM, give_up, wake
from guichet.imports.states import Etat
from guichet.kernel import clock

KEPT_ENDED = dt.timedelta(days=90)  # lines and file of a request that is over; its counts stay
KEPT_UNDECIDED = dt.timedelta(days=30)  # of one that nobody validated: then it is deleted
_JOBS = ("imports.read", "imports.run")


def purge() -> int:
    """Erase lines and files whose time is over, and delete what nobody validated; how many (daily job).

    Where the inscription ended, nobody reads them any more.
    """
    now, gone = clock.now(), Q(inscription__ended_at__isnull=False)
    ended = Demande.objects.filter(gone | Q(ended_at__lte=now - KEPT_ENDED), etat__in=OVER)
    left = Demande.objects.filter(gone | Q(created_at__lte=now - KEPT_UNDECIDED), etat=Etat.PRETE)
    kept = ended.filter(Q(stored__isnull=False) | Exists(Ligne.objects.filter(demande=OuterRef("pk"))))
    over, undecided = (list(rows.values_list("pk", flat=True)) for rows in (kept, left))
    return sum(map(_forget, over)) + sum(map(_give_back, undecided))


def resume() -> int:
    """Take up requests whose job is gone: those that wait for their turn are tried, those that were being
    read or applied brought their workers down too often, and end as the portal's fault; how many (hourly)."""
    under_way = (Etat.LECTURE, Etat.EN_COURS, Etat.VALIDEE)
    found = list(Demande.objects.filter(etat__in=under_way).order_by("created_at"))  # before their jobs
    jobs = ProcrastinateJob.objects.filter(task_name__in=_JOBS, status__in=["todo", "doing"])
    known = set(jobs.values_list("args__demande_id", flat=True))
    lost = [one for one in found if str(one.pk) not in known]
    for one in lost:
        if one.etat != Etat.VALIDEE:
            give_up(one.pk)
    for inscription_id in {one.inscription_id for one in lost}:
        wake(inscription_id)
    return len(lost)


@transaction.atomic
def _forget(demande_id: uuid.UUID) -> bool:
    demande = Demande.objects.select_for_update(no_key=True).get(pk=demande_id)
    erase(demande)
    return True


@transaction.atomic
def _give_back(demande_id: uuid.UUID) -> bool:
    demande = Demande.objects.select_for_update(no_key=True).get(pk=demande_id)
    if demande.etat != Etat.PRETE:
        return False  # validated, or deleted, at this very moment
    move(demande, Etat.SUPPRIMEE, actor=SYSTEM)
    demande.save(update_fields=["etat", "ended_at"])
    erase(demande)
    return True
