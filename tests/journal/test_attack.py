"""The owner of the database attacks the journal: the first forged event is named, or what can’t be known."""

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django.fixtures import Settings
from typer.testing import CliRunner

from guichet.cli import journal as commands
from guichet.journal import head, operations, sealing
from guichet.journal.models import Event, Seal
from guichet.journal.rules import MerkleTree
from tests.harness import words_of
from tests.journal import test_record
from tests.journal.tamper import tamper


def record(subject: str, *, n: int) -> Event:
    """Write an event, and commit it."""
    with transaction.atomic():
        return test_record.record(subject, n=n)


pytestmark = pytest.mark.django_db(transaction=True)
Events = list[Event]


@pytest.fixture
def events(settings: Settings, tmp_path: Path) -> Iterator[Events]:
    """Four seals over three events each, of three filings in turn; two more events wait for theirs."""
    settings.VAR = tmp_path
    made = []
    for number in range(14):
        made.append(record(f"depot:{'abc'[number % 3]}", n=number))
        if number % 3 == 2:
            operations.seal()
    yield made
    shutil.rmtree(tmp_path)


def verify() -> str:
    """What ``guichet journal verify`` says; its status must agree."""
    result = CliRunner().invoke(commands.app, ["verify"])
    assert (result.exit_code == 0) == ("Le journal est intact" in words_of(result.output))
    return words_of(result.output)


def write(event: Event) -> None:
    """Write all of ``event`` over what the database holds."""
    columns = ("id", "subject", "seq", "kind", "actor", "at", "previous_hash", "hash")
    names = ", ".join(columns)
    values = [str(getattr(event, name)) for name in columns]
    tamper("DELETE FROM journal_event WHERE id = %s", event.pk)
    tamper(
        f"INSERT INTO journal_event ({names}, data) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        *values,
        json.dumps(event.data),
    )


def rehash() -> None:
    """Make every hash and chain of events anew, as rules.py tells everybody."""
    last: dict[str, tuple[int, str]] = {}
    events = list(Event.objects.order_by("id"))
    tamper("DELETE FROM journal_event")
    for event in events:
        seq, event.previous_hash = last.get(event.subject, (0, ""))
        event.seq = seq + 1
        event.hash = event.content().hash()
        last[event.subject] = (event.seq, event.hash)
        write(event)


def reseal(sign: Callable[[bytes], bytes], certificate: str = "") -> None:
    """Make every seal anew over what the events are now."""
    previous = ""
    for seal in Seal.objects.order_by("seq"):
        tree = MerkleTree()
        for event in Event.objects.filter(pk__range=(seal.first_id, seal.last_id)).order_by("id"):
            tree.add(event.hash)
        seal.count, seal.root, seal.previous_hash = tree.count, tree.root(), previous
        seal.certificate = certificate or seal.certificate
        seal.hash = previous = seal.content().hash()
        signature = sign(seal.content().signed_bytes())
        tamper(
            "UPDATE journal_seal SET count = %s, root = %s, previous_hash = %s, hash = %s, certificate = %s, "
            f"signature = '\\x{signature.hex()}' WHERE seq = %s",
            seal.count, seal.root, seal.previous_hash, seal.hash, seal.certificate, seal.seq,
        )  # fmt: skip


def test_the_database_itself_refuses_to_rewrite(events: Events) -> None:
    for sql in ("UPDATE journal_event SET kind = 'x'", "DELETE FROM journal_event", "TRUNCATE journal_event"):
        with pytest.raises(Exception, match="append-only"), connection.cursor() as cursor:
            cursor.execute(sql)
    assert "intact : 14 événements et 4 scellements relus, 2 événements pas encore scellés" in verify()


@pytest.mark.parametrize("place", [0, 4, 11, 13])  # the first, a middle one, the last sealed, the last of all
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("data", '{"n": 99}'),
        ("kind", "depot.other"),
        ("at", "2020-01-01T00:00:00Z"),
        ("actor", "operator"),
        ("subject", "depot:z"),
    ],
)
def test_an_event_changed_in_any_place_is_named(events: Events, place: int, column: str, value: str) -> None:
    tamper(f"UPDATE journal_event SET {column} = %s WHERE id = %s", value, events[place].pk)
    assert f"événement {events[place].pk} " in verify()


def test_the_first_of_several_forged_events_is_named(events: Events) -> None:
    for place in (9, 5, 7):
        tamper("UPDATE journal_event SET kind = 'x' WHERE id = %s", events[place].pk)
    assert f"événement {events[5].pk} " in verify()


def test_a_deleted_event_is_missed_by_the_next_of_its_filing_or_by_its_seal(events: Events) -> None:
    tamper("DELETE FROM journal_event WHERE id = %s", events[4].pk)
    assert "scellement 2 " in verify()
    assert "ne couvre plus autant d’événements" in verify()


def test_an_event_inserted_in_the_middle_and_renumbered_is_noticed(events: Events) -> None:
    """The attacker makes room, renumbers, and recomputes every hash behind it."""
    tamper("UPDATE journal_event SET id = id + 1000000 WHERE id > %s", events[4].pk)
    tamper("UPDATE journal_event SET id = id - 999999 WHERE id > 1000000")
    inserted = Event(pk=events[4].pk + 1, subject="depot:b", kind="depot.forged", actor="system", data={})
    inserted.at = events[4].at + dt.timedelta(microseconds=1)
    inserted.seq = 900  # rehash() gives every event its number
    write(inserted)
    rehash()
    assert "scellement 2 " in verify()


