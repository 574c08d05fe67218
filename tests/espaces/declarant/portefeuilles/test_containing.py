"""Declarations: of the portfolio first, then of a client (003, chapter 4)."""

import datetime as dt
from typing import Any

import pytest

from guichet.portefeuilles.models import Portefeuille
from tests.espaces.declarant.portefeuilles.firm import Firm, at, browser, held, hidden, of
from tests.inscriptions import world as companies
from tests.portefeuilles import world
from tests.web.people import html_of, text_of


def send(
    client: Any, address: str, *codes: str, before: tuple[str, ...] = ("c3s", "dsn"), **more: str
) -> Any:
    """The boxes as the page sends them."""
    sent = {"codes": list(codes), "avant": list(before), "beneficiaires": "personne", **more}
    return client.post(address, sent)


class TestContainer:
    """What the clients of a portfolio may have."""

    def test_each_declaration_of_the_firm_with_how_many_clients_have_it(self, firm: Firm) -> None:
        page = text_of(browser(firm.chief).get(of(firm.lyon, "declarations/")))
        assert "1 entreprise l’a" in page
        assert hidden(page)["avant"] == ["dsn", "c3s"]
        assert "Ajoutez-la d’abord à votre inscription" in page

    def test_what_comes_is_of_no_client_yet(self, firm: Firm) -> None:
        empty = world.portefeuille(firm.inscription, "Nord", declarations=["c3s"])
        garage = world.cliente(empty)
        client, address = browser(firm.chief), of(empty, "declarations/")
        answer = send(client, address, "c3s", "dsn", before=("c3s",))
        assert answer.status_code == 302
        assert world.contained(empty) == ["c3s", "dsn"]
        assert world.codes(garage) == ["c3s"]
        assert "1 déclaration ajoutée au portefeuille" in text_of(client.get(answer.url))

    def test_what_leaves_and_which_rights_end_is_told_before(self, firm: Firm) -> None:
        client, address = browser(firm.chief), of(firm.lyon, "declarations/")
        asked = send(client, address, "c3s")
        assert asked.status_code == 200
        page = text_of(asked)
        assert "1 entreprise la perd" in page
        assert "2 droits de 1 personne prennent fin" in page
        assert world.contained(firm.lyon) == ["c3s", "dsn"]
        done = client.post(address, hidden(html_of(asked)))
        assert done.status_code == 302
        assert world.contained(firm.lyon) == ["c3s"]
        assert world.codes(firm.bakery) == ["c3s"]
        assert held(firm.lila) == set()

    def test_without_clients_it_leaves_at_once(self, firm: Firm) -> None:
        empty = world.portefeuille(firm.inscription, "Nord")
        assert send(browser(firm.chief), of(empty, "declarations/"), "dsn").status_code == 302
        assert world.contained(empty) == ["dsn"]

    def test_an_old_tab_takes_back_nothing_that_a_colleague_did(self, firm: Firm) -> None:
        empty = world.portefeuille(firm.inscription, "Nord", declarations=[])
        client, address = browser(firm.chief), of(empty, "declarations/")
        send(client, address, "dsn", before=())
        send(client, address, "c3s", before=())  # the tab was opened before
        assert world.contained(empty) == ["c3s", "dsn"]

    @pytest.mark.parametrize("code", ["ducs", "nope", "dsn\0", ""])
    def test_nothing_that_the_firm_does_not_declare(self, firm: Firm, code: str) -> None:
        answer = send(browser(firm.chief), of(firm.lyon, "declarations/"), "dsn", "c3s", code)
        assert answer.status_code == 422
        assert world.contained(firm.lyon) == ["c3s", "dsn"]

    def test_sent_twice_is_as_once(self, firm: Firm) -> None:
        empty = world.portefeuille(firm.inscription, "Nord", declarations=[])
        client = browser(firm.chief)
        answers = [send(client, of(empty, "declarations/"), "dsn", before=()).status_code for _ in range(2)]
        assert answers == [302, 302]
        assert world.contained(empty) == ["dsn"]


