"""A client, its établissements, its transfer, its leaving; and a portfolio that closes (003, chapter 4)."""

import datetime as dt
from typing import Any

import pytest

from guichet.portefeuilles.models import Cliente
from guichet.portefeuilles.states import Fin
from tests.entreprises import files
from tests.espaces.declarant.portefeuilles.firm import Firm, at, browser, held, hidden, of
from tests.inscriptions import world as companies
from tests.portefeuilles import world
from tests.web.people import html_of, text_of


class TestPage:
    """What is said of a client."""

    def test_its_declarations_places_and_rights(self, firm: Firm) -> None:
        page = text_of(browser(firm.chief).get(at(firm.bakery)))
        assert "BOULANGERIE DES TILLEULS" in page
        assert "2 droits de 1 personne" in page
        assert f'href="/declarant/habilitations/?cliente={firm.bakery.pk}"' in page
        assert "ouverte depuis le" in page

    def test_a_number_in_an_address_is_never_grouped(self, firm: Firm) -> None:
        big = world.cliente(firm.lyon)
        moved = 12_345_678
        big.etablissements.all().delete()
        big.declarations.all().delete()
        Cliente.objects.filter(pk=big.pk).update(id=moved)
        page = text_of(browser(firm.chief).get(at(moved)))
        assert f"?cliente={moved}" in page
        assert at(moved, "retirer/") in page

    def test_when_each_opens_is_told_with_its_days(self, firm: Firm) -> None:
        garage = world.cliente(firm.lyon, starts_after=dt.timedelta(days=8))
        assert "dans 8 jours" in text_of(browser(firm.chief).get(at(garage)))

    def test_inactive_places_are_named_with_the_advice(self, firm: Firm) -> None:
        rank = companies.a_rank()
        garage = world.cliente(firm.lyon, rank=rank)
        companies.close_place(companies.put_place(rank, 2))
        page = text_of(browser(firm.chief).get(at(garage)))
        assert "Établissements inactifs" in page
        assert "vérifiez auprès de l’Insee" in page
        assert "à ajouter" not in page


class TestGrid:
    """The rights of one client, in the grid."""

    def test_it_says_whose_it_is_and_keeps_to_it(self, firm: Firm) -> None:
        address = f"/declarant/habilitations/?cliente={firm.bakery.pk}"
        page = text_of(browser(firm.chief).get(address))
        assert f'Seulement pour : <a href="{at(firm.bakery)}">BOULANGERIE DES TILLEULS</a>' in page
        assert f'<input type="hidden" name="cliente" value="{firm.bakery.pk}">' in page

    def test_there_is_no_box_for_a_declaration_that_the_client_has_not(self, firm: Firm) -> None:
        firm.bakery.declarations.all().delete()
        page = text_of(browser(firm.chief).get(f"/declarant/habilitations/?cliente={firm.bakery.pk}"))
        assert "pas déclarée pour cette entreprise" in page

    def test_of_a_portfolio(self, firm: Firm) -> None:
        page = text_of(browser(firm.chief).get(f"/declarant/habilitations/?portefeuille={firm.lyon.pk}"))
        assert f'Seulement pour : <a href="{of(firm.lyon)}">' in page
        assert f'<input type="hidden" name="portefeuille" value="{firm.lyon.pk}">' in page


