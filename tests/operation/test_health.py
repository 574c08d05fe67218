"""What a balancer and a monitor ask, and what they are told."""

import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.test import Client
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.files import sounding, stores
from guichet.journal import sealing
from guichet.kernel import clock
from guichet.web import readiness
from tests.config.production import make_seal

pytestmark = pytest.mark.django_db
SECRET = "postgresql://guichet:très-secret@base.administration.fr/guichet"


@pytest.fixture(autouse=True)
def _looked_at_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for part in readiness.PARTS.values():
        monkeypatch.setattr(part, "_finding", None)
        monkeypatch.setattr(part, "_was_ready", True)
    yield
    for part in readiness.PARTS.values():
        part._until = 0


def breaks(monkeypatch: pytest.MonkeyPatch, name: str, error: Exception) -> None:
    """Have the part ``name`` raise ``error``."""

    def look() -> None:
        raise error

    monkeypatch.setattr(readiness.PARTS[name], "_look", look)


def ask(**headers: str) -> tuple[int, str]:
    answer = Client().get("/readyz", headers=headers)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    return answer.status_code, answer.content.decode()


def test_a_portal_that_can_serve_is_ready() -> None:
    assert ask() == (
        200,
        "Le portail est prêt.\nbase de données : elle répond\ntables : à jour\n"
        "fichiers : ils peuvent être conservés\ncachet : il signe\n",
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("database", "base de données : elle ne répond pas"),
        ("tables", "tables : pas à jour ou illisibles (guichet migrate)"),
        ("store", "fichiers : ils ne peuvent pas être conservés"),
        ("seal", "cachet : sa clé manque ou a expiré"),
    ],
)
def test_whatever_is_missing_is_told_in_words_and_without_its_secrets(
    monkeypatch: pytest.MonkeyPatch, name: str, told: str
) -> None:
    breaks(monkeypatch, name, psycopg.OperationalError(SECRET))
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    lines = answer.content.decode().splitlines()
    assert lines[0] == "Le portail n’est pas prêt."
    assert told in lines
    assert "secret" not in answer.content.decode()
    assert Client().get("/healthz").status_code == 200


def test_a_part_that_hangs_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    released, looks = threading.Event(), []

    def hang() -> None:
        looks.append(1)
        released.wait(30)

    monkeypatch.setattr(readiness, "PATIENCE", 0.05)
    monkeypatch.setattr(readiness.PARTS["store"], "_look", hang)
    try:
        assert not readiness.findings()["store"]
        assert not readiness.findings()["store"]
        assert len(looks) == 1  # no thread more for each probe
    finally:
        released.set()


def test_a_flood_of_probes_is_one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    monkeypatch.setattr(readiness.PARTS["database"], "_look", lambda: looks.append(1))
    for _ in range(50):
        readiness.PARTS["database"].begin().result(5)
    assert len(looks) == 1


def test_tables_of_an_older_version_are_not_ready_and_those_of_a_newer_one_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine = readiness._migrations()
    monkeypatch.setattr(readiness, "_migrations", lambda: mine - {("journal", "0001_initial")})
    readiness._tables()
    monkeypatch.setattr(readiness, "_migrations", lambda: mine | {("journal", "9999_to_come")})
    with pytest.raises(readiness.NotReady):
        readiness._tables()


def test_a_database_that_is_not_there_is_told_within_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nowhere = {"host": "127.0.0.1", "port": "1", "dbname": "x"}
    monkeypatch.setattr(readiness, "_parameters", lambda: dict(nowhere))
    status, text = ask()
    assert status == 503
    assert "base de données : elle ne répond pas" in text


def test_a_folder_that_takes_nothing_is_not_ready(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stores, "incoming", lambda: tmp_path / "gone")
    with pytest.raises(FileNotFoundError):
        sounding.sound()


def test_the_folder_is_left_as_it_was() -> None:
    sounding.sound()
    assert list(stores.incoming().iterdir()) == []


def test_a_seal_that_has_expired_signs_nothing(settings: SettingsWrapper, tmp_path: Path) -> None:
    make_seal(tmp_path / "seal", days=1)
    settings.SEAL_DIR = str(tmp_path / "seal")
    readiness._seal()
    with clock.travel(dt.timedelta(days=2)), pytest.raises(readiness.NotReady):
        readiness._seal()
    settings.SEAL_DIR, settings.TESTING = str(tmp_path / "none"), False
    with pytest.raises(sealing.SealKeyError):
        readiness._seal()


def test_machines_ask_by_address_and_without_https(settings: SettingsWrapper) -> None:
    settings.ALLOWED_HOSTS = ["depot.administration.fr"]
    settings.BASE_URL = "https://depot.administration.fr"
    settings.SECURE_SSL_REDIRECT = True
    for path in ("/healthz", "/readyz"):
        answer = Client().get(path, headers={"host": "10.0.0.7:8000"})
        assert answer.status_code == 200
        assert "Location" not in answer
    assert Client().get("/", headers={"host": "10.0.0.7:8000"}).status_code == 400
    assert Client().get("/", headers={"host": "depot.administration.fr"}).status_code == 301


def test_what_broke_is_logged_once(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    part = readiness.PARTS["store"]
    breaks(monkeypatch, "store", OSError(28, "No space left on device"))
    for _ in range(3):
        part._until = 0
        part.begin().result(5)
    assert [record.message for record in caplog.records] == ["not ready: OSError"]
