"""What a person may ask the public search, read from an address that anybody may write."""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from guichet.kernel.identifiers import Rna, compact, is_siren
from guichet.kernel.refusals import Refusal

MAX_TEXT = 200  # signs; what is typed beyond is not read
MAX_WORDS = 12
PAGE_SIZE = 20
MAX_RESULTS = 10_000  # as far as one may page; beyond, narrow the search or take the open data
MAX_PAGE = MAX_RESULTS // PAGE_SIZE
FIRST_YEAR, LAST_YEAR = 1901, 2200
# Words that most names have: they would find everything, and tell nothing apart.
STOP_WORDS = frozenset(
    [
        "a",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "pour",
        "s",
        "sur",
        "un",
        "une",
    ]
)


class Sort(StrEnum):
    """In which order the list is; the values stand in addresses."""

    RELEVANCE = "pertinence"
    NEWEST = "publication"
    CLOSING = "cloture"
    NAME = "nom"


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """What is looked for: ``siren`` or ``rna`` where the text is such a number, else ``name``, as typed.

    ``text`` is what stands in the search box, ``wrong_number`` a number of nine or fourteen digits whose key
    does not hold. ``sort`` is ``RELEVANCE`` only beside a name.
    """

    text: str = ""
    name: str = ""
    siren: str = ""
    rna: str = ""
    wrong_number: bool = False
    department: str = ""
    year: int | None = None
    sort: Sort = Sort.NEWEST

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Self:
        """Read an address (``q``, ``departement``, ``annee``, ``tri``), forgiving whatever makes no sense."""
        text = clean(query.get("q", ""))
        siren, rna = _siren(text), _rna(text)
        name = "" if siren or rna else text
        return cls(
            text=text,
            name=name,
            siren=siren,
            rna=rna,
            wrong_number=bool(siren) and not is_siren(siren),
            department=_department(query.get("departement", "")),
            year=_year(query.get("annee", "")),
            sort=_sort(query.get("tri", ""), by_name=bool(name)),
        )

    def query(self, **changes: str) -> dict[str, str]:
        """The parameters that say the same, in a fixed order, without defaults; ``changes`` win."""
        default = Sort.RELEVANCE if self.name else Sort.NEWEST
        said = {
            "q": self.text,
            "departement": self.department,
            "annee": str(self.year or ""),
            "tri": "" if self.sort == default else self.sort.value,
        }
        return {key: value for key, value in {**said, **changes}.items() if value}


def clean(text: str) -> str:
    """``text`` on one line, within bounds, without what no database and no page takes (NUL, controls)."""
    kept = "".join(" " if _unprintable(sign) else sign for sign in text[: 4 * MAX_TEXT])
    return " ".join(kept.split())[:MAX_TEXT].strip()


def words_of(key: str) -> list[str]:
    """The words of a search key (see ``entreprises``), as they are indexed."""
    return [word for word in key.split(" ") if word]


def telling_words(key: str) -> list[str]:
    """The words worth looking for: those that tell names apart, or all where there are no others."""
    words = list(dict.fromkeys(words_of(key)))[:MAX_WORDS]
    return [word for word in words if word not in STOP_WORDS] or words


def page_number(text: str) -> int:
    """The page that an address asks for, from 1 to ``MAX_PAGE``; 1 for what is no number."""
    if not (text.isascii() and text.isdigit()):
        return 1
    return max(1, min(int(text[:9]), MAX_PAGE))


def closing_date(text: str) -> dt.date | None:
    """The date of an address, YYYY-MM-DD alone."""
    try:
        date = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return date if date.isoformat() == text else None


def _siren(text: str) -> str:
    """The SIREN that was typed, alone or in a SIRET, with or without a right key."""
    number = compact(text)
    return number[:9] if number.isascii() and number.isdigit() and len(number) in {9, 14} else ""


def _rna(text: str) -> str:
    try:
        return Rna.parse(text)
    except Refusal:
        return ""


def _department(text: str) -> str:
    code = text.strip().upper()
    return code if code.isascii() and code.isalnum() and 2 <= len(code) <= 3 else ""


def _year(text: str) -> int | None:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) == 4):
        return None
    return int(digits) if FIRST_YEAR <= int(digits) <= LAST_YEAR else None


def _sort(text: str, *, by_name: bool) -> Sort:
    default = Sort.RELEVANCE if by_name else Sort.NEWEST
    try:
        wanted = Sort(text)
    except ValueError:
        return default
    return default if wanted == Sort.RELEVANCE else wanted


def _unprintable(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "CZ"
