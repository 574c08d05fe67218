"""« Foyer » at the desk: who is known, changed by agents, and what the journal tells of it."""

from typing import Any

import pytest
from django.test import Client

from guichet.accounts.models import Account
from guichet.accounts.operations.closing import CLOSED
from guichet.depots.models import Depot
from guichet.foyers import queries
from guichet.foyers.models import Personne
from guichet.instruction.models import Agent
from guichet.kernel import clock
from guichet.web.desk.household import household_url
from tests.foyers import people
from tests.foyers.people import CLAUDE, LUCAS
from tests.teleprocedures.foyer.somebody import Somebody, change
from tests.web.desk.desk import a_filing, an_agent, at_the_desk
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
TYPED = {"lien": "enfant", "last_name": "Exemple", "first_name": "Emma", "born_on": "02/03/2015"}


@pytest.fixture
def account() -> Account:
    """Whose file it is."""
    return people.an_account()


@pytest.fixture
def page(account: Account) -> str:
    """The address of the household."""
    return f"/agents/foyers/{account.pk}/"


def names(account: Account) -> list[str]:
    return [one.name for one in queries.foyer(account=account)]


class TestKept:
    def test_nobody_is_known_yet(self, desk: Any, page: str) -> None:
        told = text_of(desk.get(page))
        assert "Foyer : Noé Exemple" in told
        assert "Personne d’autre que le titulaire" in told
        assert "Rien n’a encore été changé" in told

    def test_added_changed_and_removed(self, desk: Any, page: str, account: Account) -> None:
        assert desk.post(f"{page}ajouter/", TYPED)["Location"] == page
        [emma] = queries.foyer(account=account)
        form = html_of(desk.get(f"{page}{emma.pk}/"))
        assert 'value="02/03/2015"' in form
        desk.post(f"{page}{emma.pk}/", {**TYPED, "first_name": "Rose", "born_on": ""})
        told = text_of(desk.get(page))
        assert "Rose Exemple" in told
        assert "non renseignée" in told
        assert "Retirer Rose Exemple de ce foyer ?" in text_of(desk.get(f"{page}{emma.pk}/retirer/"))
        assert names(account) == ["Rose Exemple"]  # asked, not done
        desk.post(f"{page}{emma.pk}/retirer/")
        assert names(account) == []

    def test_the_history_is_told_in_words_the_latest_first(
        self, desk: Any, page: str, account: Account
    ) -> None:
        desk.post(f"{page}ajouter/", TYPED)
        [emma] = queries.foyer(account=account)
        desk.post(f"{page}{emma.pk}/", {**TYPED, "first_name": "Rose", "born_on": ""})
        desk.post(f"{page}{emma.pk}/retirer/")
        told = text_of(desk.get(page))
        history = told[told.index("Historique du foyer") :]
        lines = ("personne retirée", "prénom changé, date de naissance changée", "personne ajoutée")
        places = [history.index(f"Rose Exemple : {line} (Camille Exemple)") for line in lines]
        assert places == sorted(places)

    def test_an_accepted_correction_is_told_as_such(self, desk: Any, page: str, account: Account) -> None:
        emma = people.somebody(account)
        depot = Somebody(account).asked(change(emma), prenom="Rose")
        desk.post(f"/agents/depots/{depot.pk}/accepter/")
        assert names(account) == ["Rose Exemple"]
        assert "prénom changé, par une demande de correction acceptée (Camille" in text_of(desk.get(page))

    def test_whoever_was_erased_has_no_name(self, desk: Any, page: str, account: Account) -> None:
        desk.post(f"{page}ajouter/", TYPED)
        Personne.objects.filter(account=account).delete()
        assert "Une personne effacée depuis : personne ajoutée" in text_of(desk.get(page))


