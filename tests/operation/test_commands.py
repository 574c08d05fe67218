"""What the command line says when asked for its version, and of a database that is away."""

import atexit
import os
import subprocess
import sys
from pathlib import Path

import pytest

from guichet import __version__
from guichet.cli import serve
from tests.conftest import ROOT


def guichet(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """What the command says, with ``env`` beside the usual one."""
    command = [sys.executable, "-m", "guichet.cli.main", *arguments]
    return subprocess.run(
        command, env={**os.environ, **env}, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


def test_the_version() -> None:
    done = guichet("--version")
    assert (done.returncode, done.stdout) == (0, f"guichet {__version__}\n")


@pytest.mark.parametrize("command", [["migrate"], ["worker"], ["journal", "verify"]])
def test_a_database_that_is_away_is_one_sentence(command: list[str]) -> None:
    done = guichet(*command, GUICHET_DATABASE_URL="postgresql://guichet:secret@127.0.0.1:1/guichet")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "secret" not in done.stderr
    # The pool would have tried for ten seconds, and told each attempt on a line of its own.
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("La base de données ne répond pas, ou refuse (GUICHET_DATABASE_URL) : ")
    assert "Connection refused" in sentence


def test_what_a_killed_portal_has_counted_is_cleared_by_the_next_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(serve, "SHARED", tmp_path)
    monkeypatch.setattr(atexit, "register", lambda *_: None)
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    gone, lives, begins = (tmp_path / f"guichet-{os.getuid()}-{name}" for name in ("gone", "lives", "begins"))
    with subprocess.Popen(["true"]) as ended:
        pass
    for folder, owner in ((gone, ended.pid), (lives, os.getpid()), (begins, None)):
        folder.mkdir()
        (folder / "counter_1.db").touch()
        if owner:
            (folder / serve.OWNER).write_text(str(owner))
    serve.count_together()
    mine = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR")
    assert set(tmp_path.iterdir()) == {lives, begins, mine}
    assert mine.stat().st_mode & 0o777 == 0o700
