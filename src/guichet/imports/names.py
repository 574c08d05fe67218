"""What a file's name says of the portfolio that it is meant for (003, chapter 4: « en le nommant de la même
manière que le portefeuille »). Pure Python."""

import re
from collections.abc import Iterator

_ENDING = re.compile(r"\.[0-9A-Za-z]{1,5}\Z")
# What systems, and people, add to a name: « (1) », « - Copie », « _v2 », a date.
_ADDED = re.compile(
    r"""(?: [\s_-]* \( \s* (?: \d+ | copie | copy | corrig[ée]e? ) \s* \)
          | [\s_-]* \b (?: copie | copy ) (?: \s* \d+ )?
          | [\s_-]+ (?: v | version ) [\s_-]* \d+
          | [\s_-]* (?<! \d) (?: \d{4} [._-]? \d\d [._-]? \d\d | \d\d [._-]? \d\d [._-]? \d{4} ) (?! \d)
          | [\s_-]+ (?: corrig[ée]e? | modifi[ée]e? | final | bis )
        ) [\s_.-]* \Z""",
    re.IGNORECASE | re.VERBOSE,
)
_BEFORE = re.compile(r"\A (?: copie | copy ) \s+ (?: de | of ) \s+", re.IGNORECASE | re.VERBOSE)
MOST_TAKEN_OFF = 6


def designations(file_name: str) -> Iterator[str]:
    """The names that a file's name may stand for: as it is, then with less and less of what was added."""
    name = _ENDING.sub("", file_name.strip()).replace("_", " ").strip()
    for _ in range(MOST_TAKEN_OFF):
        if not name:
            return
        yield name
        shorter = _BEFORE.sub("", _ADDED.sub("", name)).strip(" -")
        if shorter == name:
            return
        name = shorter