class TestRefused:
    @pytest.mark.parametrize(
        ("changes", "told"),
        [
            ({"lien": ""}, "Choisissez le lien"),
            ({"lien": "voisin"}, "Choisissez une des réponses"),
            ({"last_name": ""}, "Saisissez le nom"),
            ({"first_name": "<i>"}, "n’est pas accepté"),
            ({"born_on": "01/01/2999"}, "dans le futur"),
            ({"born_on": "31/02/2015"}, "n’a que 28 jours"),
        ],
    )
    def test_what_does_not_hold(self, desk: Any, page: str, changes: dict[str, str], told: str) -> None:
        answer = desk.post(f"{page}ajouter/", {**TYPED, **changes})
        assert answer.status_code == 422
        assert told in text_of(answer)
        assert not Personne.objects.exists()

    def test_a_second_spouse_is_refused_in_words_and_nothing_typed_is_lost(
        self, desk: Any, page: str, account: Account
    ) -> None:
        people.somebody(account, CLAUDE)
        answer = desk.post(f"{page}ajouter/", {**TYPED, "lien": "conjoint", "first_name": "Dominique"})
        assert answer.status_code == 409
        assert "compte déjà un conjoint : Claude Exemple" in text_of(answer)
        assert 'value="Dominique"' in html_of(answer)

    def test_a_closed_account_shows_no_button_and_takes_no_change(
        self, desk: Any, page: str, account: Account
    ) -> None:
        emma = people.somebody(account)
        account.identifier, account.profile = f"{CLOSED}{account.pk}", {}
        account.save()
        told = text_of(desk.get(page))
        assert "Ce compte a été fermé" in told
        assert "Ajouter une personne" not in told
        assert desk.post(f"{page}ajouter/", TYPED).status_code == 409
        assert "a été fermé" in text_of(desk.post(f"{page}{emma.pk}/retirer/", follow=True))
        emma.refresh_from_db()
        assert emma.removed_at is None

    def test_who_was_changed_after_being_removed(self, desk: Any, page: str, account: Account) -> None:
        gone = people.somebody(account, removed_at=clock.now())
        assert desk.get(f"{page}{gone.pk}/").status_code == 404
        assert desk.post(f"{page}{gone.pk}/", TYPED).status_code == 404
        assert desk.post(f"{page}{gone.pk}/retirer/").status_code == 302  # as once


class TestRights:
    def test_an_agent_of_another_espace(self, page: str, account: Account) -> None:
        emma = people.somebody(account)
        elsewhere = at_the_desk(an_agent("Éloi Ailleurs", teleprocedures=["comptes_annuels"]))
        for address in (page, f"{page}ajouter/", f"{page}{emma.pk}/", f"{page}{emma.pk}/retirer/"):
            assert elsewhere.get(address).status_code == 404
        assert elsewhere.post(f"{page}ajouter/", TYPED).status_code == 404
        assert elsewhere.post(f"{page}{emma.pk}/retirer/").status_code == 404
        assert names(account) == ["Emma Exemple"]

    def test_somebody_elses_person_under_this_household(self, desk: Any, page: str, account: Account) -> None:
        stranger = people.somebody(people.an_account(), LUCAS)
        for address in (f"{page}{stranger.pk}/", f"{page}{stranger.pk}/retirer/"):
            assert desk.get(address).status_code == 404
            assert desk.post(address, TYPED).status_code == 404
        stranger.refresh_from_db()
        assert (stranger.first_name, stranger.removed_at, stranger.account_id == account.pk) == (
            "Lucas",
            None,
            False,
        )

    def test_nothing_without_the_forms_secret(self, agent: Agent, page: str) -> None:
        browser = at_the_desk(agent)
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = browser.cookies
        assert strict.post(f"{page}ajouter/", TYPED).status_code == 403
        assert not Personne.objects.exists()

    def test_whose_file_it_is_may_not(self, page: str, account: Account) -> None:
        assert Somebody(account).client.get(page).status_code == 403


class TestTheWayThereAndBack:
    def test_from_a_filing_and_back_to_it(self, desk: Any, account: Account) -> None:
        depot = Somebody(account).asked()
        address = household_url(depot)
        assert address.replace("&", "&amp;") in html_of(desk.get(f"/agents/depots/{depot.pk}/"))
        page = html_of(desk.get(address))
        assert f'href="/agents/depots/{depot.pk}/"' in page
        assert f"/ajouter/?depot={depot.pk}" in page
        answer = desk.post(address.replace("/?", "/ajouter/?"), TYPED)
        assert answer["Location"] == address

    @pytest.mark.parametrize("wrong", ["", "1", "<script>", "00000000-0000-4000-8000-000000000000"])
    def test_a_filing_that_is_none_leads_nowhere(self, desk: Any, page: str, wrong: str) -> None:
        answer = desk.get(page, {"depot": wrong})
        assert answer.status_code == 200
        assert "Revenir au dossier" not in text_of(answer)
        assert "<script>" not in html_of(answer).partition("<h1>")[2]

    def test_an_association_has_no_household(self) -> None:
        depot: Depot = a_filing()
        assert household_url(depot) == ""


def test_names_are_shown_and_never_run(desk: Any, page: str, account: Account) -> None:
    people.somebody(account, LUCAS, first_name="<img src=x onerror=alert(1)>")
    assert "<img src=x" not in html_of(desk.get(page))
