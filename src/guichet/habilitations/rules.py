"""What is asked about rights: cells to give and to take, filters, what can be undone. Pure Python."""

import re
import unicodedata
import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from guichet.kernel.refusals import N_, Refusal

PAGE_SIZE = 50
MOST_FILTERED = 200  # people or declarations that one address chooses
_LARGEST_ID = 2**63 - 1
_NOT_WORDS = re.compile(r"[^0-9a-z]+")


class Reason(StrEnum):
    """Why somebody may file or not, or why a line can't be applied. Declared in the order in which they are
    looked for; the last three are of lines alone."""

    NO_INSCRIPTION = "no_inscription"
    CANDIDATE = "candidate"
    NOT_DECLARANT = "not_declarant"
    DECLARATION_NOT_CHOSEN = "declaration_not_chosen"
    NOT_OPEN_YET = "not_open_yet"
    ETABLISSEMENT_UNKNOWN = "etablissement_unknown"
    ETABLISSEMENT_UNTICKED = "etablissement_unticked"
    DECLARATION_NOT_OF_CLIENT = "declaration_not_of_client"
    CLIENT_NOT_OPEN_YET = "client_not_open_yet"
    ETABLISSEMENT_CLOSED = "etablissement_closed"
    NO_RIGHT = "no_right"
    OK = "ok"
    NOT_ACTEUR = "not_acteur"
    ENDED = "ended"
    CHANGED_SINCE = "changed_since"


class Contradiction(Refusal):
    """One cell is to be given and taken by the same change: neither is guessed."""

    code = "contradiction"
    message = N_(
        "La même case est à la fois cochée et décochée dans votre demande. Revenez à la grille, vérifiez "
        "cette case, puis validez de nouveau : rien n’a été changé."
    )


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A cell of the grid as it is to be: ``on``, the right is held. ``siret``: 14 digits."""

    acteur_id: int
    siret: str
    declaration: str
    on: bool

    @property
    def cell(self) -> tuple[int, str, str]:
        """Whose, where, what."""
        return self.acteur_id, self.siret, self.declaration


def settled(wanted: Collection[Wanted]) -> list[Wanted]:
    """What is wanted, each cell once, in the order in which it was first asked.

    Said twice is said once. Raises ``Contradiction`` where a cell is wanted on and off.
    """
    cells: dict[tuple[int, str, str], Wanted] = {}
    for one in wanted:
        if cells.setdefault(one.cell, one).on != one.on:
            raise Contradiction
    return list(cells.values())


@dataclass(frozen=True, kw_only=True)
class GridFilters:
    """What of the rights is looked at: people (ids), a part of an établissement's name, address or SIRET (of
    a client's: its company's name, or SIRET), declarations (codes), ``droits``: ``avec`` (lines with a
    right), ``sans`` (without any), and the clients of one ``portefeuille``, or one ``cliente`` (ids)."""

    personnes: tuple[int, ...] = ()
    etablissement: str = ""
    declarations: tuple[str, ...] = ()
    droits: str = ""
    portefeuille: uuid.UUID | None = None
    cliente: int | None = None

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> "GridFilters":
        """The filters that an address keeps (a ``QueryDict``); what can't be read counts for nothing."""
        text = "".join(sign for sign in query.get("etablissement", "") if sign.isprintable())
        droits = query.get("droits", "")
        return cls(
            personnes=tuple(sorted({*_ids(_all(query, "personne"))}))[:MOST_FILTERED],
            etablissement=text.strip()[:100].strip(),
            declarations=tuple(
                sorted({code for code in _all(query, "declaration") if re.fullmatch("[a-z0-9_]{1,16}", code)})
            )[:MOST_FILTERED],
            droits=droits if droits in ("avec", "sans") else "",
            portefeuille=_uuid(query.get("portefeuille", "")),
            cliente=next(_ids([query.get("cliente", "")]), None),
        )

    @property
    def of_clients(self) -> bool:
        """Whether clients' places alone are looked at."""
        return self.portefeuille is not None or self.cliente is not None

    def query(self) -> list[tuple[str, str]]:
        """The parameters of an address that ``parse`` reads back; those that choose nothing are left out."""
        said = [
            *(("personne", str(one)) for one in self.personnes),
            ("etablissement", self.etablissement),
            *(("declaration", code) for code in self.declarations),
            ("droits", self.droits),
            ("portefeuille", str(self.portefeuille or "")),
            ("cliente", str(self.cliente or "")),
        ]
        return [(name, value) for name, value in said if value]


def finds(text: str, *names: str) -> bool:
    """Whether each word of ``text`` stands in ``names``; accents, case, signs and blanks in numbers aside."""
    if not text:
        return True
    hay = fold(" ".join(names))
    digits = re.sub(r"\s", "", text)
    if digits.isdecimal():
        return digits in hay.replace(" ", "")
    return all(word in hay for word in fold(text).split())


def fold(text: str) -> str:
    """``text`` as it is compared and sorted: unaccented, in lower case, words apart by one blank."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _NOT_WORDS.sub(" ", plain).strip()


def pages_of(total: int, page: int, size: int = PAGE_SIZE) -> tuple[int, int]:
    """The page that is shown, the nearest to ``page`` that exists, and how many there are."""
    pages = max(1, -(-total // size))
    return min(max(page, 1), pages), pages


def _all(query: Mapping[str, str], name: str) -> list[str]:
    several = getattr(query, "getlist", None)
    if several is not None:
        return list(several(name))
    return [query[name]] if name in query else []


def _uuid(text: str) -> uuid.UUID | None:
    return uuid.UUID(text) if re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) else None


def _ids(texts: Collection[str]) -> Iterator[int]:
    for text in texts:
        if text.isascii() and text.isdecimal() and len(text) < 20 and 0 < int(text) <= _LARGEST_ID:
            yield int(text)
