"""A correction from the first question to its transmission, and what is refused on the way."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from guichet.accounts.models import Account
from guichet.courriers.models import Courrier
from guichet.depots.models import Depot
from guichet.foyers import operations
from guichet.foyers.models import Personne
from guichet.instruction.models import Agent
from guichet.journal.queries import history
from tests.foyers import people
from tests.foyers.people import LUCAS, an_account
from tests.teleprocedures.foyer.somebody import ADD, Somebody, change, removal
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db


class TestTheSteps:
    def test_somebody_is_to_be_added(self, person: Somebody) -> None:
        draft = person.begin()
        assert person.choose(draft, ADD).status_code == 302
        assert "Qui voulez-vous ajouter ?" in text_of(person.question(draft))
        assert person.tell(draft, ADD).status_code == 302
        recap = text_of(person.client.get(person.at("check", draft.pk)))
        assert all(
            told in recap for told in ("Ajouter une personne", "Enfant", "Emma", "2 mars 2015", "Noé Exemple")
        )
        assert "SIREN" not in recap
        person.submit(draft)
        draft.refresh_from_db()
        assert (draft.state, draft.siren, draft.subject_name) == ("confirme", "", "Noé Exemple")
        assert draft.data["naissance"] == "2015-03-02"

    def test_nothing_is_known_before_an_agent_has_accepted(self, person: Somebody) -> None:
        person.asked()
        assert not Personne.objects.exists()

    def test_a_correction_begins_with_what_is_known(self, person: Somebody, emma: Personne) -> None:
        draft = person.begin()
        person.choose(draft, change(emma))
        page = person.question(draft)
        assert 'value="02/03/2015"' in html_of(page)
        assert 'value="Emma"' in html_of(page)
        assert "Erreur" not in text_of(page)
        person.tell(draft, change(emma), prenom="Emma Rose")
        recap = text_of(person.client.get(person.at("check", draft.pk)))
        assert "Emma Exemple" in recap
        assert "Emma Rose" in recap

    def test_to_remove_somebody_one_is_asked_why(self, person: Somebody, emma: Personne) -> None:
        draft = person.begin()
        person.choose(draft, removal(emma))
        page = text_of(person.question(draft))
        assert "Emma Exemple : demander son retrait" in page
        assert "Date de naissance" not in page
        assert person.tell(draft, removal(emma)).status_code == 422
        person.tell(draft, removal(emma), precisions="Elle vit chez son autre parent.")
        person.submit(draft)
        draft.refresh_from_db()
        assert draft.data.keys() == {"objet", "pour", "connue", "precisions"}

    def test_what_was_typed_for_one_never_becomes_anothers(
        self, person: Somebody, account: Account, emma: Personne
    ) -> None:
        lucas = people.somebody(account, LUCAS)
        draft = person.begin()
        person.choose(draft, change(emma))
        person.tell(draft, change(emma), prenom="Emma Rose")
        person.choose(draft, change(lucas))
        page = html_of(person.question(draft))
        assert 'value="Lucas"' in page
        assert "Emma Rose" not in page
        late = person.tell(draft, change(emma), prenom="Emma Rose")  # from another tab
        assert late.status_code == 200
        assert 'value="Lucas"' in html_of(late)
        answer = person.client.get(person.at("check", draft.pk))
        assert answer.status_code == 302

    def test_what_was_typed_stays_when_something_is_wrong(self, person: Somebody) -> None:
        draft = person.begin()
        person.choose(draft, ADD)
        answer = person.tell(draft, ADD, naissance="31/02/2015", prenom="Jeanne")
        assert answer.status_code == 422
        assert 'value="Jeanne"' in html_of(answer)
        assert 'value="Jeanne"' in html_of(person.question(draft))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"naissance": "01/01/2999"}, "dans le futur"),
        ({"naissance": "01/01/1800"}, "plus de 130 ans"),
        ({"naissance": ""}, "Indiquez la date de naissance"),
        ({"lien": "cousin"}, "Choisissez une des réponses"),
        ({"nom": "<script>alert(1)</script>"}, "n’est pas accepté"),
        ({"prenom": "é" * 101}, "100 au plus"),
        ({"precisions": "é" * 501}, "500 au plus"),
    ],
)
def test_what_does_not_hold_is_told(person: Somebody, typed: dict[str, str], told: str) -> None:
    draft = person.begin()
    person.choose(draft, ADD)
    answer = person.tell(draft, ADD, **typed)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert "<script>alert" not in html_of(answer)


class TestRefused:
    @pytest.mark.usefixtures("emma")
    def test_somebody_who_is_known_is_not_added(self, person: Somebody) -> None:
        draft = person.begin()
        person.choose(draft, ADD)
        assert "Emma Exemple figure déjà" in text_of(person.tell(draft, ADD))

    def test_a_correction_that_changes_nothing(self, person: Somebody, emma: Personne) -> None:
        draft = person.begin()
        person.choose(draft, change(emma))
        assert "Rien ne change" in text_of(person.tell(draft, change(emma)))

    @pytest.mark.usefixtures("claude")
    def test_a_second_spouse(self, person: Somebody) -> None:
        draft = person.begin()
        person.choose(draft, ADD)
        answer = person.tell(draft, ADD, lien="conjoint", prenom="Dominique")
        assert "compte déjà un conjoint : Claude Exemple" in text_of(answer)

    def test_the_spouse_may_be_corrected(self, person: Somebody, claude: Personne) -> None:
        asked = person.asked(change(claude), lien="conjoint", prenom="Claude", naissance="01/02/1985")
        assert asked.state == "confirme"

    def test_two_that_wait_about_one_person(self, person: Somebody, emma: Personne) -> None:
        first = person.asked(change(emma), prenom="Rose")
        draft = person.begin()
        for objet in (change(emma), removal(emma)):
            answer = person.choose(draft, objet)
            assert answer.status_code == 422
            assert f"référence {first.reference}" in text_of(answer)

    def test_the_same_person_to_be_added_twice(self, person: Somebody) -> None:
        first = person.asked(ADD)
        draft = person.begin()
        person.choose(draft, ADD)
        assert f"référence {first.reference}" in text_of(person.tell(draft, ADD))

    def test_several_may_wait_about_several(self, person: Somebody, emma: Personne) -> None:
        person.asked(change(emma), prenom="Rose")
        person.asked(ADD, prenom="Lucas")
        person.asked(ADD, prenom="Jeanne")
        assert Depot.objects.filter(state="confirme").count() == 3

    def test_a_draft_no_longer_holds_when_its_person_is_gone(
        self, person: Somebody, agent: Agent, emma: Personne
    ) -> None:
        draft = person.begin()
        person.choose(draft, change(emma))
        person.tell(draft, change(emma), prenom="Rose")
        operations.remove(agent=agent, account_id=emma.account_id, person_id=emma.pk)
        assert person.submit(draft).status_code == 302
        draft.refresh_from_db()
        assert draft.state == "brouillon"
        page = person.client.get(person.at("step", draft.pk, "correction"))
        assert "Choisissez une des réponses" in text_of(page)


class TestHostile:
    @pytest.mark.parametrize("action", ["modifier", "retirer"])
    def test_somebody_elses_person(self, person: Somebody, action: str) -> None:
        stranger = people.somebody(an_account())
        draft = person.begin()
        for who in (stranger.pk, uuid.uuid4(), "moi", "'; DROP TABLE--"):
            answer = person.choose(draft, f"{action}:{who}")
            assert answer.status_code == 422
            assert "Emma" not in text_of(answer)
            assert person.propose(f"{action}:{who}").status_code == 404
        assert person.question(draft).status_code == 302  # no step is jumped over

    def test_what_another_account_prepares(self, person: Somebody) -> None:
        draft = person.begin()
        stranger = Somebody(an_account())
        assert stranger.choose(draft, ADD).status_code == 404
        assert stranger.question(draft).status_code == 404
        assert stranger.client.get(stranger.at("depot", draft.pk)).status_code == 404

    def test_a_page_of_another_site_asks_for_nothing(self, account: Account) -> None:
        victim = Somebody(account, csrf=True)
        assert victim.propose(ADD).status_code == 403
        assert not Depot.objects.exists()

    def test_nobody_who_is_not_signed_in(self, person: Somebody) -> None:
        answer: Any = Client().get(person.at("mine"))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/prive/connexion/")

    def test_names_that_look_like_formulas_or_templates_are_shown_as_they_are(self, person: Somebody) -> None:
        depot = person.asked(ADD, nom="{{ request }}", prenom="=1+1 {% now 'Y' %}")
        page = text_of(person.client.get(person.at("depot", depot.pk)))
        assert "{{ request }}" in page
        assert "=1+1 {% now 'Y' %}" in page


def test_no_name_stands_in_the_journal_or_in_the_message(person: Somebody) -> None:
    depot = person.asked(ADD, precisions="Née à Tours")
    kept = json.dumps([event.data for event in history(subject=depot.evidence)])
    sent = "".join(courrier.body + courrier.subject for courrier in Courrier.objects.all())
    assert not [word for word in ("Emma", "2015", "Tours") if word in kept + sent]
    assert depot.reference
    assert depot.reference in sent
