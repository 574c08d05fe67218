"""What a firm, its portfolios and its clients are, said a second time: plain sets, no SQL.

A right is a cell ``(acteur, siret, declaration)``. Companies are SIRENs, portfolios ids as text.
"""

import copy
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from guichet.portefeuilles.states import Beneficiaires

Cell = tuple[int, str, str]


@dataclass
class Client:
    """A company that the firm declares for."""

    portefeuille: str
    places: set[str]
    codes: set[str]


@dataclass
class Firm:
    """A tiers déclarant. ``active``: the SIRETs that the register has of each company, closed ones left out;
    ``ended``: companies that ended the tie, and have not let the firm back."""

    people: set[int]
    own: set[str]
    chosen: set[str]
    active: dict[str, set[str]]
    contained: dict[str, set[str]] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    held: set[Cell] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)

    def copy(self) -> "Firm":
        """The same, for later."""
        return copy.deepcopy(self)

    def may_be_given(self, cell: Cell) -> bool:
        """Whether this right can be given."""
        who, siret, code = cell
        if who not in self.people or code not in self.chosen:
            return False
        client = self.clients.get(siret[:9])
        return siret in self.own or bool(client and siret in client.places and code in client.codes)

    def give(self, cells: Iterable[Cell]) -> None:
        """Rights that can be given are."""
        self.held |= {cell for cell in cells if self.may_be_given(cell)}

    def of(self, portefeuille: str) -> list[str]:
        """The clients of a portfolio."""
        return sorted(siren for siren, one in self.clients.items() if one.portefeuille == portefeuille)

    def enter(self, portefeuille: str, sirets: Collection[str], who: Beneficiaires) -> None:
        """Établissements come, of companies that may."""
        came = {siret for siret in sirets if self._may_enter(portefeuille, siret)}
        for siret in sorted(came):
            codes = set(self.contained[portefeuille])
            client = self.clients.setdefault(siret[:9], Client(portefeuille, set(), codes))
            came -= {siret} if siret in client.places else set()
            client.places.add(siret)
        people = self._beneficiaires(portefeuille, who)
        self.give(
            (one, siret, code) for one in people for siret in came for code in self.clients[siret[:9]].codes
        )

    def take_out(self, siren: str, sirets: Collection[str]) -> None:
        """Établissements go; the last one takes its company along."""
        client = self.clients[siren]
        client.places -= {*sirets}
        if not client.places:
            del self.clients[siren]
        self._end_rights()

    def contain(self, portefeuille: str, codes: Collection[str]) -> None:
        """A portfolio contains these alone."""
        self.contained[portefeuille] = {*codes}
        for siren in self.of(portefeuille):
            self.clients[siren].codes &= {*codes}
        self._end_rights()

    def declare(self, siren: str, codes: Collection[str]) -> None:
        """A client has these alone."""
        self.clients[siren].codes = {*codes}
        self._end_rights()

    def transfer(self, siren: str, portefeuille: str) -> None:
        """A client goes to another portfolio, which contains what it has from now on."""
        self.clients[siren].portefeuille = portefeuille
        self.contained[portefeuille] |= self.clients[siren].codes

    def close(self, portefeuille: str, into: str | None) -> None:
        """A portfolio ends; its clients go to another one, or go."""
        for siren in self.of(portefeuille):
            if into:
                self.transfer(siren, into)
            else:
                del self.clients[siren]
        del self.contained[portefeuille]
        self._end_rights()

    def end_tie(self, siren: str) -> None:
        """A company ends the tie itself."""
        del self.clients[siren]
        self.ended.add(siren)
        self._end_rights()

    def withdraw(self, code: str) -> None:
        """The firm declares this no more."""
        self.chosen.discard(code)
        for portefeuille, codes in self.contained.items():
            self.contain(portefeuille, codes - {code})
        self._end_rights()

    def _may_enter(self, portefeuille: str, siret: str) -> bool:
        siren, client = siret[:9], self.clients.get(siret[:9])
        elsewhere = client is not None and client.portefeuille != portefeuille
        return siret in self.active.get(siren, set()) and not elsewhere and siren not in self.ended

    def _beneficiaires(self, portefeuille: str, who: Beneficiaires) -> set[int]:
        if who == Beneficiaires.TOUS:
            return set(self.people)
        places = {siret for siren in self.of(portefeuille) for siret in self.clients[siren].places}
        present = {one for one, siret, _code in self.held if siret in places}
        return present if who == Beneficiaires.PRESENTS else set()

    def _end_rights(self) -> None:
        self.held = {cell for cell in self.held if self.may_be_given(cell)}
