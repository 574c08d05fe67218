"""Files that are read, judged, applied and taken back: lines, portfolios and rights."""

from typing import Any

import pytest

from guichet.habilitations import operations as habilitations
from guichet.habilitations.models import Habilitation
from guichet.habilitations.operations import clientes
from guichet.habilitations.rules import Wanted
from guichet.imports.models import Demande, Ligne
from guichet.imports.operations import applying, judging, staging
from guichet.imports.reasons import told
from guichet.imports.states import Beneficiaires, Kind
from guichet.inscriptions.models import Changement
from guichet.inscriptions.states import Origine
from guichet.portefeuilles.models import EtablissementClient, Portefeuille
from tests.entreprises import files
from tests.imports import world as imports
from tests.inscriptions import world as companies
from tests.portefeuilles import world
from tests.portefeuilles.world import Cabinet

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Cabinet:
    """An administrateur who declares, and one déclarant."""
    return world.tiers(declarants=1)


@pytest.fixture
def portefeuille(firm: Cabinet) -> Portefeuille:
    return world.portefeuille(firm.inscription)


def silent(_done: int, _total: int) -> None:
    """Nobody looks."""


def read(firm: Cabinet, portefeuille: Portefeuille, kind: Kind, **values: Any) -> Demande:
    """A request that was read and judged."""
    demande = imports.demande(portefeuille, firm.administrateur, kind, **values)
    staging.stage(demande, silent)
    if demande.problem is None:
        judging.judge(demande)
    return demande


def apply(demande: Demande) -> Changement | None:
    demande.changement = applying.apply(demande, "system", silent)
    demande.save()
    return demande.changement


def back(firm: Cabinet, demande: Demande) -> Demande:
    return read(firm, demande.portefeuille, Kind.ANNULATION, undoes=demande)


def lines(demande: Demande) -> list[tuple[str, list[str]]]:
    rows = Ligne.objects.filter(demande=demande).order_by("numero")
    return list(rows.values_list("verdict", "reasons"))


def changed(demande: Demande) -> tuple[int, int, int]:
    """Rights that it opens, rights that it closes, of how many people."""
    names = ("droits_ouverts", "droits_fermes", "personnes")
    opened, closed, people = (demande.counts[name] for name in names)
    return opened, closed, people


def held() -> set[tuple[int, str, str]]:
    rows = Habilitation.objects.filter(closed_at=None)
    return set(rows.values_list("acteur_id", "siret", "declaration"))


def placed(portefeuille: Portefeuille) -> set[str]:
    rows = EtablissementClient.objects.filter(cliente__portefeuille=portefeuille, closed_at=None)
    return set(rows.values_list("siret", flat=True))


def company(places: int = 1) -> list[str]:
    """The établissements of a company that the register has."""
    rank = companies.a_rank()
    companies.put_into_register(rank, places=places)
    return [files.siret(rank, place) for place in range(1, places + 1)]


def test_etablissements_come_with_rights_and_go_with_them(firm: Cabinet, portefeuille: Portefeuille) -> None:
    kept, gone = (row.siret for row in world.cliente(portefeuille, places=2).etablissements.order_by("siret"))
    (new,) = company()
    content = imports.etablissements((new, 1), (gone, 0), (kept, 1), ("1,23457E+13", 1), (new, "oui"))
    demande = read(firm, portefeuille, Kind.ETABLISSEMENTS, content=content)
    assert lines(demande) == [
        ("ajout", [""]),
        ("suppression", [""]),
        ("deja", ["already"]),
        ("impossible", ["siret_rounded"]),
        ("deja", ["double:2"]),
    ]
    assert demande.counts == {
        "lignes": 5,
        "ajouts": 1,
        "suppressions": 1,
        "deja": 2,
        "impossibles": 1,
        "droits_ouverts": 4,
        "droits_fermes": 0,
        "personnes": 2,
    }
    assert not held()
    change = apply(demande)
    assert change is not None
    assert change.origine == Origine.FICHIER
    assert held() == {
        (who.pk, new, code) for who in (firm.administrateur, *firm.declarants) for code in ("dsn", "c3s")
    }
    assert placed(portefeuille) == {new, kept}


def test_applied_twice_is_applied_once(firm: Cabinet, portefeuille: Portefeuille) -> None:
    content = imports.etablissements((company()[0], 1))
    demande = read(firm, portefeuille, Kind.ETABLISSEMENTS, content=content)
    assert apply(demande)
    before = held()
    assert apply(read(firm, portefeuille, Kind.ETABLISSEMENTS, content=content)) is None
    assert applying.apply(demande, "system", silent) is None
    assert lines(demande) == [("deja", ["already"])]
    assert held() == before


