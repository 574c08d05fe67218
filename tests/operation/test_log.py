"""What the log says: everything of the code, nothing of people, in an object a line."""

import asyncio
import io
import json
import logging
import logging.config
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client, RequestFactory
from procrastinate.contrib.django import app
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.accounts import operations as accounts
from guichet.accounts.models import Account
from guichet.cli import job_log
from guichet.config import env, logs
from guichet.courriers.models import Courrier
from guichet.depots import queries as depots
from guichet.files.stores import StoreUnavailable
from guichet.kernel import traces
from guichet.kernel.tokens import new_token
from guichet.web.views.errors import refused
from tests.teleprocedures.filer import Filer, an_association

pytestmark = pytest.mark.django_db
NAME, SURNAME, EMAIL = "Théodule", "Quatrebarbes", "theodule.quatrebarbes@lavoir.example"
ADDRESS, ADDRESS_6, PHONE = "198.51.100.77", "2001:db8::77", "0612345678"
SIREN, PASSWORD = "552032534", "cheval-Lavande-trombone-7"
SECRETS = (NAME, SURNAME, "quatrebarbes", "theodule", ADDRESS, ADDRESS_6, PHONE, SIREN, PASSWORD, "impasse")


@pytest.fixture(params=logs.FORMATS)
def form(request: pytest.FixtureRequest) -> str:
    """The format of the log."""
    return str(request.param)


@pytest.fixture
def log(form: str) -> Iterator[io.StringIO]:
    """All that a production portal would log at the most talkative level that the howto names."""
    written = io.StringIO()
    found = logs.configuration(form=form, level="INFO", whole=False)
    made = {
        name: logging.config.DictConfigurator({"version": 1}).configure_formatter(dict(config))
        for name, config in found["formatters"].items()
    }
    handlers = {name: logging.StreamHandler(written) for name in made}
    for name, handler in handlers.items():
        handler.setFormatter(made[name])
    changed: list[tuple[logging.Logger, int, list[logging.Handler], bool]] = []
    for name, config in [("", found["root"]), *found["loggers"].items()]:
        logger = logging.getLogger(name)
        changed.append((logger, logger.level, logger.handlers[:], logger.propagate))
        logger.setLevel(config.get("level", logger.level))
        logger.handlers = [handlers[one] for one in config.get("handlers", ())]
        logger.propagate = config.get("propagate", True)
    yield written
    for logger, level, before, propagate in changed:
        logger.setLevel(level)
        logger.handlers, logger.propagate = before, propagate


@pytest.fixture
def form_only_json(form: str) -> None:
    """Where an object is looked into."""
    if form != "json":
        pytest.skip("a line for people")


