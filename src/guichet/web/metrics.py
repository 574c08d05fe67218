"""The portal's numbers for Prometheus: what the database knows, and the requests that were answered.

What the database knows is read by whichever process is asked, at most once in ``KEPT`` seconds, each part
within ``STATEMENT_MILLISECONDS``: a part that takes longer is left out, and told as such.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterable, Iterator

from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.values import MutexValue, ValueClass

import guichet
from guichet.accounts import gauges as accounts
from guichet.courriers import gauges as courriers
from guichet.depots import gauges as depots
from guichet.files import gauges as files
from guichet.journal import gauges as journal
from guichet.journal import sealing
from guichet.kernel import clock
from guichet.web import observed, readiness

KEPT = 10.0  # seconds
STATEMENT_MILLISECONDS = 1000
ALIVE = dt.timedelta(seconds=60)  # without a sign, a worker is dead (jobs.tasks)
OLDEST_DUE = """
    SELECT min(greatest(job.scheduled_at, (SELECT max(at) FROM procrastinate_events WHERE job_id = job.id)))
    FROM procrastinate_jobs job WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= %s)
"""


def exposition() -> bytes:
    """Everything in Prometheus' text format."""
    return generate_latest(_database) + generate_latest(_requests())


def _requests() -> CollectorRegistry:
    """Those of all processes of ``guichet web``, which says by its environment where they are counted."""
    if ValueClass is MutexValue:
        return observed.REGISTRY
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return together


class Gauges:
    """What the readiness and the database say."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._families: list[Metric] = []
        self._until = 0.0

    def collect(self) -> Iterable[Metric]:
        """The families; from a reading that is fresh, or from a new one."""
        with self._lock:
            if time.monotonic() > self._until:
                self._families = list(_read())
                self._until = time.monotonic() + KEPT
            return self._families

    def forget(self) -> None:
        """Read anew at the next request; for tests."""
        self._until = 0.0


def _read() -> Iterator[Metric]:
    yield gauge("guichet_info", "The version that runs", [({"version": guichet.__version__}, 1)])
    parts = readiness.findings()
    yield gauge(
        "guichet_ready", "1 where a part can serve", [({"part": name}, ok) for name, ok in parts.items()]
    )
    yield from _certificate()
    if not (parts["database"] and parts["tables"]):
        return
    unread = []
    for part in READINGS:
        try:
            yield from _bounded(part)
        except DatabaseError:
            unread.append(part.__name__.strip("_"))
    names = [part.__name__.strip("_") for part in READINGS]
    yield gauge(
        "guichet_unread", "1 where the database was too slow", [({"part": n}, n in unread) for n in names]
    )


def _bounded(part: Callable[[], list[Metric]]) -> list[Metric]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(STATEMENT_MILLISECONDS)])
        return part()


def gauge(name: str, told: str, samples: Iterable[tuple[dict[str, str], float]]) -> Metric:
    """A family of ``samples`` (labels, value)."""
    found = list(samples)
    family = GaugeMetricFamily(name, told, labels=list(found[0][0]) if found else ())
    for labels, value in found:
        family.add_metric(list(labels.values()), float(value))
    return family


def _age(moment: dt.datetime | None) -> float:
    """Seconds since then; 0 where nothing waits, so that an alert ends with what it was about."""
    return max((clock.now() - moment).total_seconds(), 0.0) if moment else 0.0


def _certificate() -> Iterator[Metric]:
    try:
        end = sealing.signer().certificate.not_valid_after_utc.timestamp()
    except sealing.SealKeyError:
        return
    yield gauge("guichet_certificate_expiry_seconds", "When the seal's certificate ends (Unix)", [({}, end)])


def _filings() -> list[Metric]:
    counts = depots.filings().items()
    oldest = depots.oldest_undecided().items()
    return [
        gauge("guichet_filings", "Filings", [({"teleprocedure": t, "state": s}, n) for (t, s), n in counts]),
        gauge(
            "guichet_oldest_undecided_seconds",
            "Since when the oldest filing waits for an agent",
            [({"teleprocedure": code}, _age(since)) for code, since in oldest],
        ),
    ]


def _jobs() -> list[Metric]:
    jobs = ProcrastinateJob.objects
    now = clock.now()
    counts = {status: jobs.filter(status=status).count() for status in ("todo", "doing", "failed")}
    with connection.cursor() as cursor:
        cursor.execute(OLDEST_DUE, [now])
        (oldest,) = cursor.fetchone() or (None,)
    alive = ProcrastinateWorker.objects.filter(last_heartbeat__gt=now - ALIVE).count()
    return [
        gauge("guichet_jobs", "Jobs", [({"status": name}, count) for name, count in counts.items()]),
        gauge("guichet_oldest_job_seconds", "Since when the oldest job is due", [({}, _age(oldest))]),
        gauge("guichet_workers", "Workers that gave a sign of life within a minute", [({}, alive)]),
    ]


def _courriers() -> list[Metric]:
    unsent = courriers.unsent().items()
    pending = [({"kind": kind}, _age(since)) for (kind, status), (_, since) in unsent if status == "pending"]
    return [
        gauge(
            "guichet_courriers",
            "E-mails and letters that are not sent",
            [({"kind": kind, "status": status}, count) for (kind, status), (count, _) in unsent],
        ),
        gauge("guichet_oldest_courrier_seconds", "Since when the oldest is to be sent", pending),
    ]


def _journal() -> list[Metric]:
    found = journal.sealing()
    return [
        gauge("guichet_unsealed_events", "Events behind the last seal", [({}, found.unsealed)]),
        gauge("guichet_oldest_unsealed_seconds", "Age of the oldest of them", [({}, _age(found.since))]),
        gauge("guichet_seal_age_seconds", "Age of the last seal", [({}, _age(found.sealed_at))]),
    ]


def _files() -> list[Metric]:
    scans = files.scans()
    watched = [(scan.value, *scans.get(scan.value, (0, None))) for scan in files.WATCHED]
    return [
        gauge("guichet_files", "Files without a good verdict", [({"scan": s}, n) for s, n, _ in watched]),
        gauge(
            "guichet_oldest_file_seconds",
            "Age of the oldest",
            [({"scan": s}, _age(t)) for s, _, t in watched],
        ),
    ]


def _accounts() -> list[Metric]:
    return [gauge("guichet_sessions", "Browsers that are signed in", [({}, accounts.sessions())])]


READINGS = (_filings, _jobs, _courriers, _journal, _files, _accounts)
GAUGES = Gauges()
_database = CollectorRegistry()
_database.register(GAUGES)
