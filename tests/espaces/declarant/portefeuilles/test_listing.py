"""« Gérer les portefeuilles », a new one, its name, and « Composer le portefeuille » (003, chapter 4)."""

import pytest

from guichet.imports.states import Etat
from guichet.portefeuilles.models import Portefeuille
from tests.espaces.declarant.portefeuilles.firm import ROOT, Firm, at, browser, of
from tests.imports import world as requests
from tests.inscriptions import world as companies
from tests.portefeuilles import world
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
NEW = f"{ROOT}nouveau/"


def test_the_menu_leads_there(firm: Firm) -> None:
    home = text_of(browser(firm.chief).get("/declarant/"))
    assert f'href="{ROOT}"' in home
    assert 'href="/declarant/tiers/"' in home
    assert "Gérer les portefeuilles" not in text_of(browser(firm.lila).get("/declarant/"))


class TestList:
    """Every portfolio, with what it holds."""

    def test_each_is_told_with_its_counts(self, firm: Firm) -> None:
        page = text_of(browser(firm.chief).get(ROOT))
        assert f'<a href="{of(firm.lyon)}">Lyon</a>' in page
        assert "1 portefeuille" in page
        assert 'data-label="Établissements">2<' in page
        assert f'href="{of(firm.lyon, "declarations/")}"' in page

    def test_an_empty_list_says_how_to_begin(self) -> None:
        page = text_of(browser(world.tiers().administrateur).get(ROOT))
        assert "Commencez par en créer un" in page
        assert f'href="{NEW}"' in page

    def test_many_are_paged_and_searched(self, firm: Firm) -> None:
        for number in range(50):
            world.portefeuille(firm.inscription, f"Agence {number}", declarations=[])
        client = browser(firm.chief)
        page = text_of(client.get(ROOT))
        assert "51 portefeuilles" in page
        assert "Page 1 sur 2" in page
        assert "Lyon" not in page
        assert "Lyon" in text_of(client.get(f"{ROOT}?page=2"))
        found = text_of(client.get(f"{ROOT}?q=LYÓN"))
        assert "1 portefeuille" in found
        assert "Agence" not in found
        assert "Aucun portefeuille ne porte ce nom" in text_of(client.get(f"{ROOT}?q=Brest"))

    @pytest.mark.parametrize("query", ["page=0", "page=999999999", "page=x", "q=%00", "page=%E2%91%A0"])
    def test_any_address_opens(self, firm: Firm, query: str) -> None:
        assert browser(firm.chief).get(f"{ROOT}?{query}").status_code == 200
        assert browser(firm.chief).get(f"{of(firm.lyon)}?{query}").status_code == 200


class TestNew:
    """A name, then the declarations."""

    def test_a_portfolio_is_created_and_its_declarations_are_asked(self, firm: Firm) -> None:
        answer = browser(firm.chief).post(NEW, {"name": "  Agence du Nord "})
        made = Portefeuille.objects.get(name="Agence du Nord")
        assert answer.status_code == 302
        assert answer.url == of(made, "declarations/")

    @pytest.mark.parametrize(
        ("name", "status", "said"),
        [("", 422, "Donnez un nom"), ("LYON", 409, "Choisissez un autre nom"), ("x" * 61, 422, "60")],
    )
    def test_what_is_wrong_is_told_and_nothing_typed_is_lost(
        self, firm: Firm, name: str, status: int, said: str
    ) -> None:
        answer = browser(firm.chief).post(NEW, {"name": name})
        assert answer.status_code == status
        assert said in text_of(answer)
        assert f'value="{name}"' in text_of(answer) or not name
        assert Portefeuille.objects.count() == 1

    def test_sent_twice_there_is_one(self, firm: Firm) -> None:
        client = browser(firm.chief)
        answers = [client.post(NEW, {"name": "Nord"}).status_code for _ in range(2)]
        assert answers == [302, 409]


class TestRename:
    """The name alone changes."""

    def test_it_bears_the_new_name(self, firm: Firm) -> None:
        client = browser(firm.chief)
        assert 'value="Lyon"' in text_of(client.get(of(firm.lyon, "nom/")))
        assert client.post(of(firm.lyon, "nom/"), {"name": "Rhône"}).status_code == 302
        assert "Rhône" in text_of(client.get(of(firm.lyon)))

    def test_a_name_that_is_taken_is_refused(self, firm: Firm) -> None:
        world.portefeuille(firm.inscription, "Nord")
        answer = browser(firm.chief).post(of(firm.lyon, "nom/"), {"name": "nord"})
        assert answer.status_code == 409
        firm.lyon.refresh_from_db()
        assert firm.lyon.name == "Lyon"


