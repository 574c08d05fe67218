"""Random sequences of what happens to a firm's portfolios: after each, the database is what plain sets say.

``GUICHET_ORACLE_EXAMPLES`` (5 by default) makes it longer.
"""

import os
from typing import Any
from uuid import UUID

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from guichet.habilitations import operations, queries
from guichet.habilitations.models import Habilitation
from guichet.habilitations.operations import AlreadyUndone, NotUndoable, clientes
from guichet.habilitations.rules import Wanted
from guichet.inscriptions.models import Acteur, Changement
from guichet.kernel import clock
from guichet.portefeuilles.models import Cliente, DeclarationCliente, DeclarationPortefeuille
from guichet.portefeuilles.operations import create, let_back, transfer
from guichet.portefeuilles.states import Beneficiaires
from tests.entreprises import files
from tests.habilitations.model import Cell, Client, Firm
from tests.inscriptions import world as companies
from tests.portefeuilles import world

EXAMPLES = int(os.environ.get("GUICHET_ORACLE_EXAMPLES", "5"))
CODES = ("dsn", "c3s", "ducs")  # the last one is not chosen at first
COMPANIES, PLACES = 4, 3
NUMBERS = st.integers(0, 10_000)
SOME = st.sets(st.sampled_from(CODES))
LINES = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, st.booleans()), min_size=1, max_size=6)
KEEPS = frozenset({"transfer", "close", "withdraw"})  # what their undoing can't restore


