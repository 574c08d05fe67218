"""What the tests of files share."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from guichet.files import checks
from guichet.files.rules import Verdict


@dataclass(frozen=True, kw_only=True)
class Rules:
    max_size: int = 5_000_000
    max_pages: int = 50
    media_types: tuple[str, ...] = ("application/pdf", "image/jpeg", "image/png")


@pytest.fixture
def put(tmp_path: Path) -> Callable[[bytes], Path]:
    """Write a content to a new file."""

    def write(content: bytes) -> Path:
        path = tmp_path / f"fichier-{len(list(tmp_path.iterdir()))}.pdf"
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def verdict(put: Callable[[bytes], Path]) -> Callable[..., Verdict]:
    """The verdict on a content."""
    return lambda content, rules=Rules(): checks.check(put(content), rules=rules)
