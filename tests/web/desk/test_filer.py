"""The filer's side: what was decided, why, what to do about it; questions and their answers."""

from typing import Any

import pytest
from django.test import Client

from guichet.depots.models import Depot
from guichet.instruction.models import Agent, Message
from tests.depots import factories
from tests.web.desk.desk import a_filing, at_the_desk, published
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
ROOT = "/association/comptes-annuels/depots"


def filer_of(depot: Depot) -> Any:
    """The browser of whoever filed ``depot``."""
    client = Client()
    client.force_login(depot.account)
    return client


def refused(desk: Any, rank: int = 0) -> Depot:
    """A filing that was refused."""
    depot = a_filing(rank)
    form = {"motif": "autre", "text": "La page 2 est illisible.", "envoyer": "1"}
    desk.post(f"/agents/depots/{depot.pk}/refuser/", form)
    return depot


def test_what_is_published_says_so(agent: Agent) -> None:
    depot = published(agent)
    page = text_of(filer_of(depot).get(f"{ROOT}/{depot.pk}/"))
    assert "Votre dépôt est publié" in page
    assert f'href="/publications/{depot.siren}/2024-12-31/"' in page
    assert "Déposer un rectificatif" in page
    assert "Déposer un dossier corrigé" not in page


def test_a_refusal_is_read_in_full_and_answered_by_a_corrected_filing(desk: Any) -> None:
    depot = refused(desk)
    filer = filer_of(depot)
    page = text_of(filer.get(f"{ROOT}/{depot.pk}/"))
    assert "La page 2 est illisible." in page
    assert "Déposer un rectificatif" not in page
    answer = filer.post(f"{ROOT}/{depot.pk}/corriger/", follow=True)
    draft = Depot.objects.get(corrects=depot)
    assert draft.data == depot.data
    assert str(draft.pk) in answer.redirect_chain[-1][0]
    assert "Vous y avez déjà répondu" in text_of(filer.get(f"{ROOT}/{depot.pk}/"))


def test_a_refusal_is_to_do_until_a_corrected_filing_is_begun(desk: Any) -> None:
    depot = refused(desk)
    filer = filer_of(depot)
    todo = "Lire le motif et corriger"
    assert todo in text_of(filer.get(f"{ROOT}/"))
    assert "1 dépôt refusé à corriger" in text_of(filer.get("/association/"))
    filer.post(f"{ROOT}/{depot.pk}/corriger/")
    assert todo not in text_of(filer.get(f"{ROOT}/"))
    assert "dépôt refusé à corriger" not in text_of(filer.get("/association/"))


def test_a_refusal_is_no_longer_to_do_once_a_later_filing_took_its_place(desk: Any) -> None:
    first = refused(desk)
    second = factories.confirmed(first.account)
    assert second.unique_key == first.unique_key
    assert "Vous n’avez rien à faire" in text_of(filer_of(first).get(f"{ROOT}/"))


def test_a_refused_rectification_is_to_do_though_the_initial_counts(desk: Any) -> None:
    initial = a_filing()
    rectified = a_filing(nature="rectificatif")
    form = {"motif": "autre", "text": "La page 2 est illisible.", "envoyer": "1"}
    desk.post(f"/agents/depots/{rectified.pk}/refuser/", form)
    assert str(rectified.pk) in text_of(filer_of(initial).get(f"{ROOT}/")).partition("Déposés")[0]


def test_what_was_not_refused_needs_no_correction(desk: Any) -> None:
    depot = a_filing()
    page = filer_of(depot).post(f"{ROOT}/{depot.pk}/corriger/", follow=True)
    assert "n’est plus possible" in text_of(page)
    assert Depot.objects.count() == 1


def test_another_draft_is_not_lost_to_a_correction(desk: Any) -> None:
    depot = refused(desk)
    other = factories.draft(depot.account, date="2023-12-31")
    page = filer_of(depot).post(f"{ROOT}/{depot.pk}/corriger/", follow=True)
    assert "déjà un dépôt en préparation" in text_of(page)
    other.refresh_from_db()
    assert other.data["date_cloture"] == "2023-12-31"


def test_a_withdrawal_tells_its_reason(agent: Agent, desk: Any) -> None:
    depot = published(agent)
    form = {"motif": "autre", "text": "Une adresse privée s’y lisait.", "envoyer": "1"}
    desk.post(f"/agents/depots/{depot.pk}/retirer/", form)
    page = text_of(filer_of(depot).get(f"{ROOT}/{depot.pk}/"))
    assert "retiré ce dépôt de la publication" in page
    assert "Une adresse privée s’y lisait." in page
    assert "Déposer un dossier corrigé" in page


def test_a_question_waits_everywhere_until_it_is_answered(desk: Any) -> None:
    depot = a_filing()
    filer = filer_of(depot)
    assert "Votre réponse" not in text_of(filer.get(f"{ROOT}/{depot.pk}/"))
    desk.post(f"/agents/depots/{depot.pk}/question/", {"question": "Où est l’annexe ?"})
    assert "1 question du service" in text_of(filer.get("/association/"))
    assert "Lire et répondre" in text_of(filer.get(f"{ROOT}/"))
    page = text_of(filer.get(f"{ROOT}/{depot.pk}/"))
    assert "Où est l’annexe ?" in page
    assert "Camille Exemple" not in page  # the service writes, not a person
    empty = filer.post(f"{ROOT}/{depot.pk}/repondre/", {"reponse": " "})
    assert empty.status_code == 422
    told = filer.post(f"{ROOT}/{depot.pk}/repondre/", {"reponse": "Page 3, en bas."}, follow=True)
    assert "Votre réponse est transmise" in text_of(told)
    assert "question du service" not in text_of(filer.get("/association/"))
    assert "Lire et répondre" not in text_of(filer.get(f"{ROOT}/"))
    assert "Page 3, en bas." in text_of(desk.get(f"/agents/depots/{depot.pk}/"))
    assert "Réponse reçue (1)" in text_of(desk.get("/agents/"))


def test_nobody_answers_for_another_or_without_a_question(desk: Any) -> None:
    depot, other = a_filing(0), a_filing(1)
    desk.post(f"/agents/depots/{depot.pk}/question/", {"question": "Où est l’annexe ?"})
    assert filer_of(other).post(f"{ROOT}/{depot.pk}/repondre/", {"reponse": "Ici."}).status_code == 404
    unasked = filer_of(other).post(f"{ROOT}/{other.pk}/repondre/", {"reponse": "Ici."})
    assert unasked.status_code == 409
    assert "n’attend pas de réponse" in text_of(unasked)
    assert Message.objects.count() == 1


def test_a_decision_ends_the_exchange(agent: Agent, desk: Any) -> None:
    depot = a_filing()
    desk.post(f"/agents/depots/{depot.pk}/question/", {"question": "Où est l’annexe ?"})
    at_the_desk(agent).post(f"/agents/depots/{depot.pk}/publier/")
    page = text_of(filer_of(depot).get(f"{ROOT}/{depot.pk}/"))
    assert "Où est l’annexe ?" in page
    assert "Envoyer ma réponse" not in page
    assert "attend votre réponse" not in page
