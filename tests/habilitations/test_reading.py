"""The grid, recaps and histories: filtered, paged, and one's own alone for who administers nothing."""

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guichet.habilitations import operations, queries
from guichet.habilitations.rules import GridFilters, Reason, Wanted, finds, pages_of
from guichet.inscriptions.models import Acteur, Inscription
from guichet.inscriptions.operations import NotAdministrateur
from guichet.inscriptions.queries import etablissements
from tests.inscriptions import world

NOTHING = GridFilters()


@pytest.fixture
def company(db: None) -> Inscription:
    return world.company(places=3, ticked=2)


@pytest.fixture
def admin(company: Inscription) -> Acteur:
    return world.administrateur(company, "Lila Exemple", declarant=False)


@pytest.fixture
def pair(company: Inscription) -> tuple[Acteur, Acteur]:
    return world.declarant(company, "Émile Exemple"), world.declarant(company, "Zoé Exemple")


def give(admin: Acteur, to: Acteur, place: int = 0, declaration: str = "dsn", *, on: bool = True) -> None:
    siret = world.sirets(admin.inscription)[place]
    cell = Wanted(acteur_id=to.pk, siret=siret, declaration=declaration, on=on)
    operations.apply(by=admin, wanted=[cell])


def test_rows_are_declarants_at_ticked_places_by_name(admin: Acteur, pair: tuple[Acteur, Acteur]) -> None:
    emile, zoe = pair
    give(admin, zoe, 1, "c3s")
    shown = queries.grid(acteur=admin, filters=NOTHING)
    sirets = world.sirets(admin.inscription)[:2]
    assert [(row.acteur_id, row.siret) for row in shown.rows] == [
        (who.pk, siret) for who in (emile, zoe) for siret in sirets
    ]
    assert {column.code for column in shown.columns} == {"dsn", "c3s"}
    held = [
        (row.acteur_id, row.siret, column.code)
        for row in shown.rows
        for column, cell in zip(shown.columns, row.cells, strict=True)
        if cell.held
    ]
    assert held == [(zoe.pk, sirets[1], "c3s")]
    assert (shown.total, shown.page, shown.pages) == (4, 1, 1)


def test_filters_choose_rows_and_columns(admin: Acteur, pair: tuple[Acteur, Acteur]) -> None:
    emile, zoe = pair
    give(admin, zoe, 1, "c3s")
    second = world.sirets(admin.inscription)[1]

    def rows(**filters: object) -> list[tuple[int, str]]:
        shown = queries.grid(acteur=admin, filters=GridFilters(**filters))  # type: ignore[arg-type]
        return [(row.acteur_id, row.siret) for row in shown.rows]

    assert rows(personnes=(emile.pk,), etablissement=second[-5:]) == [(emile.pk, second)]
    assert rows(droits="avec") == [(zoe.pk, second)]
    assert len(rows(droits="sans")) == 3
    assert rows(droits="avec", declarations=("dsn",)) == []
    assert rows(etablissement="n’existe pas") == []
    of_admin = queries.grid(acteur=admin, filters=GridFilters(personnes=(admin.pk,)))
    assert {cell.reason for row in of_admin.rows for cell in row.cells} == {Reason.NOT_DECLARANT}
    wanted = queries.wanted_of(
        acteur=admin, filters=GridFilters(personnes=(emile.pk,)), declaration="dsn", on=True
    )
    assert operations.apply(by=admin, wanted=wanted).opened == 2


def test_a_large_grid_comes_in_pages_and_in_few_queries(db: None, assert_queries: object) -> None:
    company = world.company(places=60)
    boss = world.administrateur(company)
    world.declarant(company)
    everything = queries.wanted_of(acteur=boss, filters=NOTHING, declaration="", on=True)
    assert len(everything) == 2 * 60 * 2
    operations.apply(by=boss, wanted=everything)
    with assert_queries(8):  # type: ignore[operator]
        last = queries.grid(acteur=boss, filters=GridFilters(droits="avec"), page=99)
    assert (last.total, last.page, last.pages, len(last.rows)) == (120, 3, 3, 20)


def test_pages_of_the_grid_are_its_rows_in_order_whatever_filters_leave(db: None) -> None:
    company = world.company(places=60)
    boss = world.administrateur(company, "Zoé Exemple")
    ana = world.declarant(company, "Ana Exemple")
    sirets = world.sirets(company)
    rows = [(who.pk, siret) for who in (ana, boss) for siret in sirets]
    given = {row for number, row in enumerate(rows) if number % 3 == 0}
    wanted = [Wanted(acteur_id=pk, siret=siret, declaration="c3s", on=True) for pk, siret in given]
    operations.apply(by=boss, wanted=wanted)
    expected = {
        "": rows,
        "avec": [row for row in rows if row in given],
        "sans": [row for row in rows if row not in given],
    }
    for droits, each in expected.items():
        filters = GridFilters(droits=droits)
        pages = [queries.grid(acteur=boss, filters=filters, page=number) for number in (1, 2, 3)]
        last = pages[0].pages
        shown = [(row.acteur_id, row.siret) for page in pages[:last] for row in page.rows]
        assert (shown, pages[0].total) == (each, len(each))
        of_filter = queries.wanted_of(acteur=boss, filters=filters, declaration="dsn", on=True)
        assert [(one.acteur_id, one.siret) for one in of_filter] == each
    names = {row.siret: row.place for page in pages for row in page.rows}
    known = {one.siret: one.name or one.address for one in etablissements(inscription=company)}
    assert names == {siret: known[siret] for siret in names}
    assert any(names.values())


