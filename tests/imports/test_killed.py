"""A worker that is killed while it applies a request: all or nothing, and the next one finishes it."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import textwrap

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from guichet.cli.serve import worker_connector
from guichet.habilitations.models import Habilitation
from guichet.imports import operations
from guichet.imports.models import Demande
from guichet.imports.states import Etat
from guichet.inscriptions.models import Changement
from guichet.jobs import tasks
from guichet.portefeuilles.models import Portefeuille
from tests.imports import world
from tests.imports.test_life import adding, etat, held, new_places
from tests.inscriptions import world as people
from tests.portefeuilles import world as firms

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("empty_register")]

# A worker of its own, in a process of its own. It says where it stands, and waits there to be killed; it
# hangs ``before`` or ``after`` everything is written, or nowhere.
WORKER = """
    import sys
    import django
    django.setup()
    from procrastinate.contrib.django import app
    from guichet.cli.serve import worker_connector
    from guichet.imports.operations import applying

    where, real = sys.argv[1], applying.apply

    def hang():
        print("at work", flush=True)
        sys.stdin.read()

    def apply(demande, by, tell):
        if where == "before":
            hang()
        if where == "nowhere":
            print("at work", flush=True)
        made = real(demande, by, tell)
        if where == "after":
            hang()
        return made

    applying.apply = apply
    with app.replace_connector(worker_connector(app.connector)) as ready:
        ready.run_worker(wait=False, queues=["default"], install_signal_handlers=False)
"""


@pytest.fixture
def cabinet() -> firms.Cabinet:
    return firms.tiers(declarants=2)


@pytest.fixture
def est(cabinet: firms.Cabinet) -> Portefeuille:
    return firms.portefeuille(cabinet.inscription, "Cabinet Est")


def a_worker(where: str) -> "subprocess.Popen[bytes]":
    known = connection.settings_dict
    user = f"{known['USER']}:{known['PASSWORD']}@" if known["PASSWORD"] else f"{known['USER']}@"
    url = f"postgresql://{user}/{known['NAME']}?host={known['HOST']}&port={known['PORT'] or 5432}"
    env = {**os.environ, "GUICHET_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE,
           "GUICHET_VAR": str(settings.VAR)}  # fmt: skip
    command = [sys.executable, "-c", textwrap.dedent(WORKER), where]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)
    assert worker.stdout
    assert worker.stdout.readline() == b"at work\n"
    return worker


def kill(worker: "subprocess.Popen[bytes]") -> None:
    with worker:
        worker.send_signal(signal.SIGKILL)


def rescued() -> None:
    """A minute passes without a sign of life: the calendar's job puts the killed one's back, and a worker
    does all that waits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - make_interval(secs => %s)",
            [tasks.STALLED_AFTER + 1],
        )
    app.configure_task("jobs.rescue").defer(timestamp=0)
    for _ in range(2):
        with app.replace_connector(worker_connector(app.connector)) as ready:
            ready.run_worker(wait=False, queues=["default"], install_signal_handlers=False)


def validated(cabinet: firms.Cabinet, est: Portefeuille, *sirets: str) -> Demande:
    made = world.ready(est, cabinet.administrateur, adding(*sirets))
    return operations.validate(by=cabinet.administrateur, demande_id=made.pk)


@pytest.mark.parametrize("where", ["before", "after"])
def test_all_or_nothing_and_it_finishes_by_itself(
    cabinet: firms.Cabinet, est: Portefeuille, where: str
) -> None:
    sirets = new_places(3)
    made = validated(cabinet, est, *sirets)
    changes = Changement.objects.count()
    kill(a_worker(where))

    assert etat(made) is Etat.EN_COURS, "that it began was committed"
    assert held(est) == set()
    assert (Habilitation.objects.count(), Changement.objects.count()) == (0, changes)
    assert people.boxed(cabinet.administrateur.account) == []

    rescued()
    assert etat(made) is Etat.OK
    assert held(est) == set(sirets)
    assert Changement.objects.count() == changes + 1
    assert people.events(made.subject).count("import.en_cours") == 1
    assert people.boxed(cabinet.administrateur.account, "imports/") == ["imports/demande_terminee"]
    assert not ProcrastinateJob.objects.filter(task_name="imports.run", status__in=["todo", "doing"]).exists()


def test_one_that_brings_every_worker_down_is_given_up(cabinet: firms.Cabinet, est: Portefeuille) -> None:
    made = validated(cabinet, est, *new_places())
    kill(a_worker("before"))
    next_one = validated(cabinet, est, *new_places())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET priority = %s WHERE status = 'doing'",
                       [-tasks.MOST_RESCUES])  # fmt: skip
    rescued()
    assert etat(made) is Etat.EN_COURS
    assert operations.resume() >= 1
    assert etat(made) is Etat.KO
    assert made.problem == {"code": "broken", "params": {}}
    rescued()
    assert etat(next_one) is Etat.OK


@pytest.fixture
def many() -> list[str]:
    """As many établissements as a file may name: ten companies of the register, 10,000 each."""
    return large_register(10, 10_000)


def large_register(companies: int, places: int) -> list[str]:
    ranks = [people.a_rank() for _ in range(companies)]
    found: list[str] = []
    with connection.cursor() as cursor:
        for rank in ranks:
            siren = people.put_into_register(rank)
            cursor.execute(_PLACES, {"siren": siren, "places": places})
            found += [siret for (siret,) in cursor.fetchall()]
    return found


# 14 digits whose Luhn sum is a multiple of ten: four for the établissement, and the key.
_PLACES = """
INSERT INTO sirene.etablissement (siret, siren, "etatAdministratifEtablissement")
SELECT base || ((10 - total %% 10) %% 10), %(siren)s, 'A' FROM (
    SELECT base, (
        SELECT sum(CASE WHEN place %% 2 = 0 THEN digit * 2 - CASE WHEN digit > 4 THEN 9 ELSE 0 END
                        ELSE digit END)
        FROM (SELECT place, substr(base || '0', 15 - place, 1)::int AS digit
              FROM generate_series(1, 14) place) digits
    ) AS total
    FROM (SELECT %(siren)s || lpad(n::text, 4, '0') AS base FROM generate_series(10, %(places)s - 1) n) bases
) numbers
ON CONFLICT DO NOTHING RETURNING siret
"""


@pytest.mark.faults
def test_killed_anywhere_among_100_000_lines(many: list[str]) -> None:
    cabinet = firms.tiers(declarations=["dsn"], declarants=0)
    est = firms.portefeuille(cabinet.inscription, declarations=["dsn"])
    made = validated(cabinet, est, *many)
    for moment in sorted(random.uniform(0.1, 4) for _ in range(4)):
        worker = a_worker("nowhere")
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.wait(moment)
        kill(worker)
        if etat(made) is not Etat.EN_COURS:
            break
        assert _seen_by_others(est) == 0
        _put_back()
    rescued()
    assert etat(made) is Etat.OK
    assert _seen_by_others(est) == len(many)
    assert made.counts["ajouts"] == len(many)


def _put_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'todo' WHERE task_name = 'imports.run'")


def _seen_by_others(est: Portefeuille) -> int:
    known = connection.settings_dict
    with psycopg.connect(
        dbname=known["NAME"], user=known["USER"], host=known["HOST"], port=known["PORT"] or None
    ) as other:
        row = other.execute(
            "SELECT count(*) FROM portefeuilles_etablissementclient e"
            " JOIN portefeuilles_cliente c ON c.id = e.cliente_id WHERE c.portefeuille_id = %s",
            [est.pk],
        ).fetchone()
    return int(row[0]) if row else 0
