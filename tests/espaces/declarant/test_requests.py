"""« Demandes en attente » (003, chapters 2 and 5)."""

import pytest

from guichet.inscriptions.models import Acteur
from guichet.kernel import clock
from tests.espaces.declarant.acting import browser
from tests.inscriptions import world
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
REQUESTS, HELP = "/declarant/gestion/demandes/", "/declarant/gestion/aide/"


def answer_page(candidate: Acteur, answer: str) -> str:
    return f"{REQUESTS}{candidate.pk}/{answer}/"


class TestCandidates:
    """Accord or refus, asked once, with the days that are left."""

    @pytest.mark.parametrize(("after", "left"), [(0, "15 jours"), (5, "10 jours"), (14.5, "1 jour")])
    def test_the_days_that_are_left(self, after: float, left: str) -> None:
        company = world.company()
        anne = world.administrateur(company)
        world.candidate(company, "Zita Demande")
        with world.after(after):
            page = text_of(browser(anne.account).get(REQUESTS))
        assert "Zita Demande" in page
        assert left in page

    def test_after_fifteen_days_nobody_waits(self) -> None:
        company = world.company()
        anne = world.administrateur(company)
        world.candidate(company, "Zita Demande")
        with world.after(15):
            assert "Personne n’attend votre réponse" in text_of(browser(anne.account).get(REQUESTS))

    def test_accord(self) -> None:
        company = world.company()
        anne, zita = world.administrateur(company), world.candidate(company, "Zita Demande")
        client = browser(anne.account)
        assert "de vive voix" in text_of(client.get(answer_page(zita, "accord")))
        assert client.post(answer_page(zita, "accord")).status_code == 302
        zita.refresh_from_db()
        assert zita.administrateur
        assert client.post(answer_page(zita, "accord")).status_code == 409

    def test_refus_with_a_reason_that_is_kept_where_it_is_wrong(self) -> None:
        company = world.company()
        anne, zita = world.administrateur(company), world.candidate(company, "Zita Demande")
        client, address = browser(anne.account), answer_page(zita, "refus")
        assert client.post(address, {"motif": " "}).status_code == 422
        long = client.post(address, {"motif": "trop " * 300})
        assert long.status_code == 422
        assert "trop trop" in text_of(long)
        assert client.post(address, {"motif": "Vous ne travaillez plus ici."}).status_code == 302
        zita.refresh_from_db()
        assert zita.ended_at is not None
        assert zita.candidature.motif == "Vous ne travaillez plus ici."

    @pytest.mark.parametrize("answer", ["accord", "refus"])
    def test_the_candidate_of_another_company_is_unknown(self, answer: str) -> None:
        zita = world.candidate(world.company())
        client = browser(world.administrateur(world.company()).account)
        assert client.get(answer_page(zita, answer)).status_code == 404
        assert client.post(answer_page(zita, answer), {"motif": "non"}).status_code == 404
        zita.refresh_from_db()
        assert zita.is_candidate

    @pytest.mark.parametrize("answer", ["accord", "refus"])
    def test_neither_a_declarant_nor_the_candidate_answers(self, answer: str) -> None:
        company = world.company()
        world.administrateur(company)
        omar, zita = world.declarant(company), world.candidate(company)
        assert browser(omar.account).post(answer_page(zita, answer)).status_code == 403
        assert browser(zita.account).post(answer_page(zita, answer)).status_code == 302
        zita.refresh_from_db()
        assert zita.is_candidate


class TestHelp:
    """Colleagues who can't sign in."""

    def test_nobody(self) -> None:
        anne = world.administrateur(world.company())
        assert "Personne ne vous demande d’aide" in text_of(browser(anne.account).get(HELP))

    def test_each_leads_to_her_page_until_she_has_a_password(self) -> None:
        company = world.company()
        anne, omar = world.administrateur(company), world.declarant(company, "Omar Petit")
        omar.help_asked_at = clock.now()
        omar.save(update_fields=["help_asked_at"])
        client = browser(anne.account)
        assert f'href="/declarant/gestion/declarants/{omar.pk}/"' in text_of(client.get(HELP))
        client.post(f"/declarant/gestion/declarants/{omar.pk}/mot-de-passe/")
        assert "Omar Petit" not in text_of(client.get(HELP))
