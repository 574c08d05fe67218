"""The screen of one filing: what it shows, to whom, and that two agents do not decide at once."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from guichet.files.models import StoredFile
from guichet.instruction.models import Agent, Traitement
from guichet.kernel import clock
from tests.web.desk.desk import a_filing, an_agent, at_the_desk, published
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
Limit = Callable[[int], AbstractContextManager[None]]


def test_the_document_stands_beside_what_was_typed_and_what_the_register_says(desk: Any) -> None:
    depot = a_filing()
    page = text_of(desk.get(f"/agents/depots/{depot.pk}/"))
    for said in ("31 décembre 2024", "Saisi", "Registre", "différent", "Dépôt transmis", "Aucun échange"):
        assert said in page
    assert f'src="/agents/depots/{depot.pk}/pages/1.png"' in page
    picture = desk.get(f"/agents/depots/{depot.pk}/pages/1.png")
    assert picture.content.startswith(b"\x89PNG")
    assert "no-store" in picture["Cache-Control"]
    large = desk.get(f"/agents/depots/{depot.pk}/pages/1.png?taille=grand")
    assert int.from_bytes(large.content[16:20], "big") > int.from_bytes(picture.content[16:20], "big")
    assert desk.get(f"/agents/depots/{depot.pk}/pages/2.png").status_code == 404
    assert desk.get(f"/agents/depots/{depot.pk}/document.pdf")["Content-Disposition"].startswith("attachment")


def test_a_screen_costs_a_known_number_of_queries(desk: Any, assert_queries: Limit) -> None:
    depot = a_filing()
    with assert_queries(28):
        desk.get(f"/agents/depots/{depot.pk}/")


def test_an_infected_document_is_shown_to_nobody(desk: Any) -> None:
    depot = a_filing()
    StoredFile.objects.update(scan=StoredFile.Scan.INFECTED, scanned_at=clock.now())
    page = text_of(desk.get(f"/agents/depots/{depot.pk}/"))
    assert "Un virus a été trouvé" in page
    assert "<img" not in page
    assert desk.get(f"/agents/depots/{depot.pk}/pages/1.png").status_code == 404
    assert desk.get(f"/agents/depots/{depot.pk}/document.pdf").status_code == 410


def test_a_second_agent_is_told_who_has_it_and_may_take_over(desk: Any, agent: Agent) -> None:
    depot = a_filing()
    desk.get(f"/agents/depots/{depot.pk}/")
    second = at_the_desk(an_agent("Dominique Exemple"))
    page = text_of(second.get(f"/agents/depots/{depot.pk}/"))
    assert "Camille Exemple a ouvert ce dépôt" in page
    assert "Publier ce dépôt" not in page
    refused = second.post(f"/agents/depots/{depot.pk}/publier/", follow=True)
    assert "Camille Exemple a ouvert ce dépôt" in text_of(refused)
    depot.refresh_from_db()
    assert depot.state == "confirme"
    taken = second.post(f"/agents/depots/{depot.pk}/prendre-la-main/", follow=True)
    assert "Publier ce dépôt" in text_of(taken)
    assert "Dominique Exemple a ouvert ce dépôt" in text_of(desk.get(f"/agents/depots/{depot.pk}/"))


def test_whoever_left_a_filing_open_keeps_it_for_ten_minutes(desk: Any, agent: Agent) -> None:
    depot = a_filing()
    desk.get(f"/agents/depots/{depot.pk}/")
    other = an_agent("Dominique Exemple")
    with clock.travel(dt.timedelta(minutes=10, seconds=1)):
        assert "a ouvert ce dépôt" not in text_of(at_the_desk(other).get(f"/agents/depots/{depot.pk}/"))


def test_what_is_decided_is_held_by_nobody(desk: Any, agent: Agent) -> None:
    depot = a_filing()
    desk.get(f"/agents/depots/{depot.pk}/refuser/")
    desk.post(f"/agents/depots/{depot.pk}/refuser/", {"motif": "autre", "text": "Illisible.", "envoyer": "1"})
    page = text_of(desk.get(f"/agents/depots/{depot.pk}/"))
    assert "Illisible." in page
    assert Traitement.objects.get(pk=depot.pk).holder is None
    assert "Publier ce dépôt" not in page


def test_a_long_document_shows_its_pages_ten_at_a_time(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    depot = a_filing()
    depot.files.update(pages=23)
    first = html_of(desk.get(f"/agents/depots/{depot.pk}/"))
    last = html_of(desk.get(f"/agents/depots/{depot.pk}/?feuilles=99&etat=tous"))
    assert first.count("<img") == 10
    assert "Les 10 pages suivantes" in first
    assert last.count("<img") == 3
    assert "etat=tous&amp;feuilles=2#pages" in last


def test_the_page_of_what_is_published_offers_to_withdraw_it(agent: Agent) -> None:
    page = text_of(at_the_desk(agent).get(f"/agents/depots/{published(agent).pk}/"))
    assert "Retirer de la publication" in page
    assert "Publier ce dépôt" not in page
