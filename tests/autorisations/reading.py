"""Reads the tables: one row for each address, method and role."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from guichet.depots.definitions import teleprocedures
from tests.autorisations import table
from tests.autorisations.table_of_the_declarant import TABLES as OF_THE_DECLARANT
from tests.autorisations.table_of_the_desk import DESK

FILERS = ("owner", "neighbour", "foreigner")
ABONNES = ("abonne", "colleague", "newcomer", "stranger")
USAGERS = ("usager", "voisin")
DECLARANTS = ("administrateur", "declarant", "candidate", "rival", "tiers", "loose")
AGENTS = ("agent", "elsewhere", "superviseur", "gestionnaire")
HALVES = ("half", "unlinked", "half_abonne")
ROLES = ("anonymous", *FILERS, *ABONNES, *USAGERS, *DECLARANTS, "expired", *AGENTS, *HALVES)
ESPACES = {  # who is inside
    "association": ("owner", "neighbour"),
    "agents": AGENTS,
    "abonne": ABONNES,
    "prive": USAGERS,
    "declarant": DECLARANTS,
}
COLUMNS = {
    "agents": AGENTS,
    "filers": (*FILERS, *ABONNES, *USAGERS, *DECLARANTS),
    "foreigner": ("foreigner", *ABONNES, *USAGERS, *DECLARANTS),
    "others": (*FILERS, *USAGERS, *DECLARANTS, *AGENTS),
    "outsiders": (*FILERS, *ABONNES, *DECLARANTS, *AGENTS),
    "units": ("neighbour", "foreigner"),
    "persons": (*ABONNES, *USAGERS, *DECLARANTS),
}
OUTRIGHT = (table.PORTAL, table.ABONNE, table.PRIVE, table.COMPANY, DESK)
AT_THE_DECLARANT = {
    "acting": ("administrateur", "declarant", "rival", "tiers"),
    "rivals": ("rival", "tiers"),
    "idle": ("candidate", "loose"),
    "outsiders": (*FILERS, *ABONNES, *USAGERS, *AGENTS),
    "barred": ("declarant", *FILERS, *ABONNES, *USAGERS, *AGENTS),
    "nobody": ("anonymous", "expired"),
}
# Whose filings they are at each door, and whose not: in a filing's table these are owner and neighbour.
OF = {
    "abonne": {
        "agents": AGENTS,
        "owner": ("abonne",),
        "neighbour": ("colleague", "newcomer", "stranger"),
        "foreigner": (*FILERS, *USAGERS, *DECLARANTS),
    },
    "prive": {
        "agents": AGENTS,
        "owner": ("usager",),
        "neighbour": ("voisin",),
        "foreigner": (*FILERS, *ABONNES, *DECLARANTS),
    },
    "declarant": {
        "agents": AGENTS,
        "owner": ("administrateur",),
        "neighbour": ("declarant", "candidate", "rival", "tiers", "loose"),
        "foreigner": (*FILERS, *ABONNES, *USAGERS),
    },
    "acces": {
        "agents": AGENTS,
        "owner": ("candidate",),
        "neighbour": ("administrateur", "declarant", "rival", "tiers", "loose"),
        "foreigner": (*FILERS, *ABONNES, *USAGERS),
    },
}


@dataclass(frozen=True)
class Row:
    """What each role gets at the address ``name`` by ``method``."""

    name: str
    method: str
    outcomes: Mapping[str, str]


def rows() -> list[Row]:
    """All tables, those that name an address outright before those that name a kind of address."""
    found: dict[tuple[str, str], Row] = {}
    for row in _all():
        found.setdefault((row.name, row.method), row)
    return list(found.values())


def namespaces() -> dict[str, str]:
    """The namespace of each téléprocédure's screens, by its code."""
    return {code: one.start_url.partition(":")[0] for code, one in teleprocedures().items()}


def doubles() -> list[tuple[str, str]]:
    """Addresses that are named twice outright."""
    seen = [(row.name, row.method) for row in _outright()]
    return [one for one in set(seen) if seen.count(one) > 1]


def _outright() -> Iterator[Row]:
    for one in OUTRIGHT:
        yield from _read(one, COLUMNS)
    for one in OF_THE_DECLARANT:
        yield from _read(one, AT_THE_DECLARANT)


def _all() -> Iterator[Row]:
    yield from _outright()
    for code, namespace in namespaces().items():
        columns = OF.get(code) or OF.get(teleprocedures()[code].espace, COLUMNS)
        text = table.SENDING if teleprocedures()[code].documents else table.FILING
        yield from _read(text, columns, namespace)
    for code, inside in ESPACES.items():
        outside = tuple(
            role for role in (*FILERS, *ABONNES, *USAGERS, *DECLARANTS, *AGENTS) if role not in inside
        )
        yield from _read(table.ESPACE, {"inside": inside, "outside": outside}, code)


def _read(text: str, groups: Mapping[str, Iterable[str]], namespace: str = "") -> Iterator[Row]:
    header, *lines = text.strip().splitlines()
    columns = [tuple(groups.get(name, (name,))) for name in header.split()[1:]]
    for name, method, *words in map(str.split, lines):
        assert len(words) == len(columns), f"{name} {method}"
        told = {role: word for roles, word in zip(columns, words, strict=True) for role in roles}
        address = name.replace("*", namespace)
        nobody = told["anonymous"]
        halves = (
            *table.HALF.get((address, method), (nobody, nobody)),
            table.HALF_ABONNE.get((address, method), nobody),
        )
        yield Row(address, method, {**told, **dict(zip(HALVES, halves, strict=True))})
