"""« Votre foyer »: who is known, what may be asked, and what was."""

import pytest

from guichet.foyers.models import Personne
from guichet.instruction import operations
from guichet.instruction.models import Agent
from guichet.kernel import clock
from tests.foyers import people
from tests.foyers.people import LUCAS, an_account
from tests.teleprocedures.foyer.somebody import ADD, Somebody, change, removal
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db


def test_who_is_known_and_who_decides(person: Somebody, emma: Personne, claude: Personne) -> None:
    people.somebody(person.account, LUCAS, removed_at=clock.now())
    people.somebody(an_account(), LUCAS)
    page = text_of(person.mine())
    assert page.index("Claude Exemple") < page.index("Emma Exemple")
    assert "2 mars 2015" in page
    assert "Lucas" not in page
    assert "L’administration tient cette liste" in page


def test_an_empty_household_says_how_to_begin(person: Somebody) -> None:
    page = text_of(person.mine())
    assert "Nous ne connaissons personne d’autre que vous" in page
    assert "Ajouter une personne" in page


def test_a_button_leads_to_its_question(person: Somebody, emma: Personne) -> None:
    answer = person.propose(change(emma))
    page = person.client.get(answer["Location"], follow=True)
    assert "Emma Exemple : corriger ses informations" in text_of(page)
    assert 'value="Emma"' in html_of(page)
    person.client.post(person.at("discard", person.draft().pk))
    page = person.client.get(person.propose(removal(emma))["Location"], follow=True)
    assert "Emma Exemple : demander son retrait" in text_of(page)


def test_what_is_in_preparation_is_not_lost_to_another_button(person: Somebody, emma: Personne) -> None:
    person.propose(ADD)
    draft = person.draft()
    person.tell(draft, ADD, prenom="Jeanne")
    page = person.client.get(person.propose(change(emma))["Location"], follow=True)
    assert "Vous avez déjà une demande en préparation" in text_of(page)
    draft.refresh_from_db()
    assert (draft.data["objet"], draft.data["prenom"]) == (ADD, "Jeanne")
    assert "Une demande est en préparation" in text_of(person.mine())


def test_the_same_button_twice_goes_on(person: Somebody, emma: Personne) -> None:
    for _ in range(2):
        page = person.client.get(person.propose(change(emma))["Location"], follow=True)
        assert "Vous avez déjà" not in text_of(page)


def test_what_waits_is_shown_and_not_asked_again(person: Somebody, emma: Personne) -> None:
    depot = person.asked(change(emma), prenom="Rose")
    page = text_of(person.mine())
    assert "Demandes qui attendent une réponse" in page
    assert depot.reference
    assert depot.reference in page
    assert "Une correction attend une réponse" in page
    assert change(emma) not in page
    assert person.propose(change(emma))["Location"] == person.at("mine")
    assert "attend déjà une réponse" in text_of(person.mine())


def test_what_was_decided_is_found_again(person: Somebody, agent: Agent, emma: Personne) -> None:
    depot = person.asked(removal(emma), precisions="Partie.")
    operations.refuse(agent=agent, depot_id=depot.pk, motif_id=None, text="Envoyez le jugement.")
    page = text_of(person.mine())
    assert "Demandes décidées" in page
    assert "Refusé" in page


def test_what_was_given_up_is_not_shown(person: Somebody) -> None:
    person.propose(ADD)
    person.client.post(person.at("discard", person.draft().pk))
    assert "Demandes décidées" not in text_of(person.mine())


def test_the_list_of_filings_is_this_page(person: Somebody) -> None:
    assert person.client.get(person.at("depots"))["Location"] == person.at("mine")


def test_names_are_shown_and_never_run(person: Somebody) -> None:
    people.somebody(person.account, LUCAS, first_name="<img src=x onerror=alert(1)>")
    page = html_of(person.mine())
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