class TestContent:
    """What is declared for a client, of what its portfolio contains."""

    def test_what_the_container_lacks_is_greyed_and_says_the_missing_step(self, firm: Firm) -> None:
        narrow = world.portefeuille(firm.inscription, "Nord", declarations=["dsn"])
        garage = world.cliente(narrow)
        page = text_of(browser(firm.chief).get(at(garage, "declarations/")))
        assert 'value="c3s" id="code-c3s" disabled' in page
        assert "ajoutez-la d’abord au portefeuille" in page
        assert f'href="{of(narrow, "declarations/")}"' in page
        assert 'value="dsn" id="code-dsn" checked>' in page

    def test_a_box_that_is_greyed_is_not_added_by_force(self, firm: Firm) -> None:
        narrow = world.portefeuille(firm.inscription, "Nord", declarations=["dsn"])
        garage = world.cliente(narrow)
        answer = send(browser(firm.chief), at(garage, "declarations/"), "dsn", "c3s", before=("dsn",))
        assert answer.status_code == 422
        assert "« Nord »" in text_of(answer)
        assert world.codes(garage) == ["dsn"]

    def test_a_declaration_comes_and_its_delay_is_said(self, firm: Firm) -> None:
        garage = world.cliente(firm.lyon, declarations=[])
        client = browser(firm.chief)
        answer = send(client, at(garage, "declarations/"), "dsn", before=())
        assert answer.status_code == 302
        assert world.codes(garage) == ["dsn"]
        told = text_of(client.get(answer.url))
        assert "dans 8 jours" in told
        with companies.after(8, less=-dt.timedelta(minutes=1)):
            assert "ouverte depuis le" in text_of(browser(firm.chief).get(at(garage)))

    @pytest.mark.parametrize(("who", "number"), [("personne", 0), ("presents", 1), ("tous", 3)])
    def test_who_gets_the_rights_is_chosen(self, firm: Firm, who: str, number: int) -> None:
        garage = world.cliente(firm.lyon, declarations=[])
        answer = send(browser(firm.chief), at(garage, "declarations/"), "dsn", before=(), beneficiaires=who)
        assert answer.status_code == 302
        siret = world.sirets(garage)[0]
        people = (firm.lila, firm.omar, firm.chief)
        assert sum((siret, "dsn") in held(one) for one in people) == number

    def test_rights_that_would_end_are_told_first(self, firm: Firm) -> None:
        client, address = browser(firm.chief), at(firm.bakery, "declarations/")
        asked = send(client, address, "c3s")
        assert "2 droits de 1 personne prennent fin" in text_of(asked)
        assert world.codes(firm.bakery) == ["c3s", "dsn"]
        assert client.post(address, hidden(html_of(asked))).status_code == 302
        assert world.codes(firm.bakery) == ["c3s"]
        assert held(firm.lila) == set()

    def test_what_nobody_may_file_leaves_at_once(self, firm: Firm) -> None:
        assert send(browser(firm.chief), at(firm.bakery, "declarations/"), "dsn").status_code == 302
        assert world.codes(firm.bakery) == ["dsn"]

    def test_an_old_tab_adds_nothing_that_left(self, firm: Firm) -> None:
        client, address = browser(firm.chief), at(firm.bakery, "declarations/")
        send(client, address, "dsn")  # c3s leaves
        send(client, address, "dsn", "c3s")  # the tab where both were ticked: nothing is asked
        assert world.codes(firm.bakery) == ["dsn"]


def test_a_new_portfolio_leads_from_its_name_to_its_first_client(firm: Firm) -> None:
    client = browser(firm.chief)
    asked = client.post("/declarant/portefeuilles/nouveau/", {"name": "Nord"})
    answer = send(client, asked.url, "dsn", before=())
    made = Portefeuille.objects.get(name="Nord")
    assert answer.url.startswith(of(made))
    assert "Ajoutez une première entreprise" in text_of(client.get(answer.url))
