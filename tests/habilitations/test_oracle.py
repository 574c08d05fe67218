"""Random sequences of all operations: after each, the database is what plain sets say it is.

``GUICHET_ORACLE_EXAMPLES`` (8 by default) makes it longer: 500 take some twenty minutes.
"""

import datetime as dt
import os
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from guichet.habilitations import operations, queries
from guichet.habilitations.models import Habilitation
from guichet.habilitations.operations import NotUndoable, RightsLeft, UnfitSuccessor
from guichet.habilitations.operations.undoing import AlreadyUndone
from guichet.habilitations.rules import GridFilters, Reason, Wanted
from guichet.inscriptions import catalogue
from guichet.inscriptions.models import Acteur, Changement
from guichet.inscriptions.operations import LastAdministrateur
from guichet.kernel import clock
from tests.habilitations.oracle import Cell, Oracle, Person
from tests.inscriptions import world

EXAMPLES = int(os.environ.get("GUICHET_ORACLE_EXAMPLES", "8"))
CODES = ("dsn", "c3s", "ducs")  # the last one is not chosen at first
PLACES = 3
NUMBERS = st.integers(0, 10_000)
LINES = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, st.booleans()), min_size=1, max_size=8)
INSTANT = dt.timedelta(microseconds=1)


class Company(RuleBasedStateMachine):
    """One company; numbers that are drawn choose among what there is."""

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
        """Two administrateurs, three places of which two are ticked, two declarations."""
        self.company = world.company(places=PLACES, ticked=2, declarations=CODES[:2])
        self.sirets = world.sirets(self.company)
        self.oracle = Oracle(set(CODES[:2]), set(self.sirets[:2]), set(self.sirets))
        self.stranger = world.declarant(world.company(registered=False))
        self.over = False
        for _ in range(2):
            self._come(administrateur=True)
        self.come(asks=False)

    def _come(self, *, administrateur: bool = False, declarant: bool = True) -> None:
        made = world.acteur(self.company, administrateur=administrateur, declarant=declarant)
        self.oracle.people[made.pk] = Person(administrateur, declarant)

    @property
    def by(self) -> Acteur:
        """An administrateur: each in turn."""
        boss = self.oracle.administrateurs()
        return Acteur.objects.select_related("account", "inscription").get(
            pk=boss[len(self.oracle.changes) % len(boss)]
        )

    def cell(self, who: int, place: int, code: int) -> Cell:
        """Somebody of the company, of another one, or nobody; a place of the company, or not."""
        people, places = [*self.oracle.people, self.stranger.pk], [*self.sirets, self.stranger.siret]
        return people[who % len(people)], places[place % len(places)], CODES[code % len(CODES)]

    def somebody(self, number: int) -> int:
        """Somebody who acts for the company."""
        living = self.oracle.living()
        return living[number % len(living)]

    going_on = precondition(lambda self: not self.over)

    @going_on
    @rule(asks=st.booleans())
    def come(self, *, asks: bool) -> None:
        """A colleague comes, or somebody asks to."""
        if asks:
            candidate = world.candidate(self.company)
            self.oracle.people[candidate.pk] = Person(declarant=False, candidate=True)
        else:
            self._come()

    @going_on
    @rule(lines=LINES)
    def apply(self, lines: list[tuple[int, int, int, bool]]) -> None:
        """The grid; what the plan told is what happens."""
        cells: dict[Cell, bool] = {}
        for who, place, code, on in lines:
            cells.setdefault(self.cell(who, place, code), on)
        wanted = [Wanted(acteur_id=c[0], siret=c[1], declaration=c[2], on=on) for c, on in cells.items()]
        plan = queries.plan(acteur=self.by, wanted=wanted)
        why = {(line.acteur_id, line.siret, line.declaration): line.reason for line in plan.impossible}
        assert why == {
            cell: reason
            for cell, on in cells.items()
            if (reason := self.oracle.why_not(cell) if on and cell not in self.oracle.held else None)
        } | {cell: Reason.NOT_ACTEUR for cell in cells if cell[0] == self.stranger.pk}
        made = operations.apply(by=self.by, wanted=wanted)
        assert (made.opened, made.closed) == (len(plan.additions), len(plan.removals))
        give, take = ({cell for cell, on in cells.items() if on is each} for each in (True, False))
        assert self.oracle.change("manuelle", give=give, take=take) is (made.pk is not None)

    @going_on
    @rule(source=NUMBERS, onto=NUMBERS)
    def copy(self, source: int, onto: int) -> None:
        """A colleague's rights."""
        one, other = self.somebody(source), self.somebody(onto)
        operations.copy(by=self.by, source_id=one, target_id=other)
        self.oracle.change("copie", give={(other, *cell[1:]) for cell in self.oracle.of(one)})

    @going_on
    @rule(who=NUMBERS, profile=NUMBERS)
    def give_profile(self, who: int, profile: int) -> None:
        """A profile's rights."""
        profiles = sorted(catalogue.profiles())
        chosen = catalogue.profiles()[profiles[profile % len(profiles)]]
        pk = self.somebody(who)
        operations.give_profile(by=self.by, acteur_id=pk, profile=chosen.code)
        places = {"tous": self.sirets, "sien": [self.company.siret], "aucun": []}[chosen.places]
        codes = chosen.declarations or CODES
        give = {(pk, siret, code) for siret in places for code in codes}
        self.oracle.change("profil", give=give)

    @going_on
    @precondition(lambda self: self.oracle.changes)
    @rule(number=NUMBERS, last=st.booleans())
    def undo(self, number: int, *, last: bool) -> None:
        """Any change, or the last: its undoing, the undoing of that…"""
        rank = len(self.oracle.changes) - 1 if last else number % len(self.oracle.changes)
        changement_id = self._ids()[rank]
        listed = {one.id: one for one in queries.changements(acteur=self.by).lines}
        if changement_id in listed:
            assert listed[changement_id].undoable is self.oracle.can_undo(rank)
        try:
            undone = operations.undo(by=self.by, changement_id=changement_id)
        except (AlreadyUndone, NotUndoable):
            assert not self.oracle.can_undo(rank)
            return
        assert self.oracle.can_undo(rank)
        refused = {(line.acteur_id, line.siret, line.declaration) for line in undone.refused}
        assert refused == self.oracle.undo(rank)
        assert self.oracle.changes[rank].undone is (undone.changement.pk is not None)

    @going_on
    @rule(who=NUMBERS, successor=st.none() | NUMBERS)
    def remove(self, who: int, successor: int | None) -> None:
        """A colleague goes, with a successor or without."""
        gone = self.somebody(who)
        heir = None if successor is None else self.somebody(successor)
        unfit = heir is not None and (heir == gone or not self.oracle.people[heir].declarant)
        last = self.oracle.administrateurs() == [gone]
        try:
            with transaction.atomic():
                operations.remove(by=self.by, acteur_id=gone, successor_id=heir)
        except UnfitSuccessor:
            assert unfit
            return
        except LastAdministrateur:
            assert last
            return
        assert not unfit
        assert not last
        self._goes(gone, heir)

    def _goes(self, gone: int, heir: int | None) -> None:
        mine = self.oracle.of(gone)
        if heir is None:
            self.oracle.change("depart", take=mine)
        else:
            self.oracle.change("transfert", take=mine, give={(heir, *cell[1:]) for cell in mine})
        self.oracle.people[gone].gone = True

    @going_on
    @rule(who=NUMBERS)
    def leave(self, who: int) -> None:
        """Oneself."""
        gone = self.somebody(who)
        last = self.oracle.administrateurs() == [gone]
        try:
            with transaction.atomic():
                operations.leave(account=Acteur.objects.get(pk=gone).account)
        except LastAdministrateur:
            assert last
            return
        assert not last
        self._goes(gone, None)

    @going_on
    @rule(who=NUMBERS, administrateur=st.booleans(), declarant=st.booleans())
    def set_roles(self, who: int, *, administrateur: bool, declarant: bool) -> None:
        """Roles change; one stays."""
        pk = self.somebody(who)
        administrateur = administrateur or not declarant
        last = self.oracle.administrateurs() == [pk] and not administrateur
        try:
            with transaction.atomic():
                operations.set_roles(
                    by=self.by, acteur_id=pk, administrateur=administrateur, declarant=declarant
                )
        except LastAdministrateur:
            assert last
            return
        assert not last
        if not declarant:
            self.oracle.change("retrait", take=self.oracle.of(pk))
        person = self.oracle.people[pk]
        person.administrateur, person.declarant = administrateur, declarant

    @going_on
    @rule(code=st.sampled_from(CODES), close_rights=st.booleans())
    def choose_or_withdraw(self, code: str, *, close_rights: bool) -> None:
        """A declaration comes, or goes."""
        if code not in self.oracle.chosen:
            now = clock.now()
            self.company.declarations.create(code=code, added_at=now, added_by="system", opens_at=now)
            self.oracle.chosen.add(code)
            return
        rights = {cell for cell in self.oracle.held if cell[2] == code}
        try:
            with transaction.atomic():
                operations.withdraw_declaration(by=self.by, code=code, close_rights=close_rights)
        except RightsLeft:
            assert not close_rights
            assert rights
            return
        assert close_rights or not rights
        self.oracle.change("retrait", take=rights)
        self.oracle.chosen.remove(code)

    @going_on
    @rule(chosen=st.sets(st.integers(0, PLACES - 1), min_size=1))
    def choose_etablissements(self, chosen: set[int]) -> None:
        """Places are ticked and unticked; what a resiliation ended is not."""
        sirets = {self.sirets[place] for place in chosen} & self._alive()
        if not sirets:
            return
        operations.choose_etablissements(by=self.by, sirets=sorted(sirets))
        self.oracle.change("retrait", take={cell for cell in self.oracle.held if cell[1] not in sirets})
        self.oracle.ticked = sirets

    def _alive(self) -> set[str]:
        return set(self.company.etablissements.filter(resilie_at=None).values_list("siret", flat=True))

    @going_on
    @precondition(lambda self: len(self.oracle.changes) > 8)
    @rule(place=st.integers(0, 8 * PLACES))
    def resilier(self, place: int) -> None:
        """A place ends; once in a while, all of it."""
        siret = "" if place == 0 else self.sirets[place % PLACES]
        if siret and siret not in self._alive():
            return
        operations.resilier(inscription_id=self.company.pk, siret=siret, actor="account:agent")
        self.oracle.change("resiliation", take={cell for cell in self.oracle.held if siret in ("", cell[1])})
        self.oracle.ticked.discard(siret)
        if not siret:
            self.over = True

    @going_on
    @rule(who=NUMBERS, place=NUMBERS, code=NUMBERS, rank=NUMBERS, just_before=st.booleans())
    def ask(self, who: int, place: int, code: int, rank: int, *, just_before: bool) -> None:
        """Who may, who could at a moment that is past, and why not."""
        pk, siret, declaration = cell = self.cell(who, place, code)
        self._ask_now(cell)
        if not self.oracle.changes:
            return
        rank %= len(self.oracle.changes)
        at = Changement.objects.get(pk=self._ids()[rank]).at - (INSTANT if just_before else INSTANT * 0)
        could = self.oracle.holders(siret, declaration, rank - just_before)
        known: dict[str, Any] = {"siret": siret, "declaration": declaration, "at": at}
        assert {one.acteur_id for one in queries.who_could_file(acteur=self.by, **known)} == could
        account = Acteur.objects.get(pk=pk).account
        if pk in self.oracle.people:
            assert queries.may_file(account=account, **known).ok is (pk in could)
            assert queries.explain(acteur=self.by, acteur_id=pk, **known).ok is (pk in could)

    def _ask_now(self, cell: Cell) -> None:
        pk, siret, declaration = cell
        account = Acteur.objects.get(pk=pk).account
        answer = queries.may_file(account=account, siret=siret, declaration=declaration)
        assert answer.ok is (cell in self.oracle.held)
        if pk in self.oracle.people and cell not in self.oracle.held:
            reason = self.oracle.why_not(cell) or Reason.NO_RIGHT
            assert answer.reason == {Reason.ENDED: Reason.NO_INSCRIPTION}.get(reason, reason)

    @invariant()
    def the_database_is_what_the_sets_are(self) -> None:
        """Rights, their history, and the order of moments."""
        ranks = {pk: rank for rank, pk in enumerate(self._ids())}
        rows = Habilitation.objects.filter(acteur__inscription=self.company)
        rights = {
            (
                (row.acteur_id, row.siret, row.declaration),
                ranks[row.opened_in_id],
                ranks[row.closed_in_id] if row.closed_in_id else None,
            )
            for row in rows
        }
        assert rights == self.oracle.periods()
        moments = list(Changement.objects.filter(pk__in=ranks).order_by("pk").values_list("at", flat=True))
        assert moments == sorted(set(moments))

    @invariant()
    def the_counts_are_right(self) -> None:
        """What changes and lists say of themselves."""
        rows = Changement.objects.filter(inscription=self.company).order_by("pk")
        said = [(row.origine, row.opened, row.closed) for row in rows]
        assert said == [(one.origine, len(one.opened), len(one.closed)) for one in self.oracle.changes]
        assert queries.count_of(inscription_id=self.company.pk) == len(self.oracle.held)
        if not self.over:
            shown = queries.recap_rows(acteur=self.by, filters=GridFilters())
            assert {(one.acteur_id, one.siret, one.declaration) for one in shown} == set(self.oracle.held)

    def _ids(self) -> list[int]:
        rows = Changement.objects.filter(inscription=self.company)
        return list(rows.order_by("pk").values_list("pk", flat=True))


def test_the_database_is_what_plain_sets_say(db: None) -> None:
    run(
        Company,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
