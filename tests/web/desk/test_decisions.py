"""What an agent decides about one filing, and where that leads."""

from typing import Any

import pytest

from guichet.courriers.models import Courrier
from guichet.instruction.models import Agent, Message, Note, Traitement
from guichet.instruction.rules import MotifKind, Role
from tests.depots.factories import subjects_of
from tests.web.desk.desk import a_filing, a_motif, an_agent, at_the_desk, published
from tests.web.people import text_of

pytestmark = pytest.mark.django_db


def state_of(depot: Any) -> str:
    depot.refresh_from_db()
    return str(depot.state)


def test_after_a_decision_one_goes_on_with_the_next_of_the_filter(desk: Any) -> None:
    first, second = a_filing(0), a_filing(1)
    answer = desk.post(f"/agents/depots/{first.pk}/publier/?tri=nom")
    assert answer.url == f"/agents/depots/{second.pk}/?tri=nom"
    assert f"{first.reference} est publié" in text_of(desk.get(answer.url))
    assert state_of(first) == "publie"
    answer = desk.post(f"/agents/depots/{second.pk}/publier/?tri=nom")
    assert answer.url == "/agents/?tri=nom"
    assert "C’était le dernier" in text_of(desk.get(answer.url))


def test_a_decision_sent_twice_is_taken_once(desk: Any) -> None:
    depot = a_filing()
    desk.post(f"/agents/depots/{depot.pk}/publier/")
    again = desk.post(f"/agents/depots/{depot.pk}/publier/", follow=True)
    assert "a changé d’état entre-temps" in text_of(again)
    assert [words for words in subjects_of(depot) if "publié" in words] == ["votre dépôt est publié"]


def test_what_the_filer_will_read_is_shown_before_it_is_sent(desk: Any) -> None:
    depot, motif = a_filing(), a_motif()
    address = f"/agents/depots/{depot.pk}/refuser/"
    answers = {"motif": str(motif.pk), "text": "La page 2 est illisible."}
    preview = desk.post(address, answers)
    assert "Ce que lira le déposant" in text_of(preview)
    assert motif.text.split("\n")[0] in text_of(preview)
    assert state_of(depot) == "confirme"
    desk.post(address, {**answers, "envoyer": "1"})
    assert state_of(depot) == "refuse"
    assert depot.decision_text == f"{motif.text}\n\nLa page 2 est illisible."
    assert "La page 2 est illisible." in Courrier.objects.latest("pk").body


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({}, "Choisissez un motif"),
        ({"motif": "autre"}, "Écrivez le motif"),
        ({"motif": "autre", "text": "  \u00a0 "}, "Écrivez le motif"),
        ({"motif": "999999"}, "Choisissez une des réponses"),
        ({"motif": "autre", "text": "x" * 5001}, "5001 caractères"),
    ],
)
def test_nobody_is_refused_without_a_reason(desk: Any, answers: dict[str, str], told: str) -> None:
    depot = a_filing()
    answer = desk.post(f"/agents/depots/{depot.pk}/refuser/", {**answers, "envoyer": "1"})
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert state_of(depot) == "confirme"


def test_a_reason_of_the_other_list_does_not_do(desk: Any) -> None:
    depot, motif = a_filing(), a_motif(MotifKind.RETRAIT)
    answer = desk.post(f"/agents/depots/{depot.pk}/refuser/", {"motif": str(motif.pk), "envoyer": "1"})
    assert answer.status_code == 422
    assert state_of(depot) == "confirme"


def test_a_publication_is_withdrawn_with_its_reason(agent: Agent, desk: Any) -> None:
    depot = published(agent)
    form = {"motif": "autre", "text": "Une adresse privée s’y lisait.", "envoyer": "1"}
    desk.post(f"/agents/depots/{depot.pk}/retirer/", form)
    assert state_of(depot) == "retire"
    assert depot.decision_text == "Une adresse privée s’y lisait."


