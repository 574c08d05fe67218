"""``guichet pdf check``."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner

from guichet.cli.pdf import app
from tests.files import samples
from tests.harness import words_of

KEYS = ["file", "verdict", "reason", "message", "pages", "changes"]


def test_one_object_a_line_and_no_failure(put: Callable[[bytes], Path]) -> None:
    files = [str(put(content)) for content in (samples.document(pages=2), b"", samples.document()[:-120])]
    result = CliRunner().invoke(app, ["check", *files])
    assert result.exit_code == 0
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert [list(each) for each in said] == [KEYS] * 3
    assert [each["file"] for each in said] == files
    assert [(each["verdict"], each["reason"], each["pages"]) for each in said] == [
        ("accepted", "", 2),
        ("refused", "empty", 0),
        ("accepted", "", 1),
    ]
    assert "é" in result.stdout


def test_the_limits_can_be_told(put: Callable[[bytes], Path]) -> None:
    file = str(put(samples.document(pages=2)))
    for option, reason in (("--max-pages=1", "too_many_pages"), ("--max-size=10", "too_big")):
        result = CliRunner().invoke(app, ["check", option, file])
        assert json.loads(result.stdout)["reason"] == reason


def test_an_image_is_no_pdf(put: Callable[[bytes], Path]) -> None:
    result = CliRunner().invoke(app, ["check", str(put(samples.picture()))])
    assert json.loads(result.stdout)["reason"] == "not_pdf"


def test_a_file_that_is_not_there_is_the_caller_s_mistake(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["check", str(tmp_path / "absent.pdf")]).exit_code == 2


def test_what_is_no_file_is_refused_rather_than_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "tube.pdf"
    os.mkfifo(pipe)
    result = CliRunner().invoke(app, ["check", str(pipe)])
    assert result.exit_code == 2
    assert "fichier ordinaire" in words_of(result.output)
