"""The operator's numbers: right, cheap, for nobody else, and those that the alerts ask for."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from procrastinate.contrib.django import app
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.courriers.models import Courrier
from guichet.files.models import StoredFile
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.web import metrics, readiness
from tests.conftest import ROOT
from tests.teleprocedures.filer import Filer, an_association

pytestmark = pytest.mark.django_db
HOWTO = ROOT / "docs" / "howto"
HERE = {"host": "127.0.0.1:8000"}
METRIC = re.compile(r"\bguichet_[a-z_]+")


@pytest.fixture(autouse=True)
def _read_anew(settings: SettingsWrapper) -> Iterator[None]:
    settings.BASE_URL = "https://guichet.example"
    metrics.GAUGES.forget()
    yield
    metrics.GAUGES.forget()


def told(**headers: str) -> str:
    answer = Client().get("/metrics", headers=HERE | headers)
    assert answer.status_code == 200
    return answer.content.decode()


def value(text: str, sample: str) -> float:
    found = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    assert found, f"{sample} is not in\n{text}"
    return float(found[1])


def test_filings_jobs_and_mail_are_counted() -> None:
    filer = Filer(Client(), an_association())
    filer.confirmed("31/12/2025")
    filer.filed("31/12/2024")
    filer.ready("31/12/2023")
    with clock.travel(dt.timedelta(hours=2)):
        text = told()
    of = "comptes_annuels"
    for state in ("confirme", "a_confirmer", "brouillon"):
        assert value(text, f'guichet_filings{{state="{state}",teleprocedure="{of}"}}') == 1
    assert 7200 <= value(text, f'guichet_oldest_undecided_seconds{{teleprocedure="{of}"}}') < 7260
    waiting = Courrier.objects.filter(status="pending").count()
    assert waiting
    assert value(text, 'guichet_courriers{kind="email",status="pending"}') == waiting
    assert 7200 <= value(text, 'guichet_oldest_courrier_seconds{kind="email"}') < 7260
    assert value(text, 'guichet_jobs{status="todo"}') >= waiting
    assert 7200 <= value(text, "guichet_oldest_job_seconds") < 7260
    assert value(text, "guichet_workers") == 0
    assert value(text, "guichet_sessions") == 0


def test_a_seal_empties_what_is_behind_it() -> None:
    Filer(Client(), an_association()).filed("31/12/2024")
    with clock.travel(dt.timedelta(hours=1)):
        before = told()
        assert value(before, "guichet_unsealed_events") > 0
        assert value(before, "guichet_oldest_unsealed_seconds") >= 3600
        journal.seal()
        metrics.GAUGES.forget()
        after = told()
    assert value(after, "guichet_unsealed_events") == value(after, "guichet_oldest_unsealed_seconds") == 0
    assert value(after, "guichet_seal_age_seconds") < 60


def test_files_that_wait_for_the_antivirus() -> None:
    old = clock.now() - dt.timedelta(minutes=40)
    for number, (scan, at) in enumerate(
        [("pending", None), ("pending", None), ("infected", old), ("off", None)]
    ):
        StoredFile.objects.create(
            sha256=f"{number:064}",
            size=1,
            media_type="application/pdf",
            stored_at=old,
            scan=scan,
            scanned_at=at,
        )
    text = told()
    assert value(text, 'guichet_files{scan="pending"}') == 2
    assert value(text, 'guichet_files{scan="infected"}') == 1
    assert 2400 <= value(text, 'guichet_oldest_file_seconds{scan="pending"}') < 2460


def test_they_take_as_many_queries_for_one_filing_as_for_many(
    assert_queries: Callable[[int], AbstractContextManager[None]],
) -> None:
    with assert_queries(50):
        told()


def test_they_are_read_once_for_all_who_ask_within_seconds(
    assert_queries: Callable[[int], AbstractContextManager[None]],
) -> None:
    told()
    with assert_queries(0):
        told()


def test_a_part_that_is_too_slow_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def slow() -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    slow.__name__ = "_files"
    monkeypatch.setattr(metrics, "STATEMENT_MILLISECONDS", 50)
    monkeypatch.setattr(metrics, "READINGS", (slow, metrics._accounts))
    text = told()
    assert value(text, 'guichet_unread{part="files"}') == 1
    assert value(text, 'guichet_unread{part="accounts"}') == 0
    assert value(text, "guichet_sessions") == 0


def test_without_a_database_the_rest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OSError

    part = readiness.PARTS["database"]
    monkeypatch.setattr(part, "_finding", None)
    monkeypatch.setattr(part, "_look", away)
    text = told()
    part._until = 0
    assert value(text, 'guichet_ready{part="database"}') == 0
    assert value(text, 'guichet_ready{part="seal"}') == 1
    assert "guichet_sessions" not in text
    assert "guichet_requests_total{" in told()


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "depot.administration.fr"},
        {"host": "127.0.0.1.evil.example"},
        {"x-forwarded-for": "127.0.0.1"},
        {"x-forwarded-proto": "https"},
        {"forwarded": "for=127.0.0.1"},
        {"x-real-ip": "127.0.0.1"},
        {"authorization": "Bearer "},
    ],
)
def test_nobody_else_reads_them(headers: dict[str, str]) -> None:
    given = {"host": "depot.administration.fr"} if "authorization" in headers else HERE
    answer = Client().get("/metrics", headers=given | headers)
    assert answer.status_code == 404
    assert "guichet_" not in answer.content.decode()
    far = Client(REMOTE_ADDR="192.0.2.1").get("/metrics", headers=HERE)
    assert far.status_code == 404


def test_with_a_token_whoever_shows_it_and_nobody_else(settings: SettingsWrapper) -> None:
    settings.METRICS_TOKEN = "un-jeton-assez-long-pour-servir"
    far = Client(REMOTE_ADDR="192.0.2.1")
    right = {"authorization": f"Bearer {settings.METRICS_TOKEN}", "host": "10.0.0.11:8000"}
    assert far.get("/metrics", headers=right).status_code == 200
    for wrong in ("", "Bearer ", f"Bearer {settings.METRICS_TOKEN}x", "Bearer é"):
        for client in (far, Client()):
            answer = client.get("/metrics", headers=HERE | {"authorization": wrong})
            assert answer.status_code == 401
            assert answer["WWW-Authenticate"] == "Bearer"
            assert settings.METRICS_TOKEN not in answer.content.decode()


def test_routes_are_pages_and_never_paths() -> None:
    Client().get("/a/secretsecretsecretsecretsecret")
    Client().get("/nulle-part/jean.dupont@lavoir.example")
    Client().generic("BREW", "/")
    text = told()
    assert 'route="web:activate"' in text
    assert 'route="unknown"' in text
    assert 'method="other"' in text
    for part in ("secret", "dupont", "BREW"):
        assert part not in text


def test_alerts_ask_for_what_is_there_and_the_howto_tells_each() -> None:
    Filer(Client(), an_association()).confirmed("31/12/2025")
    rules, page, text = (HOWTO / "alerts.yml").read_text(), (HOWTO / "alerts.md").read_text(), told()
    there = {name.removesuffix("_bucket") for name in METRIC.findall(text)}
    asked = {name.removesuffix("_bucket") for name in METRIC.findall(rules)}
    assert len(asked) > 10
    assert asked <= there
    explained = {name for name in METRIC.findall(page) if name != "guichet_"}
    families = {family.name for family in metrics.GAUGES.collect()}
    assert families <= explained
    assert explained <= there | {name + "_total" for name in there}
    for alert in re.findall(r"- alert: (\w+)", rules):
        assert f"| {alert} |" in page
    states = set(re.findall(r'(?:status|scan)="(\w+)"', rules))
    assert states <= {"failed", "abandoned", "pending", "infected"}


def test_the_rules_are_yaml_with_an_expression_each() -> None:
    rules = (HOWTO / "alerts.yml").read_text()
    assert rules.count("- alert: ") == rules.count("expr: ") == rules.count("severity: ")
    for expression in re.findall(r"expr: (.*)", rules):
        assert expression.count("(") == expression.count(")")
        assert expression.count("{") == expression.count("}")


def test_jobs_that_are_not_due_do_not_count_as_late() -> None:
    app.configure_task("files.scan", schedule_at=clock.now() + dt.timedelta(hours=5)).defer(sha256="0" * 64)
    text = told()
    assert value(text, 'guichet_jobs{status="todo"}') == 1
    assert value(text, "guichet_oldest_job_seconds") == 0
