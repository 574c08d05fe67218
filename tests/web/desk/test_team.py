"""Supervisors see the load, gestionnaires the agents; and nobody what their role does not show."""

import datetime as dt
from typing import Any

import pytest

from guichet.courriers.models import Courrier
from guichet.instruction.models import Agent, Motif
from guichet.instruction.rules import Role
from guichet.kernel import clock
from tests.web.desk.desk import a_filing, a_motif, an_agent, at_the_desk, published
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
PAGES = {
    "": Role.AGENT,
    "chiffres/": Role.AGENT,
    "lots/": Role.AGENT,
    "charge/": Role.SUPERVISEUR,
    "motifs/": Role.SUPERVISEUR,
    "motifs/ajouter/": Role.SUPERVISEUR,
    "export.csv": Role.SUPERVISEUR,
    "equipe/": Role.GESTIONNAIRE,
    "equipe/inviter/": Role.GESTIONNAIRE,
}


@pytest.fixture
def chief(db: None) -> Any:
    """The browser of a gestionnaire."""
    return at_the_desk(an_agent("Claude Gestion", role=Role.GESTIONNAIRE))


@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_its_pages_and_shows_the_way_to_no_other(db: None, role: Role) -> None:
    browser = at_the_desk(an_agent(role=role))
    queue = html_of(browser.get("/agents/"))
    for page, needed in PAGES.items():
        allowed = role.includes(needed)
        assert browser.get(f"/agents/{page}").status_code == (200 if allowed else 403), page
        assert allowed or f'href="/agents/{page}"' not in queue


def test_who_is_signed_in_as_an_agent_and_is_none_is_told(db: None) -> None:
    agent = an_agent()
    browser = at_the_desk(agent)
    Agent.objects.update(active=False)
    assert browser.get("/agents/").status_code == 403


def test_the_load_tells_who_has_how_much(agent: Agent) -> None:
    depot = a_filing()
    at_the_desk(agent).post("/agents/suivant/")
    supervisor = an_agent("Dominique Exemple", role=Role.SUPERVISEUR)
    with clock.travel(dt.timedelta(days=16)):
        page = text_of(at_the_desk(supervisor).get("/agents/charge/"))
        assert "16 jours" in page
        hand = text_of(at_the_desk(supervisor).get(f"/agents/?agent={agent.pk}"))
    assert f'href="/agents/?agent={agent.pk}"' in page
    assert str(depot.reference) in hand


def test_an_agent_is_invited_changed_suspended_and_brought_back(chief: Any) -> None:
    form = {"name": "Camille Exemple", "email": "Camille@service.example", "role": "agent"}
    page = chief.post("/agents/equipe/inviter/", form, follow=True)
    assert "L’invitation de Camille Exemple est partie" in text_of(page)
    assert Courrier.objects.filter(recipient="Camille@service.example").count() == 1
    new = Agent.objects.get(account__identifier="camille@service.example")
    assert "Invité, jamais connecté" in text_of(page)
    again = chief.post("/agents/equipe/inviter/", form)
    assert again.status_code in (409, 422)
    chief.post(f"/agents/equipe/{new.pk}/", {"role": "superviseur", "teleprocedures": ["comptes_annuels"]})
    new.refresh_from_db()
    assert (new.role, new.teleprocedures) == ("superviseur", ["comptes_annuels"])
    suspended = chief.post(f"/agents/equipe/{new.pk}/suspendre/", follow=True)
    assert "ne peut plus se connecter" in text_of(suspended)
    assert "Rétablir son accès" in text_of(suspended)
    chief.post(f"/agents/equipe/{new.pk}/retablir/")
    new.refresh_from_db()
    assert new.active
    assert chief.post(f"/agents/equipe/{new.pk}/second-facteur/").status_code == 302


@pytest.mark.parametrize(
    "form",
    [{}, {"role": "roi"}, {"role": "agent", "teleprocedures": "inconnue"}, {"role": "agent", "email": "x"}],
)
def test_a_wrong_invitation_is_refused(chief: Any, form: dict[str, str]) -> None:
    answer = chief.post("/agents/equipe/inviter/", {"name": "A", "email": "a@b.example", **form})
    assert answer.status_code == 422
    assert Agent.objects.count() == 1


def test_the_last_gestionnaire_stays(chief: Any) -> None:
    last = Agent.objects.get()
    page = chief.post(f"/agents/equipe/{last.pk}/suspendre/", follow=True)
    assert "dernier gestionnaire" in text_of(page)
    assert "C’est votre propre compte" in text_of(page)


@pytest.mark.parametrize("address", ["equipe/999/", "motifs/999/", "equipe/1/effacer/"])
def test_what_does_not_exist_is_not_found(chief: Any, address: str) -> None:
    assert chief.post(f"/agents/{address}", {"role": "agent"}).status_code == 404


def test_reasons_are_kept_by_supervisors(chief: Any) -> None:
    form = {
        "teleprocedure": "comptes_annuels",
        "kind": "refus",
        "label": "Illisible",
        "text": "Numérisez mieux.",
    }
    assert chief.post("/agents/motifs/ajouter/", form).url == "/agents/motifs/"
    motif = Motif.objects.get(label="Illisible")
    depot = a_filing()
    assert "Illisible" in text_of(chief.get(f"/agents/depots/{depot.pk}/refuser/"))
    chief.post(f"/agents/motifs/{motif.pk}/", {"label": "Illisible", "text": "Numérisez en noir et blanc."})
    motif.refresh_from_db()
    assert motif.text == "Numérisez en noir et blanc."
    assert chief.post("/agents/motifs/ajouter/", form).status_code == 409
    chief.post(f"/agents/motifs/{motif.pk}/retirer/")
    assert "Illisible" not in text_of(chief.get(f"/agents/depots/{depot.pk}/refuser/"))


def test_reasons_of_another_téléprocédure_are_not_shown() -> None:
    motif = a_motif()
    stranger = at_the_desk(an_agent(role=Role.SUPERVISEUR, teleprocedures=["autre_chose"]))
    assert motif.label not in text_of(stranger.get("/agents/motifs/"))
    assert stranger.get(f"/agents/motifs/{motif.pk}/").status_code == 404
    assert stranger.post(f"/agents/motifs/{motif.pk}/retirer/").status_code == 403


def test_figures_are_drawn_and_told(agent: Agent, desk: Any) -> None:
    published(agent, 0)
    a_filing(1)
    page = text_of(desk.get("/agents/chiffres/?jours=7"))
    assert "2 dépôts reçus sur la période" in page
    assert "1 décisions" not in page
    assert "1 décision ou fin sur la période" in page
    assert "1 dépôt attend une décision, dont 0 en retard." in page
    assert page.count("<svg viewBox") == 4
    assert page.count("<caption") == 4
    assert "La seule décision de la période a pris 1 heure" in page


@pytest.mark.parametrize("days", ["", "0", "-1", "8", "99999999999", "x"])
def test_a_period_that_is_not_offered_is_the_usual_one(desk: Any, days: str) -> None:
    page = html_of(desk.get(f"/agents/chiffres/?jours={days}"))
    assert 'jours=30" aria-current="true"' in page
