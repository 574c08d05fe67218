"""What portfolios and rights are, and what a request makes of them, said a second time: plain sets, no SQL.

The tests drive both, and compare.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TypeVar

Cell = tuple[int, str, str]  # acteur, siret, declaration
Key = TypeVar("Key")


@dataclass
class State:
    """``places``: siret → the portfolio that it is in. ``clients``: siren → its portfolio. ``contained``: of
    each portfolio. ``declared``: of each client. ``rights``: who may file what, where."""

    places: dict[str, str] = field(default_factory=dict)
    clients: dict[str, str] = field(default_factory=dict)
    contained: dict[str, set[str]] = field(default_factory=dict)
    declared: dict[str, set[str]] = field(default_factory=dict)
    rights: set[Cell] = field(default_factory=set)

    def copy(self) -> "State":
        """Another one, of its own."""
        return deepcopy(self)


@dataclass
class Firm:
    """What does not change: ``register``: siret → whether it is open; ``people``: acteur → why no right can
    be given to them, or nothing; ``chosen``: the firm's declarations; ``names``: of its portfolios."""

    siren: str
    register: Mapping[str, bool]
    people: Mapping[int, str]
    chosen: frozenset[str]
    names: Mapping[str, str]

    def declarants(self) -> list[int]:
        """Who may be given a right."""
        return [who for who, why_not in self.people.items() if not why_not]

    def beneficiaires(self, which: str, state: State, portefeuille: str) -> list[int]:
        """Who gets the rights on what comes."""
        present = {who for who, siret, _code in state.rights if state.places.get(siret) == portefeuille}
        return [
            who for who in self.declarants() if which == "tous" or (which == "presents" and who in present)
        ]


def place_reason(firm: Firm, state: State, portefeuille: str, siret: str, *, given: bool) -> str:
    """What becomes of a line of établissements."""
    here = state.places.get(siret) == portefeuille
    if not given:
        return "" if here else "not_there"
    if here:
        return "already"
    if siret not in firm.register:
        return "not_in_register"
    if not firm.register[siret]:
        return "closed_in_register"
    if siret[:9] == firm.siren:
        return "own_company"
    other = state.clients.get(siret[:9], portefeuille)
    return "" if other == portefeuille else f"elsewhere:{firm.names[other]}"


def right_reason(firm: Firm, state: State, portefeuille: str, cell: Cell, *, given: bool) -> str:
    """What becomes of a cell of a file of rights."""
    who, siret, code = cell
    where = state.places.get(siret)
    if where is None:
        return "own_company" if siret[:9] == firm.siren else "etablissement_unknown"
    if where != portefeuille:
        return f"elsewhere:{firm.names[where]}"
    if given == (cell in state.rights):
        return "already"
    if not given:
        return ""
    if firm.people[who]:
        return firm.people[who]
    if code not in firm.chosen:
        return "declaration_not_chosen"
    return "" if code in state.declared[siret[:9]] else "declaration_not_of_client"


def told(cells: Sequence[tuple[int, Key, bool]], reasons: Mapping[tuple[Key, bool], str]) -> list[str]:
    """What each cell says, in the order of a file: ``(line, cell, wanted)``; ``reasons``: what it would say
    alone."""
    lines: dict[Key, list[tuple[int, bool]]] = {}
    for number, key, given in cells:
        lines.setdefault(key, []).append((number, given))
    said = []
    for number, key, given in cells:
        first, last = lines[key][0][0], lines[key][-1][0]
        if len({way for _number, way in lines[key]}) == 2:
            said.append(f"contradiction:{last if number == first else first}")
        elif not reasons[key, given] and number > first:
            said.append(f"double:{first}")
        else:
            said.append(reasons[key, given])
    return said


def possible(cells: Sequence[tuple[int, Key, bool]], said: Sequence[str]) -> dict[Key, bool]:
    """The cells that are done."""
    return {key: given for (_number, key, given), reason in zip(cells, said, strict=True) if not reason}


def move_places(
    firm: Firm, state: State, portefeuille: str, wanted: Mapping[str, bool], people: Iterable[int]
) -> None:
    """Établissements come, then go, with the rights that this brings and ends; all of it possible."""
    people = list(people)
    for siret in (one for one, given in wanted.items() if given):
        if siret[:9] not in state.clients:
            state.clients[siret[:9]] = portefeuille
            state.declared[siret[:9]] = set(state.contained[portefeuille])
        state.places[siret] = portefeuille
    for siret in (one for one, given in wanted.items() if not given):
        del state.places[siret]
        state.rights = {cell for cell in state.rights if cell[1] != siret}
        if not any(one[:9] == siret[:9] for one in state.places):
            del state.clients[siret[:9]], state.declared[siret[:9]]
    for siret in (one for one, given in wanted.items() if given):
        state.rights |= {(who, siret, code) for who in people for code in state.declared[siret[:9]]}


def declare(state: State, portefeuille: str, code: str, people: Iterable[int], *, adds: bool) -> None:
    """One declaration for a whole portfolio, or for it no more."""
    people = list(people)
    clients = [siren for siren, where in state.clients.items() if where == portefeuille]
    if not adds:
        state.contained[portefeuille].discard(code)
        for siren in clients:
            state.declared[siren].discard(code)
        gone = {siret for siret, where in state.places.items() if where == portefeuille}
        state.rights = {cell for cell in state.rights if not (cell[1] in gone and cell[2] == code)}
        return
    state.contained[portefeuille].add(code)
    for siren in clients:
        if code not in state.declared[siren]:
            state.declared[siren].add(code)
            sirets = [siret for siret in state.places if siret[:9] == siren]
            state.rights |= {(who, siret, code) for who in people for siret in sirets}


def give(state: State, wanted: Mapping[Cell, bool]) -> None:
    """Rights, all of them possible."""
    state.rights |= {cell for cell, given in wanted.items() if given}
    state.rights -= {cell for cell, given in wanted.items() if not given}
