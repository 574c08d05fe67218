"""The checklist of security names tests that exist, every requirement once, and counts itself rightly."""

import re
from collections import Counter

from tests.conftest import ROOT

CHECKLIST = (ROOT / "docs" / "asvs.md").read_text()
LINE = re.compile(r"\| (\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|\n")
REQUIREMENTS = 253  # of levels 1 and 2 of the version 5.0.0
NAMED = re.compile(r"`(tests/[\w/]+(?:\.py)?)(?:::(\w+))?`")


def test_every_requirement_has_one_line() -> None:
    numbers = [line[0] for line in LINE.findall(CHECKLIST)]
    assert (len(numbers), len(set(numbers))) == (REQUIREMENTS, REQUIREMENTS)


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(CHECKLIST)
    assert len(named) > 100
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists() or (name and f"def {name}(" not in (ROOT / path).read_text())
    ]
    assert not missing


def test_what_is_held_names_a_test() -> None:
    assert not [line[0] for line in LINE.findall(CHECKLIST) if line[3] == "held" and "`tests/" not in line[4]]


def test_the_counts_are_those_of_the_lines() -> None:
    counted = Counter(line[3] for line in LINE.findall(CHECKLIST))
    head, numbers = re.findall(r"^\| (held .*|\d+ \| \d+.*) \|$", CHECKLIST, re.MULTILINE)[:2]
    assert dict(zip(head.split(" | "), map(int, numbers.split(" | ")), strict=True)) == counted