class Portfolios(RuleBasedStateMachine):
    """One firm; numbers that are drawn choose among what there is."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self) -> None:
        """Nothing of an example is left to the next one."""
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    @initialize()
    def begin(self) -> None:
        """Three people, two portfolios, four companies of three établissements: one is closed, one company
        declares here itself."""
        cabinet = world.tiers(declarations=CODES[:2])
        self.cabinet, self.boss = cabinet.inscription, cabinet.administrateur
        ranks = [companies.a_rank() for _ in range(COMPANIES)]
        self.sirens = [companies.put_into_register(rank, places=PLACES) for rank in ranks]
        active = {files.siren(rank): {files.siret(rank, n) for n in (1, 2, 3)} for rank in ranks}
        companies.close_place(files.siret(ranks[0], 2))
        active[self.sirens[0]].remove(files.siret(ranks[0], 2))
        self.head = companies.administrateur(companies.company(rank=ranks[1], registered=False))
        people = {one.pk for one in (self.boss, *cabinet.declarants)}
        self.firm = Firm(people, {self.cabinet.siret}, set(CODES[:2]), active)
        self.done: dict[int, tuple[str, Firm, Firm]] = {}
        for name in ("Nord", "Sud"):
            made = create(by=self.boss, name=name)
            self.firm.contained[str(made.pk)] = set()
            clientes.contain(by=self.boss, portefeuille_id=made.pk, codes=CODES[:2])
            self.firm.contained[str(made.pk)] = set(CODES[:2])
        self.known = set(self._ids())

    def portefeuille(self, number: int) -> str:
        """A portfolio of the firm."""
        names = sorted(self.firm.contained)
        return names[number % len(names)]

    def client(self, number: int) -> Cliente:
        """One of its clients."""
        siren = sorted(self.firm.clients)[number % len(self.firm.clients)]
        return Cliente.objects.get(inscription=self.cabinet, siren=siren, closed_at=None)

    def _did(self, kind: str, before: Firm) -> None:
        """Remember what changes an operation made, and how the firm was."""
        new = sorted(set(self._ids()) - self.known)
        self.known |= {*new}
        for pk in new:
            self.done[pk] = (kind, before, self.firm.copy())

    some_clients = precondition(lambda self: self.firm.clients)

    @rule(number=NUMBERS, company=NUMBERS, who=st.sampled_from(Beneficiaires))
    def add(self, number: int, company: int, who: Beneficiaires) -> None:
        """A company comes, or more of its établissements."""
        siren, into, before = self.sirens[company % COMPANIES], self.portefeuille(number), self.firm.copy()
        self.firm.enter(into, self.firm.active[siren], who)
        made = clientes.add(by=self.boss, portefeuille_id=UUID(into), sirens=[siren], beneficiaires=who)
        assert (made.changement.pk is None) is (self.firm == before)
        self._did("add", before)

    @some_clients
    @rule(number=NUMBERS, place=st.none() | NUMBERS)
    def take_out(self, number: int, place: int | None) -> None:
        """A client goes, or an établissement of it."""
        client, before = self.client(number), self.firm.copy()
        places = sorted(self.firm.clients[client.siren].places)
        going = places if place is None else [places[place % len(places)]]
        self.firm.take_out(client.siren, going)
        clientes.take_out(by=self.boss, cliente_id=client.pk, sirets=None if place is None else going)
        self._did("take_out", before)

    @rule(number=NUMBERS, codes=SOME)
    def contain(self, number: int, codes: set[str]) -> None:
        """The container."""
        name, before = self.portefeuille(number), self.firm.copy()
        self.firm.contain(name, codes & self.firm.chosen)
        clientes.contain(by=self.boss, portefeuille_id=UUID(name), codes=codes & self.firm.chosen)
        self._did("contain", before)

    @some_clients
    @rule(number=NUMBERS, codes=SOME)
    def declare(self, number: int, codes: set[str]) -> None:
        """The content."""
        client, before = self.client(number), self.firm.copy()
        codes &= self.firm.contained[self.firm.clients[client.siren].portefeuille]
        self.firm.declare(client.siren, codes)
        clientes.declare(by=self.boss, cliente_id=client.pk, codes=codes)
        self._did("declare", before)

    @some_clients
    @rule(number=NUMBERS, into=NUMBERS)
    def transfer(self, number: int, into: int) -> None:
        """A client goes to another portfolio."""
        client, name, before = self.client(number), self.portefeuille(into), self.firm.copy()
        self.firm.transfer(client.siren, name)
        transfer(by=self.boss, cliente_id=client.pk, portefeuille_id=UUID(name))
        self._did("transfer", before)

    @precondition(lambda self: len(self.firm.contained) > 1 and len(self.done) > 5)
    @rule(number=NUMBERS, into=st.none() | NUMBERS)
    def close(self, number: int, into: int | None) -> None:
        """A portfolio ends, and another one begins."""
        name, before = self.portefeuille(number), self.firm.copy()
        heir = None if into is None else self.portefeuille(into)
        if heir == name:
            return
        self.firm.close(name, heir)
        clientes.close(by=self.boss, portefeuille_id=UUID(name), into_id=UUID(heir) if heir else None)
        self._did("close", before)
        made = create(by=self.boss, name=f"Suite {len(self.known)}")
        self.firm.contained[str(made.pk)] = set()

    @rule(lets_back=st.booleans())
    def end_tie(self, *, lets_back: bool) -> None:
        """The company that declares here ends the tie, or lets the firm back."""
        siren, before = self.sirens[1], self.firm.copy()
        rows = Cliente.objects.filter(inscription=self.cabinet, siren=siren)
        if siren in self.firm.clients and not lets_back:
            self.firm.end_tie(siren)
            clientes.end_tie(by=self.head, cliente_id=rows.get(closed_at=None).pk)
        elif siren in self.firm.ended and lets_back:
            self.firm.ended.remove(siren)
            row = rows.filter(closed_because="client", let_back_at=None).latest("pk")
            let_back(by=self.head, cliente_id=row.pk)
        self._did("end_tie", before)

    @rule(code=st.sampled_from(CODES))
    def choose_or_withdraw(self, code: str) -> None:
        """A declaration of the firm comes, or goes."""
        before = self.firm.copy()
        if code in self.firm.chosen:
            self.firm.withdraw(code)
            operations.withdraw_declaration(by=self.boss, code=code, close_rights=True)
            self._did("withdraw", before)
        else:
            now = clock.now()
            self.cabinet.declarations.create(code=code, added_at=now, added_by="system", opens_at=now)
            self.firm.chosen.add(code)

    @rule(lines=LINES)
    def apply(self, lines: list[tuple[int, int, int, bool]]) -> None:
        """The grid; what the plan told is what happens."""
        people, before = sorted(self.firm.people), self.firm.copy()
        places = sorted({self.cabinet.siret, *(s for each in self.firm.active.values() for s in each)})
        cells: dict[Cell, bool] = {}
        for who, place, code, on in lines:
            cell = people[who % 3], places[place % len(places)], CODES[code % 3]
            cells.setdefault(cell, on)
        wanted = [Wanted(acteur_id=c[0], siret=c[1], declaration=c[2], on=on) for c, on in cells.items()]
        plan = queries.plan(acteur=self.boss, wanted=wanted)
        assert {(one.acteur_id, one.siret, one.declaration) for one in plan.impossible} == {
            cell for cell, on in cells.items() if on and not self.firm.may_be_given(cell)
        }
        self.firm.held -= {cell for cell, on in cells.items() if not on}
        self.firm.give(cell for cell, on in cells.items() if on)
        made = operations.apply(by=self.boss, wanted=wanted)
        assert (made.opened, made.closed) == (
            len(self.firm.held - before.held),
            len(before.held - self.firm.held),
        )
        self._did("apply", before)

    @precondition(lambda self: self.done)
    @rule(number=NUMBERS, last=st.booleans())
    def undo(self, number: int, *, last: bool) -> None:
        """Any change: where nothing happened since, all is as it was; else what happened since stays."""
        ids, before = sorted(self.done), self.firm.copy()
        pk = ids[-1] if last else ids[number % len(ids)]
        kind, was, became = self.done[pk]
        try:
            made = operations.undo(by=self.boss, changement_id=pk)
        except (AlreadyUndone, NotUndoable):
            return
        self.firm = self._read()
        if became == before:
            assert self.firm == (before if kind in KEEPS else was), kind
        assert (made.changement.pk is None) is (self.firm == before)
        later = before.held - became.held
        assert later <= self.firm.held, "rights given since are left"
        self._did("undo", before)

    @invariant()
    def the_database_is_what_the_sets_are(self) -> None:
        """Portfolios, clients and rights; and what stands on what."""
        found = self._read()
        assert found == self.firm
        assert all(found.may_be_given(cell) for cell in found.held)
        for client in found.clients.values():
            assert client.places
            assert client.codes <= found.contained[client.portefeuille] <= found.chosen

    @rule(who=NUMBERS, company=NUMBERS, place=NUMBERS, code=st.sampled_from(CODES))
    def ask(self, who: int, company: int, place: int, code: str) -> None:
        """Who may file has the right, once its declaration opened."""
        people, places = sorted(self.firm.people), sorted(self.firm.active[self.sirens[company % COMPANIES]])
        cell = people[who % 3], places[place % len(places)], code
        account = Acteur.objects.get(pk=cell[0]).account
        answer = queries.may_file(account=account, siret=cell[1], declaration=code)
        waits = answer.reason in ("client_not_open_yet", "not_open_yet")
        assert answer.ok is (cell in self.firm.held and not waits)

    def _read(self) -> Firm:
        """The firm as the database has it; what the register and the company say is the model's own."""
        found = Firm(self.firm.people, self.firm.own, self.firm.chosen, self.firm.active)
        found.ended = self.firm.ended
        for one in self.cabinet.portefeuilles.filter(closed_at=None):
            found.contained[str(one.pk)] = set()
        rows: Any = DeclarationPortefeuille.objects.filter(portefeuille__inscription=self.cabinet)
        for name, code in rows.filter(closed_at=None).values_list("portefeuille", "code"):
            found.contained[str(name)].add(code)
        for client in Cliente.objects.filter(inscription=self.cabinet, closed_at=None):
            found.clients[client.siren] = Client(
                str(client.portefeuille_id), set(world.sirets(client)), set(world.codes(client))
            )
        rows = Habilitation.objects.filter(acteur__inscription=self.cabinet, closed_at=None)
        found.held = set(rows.values_list("acteur", "siret", "declaration"))
        orphans = DeclarationCliente.objects.filter(closed_at=None, cliente__closed_at__isnull=False)
        assert not orphans.exists()
        return found

    def _ids(self) -> list[int]:
        rows = Changement.objects.filter(inscription=self.cabinet)
        return list(rows.order_by("pk").values_list("pk", flat=True))


def test_the_database_is_what_plain_sets_say_of_a_firm(db: None) -> None:
    run(
        Portfolios,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
