"""What the menu personnalisé says of each declaration, and which headings it has (003, chapter 3)."""

import datetime as dt

import pytest
from django.urls import reverse

from guichet.espaces.declarant.menu import Tile, Waiting, countdown, sections, tiles
from guichet.habilitations.queries.summary import Held
from guichet.inscriptions import catalogue
from guichet.inscriptions.models import Acteur, Inscription
from guichet.inscriptions.values import Inscrite
from guichet.kernel.clock import PARIS

NOW = dt.datetime(2026, 11, 21, 10, 0, tzinfo=PARIS)
DAY = dt.timedelta(days=1)


def an_acteur(genre: str = "mono", *, administrateur: bool = True, declarant: bool = True) -> Acteur:
    inscription = Inscription(siren="732829320", siret="73282932000074", genre=genre, began_at=NOW)
    return Acteur(pk=1, inscription=inscription, administrateur=administrateur, declarant=declarant)


def inscrite(code: str, *, opens_in: dt.timedelta = -DAY) -> Inscrite:
    known = catalogue.declaration(code)
    return Inscrite(
        code=code,
        label=known.label,
        summary=known.summary,
        colour=known.colour,
        filed=known.filed,
        address=known.address,
        added_at=NOW - DAY,
        opens_at=NOW + opens_in,
        is_open=opens_in <= dt.timedelta(0),
        days_left=max(0, opens_in.days),
    )


def tile_of(acteur: Acteur, one: Inscrite, number: int = 1, later: int = 0) -> Tile:
    held = {one.code: Held(number, NOW - DAY, later)} if number else {}
    return tiles(acteur=acteur, inscrites=[one], held=held, now=NOW, ask="Anne Exemple")[0]


class TestCountdown:
    """In words, counted in days of the calendar of Paris."""

    @pytest.mark.parametrize(
        ("opens_at", "said"),
        [
            (NOW + 8 * DAY, "accessible le 29 novembre 2026, dans 8 jours"),
            (NOW.replace(hour=0, minute=0) + DAY, "accessible le 22 novembre 2026, dans 1 jour"),
            (NOW.replace(hour=23, minute=5), "accessible aujourd’hui à 23 h 05"),
            # Half past eleven in the evening in London is tomorrow in Paris.
            (dt.datetime(2026, 11, 21, 23, 30, tzinfo=dt.UTC), "accessible le 22 novembre 2026, dans 1 jour"),
        ],
    )
    def test_in_words(self, opens_at: dt.datetime, said: str) -> None:
        assert countdown(opens_at, now=NOW).replace("\u00a0", " ") == said


