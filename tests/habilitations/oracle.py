"""What rights are, said a second time: plain sets, no SQL. The tests drive both, and compare.

A cell is ``(acteur, siret, declaration)``. Moments are the ranks of changes: what a change does holds from
its rank on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from guichet.habilitations.rules import Reason

Cell = tuple[int, str, str]
UNDOABLE = {"manuelle", "copie", "profil", "retrait", "annulation"}


@dataclass
class Person:
    """Somebody of the company, who acts, acted or asks to."""

    administrateur: bool = False
    declarant: bool = True
    candidate: bool = False
    gone: bool = False


@dataclass
class Change:
    """What one change did."""

    origine: str
    opened: frozenset[Cell]
    closed: frozenset[Cell]
    undone: bool = False


@dataclass
class Oracle:
    """A company. ``held``: since which change each right is; ``past``: those that ended, and in which."""

    chosen: set[str]
    ticked: set[str]
    known: set[str]
    people: dict[int, Person] = field(default_factory=dict)
    held: dict[Cell, int] = field(default_factory=dict)
    past: list[tuple[Cell, int, int]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    touched: dict[Cell, int] = field(default_factory=dict)

    def living(self) -> list[int]:
        """Who acts, candidates left out."""
        return [pk for pk, one in self.people.items() if not one.gone and not one.candidate]

    def administrateurs(self) -> list[int]:
        """Who administers."""
        return [pk for pk in self.living() if self.people[pk].administrateur]

    def why_not(self, cell: Cell) -> Reason | None:
        """Why a right can't be given, the first reason; ``None`` where it can."""
        who, siret, code = cell
        person = self.people.get(who)
        reasons = {
            Reason.NOT_ACTEUR: person is None,
            Reason.ENDED: bool(person and person.gone),
            Reason.CANDIDATE: bool(person and person.candidate),
            Reason.NOT_DECLARANT: bool(person and not person.declarant),
            Reason.DECLARATION_NOT_CHOSEN: code not in self.chosen,
            Reason.ETABLISSEMENT_UNKNOWN: siret not in self.known,
            Reason.ETABLISSEMENT_UNTICKED: siret not in self.ticked,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    def change(self, origine: str, *, give: Iterable[Cell] = (), take: Iterable[Cell] = ()) -> bool:
        """Do what is possible; whether it was anything."""
        opened = {cell for cell in give if cell not in self.held and self.why_not(cell) is None}
        closed = {cell for cell in take if cell in self.held}
        if not opened and not closed:
            return False
        rank = len(self.changes)
        self.changes.append(Change(origine, frozenset(opened), frozenset(closed)))
        self.past += [(cell, self.held.pop(cell), rank) for cell in closed]
        self.held |= dict.fromkeys(opened, rank)
        self.touched |= dict.fromkeys(opened | closed, rank)
        return True

    def undo(self, rank: int) -> frozenset[Cell]:
        """Take a change back where nobody touched the cell since; the lines that stay."""
        done = self.changes[rank]
        untouched = {cell for cell in done.opened | done.closed if self.touched[cell] == rank}
        give = {cell for cell in done.closed & untouched if self.why_not(cell) is None}
        done.undone = self.change("annulation", give=give, take=done.opened & untouched)
        return (done.opened | done.closed) - give - (done.opened & untouched)

    def can_undo(self, rank: int) -> bool:
        """Whether it may be tried."""
        return self.changes[rank].origine in UNDOABLE and not self.changes[rank].undone

    def of(self, who: int) -> set[Cell]:
        """Somebody's rights."""
        return {cell for cell in self.held if cell[0] == who}

    def holders(self, siret: str, code: str, rank: int) -> set[int]:
        """Who could file at the moment of a change."""
        now = {cell for cell, since in self.held.items() if since <= rank}
        then = {cell for cell, since, until in self.past if since <= rank < until}
        return {who for who, *rest in now | then if rest == [siret, code]}

    def periods(self) -> set[tuple[Cell, int, int | None]]:
        """All rights that there are and were."""
        return {*self.past, *((cell, since, None) for cell, since in self.held.items())}