def entries(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def browser() -> Client:
    return Client(
        raise_request_exception=False,
        REMOTE_ADDR=ADDRESS,
        HTTP_X_FORWARDED_FOR=ADDRESS_6,
        HTTP_USER_AGENT=f"{NAME} {SURNAME}",
        HTTP_REFERER=f"https://ailleurs.example/?courriel={EMAIL}",
    )


def pages(monkeypatch: pytest.MonkeyPatch, settings: SettingsWrapper) -> list[int]:
    """Every kind of page and of failure, each given what must not be told; their statuses."""
    form = {"identifier": SIREN, "password": PASSWORD, "contact": f"{NAME} {SURNAME}", "phone": PHONE}
    form |= {"address": "3 impasse du Four", "email": EMAIL, "email_again": EMAIL, "name": SURNAME}
    form |= {"postcode": "37000", "city": "Tours"}
    token, client = new_token(), browser()
    asked = [
        client.get("/", {"q": EMAIL, "nom": SURNAME}),
        client.get(f"/nulle-part/{SURNAME}/{EMAIL}?nom={NAME}"),
        client.post("/association/connexion/", form),
        client.get(f"/association/inscription/{SIREN}/coordonnees/"),
        client.post(f"/association/inscription/{SIREN}/coordonnees/", form),
        client.post(f"/association/inscription/{SIREN}/verification/", form),
        client.post("/verifier/", {"upload": SimpleUploadedFile(f"{SURNAME}.pdf", EMAIL.encode())}),
        client.get(f"/association/?suite=/{SURNAME}"),
        client.delete(f"/aide/?nom={SURNAME}"),
        client.get("/", headers={"host": f"{SURNAME}.example"}) if settings.ALLOWED_HOSTS != ["*"] else None,
        Client(enforce_csrf_checks=True, HTTP_REFERER=f"https://x.example/{EMAIL}").post("/verifier/", form),
        client.post("/verifier/", {f"{SURNAME}-{number}": NAME for number in range(201)}),
        client.generic("POST", "/verifier/", EMAIL.encode() * 20_000, "application/x-www-form-urlencoded"),
    ]
    asked += [client.get(f"/{kind}/{token}") for kind in "amec"]
    for error in failures():
        for name in ("recovery_account", "email_change", "waiting"):
            monkeypatch.setattr(accounts, name, raiser(error))
        monkeypatch.setattr(depots, "token_depot", raiser(error))
        asked += [client.get(f"/{kind}/{token}") for kind in "amec"]
    written = [answer for answer in asked if answer is not None]
    return [answer.status_code for answer in written]


def raiser(error: Exception) -> Any:
    def fails(**given: object) -> None:
        raise error

    return fails


def failures() -> Iterator[Exception]:
    """Exceptions as they come, with what people typed in their texts."""
    said = f"{NAME} {SURNAME} <{EMAIL}> {ADDRESS} {ADDRESS_6} /c/{new_token()} {PASSWORD} {PHONE} {SIREN}"
    yield ValueError(f"invalid literal: {said}")
    yield KeyError(said)
    yield RuntimeError(said)
    yield UnicodeEncodeError("latin-1", said, 0, 1, said)
    chained = RuntimeError(said)
    chained.__cause__ = ValueError(said)
    chained.__cause__.__context__ = LookupError(said)
    yield chained
    yield database_error(said)


def database_error(said: str) -> Exception:
    """What PostgreSQL says of a row that exists already: « Key (identifier)=(…) »."""
    values = {"espace": "association", "identifier": SIREN, "email": EMAIL, "profile": {"name": said}}
    found: Exception = AssertionError("the same identifier twice")
    first = an_association("732829320")
    try:
        with transaction.atomic():
            Account.objects.create(**{**values, "identifier": first.identifier}, created_at=first.created_at)
    except IntegrityError as error:
        found = error
    assert "732829320" in str(found)
    return found


def test_nothing_of_people_is_in_the_log_whatever_happens(
    log: io.StringIO, monkeypatch: pytest.MonkeyPatch, settings: SettingsWrapper
) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    statuses = pages(monkeypatch, settings)
    assert {200, 302, 400, 403, 404, 405, 413, 422, 500} <= set(statuses)
    text = log.getvalue()
    assert statuses.count(500) == 24
    assert text.count("ValueError") >= 4
    for secret in (*SECRETS, "732829320", "testserver"):
        assert secret.lower() not in text.lower(), secret
    assert not re.search(r"[\w.]+@[\w.]+", text)
    assert not re.search(r"/[amec]/\w{16}", text)
    assert "account_identifier_once" in text  # of the schema, everything


def test_a_filing_and_its_jobs_say_nothing_of_the_filer(
    log: io.StringIO, form: str, settings: SettingsWrapper
) -> None:
    settings.BASE_URL = "https://guichet.example"
    filer = Filer(Client(), an_association())
    depot = filer.confirmed("31/12/2025")
    for courrier in Courrier.objects.all():
        app.tasks["courriers.deliver"](courrier_id=courrier.pk)
    app.tasks["depots.issue_receipt"](depot_id=str(depot.pk))
    text = log.getvalue()
    for secret in ("lavoir", "Dubreuil", "Tilleuls", "732829320", "comptes.pdf", str(depot.pk), "127.0.0.1"):
        assert secret not in text, secret
    assert ("comptes_annuels:check" in text) is (form == "json")  # a line for people is for what goes wrong
    mail.outbox = []


@pytest.mark.usefixtures("form_only_json")
def test_an_object_for_each_request_names_the_page_and_the_request(log: io.StringIO) -> None:
    answer = Client().get("/aide/?nom=x")
    (entry,) = entries(log)
    assert entry["request_id"] == answer["X-Request-ID"]
    assert {name: entry[name] for name in ("level", "logger", "method", "route", "status")} == {
        "level": "INFO",
        "logger": "guichet.requests",
        "method": "GET",
        "route": "web:help",
        "status": 200,
    }
    assert 0 <= entry["duration"] < 60
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", entry["time"])
    assert set(entry) == {
        *("time", "level", "logger", "message", "request_id", "method", "route", "status", "duration")
    }


@pytest.mark.usefixtures("form_only_json")
def test_from_a_request_to_the_jobs_that_it_caused(log: io.StringIO) -> None:
    with traces.doing(request_id="a" * 32):
        number = app.configure_task("files.scan").defer(sha256="0" * 64)
    (entry,) = (one for one in entries(log) if "deferred" in one)
    assert entry["deferred"] == [{"job": "files.scan", "job_id": number}]
    assert entry["request_id"] == "a" * 32
    assert "0" * 64 not in log.getvalue()


@pytest.mark.usefixtures("form_only_json")
def test_what_a_job_logs_bears_its_name(log: io.StringIO) -> None:
    context: Any = SimpleNamespace(job=SimpleNamespace(task_name="files.scan", id=7))

    async def fails() -> None:
        await asyncio.to_thread(logging.getLogger("guichet.files").warning, "du fil de la tâche")
        raise ConnectionError(EMAIL)

    with pytest.raises(ConnectionError):
        asyncio.run(job_log.observed(fails, context, None))
    inner, end = entries(log)
    assert (inner["job"], inner["job_id"], inner["message"]) == ("files.scan", 7, "du fil de la tâche")
    assert (end["level"], end["job_id"], end["status"]) == ("WARNING", 7, "failed")
    assert traces.current() == {}


def test_probes_do_not_drown_the_rest(log: io.StringIO) -> None:
    assert Client().get("/healthz").status_code == 200
    assert log.getvalue() == ""


@pytest.mark.parametrize(
    ("given", "believed"),
    [
        ("0123456789abcdef0123456789abcdef", True),
        ("0b7e3c1a-9d2f-4c11-8a61-0d2f7b9c5e44", True),
        ("a" * 15, False),
        ("a" * 65, False),
        (EMAIL, False),
        ("0123456789abcdef\n{}", False),
        ("theodule-quatrebarbes-00", False),
        ("", False),
    ],
)
def test_a_request_id_is_taken_from_the_proxy_where_it_is_one(
    settings: SettingsWrapper, given: str, believed: bool
) -> None:
    settings.TRUSTED_PROXIES = ["192.0.2.1"]
    headers = {"x-request-id": given}
    answer = Client(REMOTE_ADDR="192.0.2.1").get("/aide/", headers=headers)
    assert (answer["X-Request-ID"] == given) is believed
    stranger = Client(REMOTE_ADDR="192.0.2.2").get("/aide/", headers=headers)
    assert stranger["X-Request-ID"] != given
    assert re.fullmatch("[0-9a-f]{32}", stranger["X-Request-ID"])


def test_a_page_of_our_fault_says_what_to_quote(monkeypatch: pytest.MonkeyPatch, log: io.StringIO) -> None:
    monkeypatch.setattr(accounts, "waiting", raiser(RuntimeError("x")))
    answer = Client(raise_request_exception=False).get(f"/a/{new_token()}")
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()
    assert answer["X-Request-ID"] in log.getvalue()


def test_a_503_says_what_to_quote_and_a_404_does_not() -> None:
    request: Any = RequestFactory().get("/")
    request.request_id = "f" * 32
    answer = refused(request, StoreUnavailable(retry_after=60))
    assert answer.status_code == 503
    assert f"<strong>{request.request_id}</strong>" in answer.content.decode()
    assert request.request_id not in refused(request, depots.DepotNotFound()).content.decode()


def test_errors_of_the_server_and_the_schema_keep_their_text(log: io.StringIO) -> None:
    for statement in ("SELECT 1 FROM nulle_part", "SELECT"):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement if statement != "SELECT" else "SELECT pg_nothing()")
        except Exception:
            logging.getLogger("guichet").exception("essai")
    try:
        psycopg.connect("host=127.0.0.1 port=1 dbname=x")
    except psycopg.OperationalError:
        logging.getLogger("guichet").exception("essai")
    text = log.getvalue()
    assert "42P01" in text
    assert "nulle_part" in text
    assert "42883" in text
    assert "Connection refused" in text


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(env.SettingError) as refusal:
        env.one_of("LOG_FORMAT", "xml", logs.FORMATS)
    assert str(refusal.value) == "GUICHET_LOG_FORMAT : line ou json est attendu, et non « xml »."
