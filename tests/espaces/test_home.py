"""The home of an association and the public directory (000, step 5)."""

import datetime as dt
from pathlib import Path

import pytest
from django.test import Client

from guichet.accounts.models import Account
from guichet.depots.models import Depot
from guichet.entreprises.operations import import_sirene
from guichet.kernel import clock
from tests.parcours import register as sirene
from tests.web.people import PROFILE, an_association, signed_in, text_of

pytestmark = pytest.mark.django_db


def test_the_four_ways_of_the_guide() -> None:
    page = text_of(signed_in(an_association()).get("/association/"))
    for way, address in [
        ("Vos dépôts", "/association/comptes-annuels/"),
        ("Modifier vos données", "/association/compte/"),
        ("Déposer ou rectifier vos comptes", "/association/comptes-annuels/"),
        ("Recherche publique", "/association/recherche/"),
    ]:
        assert way in page
        assert f'href="{address}' in page
    assert "Les Amis du Lavoir" in page


def test_every_way_leads_somewhere() -> None:
    client = signed_in(an_association())
    page = text_of(client.get("/association/"))
    ways = [part.partition('"')[0] for part in page.split('<h2><a href="')[1:]]
    assert len(ways) == 5  # the guide's four, and who acts for the association
    assert {way: client.get(way).status_code for way in ways} == dict.fromkeys(ways, 200)


@pytest.mark.parametrize(("in_register", "marked"), [(True, False), (False, True)])
def test_a_unit_that_the_register_does_not_know_is_marked(in_register: bool, marked: bool) -> None:
    account = an_association(profile={**PROFILE, "in_register": in_register})
    page = text_of(signed_in(account).get("/association/"))
    assert ("Absent du répertoire" in page) is marked


class TestWhatMustNotBeForgotten:
    """The card « Vos dépôts » says what waits."""

    @pytest.mark.parametrize(
        ("states", "said", "unsaid"),
        [
            ([], [], ["à confirmer", "brouillon"]),
            (["brouillon"], ["1 brouillon à terminer"], ["à confirmer"]),
            (["a_confirmer", "a_confirmer"], ["2 dépôts à confirmer"], ["brouillon"]),
            (["a_confirmer", "brouillon", "confirme"], ["1 dépôt à confirmer", "1 brouillon"], []),
            (["confirme", "remplace", "expire", "abandonne"], [], ["à confirmer", "brouillon"]),
        ],
    )
    def test_in_words(self, states: list[str], said: list[str], unsaid: list[str]) -> None:
        account = an_association()
        for number, state in enumerate(states):
            _filing(account, number, state)
        page = text_of(signed_in(account).get("/association/"))
        assert [words in page for words in said] == [True] * len(said)
        assert [words in page for words in unsaid] == [False] * len(unsaid)

    @pytest.mark.parametrize(("left", "waits"), [(1, True), (0, False)])
    def test_until_its_time_is_over(self, left: int, waits: bool) -> None:
        account = an_association()
        filed = _filing(account, 0, "a_confirmer")
        now = clock.now()
        Depot.objects.filter(pk=filed.pk).update(expires_at=now + dt.timedelta(minutes=left))
        page = text_of(signed_in(account).get("/association/"))
        assert ("1 dépôt à confirmer" in page) is waits

    def test_not_somebody_elses(self) -> None:
        _filing(an_association(identifier="443061841"), 0, "a_confirmer")
        assert "à confirmer" not in text_of(signed_in(an_association()).get("/association/"))


def _filing(account: Account, number: int, state: str) -> Depot:
    """A filing's bare row."""
    submitted = {"reference": f"R{number}", "verification_code": f"V{number}", "submitted_at": clock.now()}
    submitted |= {"expires_at": clock.now() + dt.timedelta(days=15), "unique_key": f"k{number}", "version": 0}
    return Depot.objects.create(
        account=account,
        espace="association",
        teleprocedure="comptes_annuels",
        revision="1",
        siren=account.identifier,
        subject_name="Les Amis du Lavoir",
        capacity="x",
        state=state,
        created_at=clock.now(),
        updated_at=clock.now(),
        **({} if state == "brouillon" else submitted),
        confirmed_at=clock.now() if state in ("confirme", "remplace") else None,
    )


def test_a_stranger_is_led_to_sign_in() -> None:
    assert Client().get("/association/")["Location"] == "/association/connexion/?suite=%2Fassociation%2F"


class TestDirectory:
    """A search that anybody may make."""

    @pytest.fixture(autouse=True)
    def _register(self, tmp_path: Path) -> None:
        unites, etablissements = sirene.write(tmp_path)
        import_sirene(unites=unites, etablissements=etablissements)

    def test_by_number(self) -> None:
        page = text_of(Client().get("/association/recherche/", {"q": sirene.SIRENS[0]}))
        assert sirene.name_of(sirene.SIRENS[0]) in page
        assert "1 résultat<" in page

    def test_by_name_without_accents(self) -> None:
        page = text_of(Client().get("/association/recherche/", {"q": "les amis du làvoir"}))
        assert "LES AMIS DU LAVOIR" in page
        assert "20 résultats" in page
        assert "précisez" in page

    def test_what_a_unit_wants_hidden_stays_hidden(self) -> None:
        page = text_of(Client().get("/association/recherche/", {"q": sirene.DISCREET}))
        assert sirene.name_of(sirene.DISCREET) not in page

    def test_a_closed_unit_says_so(self) -> None:
        page = text_of(Client().get("/association/recherche/", {"q": sirene.CLOSED}))
        assert "Fermé" in page

    def test_nothing_found_says_what_to_try(self) -> None:
        page = text_of(Client().get("/association/recherche/", {"q": "zzzzqqqq"}))
        assert "0 résultat" in page
        assert "9 chiffres" in page

    @pytest.mark.parametrize("typed", ["", "   "])
    def test_an_empty_search_is_no_search(self, typed: str) -> None:
        page = text_of(Client().get("/association/recherche/", {"q": typed}))
        assert "résultat" not in page

    def test_what_was_searched_is_shown_as_text(self) -> None:
        page = Client().get("/association/recherche/", {"q": '"><script>x'}).content.decode()
        assert "<script>x" not in page

    def test_back_to_ones_own_space(self) -> None:
        page = text_of(signed_in(an_association()).get("/association/recherche/"))
        assert "Revenir à votre espace" in page
