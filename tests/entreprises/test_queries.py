"""Looking units up and searching them, as hurried and hostile people do."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from guichet.entreprises import queries
from guichet.entreprises.operations import import_sirene
from guichet.entreprises.rules import UniteLegale
from tests.entreprises import files

pytestmark = pytest.mark.django_db
AtMost = Callable[[int], AbstractContextManager[None]]

UNITS = [
    files.unite(1, "LES AMIS DE LA FORET", identifiantAssociation="W441000001"),
    files.unite(2, "AMIS DE LA FORET DE VALCLAIR", etatAdministratif="C", dateDebut="2024-06-30"),
    files.unite(3, "FEDERATION DES AMIS DE LA FORET", sigle="FAF"),
    files.unite(4, "[ND]", statutDiffusion="P", sigle="[ND]", identifiantAssociation="W442000004"),
    files.unite(5, "", prenom1="CAMILLE", prenomUsuel="SACHA", nom="EXEMPLE", categorieJuridique="1000"),
    files.unite(6, "100% LAINE_DOUCE \\ CIE"),
    files.unite(7, "L'ENFANT BLEU"),
    files.unite(8, "AMIS DE LA FORET", etatAdministratif="C", dateDebut="invalid_date"),
    files.unite(9, "ŒUVRE DE L'ÉCOLE", categorieJuridique="5499"),
]
PLACES = [
    files.etablissement(1),
    files.etablissement(1, 2, etatAdministratif="F", enseigne1="CABANE"),
    files.etablissement(4, statutDiffusion="P", libelleVoie="[ND]", typeVoie="[ND]", numeroVoie="[ND]"),
    files.etablissement(
        5, numeroVoie="", typeVoie="", libelleVoie="", complementAdresse="CHEZ MODELE", codeCedex="44900",
        libelleCedex="NANTES CEDEX 9", distributionSpeciale="BP 12", indiceRepetition="",
    ),
    files.etablissement(
        7, libelleCommune="", libelleCommuneEtranger="BRUXELLES", libellePaysEtranger="BELGIQUE"
    ),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _register(tmp_path: Path) -> None:
    import_sirene(
        unites=files.write(tmp_path / "u.csv", UNITS), etablissements=files.write(tmp_path / "e.csv", PLACES)
    )


def _unite(rank: int) -> UniteLegale:
    found = queries.unite(siren=files.siren(rank))
    assert found
    return found


def _ranks(text: str, limit: int = 10) -> list[int]:
    by_siren = {files.siren(rank): rank for rank in range(1, 10)}
    return [by_siren[unit.siren] for unit in queries.search(text=text, limit=limit)]


def test_a_unit_is_told_whole() -> None:
    unit = _unite(1)
    assert (unit.name, unit.rna, unit.category) == (
        "LES AMIS DE LA FORET",
        "W441000001",
        "Association déclarée",
    )
    assert unit.is_association
    assert not unit.is_closed
    assert unit.closed_on is None
    assert unit.siege
    assert unit.siege.siren == unit.siren
    assert unit.siege.is_siege


def test_closed_units_are_known_as_closed() -> None:
    assert _unite(2).is_closed
    assert _unite(2).closed_on == dt.date(2024, 6, 30)
    assert _unite(8).is_closed
    assert _unite(8).closed_on is None  # INSEE's date could not be read


def test_people_are_called_by_the_names_they_use() -> None:
    unit = _unite(5)
    assert (unit.name, unit.category, unit.is_association) == (
        "SACHA EXEMPLE",
        "Entrepreneur individuel",
        False,
    )


def test_a_category_without_a_label_of_its_own_gets_that_of_its_family() -> None:
    assert _unite(9).category == "Société commerciale"


def test_addresses_are_laid_out_in_lines() -> None:
    five, seven = _unite(5).siege, _unite(7).siege
    assert five
    assert seven
    assert five.address == ("CHEZ MODELE", "BP 12")
    assert (five.postcode, five.city) == ("44900", "NANTES CEDEX 9")
    assert (seven.city, seven.country) == ("BRUXELLES", "BELGIQUE")


def test_establishments_are_found_by_their_number() -> None:
    place = queries.etablissement(siret=files.siret(1, 2))
    assert place
    assert (place.name, place.is_siege, place.is_closed) == ("CABANE", False, True)
    assert queries.etablissement(siret=files.siret(9)) is None
    assert queries.unite(siren=files.siren(99)) is None


def test_the_establishments_of_a_unit_are_listed_those_that_live_first() -> None:
    found = queries.etablissements(siren=files.siren(1))
    assert [(place.siret, place.is_closed) for place in found] == [
        (files.siret(1), False),
        (files.siret(1, 2), True),
    ]
    assert queries.etablissements(siren=files.siren(99)) == []


def test_whoever_refuses_diffusion_is_masked_but_for_the_city() -> None:
    shown = _unite(4).masked()
    assert (shown.name, shown.sigle, shown.rna) == ("Non diffusible", "", "")
    assert shown.siege
    assert (shown.siege.address, shown.siege.postcode, shown.siege.city) == ((), "", "NANTES")
    assert _unite(4).rna == "W442000004"


def test_a_siege_that_allows_diffusion_does_not_betray_a_unit_that_refuses_it(tmp_path: Path) -> None:
    units = [files.unite(4, "SECRET", statutDiffusion="P")]
    import_sirene(
        unites=files.write(tmp_path / "p.csv", units),
        etablissements=files.write(tmp_path / "q.csv", [files.etablissement(4)]),
    )
    shown = _unite(4).masked()
    assert shown.siege
    assert (shown.name, shown.siege.address) == ("Non diffusible", ())
    assert not queries.search(text="secret")


def test_masking_leaves_the_others_alone() -> None:
    assert _unite(1).masked() == _unite(1)


@pytest.mark.parametrize("text", ["[ND]", "nd", "non diffusible"])
def test_a_search_by_name_never_finds_who_refuses_diffusion(text: str) -> None:
    assert 4 not in _ranks(text)


def test_their_number_finds_them_masked() -> None:
    (found,) = queries.search(text=files.siren(4))
    assert found.name == "Non diffusible"


@pytest.mark.parametrize("rank", [1, 2])
def test_numbers_are_found_in_any_grouping(rank: int) -> None:
    siren, siret = files.siren(rank), files.siret(rank)
    for text in (siren, f" {siren[:3]} {siren[3:6]}-{siren[6:]} ", siret, f"{siren}\u00a0{siret[9:]}"):
        assert _ranks(text) == [rank]


def test_the_whole_name_then_its_beginning_then_names_alike_and_the_living_first() -> None:
    assert _ranks("amis de la forêt") == [8, 2, 1, 3]
    assert _ranks("les amis de la forêt")[0] == 1


@pytest.mark.parametrize(
    ("text", "rank"),
    [
        ("Enfant Bleu", 7),
        ("l’enfant bleu", 7),
        ("enfnat bleu", 7),
        ("ENFANT   BLEU", 7),
        ("oeuvre de l'ecole", 9),
        ("œuvre école", 9),
        ("FAF", 3),
        ("sacha exemple", 5),
        ("exemple sacha", 5),
        ("federation", 3),
        ("fédérration", 3),
        ("100%", 6),
    ],
)
def test_accents_case_and_typos_are_forgiven(text: str, rank: int) -> None:
    assert _ranks(text)[0] == rank


@pytest.mark.parametrize("text", ["%", "_", "\\", "%%%", "", "   ", "'", "--", "…", "\x00", "\ud800"])
def test_signs_alone_find_nothing(text: str) -> None:
    assert queries.search(text=text) == []


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE sirene.unite; --",
        "foret\\",
        "for%t",
        "f_ret",
        "%(key)s",
        "%s",
        "foret\x00",
        "a" * 100_000,
        "😀 foret",
        "\u202eforet",
        "foret\ud800",
    ],
)
def test_hostile_texts_are_only_texts(text: str) -> None:
    assert isinstance(queries.search(text=text), list)
    assert _unite(1)


@pytest.mark.parametrize(("text", "found"), [("qzaax", True), ("q%x", False), ("q___x", False)])
def test_wildcards_stand_for_themselves(tmp_path: Path, text: str, found: bool) -> None:
    import_sirene(unites=files.write(tmp_path / "w.csv", [files.unite(1, "QZAAX")]))
    assert bool(queries.search(text=text)) == found


def test_no_more_than_asked() -> None:
    assert len(_ranks("foret", limit=2)) == 2


def test_a_search_costs_few_queries(django_assert_max_num_queries: AtMost) -> None:
    with django_assert_max_num_queries(5):
        queries.search(text="amis")
