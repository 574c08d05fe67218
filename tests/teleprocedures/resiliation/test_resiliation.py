"""A resiliation: asked for by an administrateur, decided by an agent, done in the same moment."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from guichet.depots import operations as depots
from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.habilitations.models import Habilitation
from guichet.inscriptions.models import Acteur, EtablissementInscrit, Inscription
from guichet.inscriptions.rules import Genre
from guichet.instruction import operations as desk
from guichet.instruction.models import Agent
from guichet.teleprocedures.resiliation.rules import MAX_MOTIF, clean
from guichet.teleprocedures.resiliation.standing import ForAdministrateurs, NoLongerFits
from tests.depots.declarants import give
from tests.inscriptions import world
from tests.instruction.people import agent as an_agent
from tests.teleprocedures.resiliation.filer import WHY, Asker
from tests.web.desk.desk import at_the_desk
from tests.web.people import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Inscription:
    """Of three établissements, with two administrateurs and a déclarant."""
    made = world.company(Genre.MULTI, places=3)
    world.administrateur(made, "Jeanne Exemple")
    return made


@pytest.fixture
def asker(company: Inscription) -> Asker:
    """An administrateur with a right at every établissement."""
    acteur = world.administrateur(company, "Lila Exemple")
    for siret in world.sirets(company):
        give(acteur, siret, "dsn")
    return Asker(acteur)


@pytest.fixture
def agent() -> Any:
    """An agent who sees everything."""
    found: Agent = an_agent(name="Camille Aubert")
    return found


def open_rights(company: Inscription) -> list[str]:
    rows = Habilitation.objects.filter(acteur__inscription=company, closed_at=None)
    return sorted(rows.values_list("siret", flat=True))


class TestRules:
    def test_an_etablissement_has_no_type(self) -> None:
        siret = "00001390400016"
        good, bad = clean({"objet": siret, "effet": "multi", "genre": "multi", "motif": WHY})
        assert (good["effet"], good["genre"], bad) == ("fin", "", {})
        assert clean(good) == (good, {})

    def test_the_type_comes_from_the_effect_alone(self) -> None:
        good, _ = clean({"objet": "entreprise", "effet": "fin", "genre": "tiers", "motif": WHY})
        assert good["genre"] == ""

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"objet": ""}, "objet"),
            ({"objet": "12345678900011"}, "objet"),
            ({"effet": ""}, "effet"),
            ({"effet": "autre"}, "effet"),
            ({"motif": " … "}, "motif"),
            ({"motif": "x" * (MAX_MOTIF + 1)}, "motif"),
        ],
    )
    def test_what_is_no_answer(self, changed: dict[str, str], field: str) -> None:
        _, bad = clean({"objet": "entreprise", "effet": "fin", "motif": WHY, **changed})
        assert list(bad) == [field]

    def test_a_motif_of_the_longest_is_kept(self) -> None:
        good, bad = clean({"objet": "entreprise", "effet": "fin", "motif": "x" * MAX_MOTIF})
        assert (len(good["motif"]), bad) == (MAX_MOTIF, {})


class TestAsked:
    def test_the_portal_prepares_what_may_be_asked(self, asker: Asker) -> None:
        draft = asker.begin()
        page = text_of(asker.client.get(asker.at("step", draft.pk, "objet")))
        assert "plusieurs établissements" in page  # the present type
        assert page.count('type="radio"') == 3  # the inscription, and the two places beside the siège
        asker.choose(draft, "entreprise")
        page = text_of(asker.client.get(asker.at("step", draft.pk, "motif")))
        assert 'value="multi"' not in page
        assert 'value="mono"' in page

    def test_until_the_answer_nothing_changes(self, asker: Asker, company: Inscription) -> None:
        depot = asker.asked()
        assert (depot.siren, depot.capacity) == (company.siren, "Administrateur")
        assert open_rights(company) == world.sirets(company)

    def test_a_declarant_is_told_whom_it_is_for(self, company: Inscription) -> None:
        declarant = Asker(world.declarant(company))
        draft = declarant.begin()
        answer = declarant.choose(draft, "entreprise")
        assert answer.status_code == 422
        assert "réservée aux administrateurs" in text_of(answer)

    @pytest.mark.parametrize("objet", ["00001390400016", "stranger", "", "<b>"])
    def test_somebody_elses_place_is_no_answer(self, asker: Asker, objet: str) -> None:
        objet = world.company().siret if objet == "stranger" else objet
        assert asker.choose(asker.begin(), objet).status_code == 422

    def test_the_same_is_not_asked_twice_at_once(self, asker: Asker, company: Inscription) -> None:
        first = asker.asked()
        other = Asker(Acteur.objects.exclude(pk=asker.acteur.pk).get(inscription=company))
        answer = other.choose(other.begin(), "entreprise")
        assert answer.status_code == 422
        assert str(first.reference) in text_of(answer)
        assert other.choose(other.begin(), world.sirets(company)[1]).status_code == 302

    def test_who_is_no_administrateur_any_more_transmits_nothing(self, asker: Asker) -> None:
        draft = asker.begin()
        asker.choose(draft, "entreprise")
        asker.say(draft)
        asker.acteur.administrateur = False
        asker.acteur.save()
        with pytest.raises(ForAdministrateurs):
            depots.submit(account=asker.account, depot_id=draft.pk, accepted_terms=True)
        draft.refresh_from_db()
        assert draft.state == State.BROUILLON
        asker.submit(draft)
        draft.refresh_from_db()
        assert draft.state == State.BROUILLON


class TestDecided:
    def test_the_whole_inscription_ends(self, asker: Asker, company: Inscription, agent: Agent) -> None:
        desk.accept(agent=agent, depot_id=asker.asked().pk)
        company.refresh_from_db()
        assert (company.ended_because, open_rights(company)) == ("resiliation", [])
        assert not Acteur.objects.filter(inscription=company, ended_at=None).exists()
        assert Habilitation.objects.filter(acteur__inscription=company).count() == 3  # the history stays

    def test_one_place_ends_and_the_others_stay(
        self, asker: Asker, company: Inscription, agent: Agent
    ) -> None:
        first, second, third = world.sirets(company)
        desk.accept(agent=agent, depot_id=asker.asked(second).pk)
        assert open_rights(company) == [first, third]
        row = EtablissementInscrit.objects.get(inscription=company, siret=second)
        assert row.resilie_at is not None
        company.refresh_from_db()
        assert company.ended_at is None

    def test_the_type_changes_and_people_stay(self, asker: Asker, company: Inscription, agent: Agent) -> None:
        desk.accept(agent=agent, depot_id=asker.asked(effet="tiers").pk)
        company.refresh_from_db()
        assert (company.genre, company.ended_at) == (Genre.TIERS, None)
        assert company.siret in open_rights(company)
        assert Acteur.objects.filter(inscription=company, ended_at=None).count() == 2

    def test_from_one_to_several_keeps_the_ticks(self, agent: Agent) -> None:
        company = world.company(Genre.MONO)
        asker = Asker(world.administrateur(company))
        desk.accept(agent=agent, depot_id=asker.asked(effet="multi").pk)
        company.refresh_from_db()
        assert company.genre == Genre.MULTI
        assert EtablissementInscrit.objects.get(inscription=company).ticked_at is not None

    def test_a_refusal_changes_nothing(self, asker: Asker, company: Inscription, agent: Agent) -> None:
        desk.refuse(agent=agent, depot_id=asker.asked().pk, motif_id=None, text="Il en reste à faire.")
        company.refresh_from_db()
        assert company.ended_at is None
        assert open_rights(company) == world.sirets(company)

    @pytest.mark.parametrize("effet", ["fin", "tiers"])
    def test_what_no_longer_fits_refuses_the_acceptance(
        self, asker: Asker, company: Inscription, agent: Agent, effet: str
    ) -> None:
        depot = asker.asked(effet=effet)
        if effet == "fin":
            company.ended_at, company.ended_because = depot.confirmed_at, "autre"
            company.save()
        else:
            Inscription.objects.filter(pk=company.pk).update(genre=effet)
        with pytest.raises(NoLongerFits):
            desk.accept(agent=agent, depot_id=depot.pk)
        depot.refresh_from_db()
        assert depot.state == State.CONFIRME

    def test_a_place_that_is_resilie_already_as_well(
        self, asker: Asker, company: Inscription, agent: Agent
    ) -> None:
        siret = world.sirets(company)[2]
        depot = asker.asked(siret)
        EtablissementInscrit.objects.filter(siret=siret).update(ticked_at=None, resilie_at=depot.confirmed_at)
        with pytest.raises(NoLongerFits):
            desk.accept(agent=agent, depot_id=depot.pk)

    def test_the_desk_shows_what_is_asked_beside_what_is(self, asker: Asker, agent: Agent) -> None:
        depot = asker.asked(effet="mono")
        page = text_of(at_the_desk(agent).get(reverse("desk:dossier", args=[depot.pk])))
        assert "Votre entreprise, un seul établissement" in page
        assert "Votre entreprise, plusieurs établissements" in page
        assert "Jeanne Exemple" in page
        assert WHY in page

    def test_a_click_of_the_agent_says_that_it_does_not_fit(self, asker: Asker, agent: Agent) -> None:
        depot = asker.asked()
        Inscription.objects.filter(pk=asker.acteur.inscription_id).update(
            ended_at=depot.confirmed_at, ended_because="autre"
        )
        browser: Client = at_the_desk(agent)
        page = browser.post(reverse("desk:accept", args=[depot.pk]), {"envoyer": "1"}, follow=True)
        assert "déjà fait" in text_of(page)
        assert Depot.objects.get(pk=depot.pk).state == State.CONFIRME
