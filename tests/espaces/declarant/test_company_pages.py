"""« Gérer les déclarations » and « Gérer les établissements » (003, chapter 3)."""

import pytest

from guichet.inscriptions import catalogue
from guichet.inscriptions.models import Acteur, DeclarationInscrite, EtablissementInscrit
from tests.espaces.declarant.acting import browser, held, rights
from tests.inscriptions import world
from tests.web.people import text_of

pytestmark = pytest.mark.django_db
DECLARATIONS, PLACES = "/declarant/gestion/declarations/", "/declarant/gestion/etablissements/"


def chosen(acteur: Acteur) -> set[str]:
    rows = DeclarationInscrite.objects.filter(inscription=acteur.inscription, removed_at=None)
    return set(rows.values_list("code", flat=True))


def ticked(acteur: Acteur) -> list[str]:
    rows = EtablissementInscrit.objects.filter(inscription=acteur.inscription, ticked_at__isnull=False)
    return sorted(rows.values_list("siret", flat=True))


class TestAdding:
    """A declaration is added, with its charter where it has one."""

    def test_without_a_charter_at_once(self) -> None:
        anne = world.administrateur(world.company(declarations=["dsn"]))
        answer = browser(anne.account).post(DECLARATIONS, {"declarations": ["c3s"]})
        assert answer.status_code == 302, text_of(answer)
        assert chosen(anne) == {"dsn", "c3s"}

    def test_a_charter_is_read_and_accepted_first(self) -> None:
        anne = world.administrateur(world.company(declarations=["c3s"]))
        client = browser(anne.account)
        page = client.post(DECLARATIONS, {"declarations": ["dsn"]})
        assert page.status_code == 200
        assert "Acceptez la charte avant d’ajouter" in text_of(page)
        assert "Erreur :" not in text_of(page)
        assert chosen(anne) == {"c3s"}
        refused = client.post(DECLARATIONS, {"declarations": ["dsn"], "chartes": "1"})
        assert refused.status_code == 422
        assert "Sans accepter cette charte" in text_of(refused)
        assert chosen(anne) == {"c3s"}
        accepted = {"declarations": ["dsn"], "chartes": "1", "charte-dsn": "on"}
        assert client.post(DECLARATIONS, accepted).status_code == 302
        assert chosen(anne) == {"c3s", "dsn"}

    @pytest.mark.parametrize("codes", [[], ["nope"], ["dsn"], ["dsn\0"]])
    def test_nothing_unknown_and_nothing_twice(self, codes: list[str]) -> None:
        anne = world.administrateur(world.company(declarations=["dsn"]))
        assert browser(anne.account).post(DECLARATIONS, {"declarations": codes}).status_code == 422
        assert chosen(anne) == {"dsn"}

    def test_those_that_are_chosen_are_not_offered_again(self) -> None:
        anne = world.administrateur(world.company(declarations=list(catalogue.declarations())))
        assert "toutes les déclarations proposées" in text_of(browser(anne.account).get(DECLARATIONS))


class TestRemoving:
    """A declaration leaves once nobody has a right to it, or closes those rights."""

    def test_rights_that_are_left_are_counted_and_closed_in_the_same_act(self) -> None:
        company = world.company("multi")
        anne, omar = world.administrateur(company), world.declarant(company)
        rights(omar, world.sirets(company))
        client, address = browser(anne.account), f"{DECLARATIONS}dsn/retirer/"
        assert "3 droits sont encore ouverts" in text_of(client.get(address))
        refused = client.post(address)
        assert refused.status_code == 422
        assert "définitif" not in text_of(refused)  # it may be added again
        assert chosen(anne) == {"dsn", "c3s"}
        assert client.post(address, {"compris": "on"}).status_code == 302
        assert chosen(anne) == {"c3s"}
        assert held(omar) == 3

    def test_without_rights_it_goes_at_once(self) -> None:
        anne = world.administrateur(world.company())
        client = browser(anne.account)
        answers = [client.post(f"{DECLARATIONS}dsn/retirer/").status_code for _ in range(2)]
        assert answers == [302, 404]

    @pytest.mark.parametrize("code", ["ducs", "nope"])
    def test_what_is_not_chosen_is_unknown(self, code: str) -> None:
        anne = world.administrateur(world.company())
        assert browser(anne.account).get(f"{DECLARATIONS}{code}/retirer/").status_code == 404


class TestPlaces:
    """Établissements are ticked; what their rights lose is told before."""

    def test_unticking_without_rights_asks_nothing(self) -> None:
        anne = world.administrateur(world.company("multi"))
        wanted = world.sirets(anne.inscription)[:2]
        assert browser(anne.account).post(PLACES, {"sirets": wanted}).status_code == 302
        assert ticked(anne) == wanted

    def test_those_ticked_anew_lead_to_the_grid(self) -> None:
        anne = world.administrateur(world.company("multi"))
        client, sirets = browser(anne.account), world.sirets(anne.inscription)
        less = text_of(client.post(PLACES, {"sirets": sirets[:2]}, follow=True))
        assert "Vos établissements sont enregistrés." in less
        more = text_of(client.post(PLACES, {"sirets": sirets}, follow=True))
        assert '<a href="/declarant/habilitations/">donnez maintenant les droits</a>' in more

    def test_rights_that_would_end_are_told_first(self) -> None:
        company = world.company("multi")
        anne, omar = world.administrateur(company), world.declarant(company)
        sirets = world.sirets(company)
        rights(omar, sirets)
        client = browser(anne.account)
        asked = client.post(PLACES, {"sirets": sirets[:2]})
        assert asked.status_code == 200
        assert "2 droits vont prendre fin" in text_of(asked)
        assert ticked(anne) == sirets
        assert client.post(PLACES, {"sirets": sirets[:2], "confirmer": "1"}).status_code == 302
        assert ticked(anne) == sirets[:2]
        assert held(omar) == 4

    def test_the_siret_of_another_company_is_refused(self) -> None:
        other = world.company("multi")
        anne = world.administrateur(world.company("multi"))
        before = ticked(anne)
        answer = browser(anne.account).post(PLACES, {"sirets": world.sirets(other)[:1]})
        assert answer.status_code == 422
        assert ticked(anne) == before

    @pytest.mark.parametrize("genre", ["mono", "tiers"])
    def test_one_etablissement_is_not_chosen(self, genre: str) -> None:
        anne = world.administrateur(world.company(genre))
        client = browser(anne.account)
        assert "Changer de type d’inscription" in text_of(client.get(PLACES))
        assert client.post(PLACES, {"sirets": []}).status_code == 404


@pytest.mark.parametrize("page", [DECLARATIONS, f"{DECLARATIONS}dsn/retirer/", PLACES])
def test_a_declarant_is_told_whom_to_ask(page: str) -> None:
    company = world.company("multi")
    world.administrateur(company, "Anne Roux")
    client = browser(world.declarant(company).account)
    for answer in (client.get(page), client.post(page, {"compris": "on", "sirets": []})):
        assert answer.status_code == 403
        assert "Anne Roux" in text_of(answer)
        assert 'href="/declarant/">Revenir à votre espace</a>' in text_of(answer)