def test_two_events_that_changed_places_are_noticed(events: Events) -> None:
    first, second = events[3].pk, events[4].pk
    for place, goal in ((first, -1), (second, first), (-1, second)):
        tamper("UPDATE journal_event SET id = %s WHERE id = %s", goal, place)
    assert "scellement 2 " in verify()


def test_a_chain_rewritten_with_all_its_hashes_breaks_the_seal_over_it(events: Events) -> None:
    tamper("UPDATE journal_event SET actor = 'operator' WHERE id = %s", events[4].pk)
    rehash()
    told = verify()
    assert f"scellement 2 (événements {events[3].pk} à {events[5].pk})" in told
    assert "ou leur ordre, ont changé" in told


def test_rewritten_seals_need_the_key(events: Events) -> None:
    tamper("UPDATE journal_event SET actor = 'operator' WHERE id = %s", events[4].pk)
    rehash()
    reseal(lambda _content: b"\x30\x06\x02\x01\x01\x02\x01\x01")
    assert "scellement 1 " in verify()
    assert "sa signature n’est pas celle du cachet" in verify()


@pytest.mark.parametrize("claims_ours", [True, False])
def test_a_key_of_the_attackers_own_with_the_same_names_signs_nothing(
    events: Events, settings: Settings, tmp_path: Path, claims_ours: bool
) -> None:
    ours = sealing.signer()
    with settings_of(settings, SEAL_DIR=str(tmp_path / "theirs")):
        theirs = sealing.signer()
    assert theirs.certificate.subject == ours.certificate.subject
    tamper("UPDATE journal_event SET actor = 'operator' WHERE id = %s", events[4].pk)
    rehash()
    reseal(theirs.sign, ours.fingerprint if claims_ours else theirs.fingerprint)
    told = verify()
    assert "scellement 1 " in told
    assert (
        "sa signature n’est pas celle" if claims_ours else "le certificat qui l’a signé est inconnu"
    ) in told


def test_a_deleted_seal_is_missed_by_the_next(events: Events) -> None:
    tamper("DELETE FROM journal_seal WHERE seq = 2")
    assert "scellement 3 " in verify()
    assert "il manque un scellement juste avant lui" in verify()


@pytest.mark.parametrize("with_events", [True, False])
def test_an_end_cut_off_with_its_seals_is_remembered_outside_the_database(
    events: Events, with_events: bool
) -> None:
    if with_events:
        tamper("DELETE FROM journal_event WHERE id > %s", events[8].pk)
    tamper("DELETE FROM journal_seal WHERE seq = 4")
    assert "scellement 4 " in verify()
    assert "la fin du journal a été effacée" in verify()


def test_sealing_again_after_the_cut_does_not_hide_it(
    events: Events, caplog: pytest.LogCaptureFixture
) -> None:
    tamper("DELETE FROM journal_event WHERE id > %s", events[5].pk)
    tamper("DELETE FROM journal_seal WHERE seq > 2")
    for number in range(4):  # past the number that is remembered
        record("depot:new", n=number)
        operations.seal()
    assert Seal.objects.count() == 6
    assert "scellement 4 " in verify()
    assert "the journal has lost the seal 4" in caplog.text


def test_who_remembers_an_earlier_seal_late_is_no_attack(
    events: Events, caplog: pytest.LogCaptureFixture
) -> None:
    head.remember(Seal.objects.get(seq=3))  # two processes sealed, and the second was quicker to remember
    assert not caplog.text
    assert head.known() == head.Head(4, Seal.objects.get(seq=4).hash)


def test_what_nothing_proves_is_told(events: Events) -> None:
    """Events that no seal covers may be rewritten unseen: the command says so, and how many there are."""
    tamper("DELETE FROM journal_event WHERE id = %s", events[13].pk)
    told = verify()
    assert "1 événements pas encore scellés" in told
    assert "qui possède la base pourrait les avoir réécrits ou effacés" in told
    operations.seal()
    assert "réécrits ou effacés" not in verify()


def test_a_machine_without_a_witness_says_so(events: Events) -> None:
    head.path().unlink()
    assert "Aucun témoin hors de la base" in verify()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"seq": "x", "hash": 1}'])
def test_a_witness_that_cannot_be_read_is_none(events: Events, content: str) -> None:
    head.path().write_text(content)
    assert head.known() is None
    assert "Aucun témoin" in verify()


class settings_of:  # noqa: N801 - reads as the words that it stands for
    """Other settings for the length of a block."""

    def __init__(self, settings: Settings, **values: str) -> None:
        self.settings, self.values = settings, values
        self.before = {name: getattr(settings, name) for name in values}

    def __enter__(self) -> None:
        for name, value in self.values.items():
            setattr(self.settings, name, value)

    def __exit__(self, *_: object) -> None:
        for name, value in self.before.items():
            setattr(self.settings, name, value)
