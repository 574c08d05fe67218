"""Attacks on portfolios: others' clients, ties that their client ended, old tabs, lists without end."""

import re
import time
from typing import Any

import pytest

from guichet.espaces.declarant.portefeuilles import typed
from guichet.habilitations.models import Habilitation
from guichet.habilitations.operations import clientes
from guichet.inscriptions.models import Acteur, Changement
from guichet.inscriptions.operations import people as colleagues
from guichet.portefeuilles.models import Cliente, Portefeuille
from guichet.portefeuilles.states import Beneficiaires
from tests.entreprises import files
from tests.espaces.declarant.acting import rights
from tests.espaces.declarant.portefeuilles.firm import ROOT, at, browser, hidden, of
from tests.inscriptions import world as people
from tests.portefeuilles import world as firms
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
SECRET = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"')
NONE = "00000000-0000-4000-8000-000000000000"
TIERS = "/declarant/tiers/"
CLIENTE = ("", "etablissements/", "declarations/", "transferer/", "retirer/")
PORTEFEUILLE = ("", "nom/", "declarations/", "fermer/", "ajouter/")
HUGE = 10**30


class Firm:
    """``chief`` administers, ``lila`` declares for the client, the company of ``anne``."""

    def __init__(self) -> None:
        self.cabinet = firms.tiers(declarants=1)
        self.inscription = self.cabinet.inscription
        self.chief = self.cabinet.administrateur
        self.lila = self.cabinet.declarants[0]
        self.est = firms.portefeuille(self.inscription, "Est")
        self.ouest = firms.portefeuille(self.inscription, "Ouest")
        self.rank = people.a_rank()
        self.client = firms.cliente(self.est, places=2, rank=self.rank, name="ATELIER")
        rights(self.lila, firms.sirets(self.client), ["dsn"])
        company = people.company("mono", rank=self.rank, registered=False)
        self.anne = people.administrateur(company, "Anne Cliente")

    def is_client(self) -> bool:
        rows = Cliente.objects.filter(inscription__siren=self.inscription.siren, siren=self.client.siren)
        return rows.filter(closed_at=None).exists()


@pytest.fixture
def firm() -> Firm:
    return Firm()


def seen(answer: Any, known: object) -> tuple[int, str]:
    """What a page says, but for secrets and for what its address said."""
    return answer.status_code, SECRET.sub("", html_of(answer)).replace(f"/{known}/", "/?/")


class TestStrangers:
    """Somebody else's object is no more than one that does not exist."""

    @pytest.mark.parametrize("what", CLIENTE)
    def test_another_firms_client(self, firm: Firm, what: str) -> None:
        rival = browser(Firm().chief)
        # A number of as many signs that is nobody's.
        known = (firm.client.pk, 2**62, HUGE, 0)
        for method in ("get", "post") if what else ("get",):
            answers = {seen(getattr(rival, method)(at(pk, what)), pk) for pk in known}
            assert len(answers) == 1
            assert {status for status, _text in answers} == {404}
        assert firm.is_client()

    @pytest.mark.parametrize("what", PORTEFEUILLE)
    def test_another_firms_portfolio(self, firm: Firm, what: str) -> None:
        rival = browser(Firm().chief)
        for method in ("get", "post") if what else ("get",):
            answers = {seen(getattr(rival, method)(f"{ROOT}{pk}/{what}"), pk) for pk in (firm.est.pk, NONE)}
            assert len(answers) == 1
            assert {status for status, _text in answers} == {404}

    def test_a_client_goes_to_no_portfolio_of_another_firm(self, firm: Firm) -> None:
        other = Firm()
        client = browser(firm.chief)
        for page, field in ((at(firm.client, "transferer/"), "vers"), (of(firm.est, "fermer/"), "vers")):
            for name in (field, "into", "portefeuille"):
                client.post(page, {name: str(other.est.pk), "etape": "transferer", "compris": "on"})
        assert not Cliente.objects.filter(inscription=firm.inscription, portefeuille=other.est).exists()

    @pytest.mark.parametrize("what", ["mettre-fin/", "autoriser/"])
    def test_the_tie_of_another_company(self, firm: Firm, what: str) -> None:
        stranger = browser(Firm().anne)
        if what == "autoriser/":
            clientes.end_tie(by=firm.anne, cliente_id=firm.client.pk)
        known = (firm.client.pk, 2**62, HUGE, 0)
        answers = {seen(stranger.post(f"{TIERS}{pk}/{what}", {"compris": "on"}), pk) for pk in known}
        assert len(answers) == 1
        assert {status for status, _text in answers} == {404}
        firm.client.refresh_from_db()
        assert firm.client.let_back_at is None
        assert firm.is_client() is (what == "mettre-fin/")

    def test_a_company_sees_the_name_of_the_firm_and_nothing_of_its_people_and_clients(
        self, firm: Firm
    ) -> None:
        other = firms.cliente(firm.est, name="SECRET VOISIN")
        page = text_of(browser(firm.anne).get(TIERS))
        page += text_of(browser(firm.anne).get(f"{TIERS}{firm.client.pk}/mettre-fin/"))
        assert firm.inscription.siren[:3] in page
        assert "SECRET VOISIN" not in page
        assert other.siren[:3] + " " + other.siren[3:6] not in page
        assert "Est" not in re.findall(r"\b[A-Z]\w+\b", page)
        for acteur in (firm.chief, firm.lila):
            assert acteur.account.profile["last_name"] not in page
        for address in ("/declarant/habilitations/", "/declarant/habilitations/recapitulatif/"):
            text = text_of(browser(firm.anne).get(address))
            assert firm.lila.account.profile["last_name"] not in text

    def test_an_administrateur_no_more(self, firm: Firm) -> None:
        second = people.administrateur(firm.inscription, "Jean Second")
        tab = browser(second)
        page = of(firm.est, "fermer/")
        sent = hidden(text_of(tab.get(page)))
        colleagues.set_roles(by=firm.chief, acteur_id=second.pk, administrateur=False, declarant=True)
        for address in (page, at(firm.client, "retirer/"), of(firm.est, "nom/"), f"{ROOT}nouveau/"):
            assert tab.post(address, {**sent, "name": "Pris", "compris": "on"}).status_code == 403
        assert firm.is_client()
        assert Portefeuille.objects.filter(closed_at=None).count() == 2