class TestPlaces:
    """Some come, some go."""

    def test_new_ones_of_the_register_come_in(self, firm: Firm) -> None:
        rank = companies.a_rank()
        garage = world.cliente(firm.lyon, rank=rank)
        fresh = companies.put_place(rank, 2)
        client = browser(firm.chief)
        assert f'href="{at(garage, "etablissements/")}#ajouter"' in text_of(client.get(at(garage)))
        sent = {"faire": "ajouter", "beneficiaires": "tous"}
        answers = [client.post(at(garage, "etablissements/"), sent) for _ in range(2)]
        assert [one.status_code for one in answers] == [302, 302]
        assert world.sirets(garage)[1:] == [fresh]
        assert (fresh, "dsn") in held(firm.omar)
        assert "sont déjà ici" in text_of(client.get(answers[1].url))

    def test_one_that_leaves_says_which_rights_end(self, firm: Firm) -> None:
        first, second = world.sirets(firm.bakery)
        client, address = browser(firm.chief), at(firm.bakery, "etablissements/")
        asked = client.post(address, {"faire": "retirer", "sirets": [second]})
        assert asked.status_code == 200
        assert "1 droit de 1 personne prend fin" in text_of(asked)
        assert len(world.sirets(firm.bakery)) == 2
        assert client.post(address, hidden(html_of(asked))).status_code == 302
        assert world.sirets(firm.bakery) == [first]
        assert held(firm.lila) == {(first, "dsn")}

    def test_one_without_rights_leaves_at_once(self, firm: Firm) -> None:
        garage = world.cliente(firm.lyon, places=3)
        gone = world.sirets(garage)[2]
        sent = {"faire": "retirer", "sirets": [gone]}
        assert browser(firm.chief).post(at(garage, "etablissements/"), sent).status_code == 302
        assert gone not in world.sirets(garage)

    def test_all_of_them_is_the_company(self, firm: Firm) -> None:
        sent = {"faire": "retirer", "sirets": world.sirets(firm.bakery), "confirmer": "1"}
        answer = browser(firm.chief).post(at(firm.bakery, "etablissements/"), sent)
        assert answer.url == at(firm.bakery, "retirer/")
        assert len(world.sirets(firm.bakery)) == 2

    @pytest.mark.parametrize("sirets", [[], ["12"], ["\0" * 14], ["٧٣٢٨٢٩٣٢٠٠٠٠٧٤"]])
    def test_nothing_ticked_is_said(self, firm: Firm, sirets: list[str]) -> None:
        sent = {"faire": "retirer", "sirets": sirets}
        answer = browser(firm.chief).post(at(firm.bakery, "etablissements/"), sent)
        assert answer.status_code == 422
        assert "Cochez au moins un établissement" in text_of(answer)

    def test_that_of_another_client_stays(self, firm: Firm) -> None:
        other = world.cliente(firm.lyon)
        sent = {"faire": "retirer", "sirets": world.sirets(other), "confirmer": "1"}
        answer = browser(firm.chief).post(at(firm.bakery, "etablissements/"), sent)
        assert answer.status_code == 422
        assert len(world.sirets(other)) == 1

    def test_many_are_paged(self, firm: Firm) -> None:
        chain = world.cliente(firm.lyon, places=60)
        page = text_of(browser(firm.chief).get(at(chain, "etablissements/?page=2")))
        assert "60 établissements" in page
        assert page.count('name="sirets"') == 10


class TestTransfer:
    """To another portfolio: what stays and what is added is said."""

    def test_where_to_then_what_changes_then_it_is_there(self, firm: Firm) -> None:
        nord = world.portefeuille(firm.inscription, "Nord", declarations=["dsn"])
        client, address = browser(firm.chief), at(firm.bakery, "transferer/")
        chosen = client.post(address, {"vers": str(nord.pk)})
        assert chosen.url == f"{address}?vers={nord.pk}"
        page = text_of(client.get(chosen.url))
        assert "2 droits de 1 personne : ils restent en vigueur" in page
        assert "« Nord » ne contient pas encore toutes ses déclarations" in page
        done = client.post(chosen.url, hidden(page))
        assert done.status_code == 302
        firm.bakery.refresh_from_db()
        assert firm.bakery.portefeuille == nord
        assert world.contained(nord) == ["c3s", "dsn"]
        assert len(held(firm.lila)) == 2

    def test_sent_twice_it_moved_once(self, firm: Firm) -> None:
        nord = world.portefeuille(firm.inscription, "Nord")
        client, address = browser(firm.chief), f"{at(firm.bakery, 'transferer/')}?vers={nord.pk}"
        sent = hidden(text_of(client.get(address)))
        assert [client.post(address, sent).status_code for _ in range(2)] == [302, 302]

    def test_an_old_tab_is_told_where_the_client_went(self, firm: Firm) -> None:
        nord, sud = (world.portefeuille(firm.inscription, name) for name in ("Nord", "Sud"))
        client, address = browser(firm.chief), at(firm.bakery, "transferer/")
        sent = hidden(text_of(client.get(f"{address}?vers={nord.pk}")))
        client.post(f"{address}?vers={sud.pk}", sent)
        late = client.post(f"{address}?vers={nord.pk}", sent)
        assert late.status_code == 409
        assert "« Sud »" in text_of(late)
        firm.bakery.refresh_from_db()
        assert firm.bakery.portefeuille == sud

    @pytest.mark.parametrize("towards", ["", "x", "00000000-0000-0000-0000-000000000000"])
    def test_nowhere_else(self, firm: Firm, towards: str) -> None:
        world.portefeuille(firm.inscription, "Nord")
        answer = browser(firm.chief).post(at(firm.bakery, "transferer/"), {"vers": towards})
        assert answer.status_code == 422
        assert "Choisissez" in text_of(answer)

    def test_the_portfolio_of_another_firm_is_none(self, firm: Firm) -> None:
        theirs = world.portefeuille(world.tiers().inscription, "Ailleurs")
        address = f"{at(firm.bakery, 'transferer/')}?vers={theirs.pk}"
        answer = browser(firm.chief).post(address, {"vers": str(theirs.pk), "de": str(firm.lyon.pk)})
        assert answer.status_code == 422
        firm.bakery.refresh_from_db()
        assert firm.bakery.portefeuille == firm.lyon

    def test_without_another_portfolio_one_is_offered(self, firm: Firm) -> None:
        page = text_of(browser(firm.chief).get(at(firm.bakery, "transferer/")))
        assert "Vous n’avez pas d’autre portefeuille" in page


