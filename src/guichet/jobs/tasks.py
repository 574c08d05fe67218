"""Every job and its calendar. Rooms enqueue them by name; nothing here decides anything.

Jobs may run twice (a killed worker leaves its job ``doing`` until the rescue): each operation is idempotent.
Procrastinate finds this module by its name.
"""

import warnings
from collections.abc import Callable

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from guichet.accounts import operations as accounts
from guichet.adhesions import operations as adhesions
from guichet.adhesions.operations import handover
from guichet.courriers import operations as courriers
from guichet.depots import operations as depots
from guichet.depots import receipts
from guichet.files import operations as files
from guichet.habilitations import operations as habilitations
from guichet.imports import operations as imports
from guichet.inscriptions import operations as inscriptions
from guichet.instruction import operations as instruction
from guichet.journal import operations as journal
from guichet.portefeuilles import operations as portefeuilles
from guichet.publications import operations as publications
from guichet.retention import operations as retention

AGAIN = RetryStrategy(max_attempts=20, exponential_wait=2)
STALLED_AFTER = 60  # seconds without a sign of life from its worker, which gives one every ten
LONGEST = 60 * 60  # seconds that no job takes: its worker lives, and could not write that it was over
MOST_RESCUES = 5  # a job that brings its worker down that often is given up
KEPT_HOURS = 24 * 30  # how long the trace of a finished job is kept


@app.task(name="courriers.deliver", queue="courriers", retry=AGAIN)
def deliver(courrier_id: int) -> None:
    """Try to send one e-mail or letter (the outbox plans its own retries)."""
    courriers.deliver(courrier_id=courrier_id)


@app.task(name="depots.issue_receipt", retry=AGAIN)
def issue_receipt(depot_id: str) -> None:
    """Make and sign the receipt of a filing."""
    receipts.ensure(depot_id=depot_id)


@app.task(name="files.scan", retry=AGAIN)
def scan(sha256: str) -> None:
    """Ask the antivirus about one stored file."""
    files.scan(sha256=sha256)


@app.task(name="instruction.run_bulk", retry=AGAIN)
def run_bulk(lot_id: str) -> None:
    """Do what is left of one action on many filings."""
    instruction.run_bulk(lot_id=lot_id)


@app.task(name="adhesions.send_list", retry=AGAIN)
def send_list(liste_id: str) -> None:
    """Send the next lines of a list of requests."""
    adhesions.send_batch(liste_id=liste_id)


@app.task(name="adhesions.run_handover", retry=AGAIN)
def run_handover(remise_id: str) -> None:
    """Hand over what is left of the client files that a colleague accepted."""
    handover.run_handover(remise_id=remise_id)


@app.task(name="retention.build_export", retry=AGAIN)
def build_export(account_id: str) -> None:
    """Put together the copy of everything about one person."""
    retention.build_export(account_id=account_id)


@app.task(name="inscriptions.tell_help_asked", retry=AGAIN)
def tell_help_asked(account_id: str) -> None:
    """Tell the administrateurs that somebody can't sign in."""
    inscriptions.tell_help_asked(account_id=account_id)


@app.task(name="inscriptions.sync_etablissements", retry=AGAIN)
def sync_etablissements() -> None:
    """Take over the établissements of a register that was just imported."""
    inscriptions.sync_etablissements()


@app.task(name="portefeuilles.tell_clientes", retry=AGAIN)
def tell_clientes(changement_id: int) -> None:
    """Tell companies that a tiers déclarant declares for them from now on."""
    portefeuilles.tell_begun(changement_id=changement_id)


@app.task(name="habilitations.pass_filings", retry=AGAIN)
def pass_filings(acteur_id: int, actor: str) -> None:
    """What somebody who went had filed for clients passes to who took over."""
    habilitations.pass_filings(acteur_id=acteur_id, actor=actor)


@app.task(name="imports.read", retry=AGAIN, pass_context=True)
def read_import(context: JobContext, demande_id: str) -> None:
    """Read and judge the lines of a request by file."""
    imports.read(demande_id=demande_id, attempt=context.job.attempts)


