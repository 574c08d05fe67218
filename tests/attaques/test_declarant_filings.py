"""An attacker's go at what companies file: rights that end meanwhile, others' ids, two at one moment."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from guichet.depots.models import Depot
from guichet.depots.states import State
from guichet.habilitations import operations as rights
from guichet.habilitations.models import Habilitation
from guichet.inscriptions.models import Acteur, DeclarationInscrite, Inscription
from guichet.inscriptions.rules import Genre
from guichet.instruction import operations as desk
from guichet.kernel import clock
from tests.at_once import at_once
from tests.depots.declarants import give, take
from tests.inscriptions import world
from tests.instruction.people import agent as an_agent
from tests.teleprocedures.acces.test_acces import Asker as Candidate
from tests.teleprocedures.declaration.filer import Declarant
from tests.teleprocedures.resiliation.filer import Asker
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
PEOPLE = "/declarant/gestion/declarants/"
SECOND = dt.timedelta(seconds=1)


def a_company(**values: Any) -> tuple[Inscription, Declarant]:
    """A company with somebody who may file the DSN of its siège, and nothing else."""
    company = world.company(Genre.MULTI, places=2, **values)
    omar = world.declarant(company, "Omar Exemple")
    give(omar, company.siret, "dsn")
    return company, Declarant(omar)


def boss_of(company: Inscription) -> tuple[Acteur, Client]:
    chief, client = world.administrateur(company, "Anne Chef"), Client()
    client.force_login(chief.account)
    return chief, client


class TestRights:
    def test_a_right_that_is_taken_between_check_and_submission(self) -> None:
        _, omar = a_company()
        draft = omar.ready()
        assert omar.check(draft).status_code == 200
        take(Habilitation.objects.get())
        answer = omar.submit(draft)
        draft.refresh_from_db()
        assert draft.state == State.BROUILLON
        assert answer.status_code in (200, 403, 422)
        assert not Depot.objects.exclude(state=State.BROUILLON).exists()

    def test_one_second_before_it_opens(self) -> None:
        company, omar = a_company(opens_after=dt.timedelta(days=8))
        opens = DeclarationInscrite.objects.filter(inscription=company, code="dsn").get().opens_at
        with clock.travel(opens - SECOND - clock.now()):
            assert Declarant(omar.acteur).begin().status_code == 403
            assert not Depot.objects.exists()
        with clock.travel(opens + SECOND - clock.now()):
            omar = Declarant(omar.acteur)
            draft = omar.ready()
            omar.submit(draft)
            draft.refresh_from_db()
            assert draft.state == State.CONFIRME

    @pytest.mark.parametrize("place", ["other", "stranger", "nothing", "\0", "9" * 14, "9" * 5000])
    def test_somebody_elses_place(self, place: str) -> None:
        company, omar = a_company()
        stranger = world.company()
        omar.begin()
        draft = omar.draft()
        omar.choose(draft)
        siret = {"other": world.sirets(company)[1], "stranger": stranger.siret, "nothing": " "}.get(
            place, place
        )
        answer = omar.place(draft, siret)
        assert answer.status_code == 422
        forged = {"accepted_terms": "on", "siret": stranger.siret, "declaration": "c3s", "data": "{}"}
        omar.client.post(omar.at("check", draft.pk), forged)
        draft.refresh_from_db()
        assert draft.state == State.BROUILLON

    @pytest.mark.parametrize(
        "code", ["c3s", "pasrau", "controle_siret", "inconnue", "\0", "dsn ", "DSN", "x" * 9000]
    )
    def test_a_code_that_is_not_offered(self, code: str) -> None:
        _, omar = a_company()
        for query in (
            urlencode({"declaration": code}),
            urlencode([("declaration", "dsn"), ("declaration", code)]),
        ):
            assert omar.client.get(f"{omar.at('start')}?{query}").status_code in (200, 403)
            omar.client.post(f"{omar.at('start')}?{query}")
            assert code not in [one.data.get("declaration") for one in Depot.objects.all()]
        omar.begin()
        assert omar.choose(omar.draft(), code).status_code == 422

    def test_the_answers_of_the_first_question_asked_again_later(self) -> None:
        """The établissement was answered for the DSN; then the code of another declaration is sent."""
        company, omar = a_company()
        give(omar.acteur, world.sirets(company)[1], "c3s")
        draft = omar.ready()
        omar.choose(draft, "c3s")
        answer = omar.submit(draft)
        draft.refresh_from_db()
        assert draft.state == State.BROUILLON, text_of(answer)

    def test_a_place_that_is_unticked_or_a_declaration_that_left_meanwhile(self) -> None:
        company, omar = a_company()
        draft = omar.ready()
        chief, _ = boss_of(company)
        rights.choose_etablissements(by=chief, sirets=world.sirets(company)[1:])
        omar.submit(draft)
        draft.refresh_from_db()
        assert draft.state == State.BROUILLON


class TestOthers:
    def test_ids_of_another_company(self) -> None:
        _, omar = a_company()
        filed, draft = omar.filed(), omar.ready()
        _, spy = a_company()
        for acteur in (spy.acteur, world.administrateur(spy.acteur.inscription)):
            other = Declarant(acteur)
            for one in (filed, draft):
                for name in ("depot", "receipt", "check", "documents", "discard"):
                    answer = other.client.get(other.at(name, one.pk))
                    assert answer.status_code == 404, name
                    assert other.client.post(
                        other.at(name, one.pk), {"accepted_terms": "on"}
                    ).status_code in (404, 405)
        assert Depot.objects.filter(pk__in=[filed.pk, draft.pk]).count() == 2

    def test_whoever_was_removed_sees_what_was_handed_over_no_more(self) -> None:
        company, omar = a_company()
        filed, draft = omar.filed(), omar.ready()
        heir = Declarant(world.declarant(company, "Zoé Suivante"))
        _, boss = boss_of(company)
        page = f"{PEOPLE}{omar.acteur.pk}/retirer/?vers={heir.acteur.pk}"
        assert boss.post(page).status_code == 302
        again = Declarant(omar.acteur)  # signs in once more
        for one, name in ((filed, "depot"), (filed, "receipt"), (draft, "check"), (draft, "discard")):
            assert again.client.post(again.at(name, one.pk), {"accepted_terms": "on"}).status_code in (
                404,
                405,
            )
            assert again.client.get(again.at(name, one.pk)).status_code == 404, name
        assert heir.client.get(heir.at("depot", filed.pk)).status_code == 200
        heir.submit(draft)
        draft.refresh_from_db()
        assert (draft.state, draft.account_id) == (State.CONFIRME, heir.account.pk)

    def test_a_candidate_files_nothing_and_an_administrateur_asks_for_no_access(self) -> None:
        company, omar = a_company()
        candidate = Declarant(world.candidate(company))
        assert candidate.begin().status_code in (302, 403)
        chief, boss = boss_of(company)
        answer = boss.post(reverse("acces:start"), follow=True)
        assert answer.status_code in (200, 403)
        assert not Depot.objects.filter(account=candidate.account).exists()
        assert not Depot.objects.filter(account=chief.account).exclude(state=State.BROUILLON).exists()
        omar.client.post(reverse("resiliation:start"), follow=True)
        drafts = Depot.objects.filter(teleprocedure="resiliation")
        assert not drafts.exclude(state=State.BROUILLON, data={}).exists()

    def test_a_request_for_access_is_about_ones_own_company_whatever_is_sent(self) -> None:
        company, stranger = world.company(), world.company()
        world.administrateur(company)
        asker = Candidate(world.candidate(company))
        depot = asker.asked()
        assert depot.siren == company.siren
        desk.accept(agent=an_agent(name="Camille Aubert"), depot_id=depot.pk)
        assert Acteur.objects.filter(inscription=company, administrateur=True, ended_at=None).count() == 2
        assert not Acteur.objects.filter(inscription=stranger).exists()

    def test_a_resiliation_of_another_companys_place(self) -> None:
        company, victim = world.company(places=2), world.company(places=2)
        asker = Asker(world.administrateur(company))
        draft = asker.begin()
        for objet in (victim.siret, world.sirets(victim)[1], "\0", "9" * 14, str(victim.pk)):
            assert asker.choose(draft, objet).status_code == 422, objet
        asker.submit(draft)
        draft.refresh_from_db()
        assert draft.state == State.BROUILLON


class TestTwice:
    def test_submitted_by_a_double_click(self) -> None:
        _, omar = a_company()
        draft = omar.ready()
        answers = [omar.submit(draft) for _ in range(2)]
        assert all(answer.status_code in (200, 404) for answer in answers)
        assert Depot.objects.filter(state=State.CONFIRME).count() == 1

    def test_begun_and_thrown_away_by_double_clicks(self) -> None:
        _, omar = a_company()
        for _ in range(2):
            assert omar.begin("dsn").status_code == 302
        assert Depot.objects.count() == 1
        draft = omar.draft()
        for _ in range(2):
            answer = omar.client.post(omar.at("discard", draft.pk), {"confirm": "on"})
            assert answer.status_code in (302, 404), text_of(answer)
        assert not Depot.objects.filter(state=State.BROUILLON).exists()
        assert omar.submit(draft).status_code in (200, 404)
        assert not Depot.objects.filter(state__in=[State.BROUILLON, State.CONFIRME]).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("empty_register")
class TestAtOnce:
    @pytest.mark.parametrize("turn", range(3))
    def test_a_filing_while_its_filer_is_removed(self, turn: int) -> None:
        """It is filed, and passes to the successor; or it is not, and the draft does: never half."""
        company, omar = a_company()
        heir = world.declarant(company, "Zoé Suivante")
        _, boss = boss_of(company)
        draft = omar.ready()
        page = f"{PEOPLE}{omar.acteur.pk}/retirer/?vers={heir.pk}"
        acts = [lambda: omar.submit(draft), lambda: boss.post(page)]
        results = at_once(*(acts if turn % 2 else reversed(acts)))
        assert not [one for one in results if isinstance(one, Exception)], results
        draft.refresh_from_db()
        assert draft.account_id == heir.account_id
        assert draft.state in (State.BROUILLON, State.CONFIRME)
        assert [one.status_code for one in results if one.status_code >= 500] == []

    @pytest.mark.parametrize("turn", range(3))
    def test_a_filing_while_its_company_ends(self, turn: int) -> None:
        company, omar = a_company()
        asker = Asker(world.administrateur(company))
        asked, draft, agent = asker.asked(), omar.ready(), an_agent(name="Camille Aubert")
        acts = [lambda: omar.submit(draft), lambda: desk.accept(agent=agent, depot_id=asked.pk)]
        results = at_once(*(acts if turn % 2 else reversed(acts)))
        assert not [one for one in results if isinstance(one, Exception)], results
        draft.refresh_from_db()
        right = Habilitation.objects.get()
        assert right.closed_at
        assert draft.state in (State.BROUILLON, State.CONFIRME)
        if draft.confirmed_at:  # whoever asks who could file at that moment finds who did
            assert right.opened_at <= draft.confirmed_at < right.closed_at

    def test_four_clicks_file_once(self) -> None:
        _, omar = a_company()
        draft = omar.ready()
        results = at_once(*[lambda: omar.submit(draft)] * 4)
        assert not [one for one in results if isinstance(one, Exception)], results
        assert Depot.objects.filter(state=State.CONFIRME).count() == 1

    def test_the_same_resiliation_by_two_administrateurs(self) -> None:
        """Both wait, or one is told; whichever is decided, the other ends without a failure."""
        company = world.company(places=2)
        askers = [Asker(world.administrateur(company)) for _ in range(2)]
        drafts = [one.begin() for one in askers]
        for one, draft in zip(askers, drafts, strict=True):
            one.choose(draft, "entreprise")
            one.say(draft)
        pairs = zip(askers, drafts, strict=True)
        results = at_once(*[lambda one=one, draft=draft: one.submit(draft) for one, draft in pairs])
        assert not [one for one in results if isinstance(one, Exception)], results
        waiting = Depot.objects.filter(teleprocedure="resiliation", state=State.CONFIRME)
        assert waiting.count() == 1, [one.status_code for one in results]