class TestEndedByTheClient:
    """Whom a client ended can't take it again, whichever way it tries; until it is let back."""

    def add(self, acteur: Acteur, into: Portefeuille, siren: str) -> Any:
        sent = {"sirens": siren, "beneficiaires": "tous", "etape": "ajouter"}
        return browser(acteur).post(of(into, "ajouter/"), sent)

    def test_every_way(self, firm: Firm) -> None:
        """Taken out, added again, ended: each change may be undone, and none gives it back."""
        client = browser(firm.chief)
        clientes.take_out(by=firm.chief, cliente_id=firm.client.pk, sirets=firms.sirets(firm.client)[:1])
        clientes.take_out(by=firm.chief, cliente_id=firm.client.pk)
        clientes.add(
            by=firm.chief, portefeuille_id=firm.ouest.pk, sirens=[firm.client.siren],
            beneficiaires=Beneficiaires.TOUS,
        )  # fmt: skip
        again = Cliente.objects.get(siren=firm.client.siren, closed_at=None)
        client.post(f"{TIERS}{again.pk}/mettre-fin/", {"compris": "on"})  # not the firm's to end
        assert firm.is_client()
        clientes.end_tie(by=firm.anne, cliente_id=again.pk)
        for into in (firm.est, firm.ouest):
            self.add(firm.chief, into, firm.client.siren)
            self.add(firm.chief, into, files.siret(firm.rank))
        for old in (firm.client, again):
            for what in ("etablissements/", "transferer/"):
                client.post(at(old, what), {"sirets": [files.siret(firm.rank)], "etape": "ajouter"})
            client.post(f"{TIERS}{old.pk}/autoriser/")
        for _ in range(2):  # an undoing may be undone
            for change in Changement.objects.filter(inscription=firm.inscription).order_by("-pk"):
                client.post(f"/declarant/habilitations/changements/{change.pk}/annuler/")
                assert not firm.is_client(), change.origine
        assert not Habilitation.objects.filter(
            closed_at=None, siret__startswith=firm.client.siren, acteur__inscription=firm.inscription
        ).exists()
        browser(firm.anne).post(f"{TIERS}{again.pk}/autoriser/")
        assert not firm.is_client()
        self.add(firm.chief, firm.est, firm.client.siren)
        assert firm.is_client()


class TestTyped:
    @pytest.mark.parametrize("between", [" ", "\u00a0", " .", "- ", " a", "\u2003"])
    def test_a_list_of_blanks_takes_no_time(self, between: str) -> None:
        """Sixty thousand signs, which is all that the page takes; it took two minutes."""
        text = "1 1" + between * (60_000 // len(between)) + "1"
        began = time.process_time()
        typed.numbers(text)
        assert time.process_time() - began < 2

    def test_two_megabytes(self, firm: Firm) -> None:
        answer = browser(firm.chief).post(
            of(firm.est, "ajouter/"), {"sirens": "732829320\n" * 200_000, "beneficiaires": "personne"}
        )
        assert answer.status_code in (200, 400, 413, 422)
        assert Cliente.objects.count() == 1
