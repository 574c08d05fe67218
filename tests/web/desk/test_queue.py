"""The queue: filters that the address keeps, counts, ages, and « Prendre le suivant »."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from guichet.instruction.models import Agent, Traitement
from guichet.instruction.rules import Role
from guichet.kernel import clock
from tests.web.desk.desk import a_filing, an_agent, at_the_desk
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
Limit = Callable[[int], AbstractContextManager[None]]


def test_what_waits_is_shown_with_how_long_it_waits(agent: Agent) -> None:
    depot = a_filing()
    with clock.travel(dt.timedelta(days=3, hours=1)):
        page = text_of(at_the_desk(agent).get("/agents/"))
    assert str(depot.reference) in page
    assert "3 jours" in page
    assert "en retard</span>" not in page
    assert "À instruire (1)" in page


def test_what_is_late_is_said_in_words(agent: Agent) -> None:
    a_filing()
    with clock.travel(dt.timedelta(days=15)):
        page = text_of(at_the_desk(agent).get("/agents/?retard=1"))
    assert "en retard</span>" in page
    assert "En retard (1)" in page


def test_an_empty_queue_says_what_to_do(desk: Any) -> None:
    assert "Rien n’attend d’être instruit" in text_of(desk.get("/agents/"))
    assert "retirez un critère" in text_of(desk.get("/agents/?texte=introuvable"))


def test_filters_come_back_with_the_page_and_go_on_to_the_filing(desk: Any) -> None:
    depot = a_filing()
    page = html_of(desk.get("/agents/", {"texte": depot.siren, "etat": "tous", "tri": "nom", "page": "7"}))
    assert f'value="{depot.siren}"' in page
    assert '<option value="tous" selected>' in page
    assert " required" not in page  # an empty filter is one that does not narrow
    query = f"etat=tous&amp;texte={depot.siren}&amp;tri=nom"
    assert f"/agents/depots/{depot.pk}/?{query}" in page


@pytest.mark.parametrize(
    "query",
    ["etat=x", "page=0", "page=-1", "page=999999999", "tri=%00", "agent=²", "du=2025-02-31", "texte=%00%27"],
)
def test_an_address_that_was_mistyped_still_shows_a_queue(desk: Any, query: str) -> None:
    assert desk.get(f"/agents/?{query}").status_code == 200


def test_a_queue_of_many_costs_what_a_queue_of_one_does(desk: Any, assert_queries: Limit) -> None:
    for rank in range(3):
        a_filing(rank)
    with assert_queries(9):
        page = desk.get("/agents/")
    assert text_of(page).count("Choisir le dépôt") == 3


def test_another_téléprocédures_filings_are_not_there() -> None:
    depot = a_filing()
    stranger = at_the_desk(an_agent("Autre Service", teleprocedures=["autre_chose"]))
    assert str(depot.reference) not in text_of(stranger.get("/agents/"))
    for page in ("", "document.pdf", "pages/1.png", "refuser/"):
        assert stranger.get(f"/agents/depots/{depot.pk}/{page}").status_code == 404
    for act in ("publier", "refuser", "question", "note", "attribuer", "liberer", "prendre-la-main"):
        answer = stranger.post(f"/agents/depots/{depot.pk}/{act}/", {"question": "a", "note": "a"})
        assert answer.status_code == 404, act


def test_the_next_one_is_assigned_and_opened(desk: Any, agent: Agent) -> None:
    first, second = a_filing(0), a_filing(1)
    opened = desk.post("/agents/suivant/")
    assert opened.url == f"/agents/depots/{first.pk}/"
    assert Traitement.objects.get(pk=first.pk).assigned_to == agent
    other = at_the_desk(an_agent("Dominique Exemple"))
    assert other.post("/agents/suivant/?tri=nom").url == f"/agents/depots/{second.pk}/?tri=nom"
    empty = other.post("/agents/suivant/", follow=True)
    assert "Plus aucun dépôt libre" in text_of(empty)


@pytest.mark.parametrize(("role", "shown"), [(Role.AGENT, False), (Role.SUPERVISEUR, True)])
def test_the_export_is_for_supervisors(db: None, role: Role, shown: bool) -> None:
    depot = a_filing()
    browser = at_the_desk(an_agent(role=role))
    assert ("export.csv" in html_of(browser.get("/agents/"))) is shown
    answer = browser.get("/agents/export.csv?etat=tous")
    assert answer.status_code == (200 if shown else 403)
    if shown:
        lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
        assert lines[0].startswith("reference;demarche;siren")
        assert str(depot.reference) in lines[1]