@pytest.mark.parametrize(
    ("which", "number"), [(Beneficiaires.TOUS, 4), (Beneficiaires.PRESENTS, 2), (Beneficiaires.PERSONNE, 0)]
)
def test_who_gets_the_rights_on_what_comes(
    firm: Cabinet, portefeuille: Portefeuille, which: Beneficiaires, number: int
) -> None:
    there = world.cliente(portefeuille).etablissements.get().siret
    present = Wanted(acteur_id=firm.declarants[0].pk, siret=there, declaration="dsn", on=True)
    habilitations.apply(by=firm.administrateur, wanted=[present])
    (new,) = company()
    content = imports.etablissements((new, 1))
    demande = read(firm, portefeuille, Kind.ETABLISSEMENTS, content=content, beneficiaires=which)
    assert demande.counts["droits_ouverts"] == number
    apply(demande)
    assert len([cell for cell in held() if cell[1] == new]) == number


def test_what_changed_before_it_is_applied_is_told(firm: Cabinet, portefeuille: Portefeuille) -> None:
    (new,) = company()
    demande = read(firm, portefeuille, Kind.ETABLISSEMENTS, content=imports.etablissements((new, 1)))
    companies.close_place(new)
    assert apply(demande) is None
    assert lines(demande) == [("impossible", ["closed_in_register"])]
    assert demande.counts["impossibles"] == 1


def test_people_are_found_by_their_names(firm: Cabinet, portefeuille: Portefeuille) -> None:
    siret = world.cliente(portefeuille).etablissements.get().siret
    here = companies.declarant(firm.inscription, "Jean-Loup Œuvrard")
    gone = companies.ended(companies.declarant(firm.inscription, "Zoé Partie"))
    head = ("NOM", "prenom", "N° SIRET", "DSN")
    written = [
        ("oeuvrard", "JEAN LOUP", siret, 1),
        ("Partie", "Zoé", siret, 1),
        ("Inconnu", "Paul", siret, 1),
        ("", "Paul", siret, 1),
        ("Œuvrard", "Jean-Loup", siret, "peut-être"),
    ]
    demande = read(firm, portefeuille, Kind.HABILITATIONS, content=imports.table([head, *written]))
    assert [reasons for _verdict, reasons in lines(demande)] == [
        [""],
        ["ended"],
        ["person_unknown"],
        ["name_missing"],
        ["unreadable_wish"],
    ]
    first = Ligne.objects.filter(demande=demande).order_by("numero").values_list("acteur_id", flat=True)
    assert list(first)[:2] == [here.pk, gone.pk]


def test_of_two_of_one_name_the_siret_tells(firm: Cabinet, portefeuille: Portefeuille) -> None:
    siret = world.cliente(portefeuille).etablissements.get().siret
    other = company()[0]
    one = companies.acteur(firm.inscription, "Luc Martin")
    two = companies.acteur(firm.inscription, "Luc Martin", siret=other)
    head = ("Nom", "Prénom", "SIRET de connexion", "SIRET", "dsn")
    written = [("Martin", "Luc", where, siret, 1) for where in (one.siret, other, "", siret)]
    demande = read(firm, portefeuille, Kind.HABILITATIONS, content=imports.table([head, *written]))
    assert [reasons for _verdict, reasons in lines(demande)] == [
        [""],
        [""],
        ["person_ambiguous"],
        ["person_ambiguous"],
    ]
    apply(demande)
    assert held() == {(one.pk, siret, "dsn"), (two.pk, siret, "dsn")}


def test_the_homonym_of_who_left_gets_nothing_of_theirs(firm: Cabinet, portefeuille: Portefeuille) -> None:
    siret = world.sirets(world.cliente(portefeuille))[0]
    (elsewhere,) = company()
    gone = companies.ended(companies.declarant(firm.inscription, "Luc Martin", siret=elsewhere))
    here = companies.declarant(firm.inscription, "Luc Martin")
    head = ("Nom", "Prénom", "SIRET de connexion", "SIRET", "dsn", "c3s")
    written = [("Martin", "Luc", elsewhere, siret, 1, ""), ("Martin", "Luc", "12345", siret, "", 1)]
    demande = read(firm, portefeuille, Kind.HABILITATIONS, content=imports.table([head, *written]))
    assert [reasons for _verdict, reasons in lines(demande)] == [["ended"], [""]]
    apply(demande)
    assert (held(), gone.ended_at is not None) == ({(here.pk, siret, "c3s")}, True)


