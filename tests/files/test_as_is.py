"""Files that are kept as they came: what is refused of them, whatever they are called."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.files import antivirus, as_is
from guichet.files.rules import Verdict
from tests.files.fake_clamd import EICAR, clamd

Put = Callable[[bytes], Path]
LIMIT = 2_000
PE = b"MZ\x90\x00\x03" + b"\0" * 55 + b"\x80\0\0\0" + b"PE\0\0"


def checked(path: Path, name: str = "mars.dsn", extensions: tuple[str, ...] = ("dsn", "txt")) -> Verdict:
    return as_is.check(path, name=name, extensions=extensions, max_size=LIMIT)


@pytest.mark.parametrize("name", ["mars.dsn", "MARS.DSN", "mars.2026.txt", ".dsn"])
def test_a_text_of_an_expected_name_is_kept(put: Put, name: str) -> None:
    verdict = checked(put(b"S10.G00.00.001,'Essai'\r\n"), name)
    assert (verdict.accepted, verdict.pages, verdict.media_type) == (True, 0, "application/octet-stream")


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "mars.dsn", "empty"),
        (b"", "mars.exe", "empty"),
        (b"x" * (LIMIT + 1), "mars.dsn", "too_big"),
        (b"texte", "mars", "extension"),
        (b"texte", "dsn", "extension"),
        (b"texte", "mars.exe", "extension"),
        (b"texte", "mars.dsn.html", "extension"),
        (PE, "mars.dsn", "program"),
        (b"ZM" + PE[2:], "mars.dsn", "program"),
        (b"\x7fELF\x02\x01\x01", "mars.txt", "program"),
        (b"\xcf\xfa\xed\xfe\x07\0\0\x01", "mars.dsn", "program"),
        (b"\xfe\xed\xfa\xce\0\0\0\x12", "mars.dsn", "program"),
        (b"\xca\xfe\xba\xbe\0\0\0\x02", "mars.dsn", "program"),
        (b"#!/bin/sh\nrm -rf /\n", "mars.dsn", "program"),
        (b"\xef\xbb\xbf#!/bin/sh\n", "mars.dsn", "program"),
        (b"L\0\0\0\x01\x14\x02\0", "mars.dsn", "program"),
        (b"PK\x03\x04\x14\0", "mars.dsn", "archive"),
        (b"\x1f\x8b\x08\0", "mars.dsn", "archive"),
        (b"Rar!\x1a\x07", "mars.dsn", "archive"),
    ],
)
def test_what_nobody_declares_with_is_refused(put: Put, content: bytes, name: str, reason: str) -> None:
    verdict = checked(put(content), name)
    assert (verdict.verdict, verdict.reason) == ("refused", reason)
    what, remedy = as_is.AS_IS_REASONS[reason]
    assert verdict.message.startswith(what.partition("{")[0])
    assert verdict.message.endswith(remedy)
    assert "{" not in verdict.message


def test_every_reason_has_a_file_that_it_refuses() -> None:
    assert {*as_is.AS_IS_REASONS} == {"empty", "too_big", "extension", "program", "archive", "infected"}


def test_an_archive_is_kept_closed_where_its_extension_is_expected(put: Put) -> None:
    content = b"PK\x03\x04" + b"\0" * 40
    assert checked(put(content), "mars.zip", ("zip",)).accepted
    assert checked(put(content), "mars.xlsx", ("zip", "xlsx")).accepted
    assert checked(put(content), "mars.gz", ("gz", "zip")).reason == "archive"


def test_the_limit_is_to_the_byte(put: Put) -> None:
    assert checked(put(b"x" * LIMIT)).accepted
    assert checked(put(b"x" * (LIMIT + 1))).reason == "too_big"


def test_the_expected_names_are_told(put: Put) -> None:
    assert "(.dsn, .txt)" in checked(put(b"x"), "mars.pdf").message


@pytest.mark.parametrize(
    "text", ["MZ, ligne 1 du bordereau de la maison Zola, mars 2026, page 1", "# !", "ELF", "PKO;12"]
)
def test_a_text_that_begins_like_a_program_is_none(put: Put, text: str) -> None:
    assert checked(put(text.encode())).accepted


@given(text=st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), min_size=1))
def test_no_text_is_a_program(text: str) -> None:
    assert as_is._of_head(text.encode()[: as_is.HEAD], "txt") in (
        ("program", "") if text.startswith("#!") else ("",)
    )


def test_the_antivirus_is_asked(put: Put, settings: Any) -> None:
    with clamd() as address:
        settings.CLAMD = address
        verdict = checked(put(EICAR))
        assert (verdict.reason, checked(put(b"sain")).accepted) == ("infected", True)


def test_without_its_answer_the_file_waits_for_one(
    put: Put, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(path: Path, *, patience: float) -> antivirus.Scan:
        raise antivirus.Unavailable("clamd")

    monkeypatch.setattr(antivirus, "scan", silent)
    assert checked(put(EICAR)).accepted