class TestRemoval:
    """A client leaves; it is offered back."""

    def test_what_ends_is_said_and_taken_back(self, firm: Firm) -> None:
        client, address = browser(firm.chief), at(firm.bakery, "retirer/")
        assert "2 droits de 1 personne prennent fin aussitôt" in text_of(client.get(address))
        done = client.post(address)
        assert done.status_code == 302
        assert held(firm.lila) == set()
        page = text_of(client.get(done.url))
        assert "n’est plus votre cliente" in page
        assert "Annuler ce changement" in page
        assert client.get(at(firm.bakery)).status_code == 404
        number = done.url.partition("fait=")[2]
        assert client.post(f"/declarant/habilitations/changements/{number}/annuler/").status_code == 302
        assert len(held(firm.lila)) == 2
        assert "BOULANGERIE" in text_of(client.get(of(firm.lyon)))

    def test_sent_twice_the_second_finds_nothing(self, firm: Firm) -> None:
        client = browser(firm.chief)
        answers = [client.post(at(firm.bakery, "retirer/")).status_code for _ in range(2)]
        assert answers == [302, 404]


class TestTakenBackInPart:
    """What can't be taken back is named, with its reason."""

    def test_places_that_changed_since_stay(self, firm: Firm) -> None:
        rank = companies.a_rank()
        companies.put_into_register(rank, places=2)
        client, siren = browser(firm.chief), files.siren(rank)
        typed = {"sirens": siren, "beneficiaires": "personne", "etape": "ajouter"}
        done = client.post(of(firm.lyon, "ajouter/"), typed)
        made = Cliente.objects.get(siren=siren)
        gone = {"faire": "retirer", "sirets": world.sirets(made)[:1]}
        assert client.post(at(made, "etablissements/"), gone).status_code == 302
        number = done.url.partition("fait=")[2]
        answer = client.post(f"/declarant/habilitations/changements/{number}/annuler/")
        assert answer.status_code == 200
        assert "Un autre changement a eu lieu depuis" in text_of(answer)

    def test_the_list_of_changes_tells_those_without_rights(self, firm: Firm) -> None:
        garage = world.cliente(firm.lyon)
        browser(firm.chief).post(at(garage, "retirer/"))
        page = text_of(browser(firm.chief).get("/declarant/habilitations/changements/"))
        assert "1 entreprise retirée, 1 établissement retiré" in page
        assert "0 droit" not in page


class TestClosing:
    """A portfolio closes; its clients move, or are let go."""

    def send(self, firm: Firm, **typed: str) -> Any:
        return browser(firm.chief).post(of(firm.lyon, "fermer/"), typed)

    def test_an_empty_one_just_closes(self, firm: Firm) -> None:
        empty = world.portefeuille(firm.inscription, "Nord")
        client = browser(firm.chief)
        assert "Ce portefeuille est vide" in text_of(client.get(of(empty, "fermer/")))
        assert client.post(of(empty, "fermer/")).status_code == 302
        assert client.get(of(empty)).status_code == 404

    def test_its_clients_move_with_their_rights(self, firm: Firm) -> None:
        nord = world.portefeuille(firm.inscription, "Nord", declarations=[])
        answer = self.send(firm, issue="transferer", vers=str(nord.pk))
        assert answer.url == of(nord)
        firm.bakery.refresh_from_db()
        assert firm.bakery.portefeuille == nord
        assert len(held(firm.lila)) == 2
        assert world.contained(nord) == ["c3s", "dsn"]

    def test_or_they_are_let_go_and_that_is_said(self, firm: Firm) -> None:
        page = text_of(browser(firm.chief).get(of(firm.lyon, "fermer/")))
        assert "2 droits de 1 personne prennent fin" in page
        assert self.send(firm, issue="retirer").status_code == 302
        firm.bakery.refresh_from_db()
        assert firm.bakery.closed_because == Fin.TIERS
        assert held(firm.lila) == set()

    @pytest.mark.parametrize(
        "typed", [{}, {"issue": "transferer"}, {"issue": "x"}, {"issue": "transferer", "vers": "x"}]
    )
    def test_it_must_be_said(self, firm: Firm, typed: dict[str, str]) -> None:
        world.portefeuille(firm.inscription, "Nord")
        assert self.send(firm, **typed).status_code == 422
        firm.lyon.refresh_from_db()
        assert firm.lyon.closed_at is None