class TestCompose:
    """The clients of a portfolio."""

    def test_each_client_with_what_it_has(self, firm: Firm) -> None:
        page = text_of(browser(firm.chief).get(of(firm.lyon)))
        assert "Composer le portefeuille" in page
        assert f'<a href="{at(firm.bakery)}">BOULANGERIE DES TILLEULS</a>' in page
        assert f'href="/declarant/habilitations/?portefeuille={firm.lyon.pk}"' in page
        assert "1 entreprise" in page

    def test_an_empty_one_says_how_to_begin(self, firm: Firm) -> None:
        empty = world.portefeuille(firm.inscription, "Nord", declarations=[])
        page = text_of(browser(firm.chief).get(of(empty)))
        assert "Ce portefeuille est vide" in page
        assert "Choisissez d’abord les déclarations" in page

    def test_clients_are_searched_and_paged(self, firm: Firm) -> None:
        for number in range(51):
            world.cliente(firm.lyon, name=f"GARAGE {number:02}")
        client = browser(firm.chief)
        page = text_of(client.get(of(firm.lyon)))
        assert "52 entreprises" in page
        assert "Page 1 sur 2" in page
        found = text_of(client.get(f"{of(firm.lyon)}?q=tilleuls"))
        assert "1 entreprise" in found
        assert "GARAGE" not in found
        by_number = text_of(client.get(f"{of(firm.lyon)}?q={firm.bakery.siren[:3]} {firm.bakery.siren[3:]}"))
        assert "BOULANGERIE" in by_number
        second = text_of(client.get(f"{of(firm.lyon)}?q=garage&page=2"))
        assert "?q=garage&page=1" in second
        nothing = text_of(client.get(f"{of(firm.lyon)}?q=<script>"))
        assert "Aucune entreprise du portefeuille ne répond" in nothing
        assert "q=<script>" not in html_of(client.get(f"{of(firm.lyon)}?q=<script>"))


class TestWhoMay:
    """Administrateurs of the firm itself."""

    def test_one_who_is_no_tiers_is_told_why(self) -> None:
        anne = companies.administrateur(companies.company("multi"))
        answer = browser(anne).get(ROOT)
        assert answer.status_code == 403
        assert "tiers déclarant" in text_of(answer)

    def test_a_declarant_is_told_whom_to_ask(self, firm: Firm) -> None:
        answer = browser(firm.lila).get(of(firm.lyon))
        assert answer.status_code == 403
        assert firm.chief.account.profile["name"] in text_of(answer)

    @pytest.mark.parametrize("what", ["", "nom/", "declarations/", "fermer/", "ajouter/"])
    def test_a_portfolio_of_another_firm_is_unknown(self, firm: Firm, what: str) -> None:
        client = browser(world.tiers().administrateur)
        assert client.get(of(firm.lyon, what)).status_code == 404
        sent = client.post(
            of(firm.lyon, what), {"name": "Pris", "codes": [], "sirens": "", "issue": "retirer"}
        )
        assert sent.status_code in (404, 405)
        firm.lyon.refresh_from_db()
        assert firm.lyon.name == "Lyon"
        assert firm.lyon.closed_at is None

    @pytest.mark.parametrize("what", ["", "etablissements/", "declarations/", "transferer/", "retirer/"])
    def test_so_is_its_client(self, firm: Firm, what: str) -> None:
        client = browser(world.tiers().administrateur)
        assert client.get(at(firm.bakery, what)).status_code == 404
        sent = client.post(at(firm.bakery, what), {"sirets": world.sirets(firm.bakery), "faire": "retirer"})
        assert sent.status_code in (404, 405)
        assert len(world.sirets(firm.bakery)) == 2

    @pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
    def test_numbers_of_nobody(self, firm: Firm, number: int) -> None:
        assert browser(firm.chief).get(at(number)).status_code == 404

    def test_a_closed_portfolio_is_unknown(self, firm: Firm) -> None:
        gone = world.closed(world.portefeuille(firm.inscription, "Ancien"))
        assert browser(firm.chief).get(of(gone)).status_code == 404


class TestByFile:
    """Requests by file, beside what is done by hand."""

    def test_those_of_this_portfolio_alone(self, firm: Firm) -> None:
        nord = world.portefeuille(firm.inscription, "Nord")
        mine = requests.demande(firm.lyon, firm.chief, etat=Etat.PRETE)
        other = requests.demande(nord, firm.chief, etat=Etat.OK)
        page = text_of(browser(firm.chief).get(of(firm.lyon)))
        assert f"/declarant/imports/{mine.pk}/" in page
        assert "À vérifier, puis à valider" in page
        assert f"/declarant/imports/{other.pk}/" not in page
        assert f"?portefeuille={firm.lyon.pk}" in page
        assert "préconisé au-delà de 30 clients" in page
