"""The journal verifies itself, and names the first thing that does not hold."""

import json
import tracemalloc

import pytest
from typer.testing import CliRunner

from guichet.cli import journal as commands
from guichet.journal import operations, sealing, verification
from guichet.journal.models import Event, Seal
from tests.journal.tamper import tamper
from tests.journal.test_record import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def events() -> list[Event]:
    """Two subjects, two seals, and one event that is not sealed yet."""
    made = [record("depot:a", n=1), record("depot:b", n=2), record("depot:a", n=3)]
    operations.seal()
    made += [record("depot:b", n=4), record("depot:a", n=5)]
    operations.seal()
    return [*made, record("depot:b", n=6)]


def test_an_untouched_journal_holds(events: list[Event]) -> None:
    report = verification.verify()
    assert (report.ok, report.events, report.seals, report.unsealed) == (True, 6, 2, 1)


def test_an_empty_journal_holds() -> None:
    assert verification.verify().ok


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("data", json.dumps({"n": 99})),
        ("kind", "other"),
        ("actor", "operator"),
        ("at", "2020-01-01T00:00:00Z"),
        ("subject", "depot:c"),
        ("previous_hash", "0" * 64),
        ("hash", "0" * 64),
        ("seq", 7),
    ],
)
def test_a_changed_event_is_named(events: list[Event], change: str, value: str | int) -> None:
    tamper(f"UPDATE journal_event SET {change} = %s WHERE id = %s", value, events[2].pk)
    report = verification.verify()
    assert report.reason == "content"
    assert report.first_bad.startswith(f"événement {events[2].pk} ")


def test_a_missing_event_is_noticed_at_the_next_of_its_subject(events: list[Event]) -> None:
    tamper("DELETE FROM journal_event WHERE id = %s", events[0].pk)
    report = verification.verify()
    assert report.reason == "missing"
    assert report.first_bad.startswith(f"événement {events[2].pk} ")


def test_a_missing_last_event_of_a_subject_is_noticed_by_its_seal(events: list[Event]) -> None:
    tamper("DELETE FROM journal_event WHERE id = %s", events[4].pk)
    report = verification.verify()
    assert report.reason == "count"
    assert report.first_bad.startswith("scellement 2 ")


def _rehash(event: Event, **changes: object) -> None:
    """Change an event as an attacker would who knows how hashes are made."""
    for name, value in changes.items():
        setattr(event, name, value)
    event.hash = event.content().hash()
    tamper(
        "UPDATE journal_event SET data = %s, previous_hash = %s, hash = %s WHERE id = %s",
        json.dumps(event.data), event.previous_hash, event.hash, event.pk,
    )  # fmt: skip


def test_a_rehashed_event_breaks_the_chain(events: list[Event]) -> None:
    _rehash(events[0], data={"n": 99})
    report = verification.verify()
    assert report.reason == "chain"
    assert report.first_bad.startswith(f"événement {events[2].pk} ")


def test_a_rehashed_chain_breaks_the_seal(events: list[Event]) -> None:
    _rehash(events[0], data={"n": 99})
    _rehash(events[2], previous_hash=events[0].hash)
    _rehash(events[4], previous_hash=events[2].hash)
    report = verification.verify()
    assert report.reason == "root"
    assert report.first_bad.startswith("scellement 1 ")


def test_two_events_that_change_places_break_the_seal(events: list[Event]) -> None:
    first, second = events[0].pk, events[1].pk
    tamper("UPDATE journal_event SET id = -1 WHERE id = %s", first)
    tamper("UPDATE journal_event SET id = %s WHERE id = %s", first, second)
    tamper("UPDATE journal_event SET id = %s WHERE id = -1", second)
    assert verification.verify().reason == "root"


def test_an_event_slipped_under_a_seal_is_noticed(events: list[Event]) -> None:
    event = record("depot:new")
    tamper("UPDATE journal_event SET id = 0 WHERE id = %s", event.pk)
    assert verification.verify().reason == "count"


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("UPDATE journal_seal SET count = 9 WHERE seq = 1", "seal_content"),
        ("UPDATE journal_seal SET root = repeat('0', 64) WHERE seq = 1", "seal_content"),
        ("UPDATE journal_seal SET previous_hash = repeat('0', 64) WHERE seq = 2", "seal_chain"),
        ("DELETE FROM journal_seal WHERE seq = 1", "seal_missing"),
        ("UPDATE journal_seal SET signature = '\\x00'", "signature"),
    ],
)
def test_a_changed_seal_is_named(events: list[Event], sql: str, reason: str) -> None:
    tamper(sql)
    report = verification.verify()
    assert report.reason == reason
    assert report.first_bad.startswith("scellement ")


def test_a_seal_by_an_unknown_key_is_named(events: list[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "certificates", dict)
    assert verification.verify().reason == "certificate"


def test_a_resealed_journal_needs_the_key(events: list[Event]) -> None:
    """Somebody who recomputes everything, seals included, still can't sign."""
    seal = Seal.objects.get(seq=2)
    seal.count = 1
    tamper("UPDATE journal_seal SET count = 1, hash = %s WHERE seq = 2", seal.content().hash())
    assert verification.verify().reason == "signature"


def test_memory_does_not_grow_with_the_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "CHUNK", 50)
    for number in range(600):
        record(f"depot:{number % 7}", text="x" * 2_000)
    tracemalloc.start()
    assert verification.verify().events == 600
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 600 * 2_000 / 2


def test_the_command_says_that_all_is_well(events: list[Event]) -> None:
    result = CliRunner().invoke(commands.app, ["verify"])
    assert (result.exit_code, "6 événements et 2 scellements" in result.output) == (0, True)


def test_the_command_names_what_is_wrong_and_fails(events: list[Event]) -> None:
    tamper("UPDATE journal_event SET kind = 'other' WHERE id = %s", events[1].pk)
    result = CliRunner().invoke(commands.app, ["verify"])
    assert result.exit_code == 1
    assert f"événement {events[1].pk} (depot:b" in result.output
    assert "modifié" in result.output


def test_every_reason_has_its_words(events: list[Event]) -> None:
    assert all(words.strip() for words in verification.REASONS.values())
