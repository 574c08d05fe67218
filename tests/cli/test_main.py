"""The one command line: quick, in French, and plain about what it refuses."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError

from guichet.cli import main
from guichet.cli.checks import WeakSettings
from guichet.journal.sealing import SealKeyError
from guichet.kernel.refusals import Refusal
from tests.cli.test_run import environment, guichet

HEAVY = {"django.db", "django.conf", "psycopg", "pikepdf", "granian", "procrastinate", "boto3"}


def test_help_reads_like_a_page_and_names_every_command() -> None:
    page = subprocess.run(guichet("--help"), capture_output=True, text=True, check=True).stdout
    commands = [
        "run",
        "web",
        "worker",
        "migrate",
        "backup",
        "restore",
        "sirene",
        "agents",
        "check",
        "pdf",
        "journal",
        "receipt",
        "django",
    ]
    places = [page.index(f"│ {command}") for command in commands]
    assert places == sorted(places)
    for panel in (main.RUN, main.DATA, main.PROOF, main.TOOLS):
        assert panel in page


def test_help_loads_nothing_heavy() -> None:
    script = "import sys, guichet.cli.main; print('\\n'.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert HEAVY.isdisjoint(set(loaded.split())), HEAVY & set(loaded.split())


@pytest.mark.parametrize("refusal", [Refusal(), WeakSettings("guichet.E002 …")])
def test_a_refusal_is_a_sentence_and_a_status(
    refusal: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise refusal

    monkeypatch.setattr(main, "app", refuse)
    with pytest.raises(SystemExit) as left:
        main.main()
    assert left.value.code == 1
    assert capsys.readouterr().err.strip() == str(refusal)


def test_djangos_commands_pass_through_and_those_that_need_no_database_wait_for_none(tmp_path: Path) -> None:
    command = guichet("django", "makemigrations", "--check", "--dry-run")
    done = subprocess.run(command, env=environment(tmp_path, 0), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "No changes detected", "")


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "abc"), ("GUICHET_WEB_THREADS", "1.5"), ("GUICHET_DATABASE_URL", "mysql://x:secret@y/z")],
)
def test_a_setting_that_is_not_understood_is_named_without_its_secrets(
    name: str, value: str, tmp_path: Path
) -> None:
    told = refused("check", env=environment(tmp_path / "var", 8000) | {name: value})
    assert told.startswith(f"{name} : ")
    assert "secret" not in told


def test_a_base_without_tables_is_told_what_it_lacks(tmp_path: Path) -> None:
    for command in (["backup", str(tmp_path / "portal.tar")], ["journal", "verify"]):
        assert "guichet migrate" in refused(*command, env=environment(tmp_path / "var", 8000))


def test_what_the_operator_can_mend_is_told_and_what_nobody_expects_is_not() -> None:
    assert "GUICHET_SEAL_DIR" in (main._sentence(SealKeyError("seal.crt")) or "")
    assert "GUICHET_DATABASE_URL" in (main._sentence(OperationalError("connection refused")) or "")
    assert main._sentence(KeyError("a mistake of ours")) is None


def refused(*command: str, env: dict[str, str]) -> str:
    done = subprocess.run(guichet(*command), env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    return done.stderr
