"""« Qui déclare pour vous »: the client's side of the tie."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from guichet.inscriptions.models import Acteur
from guichet.portefeuilles.models import Cliente
from guichet.portefeuilles.states import Fin
from tests.espaces.declarant.portefeuilles.firm import Firm, browser, held
from tests.inscriptions import world as companies
from tests.portefeuilles import world
from tests.web.people import text_of

LIST = "/declarant/tiers/"


@dataclass
class Company:
    """A company that declares here too, and is a client of the firm."""

    anne: Acteur
    tie: Cliente


@pytest.fixture
def company(firm: Firm) -> Company:
    """``anne`` administers it."""
    rank = companies.a_rank()
    tie = world.cliente(firm.lyon, rank=rank, name="ATELIER")
    inscription = companies.company("mono", rank=rank, registered=False)
    return Company(companies.administrateur(inscription), tie)


def end(company: Company) -> str:
    return f"{LIST}{company.tie.pk}/mettre-fin/"


def back(company: Company) -> str:
    return f"{LIST}{company.tie.pk}/autoriser/"


def test_who_declares_since_when_and_what(firm: Firm, company: Company) -> None:
    page = text_of(browser(company.anne).get(LIST))
    assert "SIREN <span" in page
    assert firm.inscription.siren[:3] in page
    assert f'href="{end(company)}"' in page


def test_nobody_says_how_to_begin(firm: Firm) -> None:
    page = text_of(browser(companies.administrateur(companies.company("mono"))).get(LIST))
    assert "Aucun tiers ne déclare pour votre entreprise" in page
    assert "donnez-lui votre SIREN" in page


def test_it_ends_once_it_is_understood_and_is_let_back(firm: Firm, company: Company) -> None:
    client = browser(company.anne)
    assert "plus personne chez" in text_of(client.get(end(company)))
    refused = client.post(end(company))
    assert refused.status_code == 422
    assert "définitif" not in text_of(refused)  # it may be let back
    assert client.post(end(company), {"compris": "on"}).status_code == 302
    company.tie.refresh_from_db()
    assert company.tie.closed_because == Fin.CLIENT
    assert len(held(firm.lila)) == 2  # those for the bakery
    page = text_of(client.get(LIST))
    assert "Autoriser de nouveau" in page
    assert client.post(back(company)).status_code == 302
    company.tie.refresh_from_db()
    assert company.tie.let_back_at is not None
    assert "Ceux que vous autorisez de nouveau" in text_of(client.get(LIST))


def test_ended_twice_it_ended_once(company: Company) -> None:
    client = browser(company.anne)
    answers = [client.post(end(company), {"compris": "on"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 302]
    assert "ne déclare déjà plus pour vous" in text_of(client.get(LIST))


def test_let_back_twice_or_while_it_lasts_is_no_harm(company: Company) -> None:
    client = browser(company.anne)
    assert client.post(back(company)).status_code == 404
    client.post(end(company), {"compris": "on"})
    assert [client.post(back(company)).status_code for _ in range(2)] == [302, 302]
    assert "est déjà autorisé de nouveau" in text_of(client.get(LIST))


@pytest.mark.parametrize("address", [end, back])
def test_a_stranger_and_the_firm_itself_end_nothing(
    firm: Firm, company: Company, address: Callable[[Company], str]
) -> None:
    url = address(company)
    stranger = companies.administrateur(companies.company("mono"))
    for acteur in (stranger, firm.chief):
        assert browser(acteur).post(url, {"compris": "on"}).status_code == 404
    company.tie.refresh_from_db()
    assert company.tie.closed_at is None


def test_a_declarant_of_the_company_is_told_whom_to_ask(company: Company) -> None:
    omar = companies.declarant(company.anne.inscription)
    for url in (LIST, end(company)):
        assert browser(omar).get(url).status_code == 403


def test_letting_back_is_not_done_by_opening_an_address(company: Company) -> None:
    assert browser(company.anne).get(back(company)).status_code == 405