def test_recap_and_history_say_who_gave_and_who_took(admin: Acteur, pair: tuple[Acteur, Acteur]) -> None:
    emile, zoe = pair
    give(admin, emile)
    give(admin, zoe, 1)
    give(admin, emile, on=False)
    now = queries.recap(acteur=admin, filters=NOTHING)
    assert [(one.name, one.given_by, one.ended_by, one.until) for one in now.lines] == [
        ("Zoé Exemple", "Lila Exemple", "", None)
    ]
    then = queries.history(acteur=admin, filters=NOTHING)
    assert [(one.name, one.ended_by) for one in then.lines] == [
        ("Zoé Exemple", ""),
        ("Émile Exemple", "Lila Exemple"),
    ]
    assert list(queries.history_rows(acteur=admin, filters=NOTHING)) == list(then.lines)
    assert [one.name for one in queries.mine(account=zoe.account)] == ["Zoé Exemple"]
    assert queries.mine(account=emile.account) == []
    filtered = GridFilters(personnes=(emile.pk,), declarations=("dsn",), etablissement=emile.siret)
    assert [one.name for one in queries.history(acteur=admin, filters=filtered).lines] == ["Émile Exemple"]


def test_who_administers_nothing_sees_their_own_alone(
    company: Inscription, admin: Acteur, pair: tuple[Acteur, Acteur]
) -> None:
    emile, zoe = pair
    give(admin, emile)
    give(admin, zoe)
    every = GridFilters(personnes=(emile.pk, zoe.pk))
    for read in (queries.recap, queries.history):
        assert [one.name for one in read(acteur=emile, filters=every).lines] == ["Émile Exemple"]
    stranger = world.administrateur(world.company())
    assert queries.recap(acteur=stranger, filters=every).total == 0
    for ask in (
        lambda: queries.grid(acteur=emile, filters=NOTHING),
        lambda: queries.plan(acteur=emile, wanted=[]),
        lambda: queries.wanted_of(acteur=emile, filters=NOTHING, declaration="", on=True),
        lambda: queries.changements(acteur=emile),
        lambda: queries.who_could_file(
            acteur=emile, siret=company.siret, declaration="dsn", at=company.began_at
        ),
        lambda: queries.grid(acteur=world.ended(admin), filters=NOTHING),
    ):
        with pytest.raises(NotAdministrateur):
            ask()


# Drawing letters of all alphabets begins with a table of them, which takes a loaded machine a while.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    personnes=st.sets(st.integers(1, 2**63 - 1), max_size=5),
    declarations=st.sets(st.from_regex("[a-z0-9_]{1,16}", fullmatch=True), max_size=5),
    droits=st.sampled_from(["", "avec", "sans"]),
    etablissement=st.text(st.characters(categories=["L", "N"]), max_size=50),
)
def test_an_address_is_read_back_as_it_was_written(
    personnes: set[int], declarations: set[str], droits: str, etablissement: str
) -> None:
    filters = GridFilters(
        personnes=tuple(sorted(personnes)),
        etablissement=etablissement,
        declarations=tuple(sorted(declarations)),
        droits=droits,
    )
    query = QueryDict(mutable=True)
    for name, value in filters.query():
        query.appendlist(name, value)
    assert GridFilters.parse(query) == filters


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_cannot_be_read_counts_for_nothing(one: str, other: str) -> None:
    query = QueryDict(mutable=True)
    for name in ("personne", "declaration"):
        query.setlist(name, [one, other, "-1", "0", "9" * 30, "²", "A B"])
    query["etablissement"], query["droits"] = one, other
    filters = GridFilters.parse(query)
    assert all(0 < pk < 2**63 for pk in filters.personnes)
    assert filters.etablissement.isprintable()
    assert filters.droits in ("", "avec", "sans")


def test_a_place_is_found_by_what_people_type() -> None:
    names = ("73282932000074", "Café de l’Étoile", "12 rue du Pont, 37000 Tours")
    for text in ("", "732 829 320", "00074", "cafe etoile", "TOURS", "pont 37000"):
        assert finds(text, *names), text
    for text in ("73282933", "cafe lune"):
        assert not finds(text, *names), text


def test_pages_that_do_not_exist_are_the_nearest() -> None:
    assert [pages_of(total, page) for total, page in ((0, 5), (50, 2), (51, 2), (51, 99), (51, -1))] == [
        (1, 1), (1, 1), (2, 2), (2, 2), (1, 2),
    ]  # fmt: skip
