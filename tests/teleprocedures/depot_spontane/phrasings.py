"""What people type, and what they mean by it: one half to tune the search with, one to measure it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
TUNING = "phrasings_tuning"
KEPT_ASIDE = "phrasings_kept_aside"


@dataclass(frozen=True)
class Phrasing:
    """What somebody types; ``expected``: the codes of the types that are as right, one as a rule."""

    text: str
    expected: tuple[str, ...]


def phrasings(half: str) -> list[Phrasing]:
    """All of one half, ``TUNING`` or ``KEPT_ASIDE``."""
    content = tomllib.loads((HERE / f"{half}.toml").read_text(encoding="utf-8"))
    return [Phrasing(row["text"], tuple(row["expected"])) for row in content["phrasings"]]