def test_a_version_that_was_replaced_keeps_its_button_until_it_is_withdrawn(agent: Agent, desk: Any) -> None:
    first = published(agent)
    second = a_filing(nature="rectificatif")
    desk.post(f"/agents/depots/{second.pk}/publier/")
    page = f"/agents/depots/{first.pk}/"
    assert state_of(first) == "remplace"
    assert "Retirer de la publication" in text_of(desk.get(page))
    document = f"/publications/{first.siren}/{first.unique_key}/v0/document.pdf"
    assert desk.get(document).status_code == 200
    form = {"motif": "autre", "text": "Une adresse privée s’y lisait.", "envoyer": "1"}
    desk.post(f"{page}retirer/", form)
    assert state_of(first) == "retire"
    assert desk.get(document).status_code == 410
    assert "Retirer de la publication" not in text_of(desk.get(page))


def test_a_question_goes_out_and_an_empty_one_does_not(desk: Any) -> None:
    depot = a_filing()
    empty = desk.post(f"/agents/depots/{depot.pk}/question/", {"question": " "})
    assert empty.status_code == 422
    assert "Écrivez votre question" in text_of(empty)
    sent = desk.post(
        f"/agents/depots/{depot.pk}/question/", {"question": "Où est l’<b>annexe</b> ?"}, follow=True
    )
    assert "Votre question est partie" in text_of(sent)
    assert "&lt;b&gt;annexe" in sent.content.decode()
    assert Message.objects.get().text == "Où est l’<b>annexe</b> ?"
    assert "Question posée (1)" in text_of(desk.get("/agents/"))


def test_a_note_stays_between_agents(desk: Any) -> None:
    depot = a_filing()
    before = Courrier.objects.count()
    page = desk.post(f"/agents/depots/{depot.pk}/note/", {"note": "Vu avec le greffe."}, follow=True)
    assert "Vu avec le greffe." in text_of(page)
    assert Note.objects.count() == 1
    assert Courrier.objects.count() == before
    assert desk.post(f"/agents/depots/{depot.pk}/note/", {"note": ""}).status_code == 422


@pytest.mark.parametrize(("role", "given"), [(Role.AGENT, False), (Role.SUPERVISEUR, True)])
def test_only_supervisors_give_filings_to_others(db: None, role: Role, given: bool) -> None:
    depot, giver, other = a_filing(), an_agent(role=role), an_agent("Dominique Exemple")
    answer = at_the_desk(giver).post(f"/agents/depots/{depot.pk}/attribuer/", {"to": other.pk})
    assert answer.status_code == (302 if given else 403)
    assert Traitement.objects.filter(pk=depot.pk, assigned_to=other).exists() is given


@pytest.mark.parametrize("to", ["", "x", "-1", "99999999999999999999", "²"])
def test_nobody_in_particular_gets_nothing(db: None, to: str) -> None:
    depot, browser = a_filing(), at_the_desk(an_agent(role=Role.SUPERVISEUR))
    page = browser.post(f"/agents/depots/{depot.pk}/attribuer/", {"to": to}, follow=True)
    assert "Choisissez un agent en activité" in text_of(page)


def test_what_one_took_one_may_give_back(desk: Any, agent: Agent) -> None:
    depot = a_filing()
    desk.post(f"/agents/depots/{depot.pk}/attribuer/", {"to": agent.pk})
    assert Traitement.objects.get(pk=depot.pk).assigned_to == agent
    desk.post(f"/agents/depots/{depot.pk}/liberer/")
    assert Traitement.objects.get(pk=depot.pk).assigned_to is None


def test_a_form_without_its_secret_decides_nothing(agent: Agent, desk: Any) -> None:
    depot = a_filing()
    desk.handler.enforce_csrf_checks = True
    assert desk.post(f"/agents/depots/{depot.pk}/publier/").status_code == 403
    assert state_of(depot) == "confirme"
