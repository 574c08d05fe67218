"""Somebody goes: with a transfer, without, or oneself (003, chapter 3)."""

import re

import pytest

from guichet.inscriptions.models import Acteur
from tests.espaces.declarant.acting import browser, held, rights
from tests.espaces.declarant.test_people import GIVEN, sheet
from tests.inscriptions import world
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
LEAVE = "/declarant/gestion/quitter/"


def company_of_three() -> tuple[Acteur, Acteur, Acteur]:
    """An administrateur, somebody with six rights, and somebody with none."""
    company = world.company("multi")
    anne = world.administrateur(company, "Anne Roux")
    omar, lila = world.declarant(company, "Omar Petit"), world.declarant(company, "Lila Rose")
    rights(omar, world.sirets(company))
    return anne, omar, lila


def gone(acteur: Acteur) -> bool:
    acteur.refresh_from_db()
    return acteur.ended_at is not None


class TestTransfer:
    """To a colleague: rights and filings go over, after a sentence that says so."""

    def test_it_is_said_before_it_is_done(self) -> None:
        anne, omar, lila = company_of_three()
        client = browser(anne.account)
        first = text_of(client.get(sheet(omar, "retirer/")))
        assert "Nous vous conseillons de transférer" in first
        answer = client.post(sheet(omar, "retirer/"), {"issue": "collegue", "collegue": str(lila.pk)})
        assert answer["Location"] == f"{sheet(omar, 'retirer/')}?vers={lila.pk}"
        assert "Retirer Omar Petit et transférer à Lila Rose" in text_of(client.get(answer["Location"]))
        assert not gone(omar)
        done = client.post(answer["Location"])
        assert (done.status_code, done["Location"]) == (302, sheet(lila))
        assert gone(omar)
        assert (held(omar), held(lila)) == (0, 6)

    def test_twice_is_once(self) -> None:
        anne, omar, lila = company_of_three()
        client = browser(anne.account)
        address = f"{sheet(omar, 'retirer/')}?vers={lila.pk}"
        assert [client.post(address).status_code for _ in range(2)] == [302, 404]
        assert held(lila) == 6

    @pytest.mark.parametrize("towards", ["0", "x", "-1", "9" * 30, "nouveaux"])
    def test_an_address_that_was_tampered_with_is_unknown(self, towards: str) -> None:
        anne, omar, _lila = company_of_three()
        client = browser(anne.account)
        assert client.post(f"{sheet(omar, 'retirer/')}?vers={towards}").status_code == 404
        assert not gone(omar)

    def test_not_to_somebody_of_another_company_nor_to_oneself(self) -> None:
        anne, omar, _lila = company_of_three()
        stranger = world.declarant(world.company())
        client = browser(anne.account)
        for wrong in (stranger.pk, omar.pk):
            assert client.post(f"{sheet(omar, 'retirer/')}?vers={wrong}").status_code == 404
        assert held(omar) == 6

    def test_only_who_files_can_take_over(self) -> None:
        company = world.company()
        anne, omar = world.administrateur(company, declarant=False), world.declarant(company)
        client = browser(anne.account)
        assert 'name="collegue"' not in text_of(client.get(sheet(omar, "retirer/")))
        assert client.post(f"{sheet(omar, 'retirer/')}?vers={anne.pk}").status_code == 404

    def test_a_colleague_has_to_be_chosen(self) -> None:
        anne, omar, _lila = company_of_three()
        answer = browser(anne.account).post(sheet(omar, "retirer/"), {"issue": "collegue"})
        assert answer.status_code == 422
        assert "Choisissez le collègue qui reprend" in text_of(answer)


class TestNewcomer:
    """To a person created on the way: her password comes on the next page."""

    def test_one_goes_and_one_comes_in_one_act(self) -> None:
        anne, omar, _lila = company_of_three()
        client = browser(anne.account)
        typed = {"last_name": "Nouvelle", "first_name": "Zoé", "email": "zoe@entreprise.example"}
        address = f"{sheet(omar, 'retirer/')}?vers=nouveau"
        answer = client.post(address, {**typed, "siret": omar.siret})
        assert answer.status_code == 302, text_of(answer)
        assert GIVEN.search(text_of(client.get(answer["Location"])))
        assert gone(omar)
        assert held(Acteur.objects.get(account__email="zoe@entreprise.example")) == 6

    def test_where_she_can_t_come_nobody_goes(self) -> None:
        anne, omar, lila = company_of_three()
        profile = lila.account.profile
        typed = {"last_name": profile["last_name"], "first_name": profile["first_name"], "siret": omar.siret}
        address = f"{sheet(omar, 'retirer/')}?vers=nouveau"
        answer = browser(anne.account).post(address, {**typed, "email": "autre@entreprise.example"})
        assert answer.status_code == 409
        assert not gone(omar)


class TestWithout:
    """Without transfer: what is lost is counted, and has to be ticked."""

    def test_what_is_lost_is_counted_and_ticked(self) -> None:
        anne, omar, lila = company_of_three()
        client, address = browser(anne.account), f"{sheet(omar, 'retirer/')}?vers=sans"
        page = text_of(client.get(address))
        assert "6 droits prennent fin" in page
        assert client.post(address).status_code == 422
        assert not gone(omar)
        answer = client.post(address, {"compris": "on"})
        assert (answer.status_code, answer["Location"]) == (302, "/declarant/gestion/declarants/")
        assert gone(omar)
        assert (held(omar), held(lila)) == (0, 0)


class TestLeaving:
    """« Quitter cette inscription »."""

    def test_oneself_is_not_removed_but_leaves(self) -> None:
        anne, _omar, _lila = company_of_three()
        assert browser(anne.account).get(sheet(anne, "retirer/"))["Location"] == LEAVE

    def test_the_last_administrateur_is_told_what_to_do(self) -> None:
        anne, _omar, _lila = company_of_three()
        client = browser(anne.account)
        page = text_of(client.get(LEAVE))
        assert "Vous êtes le seul administrateur" in page
        assert "<form" not in re.sub(r"(?s)<header.*?</header>", "", page)
        assert client.post(LEAVE, {"compris": "on"}).status_code == 409
        assert not gone(anne)

    def test_a_declarant_leaves_once_it_is_understood(self) -> None:
        anne, omar, _lila = company_of_three()
        client = browser(omar.account)
        page = text_of(client.get(LEAVE))
        assert anne.account.profile["name"] in page
        assert client.post(LEAVE).status_code == 422
        assert client.post(LEAVE, {"compris": "on"}).status_code == 302
        assert gone(omar)
        assert held(omar) == 0