def test_cells_that_contradict_each_other_are_told(firm: Cabinet, portefeuille: Portefeuille) -> None:
    siret = world.cliente(portefeuille).etablissements.get().siret
    who = firm.declarants[0]
    content = imports.rights(["dsn", "c3s"], (siret, who, [1, 1]), (siret, who, [0, 1]))
    demande = read(firm, portefeuille, Kind.HABILITATIONS, content=content)
    assert lines(demande) == [
        ("mixte", ["contradiction:3", ""]),
        ("impossible", ["contradiction:2", "double:2"]),
    ]


def test_a_declaration_misspelt_refuses_the_file(firm: Cabinet, portefeuille: Portefeuille) -> None:
    head = ("Nom", "Prénom", "SIRET", "dsn", "C3")
    rows = [("A", "B", "x", 1, ""), ("A", "B", "x", 1, 1)]
    demande = read(firm, portefeuille, Kind.HABILITATIONS, content=imports.table([head, *rows]))
    assert demande.problem is not None
    assert demande.problem["code"] == "column_unknown"
    assert "C3S" in told(demande.problem)
    assert demande.total == 0


@pytest.mark.parametrize("cell", ["", "Garage", "2"])
def test_another_column_is_left_out_and_told(firm: Cabinet, portefeuille: Portefeuille, cell: str) -> None:
    rows = [("SIRET", "1/0", "Note"), (company()[0], 1, cell)]
    demande = read(firm, portefeuille, Kind.ETABLISSEMENTS, content=imports.table(rows))
    assert demande.problem is None
    assert "Note" in told(demande.remarks[-1])


def test_a_line_with_more_cells_than_columns_is_not_guessed(
    firm: Cabinet, portefeuille: Portefeuille
) -> None:
    content = f"SIRET;1/0\n{company()[0]};1;0\n".encode()
    demande = read(firm, portefeuille, Kind.ETABLISSEMENTS, content=content)
    assert lines(demande) == [("impossible", ["extra_cells"])]


def test_signs_that_copy_reads_otherwise_are_kept(firm: Cabinet, portefeuille: Portefeuille) -> None:
    strange = ['a"b', "a\\b", "{a,b}", "NULL", 'x","y', "\\N", "é" * 300, "tab\tbed"]
    rows = [("SIRET", "1/0", "Note"), *((company()[0], 1, cell) for cell in strange)]
    demande = read(firm, portefeuille, Kind.ETABLISSEMENTS, content=imports.table(rows))
    typed = Ligne.objects.filter(demande=demande).order_by("numero").values_list("typed", flat=True)
    assert [cells[2] for cells in typed] == [*strange[:6], "é" * 100, strange[7]]


def test_a_file_without_lines_is_refused(firm: Cabinet, portefeuille: Portefeuille) -> None:
    demande = read(firm, portefeuille, Kind.ETABLISSEMENTS, content=b"SIRET;1/0\n")
    assert demande.problem == {"code": "no_lines", "params": {}}


