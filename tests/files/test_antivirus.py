"""clamd's words, over TCP and over a socket, and its silences."""

import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.files import antivirus
from guichet.files.rules import Verdict
from tests.files import samples
from tests.files.fake_clamd import EICAR, clamd

Put = Callable[[bytes], Path]
REAL = [Path("/run/clamav/clamd.ctl"), Path("/var/run/clamav/clamd.ctl")]


def test_without_a_setting_nothing_is_scanned(put: Put) -> None:
    assert antivirus.scan(put(EICAR)) == "off"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (EICAR, "infected"),
        (samples.document(), "clean"),
        (b"", "clean"),
        (bytes(300_000) + EICAR, "infected"),
    ],
)
def test_what_clamd_says_over_tcp(content: bytes, said: str, put: Put, settings: SettingsWrapper) -> None:
    with clamd() as settings.CLAMD:
        assert antivirus.scan(put(content)) == said


def test_what_clamd_says_over_its_socket(put: Put, settings: SettingsWrapper) -> None:
    with tempfile.TemporaryDirectory() as folder, clamd(Path(folder) / "clamd.ctl") as settings.CLAMD:
        assert antivirus.scan(put(EICAR)) == "infected"


@pytest.mark.parametrize("answer", [b"", b"stream: erreur ERROR\0", b"UNKNOWN COMMAND\0", b"\xff\0"])
def test_anything_else_is_no_verdict(answer: bytes, put: Put, settings: SettingsWrapper) -> None:
    with clamd(answer=answer) as settings.CLAMD, pytest.raises(antivirus.Unavailable):
        antivirus.scan(put(b"x"))


def test_a_file_over_clamd_s_limit_is_no_verdict(put: Put, settings: SettingsWrapper) -> None:
    with clamd() as settings.CLAMD, pytest.raises(antivirus.Unavailable):
        antivirus.scan(put(bytes(5 << 20)))


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/nulle/part/clamd.ctl"])
def test_a_clamd_that_is_down_is_no_verdict(address: str, put: Put, settings: SettingsWrapper) -> None:
    settings.CLAMD = address
    with pytest.raises(antivirus.Unavailable):
        antivirus.scan(put(b"x"))


def test_an_infected_file_is_refused(verdict: Callable[..., Verdict], settings: SettingsWrapper) -> None:
    with clamd() as settings.CLAMD:
        assert verdict(samples.document() + EICAR).reason == "infected"
        assert verdict(samples.document()).accepted


def test_a_filing_does_not_wait_for_an_antivirus_that_is_down(
    put: Put, verdict: Callable[..., Verdict], settings: SettingsWrapper
) -> None:
    settings.CLAMD = "127.0.0.1:1"
    assert verdict(samples.document()).accepted


def test_nobody_waits_for_an_antivirus_that_says_nothing(put: Put, settings: SettingsWrapper) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CLAMD = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(antivirus.Unavailable):
            antivirus.scan(put(b"x"), patience=0.1)


@pytest.mark.skipif(not any(path.exists() for path in REAL), reason="no clamd answers on this machine")
def test_the_real_clamd(put: Put, settings: SettingsWrapper) -> None:
    settings.CLAMD = str(next(path for path in REAL if path.exists()))
    assert antivirus.scan(put(EICAR)) == "infected"
    assert antivirus.scan(put(samples.document())) == "clean"
