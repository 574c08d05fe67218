"""Random portfolios and random files: what is judged, applied and taken back is what plain sets say.

``GUICHET_ORACLE_EXAMPLES`` (8 by default) makes it longer.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from guichet.habilitations.models import Habilitation
from guichet.imports.models import Demande, Ligne
from guichet.imports.operations import applying, judging, staging
from guichet.imports.states import Beneficiaires, Kind
from guichet.inscriptions.models import Acteur
from guichet.portefeuilles.models import (
    Cliente,
    DeclarationCliente,
    DeclarationPortefeuille,
    EtablissementClient,
    Portefeuille,
)
from tests.entreprises import files
from tests.imports import model
from tests.imports import world as imports
from tests.imports.model import Cell, Firm, State
from tests.inscriptions import world as companies
from tests.portefeuilles import world

EXAMPLES = int(os.environ.get("GUICHET_ORACLE_EXAMPLES", "8"))
CODES = ("dsn", "c3s", "ducs")  # the last one is not the firm's
WISHES = {True: ("1", "oui", "1,0", "VRAI"), False: ("0", "non", "0.0", "faux")}
ORACLE = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # to make an example smaller takes minutes: look at its seed
)


class World:
    """A firm with two portfolios, in the database and in the model."""

    def __init__(self, draw: Callable[..., Any]) -> None:
        self.draw = draw
        self.cabinet = world.tiers(declarations=CODES[:2], declarants=2)
        self.inscription = self.cabinet.inscription
        self.by = self.cabinet.administrateur
        self.acteurs = self._people()
        self.portefeuilles = [world.portefeuille(self.inscription, name) for name in ("Un", "Deux")]
        self.register = dict.fromkeys(companies.sirets(self.inscription), True)
        self._fill()

    def _people(self) -> dict[int, tuple[Acteur, str]]:
        gone = companies.ended(companies.declarant(self.inscription))
        idle = companies.acteur(self.inscription, administrateur=True, declarant=False)
        able = [self.by, *self.cabinet.declarants]
        asks = companies.candidate(self.inscription)
        return {
            **{one.pk: (one, "") for one in able},
            gone.pk: (gone, "ended"),
            idle.pk: (idle, "not_declarant"),
            asks.pk: (asks, "candidate"),
        }

    def _fill(self) -> None:
        """Five companies: some are clients, with some or all of their places; some places are closed."""
        for _ in range(5):
            rank, places = companies.a_rank(), self.draw(st.integers(1, 3))
            companies.put_into_register(rank, places=places)
            sirets = [files.siret(rank, place) for place in range(1, places + 1)]
            self.register |= dict.fromkeys(sirets, True)
            where = self.draw(st.sampled_from([None, *self.portefeuilles]))
            if where is not None:
                client = world.cliente(where, places=places, rank=rank, registered=False)
                if self.draw(st.booleans()):
                    client.declarations.filter(code="c3s").delete()
                if places > 1 and self.draw(st.booleans()):
                    client.etablissements.filter(siret=sirets[-1]).delete()
            if self.draw(st.booleans()):
                companies.close_place(sirets[-1])
                self.register[sirets[-1]] = False
        self._give_some()

    def _give_some(self) -> None:
        able = [one.pk for one, why_not in self.acteurs.values() if not why_not]
        change = world.changement(self.inscription)
        declared = DeclarationCliente.objects.values_list("cliente", "code")
        for cliente, code in declared.filter(cliente__inscription=self.inscription):
            for siret in EtablissementClient.objects.filter(cliente=cliente).values_list("siret", flat=True):
                for who in able:
                    if self.draw(st.booleans()):
                        Habilitation.objects.create(
                            acteur_id=who,
                            siret=siret,
                            declaration=code,
                            opened_at=change.at,
                            opened_in=change,
                        )

    @property
    def firm(self) -> Firm:
        """What the model knows beside its state."""
        return Firm(
            siren=self.inscription.siren,
            register=self.register,
            people={pk: why_not for pk, (_one, why_not) in self.acteurs.items()},
            chosen=frozenset(CODES[:2]),
            names={str(one.pk): one.name for one in self.portefeuilles},
        )

    def state(self) -> State:
        """What the database holds."""
        mine = {"cliente__inscription": self.inscription, "closed_at": None}
        state = State(contained={str(one.pk): set() for one in self.portefeuilles})
        for client in Cliente.objects.filter(inscription=self.inscription, closed_at=None):
            state.clients[client.siren] = str(client.portefeuille_id)
            state.declared[client.siren] = set()
        for place in EtablissementClient.objects.filter(**mine).select_related("cliente"):
            state.places[place.siret] = str(place.cliente.portefeuille_id)
        for declared in DeclarationCliente.objects.filter(**mine).select_related("cliente"):
            state.declared[declared.cliente.siren].add(declared.code)
        for contained in DeclarationPortefeuille.objects.filter(
            portefeuille__in=self.portefeuilles, closed_at=None
        ):
            state.contained[str(contained.portefeuille_id)].add(contained.code)
        held = Habilitation.objects.filter(acteur__inscription=self.inscription, closed_at=None)
        state.rights = set(held.values_list("acteur_id", "siret", "declaration"))
        return state

    def delays(self) -> set[tuple[Any, ...]]:
        """Since when delays count, and when each declaration may be filed."""
        rows = DeclarationCliente.objects.filter(cliente__inscription=self.inscription, closed_at=None)
        return set(rows.values_list("cliente__siren", "cliente__began_at", "code", "starts_at"))

    def somewhere(self) -> str:
        """A SIRET that the register has, most of the time."""
        return str(self.draw(st.sampled_from([*self.register, files.siret(3, 1)])))

    def read(self, portefeuille: Portefeuille, kind: Kind, **values: Any) -> Demande:
        """A request, read and judged: which changes nothing."""
        before = self.state()
        demande = imports.demande(portefeuille, self.by, kind, **values)
        staging.stage(demande, _silent)
        assert demande.problem is None
        judging.judge(demande)
        assert demande.problem is None
        assert self.state() == before
        return demande

    def apply(self, demande: Demande) -> None:
        """Apply it: what was told of each line is what is told now, and the counts are those of the lines."""
        told = lines(demande)
        expected = {name: demande.counts[name] for name in ("ajouts", "suppressions", "deja", "impossibles")}
        rights = self.state().rights
        demande.changement = applying.apply(demande, "system", _silent)
        demande.save()
        assert lines(demande) == told
        assert {name: demande.counts[name] for name in expected} == expected
        now = self.state().rights
        if demande.changement:
            counted = demande.counts["droits_ouverts"], demande.counts["droits_fermes"]
            assert counted == (len(now - rights), len(rights - now))
            assert demande.counts["personnes"] == len({cell[0] for cell in now ^ rights})


def _silent(_done: int, _total: int) -> None:
    """Nobody looks at how far it is."""


def lines(demande: Demande) -> list[tuple[int, str, list[str]]]:
    """Each line, its verdict and its reasons."""
    rows = Ligne.objects.filter(demande=demande).order_by("numero")
    return list(rows.values_list("numero", "verdict", "reasons"))


def of_places(it: World) -> tuple[Demande, State]:
    """A random file of établissements, and what it makes of the state."""
    portefeuille = it.draw(st.sampled_from(it.portefeuilles))
    which = it.draw(st.sampled_from(list(Beneficiaires)))
    ways = it.draw(st.lists(st.booleans(), min_size=1, max_size=8))
    cells = [(number, it.somewhere(), way) for number, way in enumerate(ways, start=2)]
    typed = [(siret, it.draw(st.sampled_from(WISHES[way]))) for _number, siret, way in cells]
    content = imports.etablissements(*typed)
    state, where = it.state(), str(portefeuille.pk)
    reasons = {
        (siret, way): model.place_reason(it.firm, state, where, siret, given=way) for _n, siret, way in cells
    }
    said = model.told(cells, reasons)
    demande = it.read(portefeuille, Kind.ETABLISSEMENTS, content=content, beneficiaires=which)
    assert [one[2] for one in lines(demande)] == [[reason] for reason in said]
    people = it.firm.beneficiaires(which, state, where)
    model.move_places(it.firm, state, where, model.possible(cells, said), people)
    return demande, state


def of_a_declaration(it: World) -> tuple[Demande, State]:
    """One declaration for a whole portfolio."""
    portefeuille = it.draw(st.sampled_from(it.portefeuilles))
    which, code = it.draw(st.sampled_from(list(Beneficiaires))), it.draw(st.sampled_from(CODES[:2]))
    adds = it.draw(st.booleans())
    demande = it.read(portefeuille, Kind.DECLARATION, declaration=code, adds=adds, beneficiaires=which)
    state, where = it.state(), str(portefeuille.pk)
    people = it.firm.beneficiaires(which, state, where)
    model.declare(state, where, code, people, adds=adds)
    return demande, state


def of_rights(it: World) -> tuple[Demande, State]:
    """A random file of rights."""
    portefeuille = it.draw(st.sampled_from(it.portefeuilles))
    wishes = st.lists(st.sampled_from([None, True, False]), min_size=3, max_size=3)
    written, cells = [], []
    for number in range(2, 2 + it.draw(st.integers(1, 8))):
        who, siret, ways = it.draw(st.sampled_from(list(it.acteurs))), it.somewhere(), it.draw(wishes)
        typed = ["" if way is None else it.draw(st.sampled_from(WISHES[way])) for way in ways]
        written.append((siret, it.acteurs[who][0], typed))
        cells += [
            (number, (who, siret, code), way)
            for code, way in zip(CODES, ways, strict=True)
            if way is not None
        ]
    demande = it.read(portefeuille, Kind.HABILITATIONS, content=imports.rights(CODES, *written))
    state, where = it.state(), str(portefeuille.pk)
    reasons = {
        (cell, way): model.right_reason(it.firm, state, where, cell, given=way) for _n, cell, way in cells
    }
    said = model.told(cells, reasons)
    assert [reason for one in lines(demande) for reason in one[2]] == _with_blanks(cells, said, len(written))
    model.give(state, model.possible(cells, said))
    return demande, state


def _with_blanks(cells: Sequence[tuple[int, Cell, bool]], said: Sequence[str], number: int) -> list[str]:
    """What the lines say, one after the other; one without a wish says that it asks for nothing."""
    by_line: dict[int, list[str]] = {}
    for (line, _cell, _way), reason in zip(cells, said, strict=True):
        by_line.setdefault(line, []).append(reason)
    return [reason for line in range(2, 2 + number) for reason in by_line.get(line, ["nothing_asked"])]


@ORACLE
@given(data=st.data())
def test_files_are_what_plain_sets_say(db: None, data: st.DataObject) -> None:
    """After each request the database is the model; taken back, it is what it was; taken back again, the
    model."""
    with transaction.atomic():
        it = World(data.draw)
        for _ in range(3):
            ask = data.draw(st.sampled_from([of_places, of_a_declaration, of_rights]))
            before, delays = it.state(), it.delays()
            demande, expected = ask(it)
            it.apply(demande)
            assert it.state() == expected
            if demande.changement is None:
                assert expected == before
                continue
            back = it.read(demande.portefeuille, Kind.ANNULATION, undoes=demande)
            assert not back.counts["impossibles"]
            it.apply(back)
            assert it.state() == before
            assert it.delays() == delays
            if data.draw(st.booleans()):
                again = it.read(demande.portefeuille, Kind.ANNULATION, undoes=back)
                it.apply(again)
                assert it.state() == expected
        transaction.set_rollback(True)
