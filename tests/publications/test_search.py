"""Finding published accounts, as hurried, mistyping and hostile people do."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from guichet.publications import queries
from guichet.publications import rules as publication_rules
from guichet.publications.found import Results
from guichet.publications.models import Word
from guichet.publications.rules import Criteria, Sort
from tests.entreprises import files as sirene
from tests.publications.factories import published, register, siren_of

pytestmark = pytest.mark.django_db


def names(results: Results) -> list[str]:
    return [line.name for line in results.lines]


def find(**query: str) -> Results:
    return queries.search(criteria=Criteria.parse(query))


@pytest.fixture
def some() -> None:
    published(1, "LES AMIS DE LA FORÊT")
    published(2, "AMIS DE LA FORET DE VALCLAIR")
    published(3, "FEDERATION DES AMIS DE LA FORET")
    published(4, "HARMONIE DE SAINT-ALBIN", date="2023-06-30")
    published(5, "100% LAINE_DOUCE \\ CIE")
    published(6, "L’ŒUVRE DE L'ÉCOLE")


@pytest.mark.usefixtures("some")
class TestByName:
    def test_accents_case_and_punctuation_are_forgiven(self) -> None:
        assert names(find(q="  fédération DES amis-de-la forêt ")) == ["FEDERATION DES AMIS DE LA FORET"]
        assert names(find(q="oeuvre de l ecole")) == ["L’ŒUVRE DE L'ÉCOLE"]

    def test_the_whole_name_then_its_beginning_then_the_others(self) -> None:
        assert names(find(q="amis de la foret")) == [
            "AMIS DE LA FORET DE VALCLAIR",
            "LES AMIS DE LA FORÊT",
            "FEDERATION DES AMIS DE LA FORET",
        ]

    def test_words_may_be_unfinished_and_in_any_order(self) -> None:
        assert names(find(q="albin harmo")) == ["HARMONIE DE SAINT-ALBIN"]

    def test_typos_find_words_alike_and_say_so(self) -> None:
        found = find(q="harmonnie saint albain")
        assert names(found) == ["HARMONIE DE SAINT-ALBIN"]
        assert found.approximate
        assert not find(q="harmonie").approximate

    def test_nothing_alike_finds_nothing(self) -> None:
        found = find(q="zzyzx qwrtp")
        assert (found.total, found.pages, found.page) == (0, 1, 1)

    @pytest.mark.parametrize("text", ["%", "_", "100%", "laine_douce", "\\", "100% laine_douce \\ cie"])
    def test_wildcards_mean_themselves(self, text: str) -> None:
        assert set(names(find(q=text))) <= {"100% LAINE_DOUCE \\ CIE"}

    @pytest.mark.parametrize(
        "text",
        [
            "\x00",
            "a\x00b",
            "' | '",
            "'; DROP TABLE x",
            "foret:*",
            "!foret",
            "foret <-> amis",
            "(((",
            "&",
            "d:44",
            "𝕏" * 50,
            "e\u0301",
        ],
    )
    def test_hostile_text_is_only_text(self, text: str) -> None:
        find(q=text)
        list(queries.rows(criteria=Criteria.parse({"q": text})))

    def test_the_little_words_alone_find_what_they_are_in(self) -> None:
        assert find(q="de la").total == 3

    def test_a_word_of_the_index_that_is_no_word_is_not_found_by_name(self) -> None:
        assert find(q="y:2024").total == 0


class TestByNumber:
    def test_a_siren_in_any_grouping_and_a_siret(self) -> None:
        published(1)
        published(2)
        siren = siren_of(1)
        for text in (siren, f"{siren[:3]} {siren[3:6]}\u00a0{siren[6:]}", sirene.siret(1)):
            assert [line.siren for line in find(q=text).lines] == [siren]

    def test_a_mistyped_siren_finds_nothing_and_is_told(self) -> None:
        published(1)
        wrong = siren_of(1)[:8] + str((int(siren_of(1)[8]) + 1) % 10)
        criteria = Criteria.parse({"q": wrong})
        assert criteria.wrong_number
        assert queries.search(criteria=criteria).total == 0

    def test_an_rna_number(self, tmp_path: Path) -> None:
        register(tmp_path, sirene.unite(1, identifiantAssociation="W441000001"), sirene.unite(2))
        published(1)
        published(2)
        assert [line.siren for line in find(q="w44 1000 001").lines] == [siren_of(1)]

    def test_what_a_unit_withholds_finds_it_no_more(self, tmp_path: Path) -> None:
        unit = sirene.unite(1, identifiantAssociation="W441000001")
        register(tmp_path, unit, places=(sirene.etablissement(1),))
        published(1)
        (line,) = find(q="W441000001").lines
        assert (line.rna, line.postcode, line.department.code) == ("W441000001", "44000", "44")
        register(tmp_path, unit | {"statutDiffusionUniteLegale": "P"}, places=(sirene.etablissement(1),))
        assert find(q="W441000001").total == 0
        (line,) = find(q=siren_of(1)).lines
        assert (line.rna, line.postcode, line.city) == ("", "", "NANTES")
        (row,) = queries.rows(criteria=Criteria())
        assert (row.rna, row.postcode) == ("", "")


class TestLists:
    @pytest.fixture(autouse=True)
    def _places(self, tmp_path: Path) -> None:
        units = [sirene.unite(rank) for rank in range(1, 6)]
        postcodes = ("44000", "44100", "20000", "20200", "97400")
        places = tuple(
            sirene.etablissement(rank, codePostal=postcode) for rank, postcode in enumerate(postcodes, 1)
        )
        register(tmp_path, *units, places=places)
        published(1, "CHORALE A", "2024-12-31")
        published(1, "CHORALE A", "2023-12-31")
        published(2, "CHORALE C", "2024-06-30")
        published(3, "CHORALE B", "2024-12-31")
        published(4, "CHORALE D", "2022-12-31")
        published(5, "CHORALE E", "2024-08-31")

    @pytest.mark.parametrize("text", ["", "chorale"])
    def test_facets_count_what_is_found(self, text: str) -> None:
        found = find(q=text)
        assert found.total == 6
        assert [(one.value, one.count) for one in found.facets["departement"]] == [
            ("44", 3), ("2A", 1), ("2B", 1), ("974", 1),
        ]  # fmt: skip
        assert [(one.value, one.count) for one in found.facets["annee"]] == [
            ("2024", 4), ("2023", 1), ("2022", 1),
        ]  # fmt: skip

    @pytest.mark.parametrize("text", ["", "chorale"])
    def test_narrowed(self, text: str) -> None:
        found = find(q=text, departement="44", annee="2024")
        assert sorted(names(found)) == ["CHORALE A", "CHORALE C"]
        assert found.facets == {"departement": [], "annee": []}
        by_year = find(q=text, annee="2024")
        assert [one.value for one in by_year.facets["departement"]] == ["44", "2A", "974"]
        assert find(q=text, departement="01").total == 0

    @pytest.mark.parametrize("text", ["", "chorale"])
    @pytest.mark.parametrize("narrowed", [{}, {"departement": "44"}, {"annee": "2024"}])
    def test_sorted(self, text: str, narrowed: dict[str, str]) -> None:
        by_name = names(find(q=text, tri="nom", **narrowed))
        assert by_name == sorted(by_name)
        dates = [line.closing_date for line in find(q=text, tri="cloture", **narrowed).lines]
        assert dates == sorted(dates, reverse=True)
        moments = [line.published_at for line in find(q=text, tri="publication", **narrowed).lines]
        assert moments == sorted(moments, reverse=True)

    @pytest.mark.parametrize("text", ["", "chorale"])
    def test_pages_hold_everything_once(self, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(queries, "PAGE_SIZE", 4)
        criteria = Criteria.parse({"q": text, "tri": "nom"})
        first, second, beyond = (queries.search(criteria=criteria, page=page) for page in (1, 2, 9))
        assert (first.pages, first.page, beyond.page) == (2, 1, 2)
        assert names(first) + names(second) == ["CHORALE A", "CHORALE A", *(f"CHORALE {x}" for x in "BCDE")]
        assert names(beyond) == names(second)

    def test_the_export_holds_the_same_whatever_its_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for query in (
            {},
            {"q": "chorale"},
            {"q": "chorale", "annee": "2024"},
            {"q": siren_of(1)},
            {"departement": "44"},
        ):
            criteria = Criteria.parse(query)
            listed = sorted(line.id for line in queries.search(criteria=criteria).lines)
            assert [line.id for line in queries.rows(criteria=criteria)] == listed
            assert [line.id for line in queries.rows(criteria=criteria, after=listed[0])] == listed[1:]
            with monkeypatch.context() as small:
                small.setattr("guichet.publications.exports.MAX_RESULTS", 1)
                small.setattr("guichet.publications.exports.STRETCH", 2)
                small.setattr("guichet.publications.exports.BATCH", 1)
                assert [line.id for line in queries.rows(criteria=criteria)] == listed

    def test_as_many_queries_for_one_line_as_for_six(
        self, assert_queries: Callable[[int], AbstractContextManager[None]]
    ) -> None:
        for criteria in (Criteria.parse({"q": "chorale"}), Criteria.parse({"q": "chorale", "annee": "2022"})):
            with assert_queries(5):
                queries.search(criteria=criteria)
        with assert_queries(4):
            queries.search(criteria=Criteria())


def test_more_than_can_be_ranked_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MAX_RESULTS", 2)
    for rank in range(1, 4):
        published(rank, "CHORALE")
    found = find(q="chorale")
    assert (found.total, found.capped) == (2, True)
    assert (find().total, find().capped) == (3, False)


def test_the_words_of_names_are_learnt() -> None:
    published(1, "LES AMIS DE LA FORÊT")
    assert set(Word.objects.values_list("word", flat=True)) >= {"amis", "foret"}


def test_the_first_page_of_everything_is_the_newest() -> None:
    assert Criteria().sort == Sort.NEWEST
    assert publication_rules.MAX_PAGE * publication_rules.PAGE_SIZE == publication_rules.MAX_RESULTS
