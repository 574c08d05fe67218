"""Jobs: their names, their calendar, and what becomes of those whose worker was killed."""

import os
import signal
import subprocess
import sys
import textwrap
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from guichet.cli.serve import worker_connector
from guichet.jobs import tasks

# A worker of its own, in a process of its own, that never finishes its job.
HANGING_WORKER = """
    import sys
    import django
    django.setup()
    from procrastinate.contrib.django import app

    @app.task(name="tests.job")
    def job():
        print("at work", flush=True)
        sys.stdin.read()

    with app.replace_connector(app.connector.get_worker_connector()) as ready:
        ready.run_worker(queues=["tests"])
"""


def work() -> None:
    """Run everything that waits, and return."""
    with app.replace_connector(worker_connector(app.connector)) as ready:
        ready.run_worker(wait=False, queues=["tests"], install_signal_handlers=False)


def rescue() -> None:
    app.configure_task("jobs.rescue", queue="tests").defer(timestamp=0)
    work()


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def test_task(done: list[str]) -> Any:
    @app.task(name="tests.job", queue="tests")
    def job() -> None:
        done.append("done")

    yield job
    del app.tasks["tests.job"]


def killed_at_work() -> None:
    """Let a worker take the job, and kill it in the middle."""
    database = settings.DATABASES["default"]
    user, password, host = database["USER"], database.get("PASSWORD", ""), database["HOST"]
    url = f"postgresql://{user}:{password}@/{connection.settings_dict['NAME']}?host={host}&port={database['PORT']}"
    env = {**os.environ, "GUICHET_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    command = [sys.executable, "-c", textwrap.dedent(HANGING_WORKER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env) as worker:
        assert worker.stdout
        assert worker.stdout.readline() == b"at work\n"
        worker.send_signal(signal.SIGKILL)


def no_sign_of_life_for(seconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - make_interval(secs => %s)", [seconds]
        )


@pytest.mark.django_db(transaction=True)
def test_what_a_job_enqueues_belongs_to_its_transaction() -> None:
    """Else a message that a job writes is looked for before it is there, and is sent an hour later."""
    seen: list[int] = []

    @app.task(name="tests.job", queue="tests")
    def job() -> None:
        with transaction.atomic():
            app.configure_task("files.scan", queue="later").defer(sha256="kept")
        with transaction.atomic():
            app.configure_task("files.scan", queue="later").defer(sha256="rolled back")
            seen.append(_queued_outside())
            transaction.set_rollback(True)

    try:
        job.defer()
        work()
    finally:
        del app.tasks["tests.job"]
    queued = ProcrastinateJob.objects.filter(queue_name="later").values_list("args__sha256", flat=True)
    assert (seen, list(queued)) == ([1], ["kept"])


def _queued_outside() -> int:
    """What anybody else sees in the queue at this moment."""
    with psycopg.connect(**_conninfo()) as other:
        row = other.execute("SELECT count(*) FROM procrastinate_jobs WHERE queue_name = 'later'").fetchone()
    return int(row[0]) if row else 0


def _conninfo() -> dict[str, Any]:
    known = connection.settings_dict
    return {
        "dbname": known["NAME"],
        "user": known["USER"],
        "host": known["HOST"],
        "port": known["PORT"] or None,
    }


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_killed_worker_is_done_by_the_next(test_task: Any, done: list[str]) -> None:
    test_task.defer()
    killed_at_work()
    job = ProcrastinateJob.objects.get(task_name="tests.job")
    assert job.status == "doing"

    rescue()
    job.refresh_from_db()
    assert (job.status, done) == ("doing", []), "its worker gave a sign of life a moment ago"

    no_sign_of_life_for(tasks.STALLED_AFTER + 1)
    rescue()
    work()
    job.refresh_from_db()
    assert (job.status, done) == ("succeeded", ["done"])


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_end_could_not_be_written_is_done_again_though_its_worker_lives(
    test_task: Any, done: list[str]
) -> None:
    test_task.defer()
    killed_at_work()
    with connection.cursor() as cursor:
        for seconds, expected in ((tasks.LONGEST - 60, []), (61, ["done"])):
            cursor.execute(
                "UPDATE procrastinate_events SET at = at - make_interval(secs => %s) WHERE type = 'started'",
                [seconds],
            )
            rescue()
            work()
            assert done == expected


@pytest.mark.django_db(transaction=True)
def test_a_job_that_kills_its_workers_is_given_up(test_task: Any, done: list[str]) -> None:
    test_task.defer()
    killed_at_work()
    no_sign_of_life_for(tasks.STALLED_AFTER + 1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET priority = %s", [-tasks.MOST_RESCUES])
    rescue()
    work()
    assert ProcrastinateJob.objects.get(task_name="tests.job").status == "failed"
    assert done == []


@pytest.mark.django_db(transaction=True)
def test_ordinary_failures_do_not_count_as_rescues(test_task: Any, done: list[str]) -> None:
    test_task.defer()
    killed_at_work()
    no_sign_of_life_for(tasks.STALLED_AFTER + 1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = 19")
    rescue()
    work()
    assert done == ["done"]
    assert ProcrastinateJob.objects.get(task_name="tests.job").priority == -1


@pytest.mark.django_db(transaction=True)
def test_old_jobs_are_forgotten_and_recent_ones_kept(test_task: Any) -> None:
    for _ in range(2):
        test_task.defer()
    work()
    old = ProcrastinateJob.objects.order_by("id")[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_events SET at = at - make_interval(hours => %s) WHERE job_id = %s",
            [tasks.KEPT_HOURS + 1, old.pk],
        )
    app.configure_task("jobs.forget", queue="tests").defer(timestamp=0)
    work()
    left = ProcrastinateJob.objects.filter(task_name="tests.job")
    assert [job.status for job in left] == ["succeeded"]
    assert old not in left


@pytest.mark.django_db(transaction=True)
def test_workers_leave_no_trace_once_they_stop() -> None:
    work()
    assert not ProcrastinateWorker.objects.exists()


@pytest.mark.parametrize("name", sorted(tasks.CALENDAR))
@pytest.mark.django_db(transaction=True)
def test_every_planned_job_runs_on_an_empty_portal(name: str) -> None:
    app.configure_task(name, queue="tests").defer(timestamp=0)
    work()
    assert ProcrastinateJob.objects.get(task_name=name, queue_name="tests").status == "succeeded"


def test_every_planned_job_is_in_the_calendar_once() -> None:
    planned = sorted(
        task.name for task, *_ in ((p.task, p) for p in app.periodic_registry.periodic_tasks.values())
    )
    assert planned == sorted([*tasks.CALENDAR, "jobs.forget", "jobs.rescue"])