def test_too_many_rights_are_refused_with_numbers(
    firm: Cabinet, portefeuille: Portefeuille, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = imports.etablissements((company()[0], 1))
    monkeypatch.setattr(judging, "MOST_RIGHTS", 4)
    assert read(firm, portefeuille, Kind.ETABLISSEMENTS, content=content).problem is None
    monkeypatch.setattr(judging, "MOST_RIGHTS", 3)
    demande = read(firm, portefeuille, Kind.ETABLISSEMENTS, content=content)
    assert demande.problem == {"code": "too_many_rights", "params": {"number": 4, "most": 3, "people": 2}}


def test_a_right_given_since_keeps_its_etablissement(firm: Cabinet, portefeuille: Portefeuille) -> None:
    first, second = company(2)
    content = imports.etablissements((first, 1), (second, 1))
    demande = read(
        firm, portefeuille, Kind.ETABLISSEMENTS, content=content, beneficiaires=Beneficiaires.PERSONNE
    )
    apply(demande)
    since = Wanted(acteur_id=firm.declarants[0].pk, siret=first, declaration="dsn", on=True)
    habilitations.apply(by=firm.administrateur, wanted=[since])
    taken = back(firm, demande)
    apply(taken)
    assert (firm.declarants[0].pk, first, "dsn") in held()
    assert first in placed(portefeuille)
    assert ("impossible", ["changed_since"]) in lines(taken)


def test_a_right_changed_since_stays_as_it_is(firm: Cabinet, portefeuille: Portefeuille) -> None:
    siret = world.cliente(portefeuille).etablissements.get().siret
    who = firm.declarants[0]
    demande = read(
        firm, portefeuille, Kind.HABILITATIONS, content=imports.rights(["dsn", "c3s"], (siret, who, [1, 1]))
    )
    apply(demande)
    since = Wanted(acteur_id=who.pk, siret=siret, declaration="dsn", on=False)
    habilitations.apply(by=firm.administrateur, wanted=[since])
    taken = back(firm, demande)
    assert lines(taken) == [("mixte", ["", "changed_since"])]
    change = apply(taken)
    assert change is not None
    assert change.undoes == demande.changement
    assert not held()


def test_rights_of_who_left_are_not_given_back(firm: Cabinet, portefeuille: Portefeuille) -> None:
    siret = world.cliente(portefeuille).etablissements.get().siret
    who = firm.declarants[0]
    given = [
        Wanted(acteur_id=one, siret=siret, declaration="dsn", on=True)
        for one in (who.pk, firm.administrateur.pk)
    ]
    habilitations.apply(by=firm.administrateur, wanted=given)
    demande = read(firm, portefeuille, Kind.ETABLISSEMENTS, content=imports.etablissements((siret, 0)))
    apply(demande)
    companies.ended(who)
    taken = back(firm, demande)
    assert lines(taken) == [("mixte", ["rights_lost:1"])]
    assert changed(taken) == (1, 0, 1)
    apply(taken)
    assert changed(taken) == (1, 0, 1)
    assert held() == {(firm.administrateur.pk, siret, "dsn")}
    assert placed(portefeuille) == {siret}


def test_rights_on_what_is_not_declared_for_the_client_any_more_are_not_given_back(
    firm: Cabinet, portefeuille: Portefeuille
) -> None:
    client = world.cliente(portefeuille, places=2)
    stays, siret = world.sirets(client)
    habilitations.apply(
        by=firm.administrateur,
        wanted=[
            Wanted(acteur_id=firm.administrateur.pk, siret=siret, declaration=code, on=True)
            for code in ("dsn", "c3s")
        ],
    )
    demande = read(firm, portefeuille, Kind.ETABLISSEMENTS, content=imports.etablissements((siret, 0)))
    apply(demande)
    clientes.declare(by=firm.administrateur, cliente_id=client.pk, codes=["dsn"])
    taken = back(firm, demande)
    assert lines(taken) == [("mixte", ["rights_lost:1"])]
    apply(taken)
    assert held() == {(firm.administrateur.pk, siret, "dsn")}
    assert placed(portefeuille) == {stays, siret}


def test_a_declaration_comes_back_without_the_rights_of_who_left(
    firm: Cabinet, portefeuille: Portefeuille
) -> None:
    siret = world.sirets(world.cliente(portefeuille))[0]
    who = (firm.administrateur, firm.declarants[0])
    habilitations.apply(
        by=firm.administrateur,
        wanted=[Wanted(acteur_id=one.pk, siret=siret, declaration="dsn", on=True) for one in who],
    )
    demande = read(firm, portefeuille, Kind.DECLARATION, declaration="dsn", adds=False)
    apply(demande)
    assert not held()
    companies.ended(firm.declarants[0])
    taken = back(firm, demande)
    assert lines(taken) == [("ajout", [""]), ("mixte", ["rights_lost:1"])]
    assert changed(taken) == (1, 0, 1)
    apply(taken)
    assert changed(taken) == (1, 0, 1)
    assert held() == {(firm.administrateur.pk, siret, "dsn")}


def test_a_declaration_for_a_whole_portfolio(firm: Cabinet, portefeuille: Portefeuille) -> None:
    client = world.cliente(portefeuille, declarations=["dsn"])
    other = world.cliente(portefeuille)
    demande = read(firm, portefeuille, Kind.DECLARATION, declaration="c3s", adds=True)
    assert sorted(lines(demande)) == [("ajout", [""]), ("deja", ["already"]), ("deja", ["already"])]
    apply(demande)
    assert set(client.declarations.filter(closed_at=None).values_list("code", flat=True)) == {"dsn", "c3s"}
    siret = client.etablissements.get().siret
    assert {cell[1:] for cell in held()} == {(siret, "c3s")}
    taken = read(firm, portefeuille, Kind.DECLARATION, declaration="c3s", adds=False)
    apply(taken)
    assert not held()
    assert not other.declarations.filter(code="c3s", closed_at=None).exists()
    assert not portefeuille.declarations.filter(code="c3s", closed_at=None).exists()