@app.task(name="imports.run", retry=AGAIN, pass_context=True)
def run_import(context: JobContext, demande_id: str) -> None:
    """Apply a request by file, or go on with one whose worker was killed."""
    imports.run(demande_id=demande_id, attempt=context.job.attempts)


CALENDAR: dict[str, tuple[str, Callable[[], object]]] = {
    "journal.seal": ("* * * * *", journal.seal),
    "accounts.purge_expired": ("3 * * * *", accounts.purge_expired),
    "adhesions.lapse_overdue": ("21 * * * *", adhesions.lapse_overdue),
    "adhesions.remind": ("23 * * * *", adhesions.remind),
    "adhesions.purge_lists": ("43 3 * * *", adhesions.purge_lists),
    "adhesions.lapse_handovers": ("27 * * * *", handover.lapse_handovers),
    "courriers.deliver_overdue": ("15 * * * *", courriers.deliver_overdue),
    "courriers.purge_expired": ("5 * * * *", courriers.purge_expired),
    "depots.remind_unconfirmed": ("7 * * * *", depots.remind_unconfirmed),
    "depots.expire_unconfirmed": ("9 * * * *", depots.expire_unconfirmed),
    "depots.forget_void_files": ("41 3 * * *", depots.forget_void_files),
    "depots.purge_drafts": ("11 * * * *", depots.purge_drafts),
    "depots.remind_drafts": ("29 * * * *", depots.remind_drafts),
    "depots.report_infections": ("*/5 * * * *", depots.report_infections),
    "imports.purge": ("49 3 * * *", imports.purge),
    "imports.resume": ("37 * * * *", imports.resume),
    "inscriptions.lapse_candidates": ("33 * * * *", inscriptions.lapse_candidates),
    "inscriptions.remind_candidates": ("35 * * * *", inscriptions.remind_candidates),
    "inscriptions.sync_daily": ("53 3 * * *", inscriptions.sync_etablissements),
    "publications.fold_tallies": ("47 3 * * *", publications.fold_tallies),
    "retention.execute": ("31 3 * * *", retention.execute),
    "files.scan_waiting": ("25 * * * *", files.scan_waiting),
    "files.sweep_incoming": ("13 * * * *", files.sweep_incoming),
    "files.forget_unreferenced": ("19 3 * * *", files.forget_unreferenced),
    "files.sweep_orphans": ("23 3 * * *", files.sweep_orphans),
}


def _plan(name: str, cron: str, operation: Callable[[], object]) -> None:
    @app.periodic(cron=cron)
    @app.task(name=name)
    def run(timestamp: int) -> None:  # noqa: ARG001 - procrastinate names the minute it was planned for
        operation()


for _name, (_cron, _operation) in CALENDAR.items():
    _plan(_name, _cron, _operation)


@app.periodic(cron="17 3 * * *")
@app.task(name="jobs.forget", pass_context=True)
async def forget(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Forget jobs that finished long ago, whatever their fate: the rooms keep what has to be kept."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )


@app.periodic(cron="* * * * *")
@app.task(name="jobs.rescue", pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Put the jobs of killed workers, and those of over ``LONGEST``, back into the queue; give up those that
    kill their workers.

    Each rescue sends a job behind the others, and its priority tells how many there were: ``attempts`` also
    counts those that ended in an ordinary failure.
    """
    manager = context.app.job_manager
    for job in await _stalled(manager):
        if job.priority > -MOST_RESCUES:
            await manager.retry_job(job, priority=job.priority - 1)
        else:
            await manager.finish_job(job, Status.FAILED, delete_job=False)


async def _stalled(manager: JobManager) -> list[Job]:
    found = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER))
    with warnings.catch_warnings():
        # A sign of life says nothing of a job whose end could not be written: the disk was full just then.
        warnings.simplefilter("ignore", DeprecationWarning)
        lasting = await manager.get_stalled_jobs(nb_seconds=LONGEST)
    known = {job.id for job in found}
    return [*found, *(job for job in lasting if job.id not in known)]
