"""A candidate whom nobody answers proves who they are, and the desk lets them in; nobody else."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from guichet.depots import operations as depots
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.inscriptions import operations as inscriptions
from guichet.inscriptions.models import Acteur, Inscription
from guichet.inscriptions.rules import Genre
from guichet.instruction import operations as desk
from guichet.instruction.models import Agent
from guichet.teleprocedures.acces.rules import MAX_PRECISIONS, clean
from guichet.teleprocedures.acces.standing import NotCandidate
from tests.inscriptions import world
from tests.instruction.people import agent as an_agent
from tests.teleprocedures.filer import a_pdf
from tests.web.desk.desk import at_the_desk
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
WHO = "Je suis la nouvelle gérante depuis le 1er mars."


class Asker:
    """A candidate with a browser."""

    def __init__(self, acteur: Acteur) -> None:
        self.acteur, self.account, self.client = acteur, acteur.account, Client()
        self.client.force_login(acteur.account)

    def at(self, name: str, *args: Any) -> str:
        return reverse(f"acces:{name}", args=args)

    def begin(self) -> Depot:
        self.client.post(self.at("start"))
        return Depot.objects.get(account=self.account, state="brouillon")

    def say(self, draft: Depot, **typed: str) -> Any:
        form = {"motif": "silence", "precisions": WHO, **typed}
        return self.client.post(self.at("step", draft.pk, "motif"), form)

    def ready(self) -> Depot:
        draft = self.begin()
        self.say(draft)
        sent = SimpleUploadedFile("extrait.pdf", a_pdf(), "application/pdf")
        self.client.post(self.at("documents", draft.pk), {"upload": sent})
        return draft

    def asked(self) -> Depot:
        draft = self.ready()
        self.client.post(self.at("check", draft.pk), {"accepted_terms": "on"})
        draft.refresh_from_db()
        assert draft.state == "confirme", draft.data
        return draft


@pytest.fixture
def company() -> Inscription:
    """It has an administrateur, who does not answer."""
    made = world.company(Genre.MULTI)
    world.administrateur(made, "Jeanne Exemple")
    return made


@pytest.fixture
def asker(company: Inscription) -> Asker:
    """Somebody who asked to be administrateur too."""
    return Asker(world.candidate(company, "Zoé Nouvelle"))


@pytest.fixture
def agent() -> Any:
    """An agent who sees everything."""
    found: Agent = an_agent(name="Camille Aubert")
    return found


class TestRules:
    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"motif": ""}, "motif"),
            ({"motif": "autre"}, "motif"),
            ({"precisions": " \n "}, "precisions"),
            ({"precisions": "x" * (MAX_PRECISIONS + 1)}, "precisions"),
        ],
    )
    def test_what_is_no_answer(self, changed: dict[str, str], field: str) -> None:
        _, bad = clean({"motif": "silence", "precisions": WHO, **changed})
        assert list(bad) == [field]

    def test_lines_are_kept_and_what_no_page_shows_is_not(self) -> None:
        good, _ = clean({"motif": "refus", "precisions": " a \x00 b\r\nc\u202e "})
        assert good["precisions"] == "a b\nc"


class TestAsked:
    def test_with_a_document_that_the_agent_reads(
        self, asker: Asker, company: Inscription, agent: Agent
    ) -> None:
        draft = asker.ready()
        page = text_of(asker.client.get(asker.at("documents", draft.pk)))
        assert "Ce que le service lira" in page
        assert "publié" not in page
        asker.client.post(asker.at("check", draft.pk), {"accepted_terms": "on"})
        depot = Depot.objects.get(pk=draft.pk)
        assert (depot.siren, depot.capacity) == (company.siren, "Candidat administrateur")
        shown = text_of(asker.client.get(asker.at("depot", depot.pk)))
        assert "publication" not in shown
        browser = at_the_desk(agent)
        dossier = text_of(browser.get(reverse("desk:dossier", args=[depot.pk])))
        assert "Jeanne Exemple" in dossier
        assert "Zoé Nouvelle" in dossier
        assert "Donner l’accès" in dossier
        assert browser.get(reverse("desk:page", args=[depot.pk, 1])).status_code == 200
        original = depot.files.filter(kind="received").get()
        assert browser.get(reverse("desk:original", args=[depot.pk, original.pk])).status_code == 404

    def test_without_a_document_nothing_is_transmitted(self, asker: Asker) -> None:
        draft = asker.begin()
        asker.say(draft)
        answer = asker.client.get(asker.at("check", draft.pk))
        assert answer.headers["Location"] == asker.at("documents", draft.pk)

    @pytest.mark.parametrize("who", ["administrateur", "declarant"])
    def test_who_acts_already_is_told_so(self, company: Inscription, who: str) -> None:
        acting = Asker(getattr(world, who)(company))
        answer = acting.say(acting.begin())
        assert answer.status_code == 422
        assert "n’est pas, ou plus, votre cas" in text_of(answer)

    def test_one_at_a_time(self, asker: Asker) -> None:
        first = asker.asked()
        answer = asker.say(asker.begin())
        assert answer.status_code == 422
        assert str(first.reference) in text_of(answer)

    def test_who_is_admitted_meanwhile_transmits_nothing(self, asker: Asker) -> None:
        draft = asker.ready()
        inscriptions.admit(acteur_id=asker.acteur.pk, actor="operator")
        with pytest.raises(NotCandidate):
            depots.submit(account=asker.account, depot_id=draft.pk, accepted_terms=True)
        draft.refresh_from_db()
        assert draft.state == State.BROUILLON


class TestDecided:
    def test_whom_the_agent_accepts_is_administrateur(self, asker: Asker, agent: Agent) -> None:
        desk.accept(agent=agent, depot_id=asker.asked().pk)
        asker.acteur.refresh_from_db()
        assert asker.acteur.administrateur
        assert asker.acteur.candidature.issue == "agent"
        assert asker.acteur.candidature.settled_by == agent.actor

    def test_also_when_the_fifteen_days_are_over(
        self, asker: Asker, company: Inscription, agent: Agent
    ) -> None:
        depot = asker.asked()
        with world.after(15):
            inscriptions.lapse_candidates()
            desk.accept(agent=agent, depot_id=depot.pk)
        admitted = Acteur.objects.get(account=asker.account, ended_at=None)
        assert (admitted.inscription, admitted.administrateur) == (company, True)

    def test_a_company_without_any_administrateur_is_not_locked_out(self, agent: Agent) -> None:
        company = world.company()
        asker = Asker(world.candidate(company))
        desk.accept(agent=agent, depot_id=asker.asked().pk)
        assert Acteur.objects.get(inscription=company, administrateur=True).account == asker.account

    def test_a_declarant_whom_nobody_administers_becomes_administrateur_and_declares_on(
        self, agent: Agent
    ) -> None:
        company = world.company()
        asker = Asker(world.declarant(company))
        depot = asker.asked()
        assert depot.siren == company.siren
        desk.accept(agent=agent, depot_id=depot.pk)
        asker.acteur.refresh_from_db()
        assert (asker.acteur.administrateur, asker.acteur.declarant) == (True, True)

    def test_a_declarant_is_not_admitted_where_an_administrateur_came_meanwhile(self, agent: Agent) -> None:
        company = world.company()
        asker = Asker(world.declarant(company))
        depot = asker.asked()
        world.administrateur(company)
        with pytest.raises(NotCandidate):
            desk.accept(agent=agent, depot_id=depot.pk)
        asker.acteur.refresh_from_db()
        depot.refresh_from_db()
        assert (asker.acteur.administrateur, depot.state) == (False, State.CONFIRME)

    def test_who_took_it_back_is_not_admitted(self, asker: Asker, agent: Agent) -> None:
        depot = asker.asked()
        inscriptions.withdraw(account=asker.account)
        with pytest.raises(NotCandidate):
            desk.accept(agent=agent, depot_id=depot.pk)
        depot.refresh_from_db()
        assert depot.state == State.CONFIRME

    def test_a_refusal_says_what_is_missing_and_admits_nobody(self, asker: Asker, agent: Agent) -> None:
        depot = asker.asked()
        desk.refuse(agent=agent, depot_id=depot.pk, motif_id=None, text="Le pouvoir n’est pas signé.")
        asker.acteur.refresh_from_db()
        assert not asker.acteur.administrateur
        page = text_of(asker.client.get(asker.at("depot", depot.pk)))
        assert "Le pouvoir n’est pas signé." in page
        assert "Déposer un dossier corrigé" in page