class TestTiles:
    """Each says whether it can be opened, and why not."""

    def test_a_file_is_filed_and_the_tile_says_that_nothing_checks_it(self) -> None:
        tile = tile_of(an_acteur(), inscrite("dsn"), number=3)
        assert tile.kind == "file"
        assert tile.address.endswith("?declaration=dsn")
        assert "pour 3 établissements" in tile.state
        assert "accusé de réception" in tile.detail
        assert "pas encore contrôlé" in tile.detail

    def test_what_is_not_open_yet_cannot_be_opened_even_with_a_right(self) -> None:
        tile = tile_of(an_acteur(), inscrite("dsn", opens_in=8 * DAY))
        assert (tile.kind, tile.address) == ("waits", "")
        assert "dans 8 jours" in tile.detail
        assert "délai de sécurité après l’inscription" in tile.detail

    def test_rights_on_clients_that_wait_are_not_counted_as_open(self) -> None:
        some = tile_of(an_acteur(), inscrite("dsn"), number=5, later=2)
        assert "pour 3 établissements" in some.state
        none = tile_of(an_acteur(), inscrite("dsn"), number=2, later=2)
        assert (none.kind, none.address) == ("waits", "")
        assert "délai de sécurité de vos clients" in none.detail

    def test_a_declarant_without_a_right_is_told_whom_to_ask(self) -> None:
        tile = tile_of(an_acteur(administrateur=False), inscrite("dsn"), number=0)
        assert (tile.kind, tile.address) == ("no_right", "")
        assert "Anne Exemple" in tile.detail

    def test_an_administrateur_without_a_right_is_told_where_to_take_it(self) -> None:
        assert "Gérer les habilitations" in tile_of(an_acteur(), inscrite("dsn"), number=0).detail

    def test_who_is_no_declarant_files_nothing_whatever_rights_are_left(self) -> None:
        tile = tile_of(an_acteur(declarant=False), inscrite("dsn"), number=2)
        assert (tile.kind, tile.address) == ("no_right", "")

    def test_what_is_filed_elsewhere_says_that_it_leads_elsewhere(self) -> None:
        code = next(one.code for one in catalogue.declarations().values() if one.filed.value == "lien")
        tile = tile_of(an_acteur(), inscrite(code))
        assert tile.kind == "elsewhere"
        assert tile.address.startswith("https://")
        assert "autre site" in tile.state.lower()

    def test_those_that_can_be_opened_come_first(self) -> None:
        both = [inscrite("dsn", opens_in=DAY), inscrite("c3s")]
        held = {"dsn": Held(1, NOW), "c3s": Held(1, NOW)}
        made = tiles(acteur=an_acteur(), inscrites=both, held=held, now=NOW, ask="")
        assert [tile.code for tile in made] == ["c3s", "dsn"]

    def test_every_declaration_of_the_catalogue_has_a_tile_that_leads_somewhere(self) -> None:
        codes = list(catalogue.declarations())
        held = {code: Held(1, NOW) for code in codes}
        made = tiles(
            acteur=an_acteur(), inscrites=[inscrite(one) for one in codes], held=held, now=NOW, ask=""
        )
        assert {tile.code for tile in made if tile.address} == set(codes)


class TestSections:
    """What one has no right to is not shown."""

    @pytest.mark.parametrize(
        ("administrateur", "codes"),
        [(True, ["gestion", "demandes", "consultation", "services"]), (False, ["consultation", "services"])],
    )
    def test_by_role(self, administrateur: bool, codes: list[str]) -> None:
        acteur = an_acteur(administrateur=administrateur)
        shown = sections(acteur=acteur, codes=["dsn"], waiting=Waiting())
        assert [section.code for section in shown] == codes

    def test_a_declarant_whom_nobody_administers_may_ask_for_access(self) -> None:
        acteur = an_acteur(administrateur=False)
        shown = sections(acteur=acteur, codes=[], waiting=Waiting(), administered=False)
        assert [section.code for section in shown] == ["gestion", "consultation"]
        (link,) = shown[0].links
        assert link.address == reverse("acces:start")
        assert "n’a plus d’administrateur : demander l’accès" in link.label

    def test_without_services_the_heading_is_not_there(self) -> None:
        shown = sections(acteur=an_acteur(), codes=[], waiting=Waiting())
        assert "services" not in [section.code for section in shown]

    @pytest.mark.parametrize(("genre", "there"), [("mono", False), ("multi", True), ("tiers", False)])
    def test_etablissements_are_managed_where_there_are_several(self, genre: str, there: bool) -> None:
        shown = sections(acteur=an_acteur(genre), codes=[], waiting=Waiting(places=2))
        labels = [link.label for section in shown for link in section.links]
        assert ("Gérer les établissements" in labels) is there

    @pytest.mark.parametrize(("genre", "there"), [("mono", False), ("multi", False), ("tiers", True)])
    def test_portfolios_are_those_of_tiers_and_the_clients_side_is_everybodys(
        self, genre: str, there: bool
    ) -> None:
        shown = sections(acteur=an_acteur(genre), codes=[], waiting=Waiting())
        labels = [link.label for section in shown for link in section.links]
        assert ("Gérer les portefeuilles" in labels) is there
        assert "Qui déclare pour vous" in labels

    def test_what_waits_is_counted(self) -> None:
        waiting = Waiting(candidates=2, helps=1)
        shown = {one.code: one for one in sections(acteur=an_acteur(), codes=[], waiting=waiting)}
        assert [link.waiting for link in shown["demandes"].links] == [2, 1]
