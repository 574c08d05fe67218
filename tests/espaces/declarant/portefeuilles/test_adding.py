"""« Ajouter une entreprise »: what each SIREN would do is shown, then it is done (003, chapter 4)."""

import gzip
from typing import Any

import pytest

from guichet.entreprises.queries import etablissements
from guichet.portefeuilles.models import Cliente
from guichet.portefeuilles.states import Fin
from tests.entreprises import files
from tests.espaces.declarant.portefeuilles.firm import Firm, at, browser, held, kept, of
from tests.inscriptions import world as companies
from tests.portefeuilles import world
from tests.web.people import html_of, text_of

MOST_BYTES = 30_000  # of a page's own HTML, compressed


def sent(sirens: str, step: str = "verifier", who: str = "personne") -> dict[str, str]:
    """The form as the page sends it."""
    return {"sirens": sirens, "beneficiaires": who, "etape": step}


def registered(places: int = 1, name: str = "") -> str:
    """The SIREN of a company that nobody declares for."""
    return companies.put_into_register(companies.a_rank(), places=places, name=name)


def clients(firm: Firm) -> set[str]:
    """The SIRENs of those of the firm now."""
    rows = Cliente.objects.filter(inscription=firm.inscription, closed_at=None)
    return set(rows.values_list("siren", flat=True))


class TestOne:
    """One company, by its SIREN."""

    def test_its_name_is_shown_before_it_is_added(self, firm: Firm) -> None:
        siren = registered(3, "GARAGE DU PONT")
        client, address = browser(firm.chief), of(firm.lyon, "ajouter/")
        shown = client.post(address, sent(siren))
        assert shown.status_code == 200
        page = text_of(shown)
        assert "Ajouter GARAGE DU PONT ?" in page
        assert "1 entreprise, 3 établissements" in page
        assert "Rien n’est encore fait" in page
        assert siren not in clients(firm)
        done = client.post(address, sent(kept(html_of(shown)), "ajouter"))
        assert done.status_code == 302
        assert done.url.startswith(f"{of(firm.lyon)}?fait=")
        assert siren in clients(firm)
        told = text_of(client.get(done.url))
        assert "1 entreprise ajoutée, 3 établissements." in told
        assert "Annuler ce changement" in told

    def test_inactive_places_are_named_and_stay_out(self, firm: Firm) -> None:
        siren = registered(2)
        closed = _sirets(siren)[1]
        companies.close_place(closed)
        client, address = browser(firm.chief), of(firm.lyon, "ajouter/")
        page = html_of(client.post(address, sent(siren)))
        assert "vérifiez auprès de l’Insee" in page
        assert f'<span class="g-digits">{closed[9:]}</span>' in page
        client.post(address, sent(siren, "ajouter"))
        made = Cliente.objects.get(siren=siren, closed_at=None)
        assert world.sirets(made) == [one for one in _sirets(siren) if one != closed]

    def test_sent_twice_it_is_there_once(self, firm: Firm) -> None:
        siren, client = registered(), browser(firm.chief)
        answers = [client.post(of(firm.lyon, "ajouter/"), sent(siren, "ajouter")) for _ in range(2)]
        assert [one.status_code for one in answers] == [302, 302]
        assert "Rien à ajouter" in text_of(client.get(answers[1].url))
        assert Cliente.objects.filter(siren=siren).count() == 1

    def test_taken_back_it_is_gone(self, firm: Firm) -> None:
        siren, client = registered(), browser(firm.chief)
        done = client.post(of(firm.lyon, "ajouter/"), sent(siren, "ajouter"))
        number = done.url.partition("fait=")[2]
        assert client.post(f"/declarant/habilitations/changements/{number}/annuler/").status_code == 302
        assert siren not in clients(firm)


class TestWhoGetsTheRights:
    """Nobody, those of the portfolio, or all."""

    @pytest.mark.parametrize(("who", "number"), [("personne", 0), ("presents", 1), ("tous", 3)])
    def test_as_it_was_chosen(self, firm: Firm, who: str, number: int) -> None:
        siren = registered()
        browser(firm.chief).post(of(firm.lyon, "ajouter/"), sent(siren, "ajouter", who))
        people = [firm.lila, firm.omar, firm.chief]
        have = [one for one in people if any(siret[:9] == siren for siret, _code in held(one))]
        assert len(have) == number

    def test_it_must_be_said(self, firm: Firm) -> None:
        typed = {"sirens": registered(), "etape": "verifier"}
        answer = browser(firm.chief).post(of(firm.lyon, "ajouter/"), typed)
        assert answer.status_code == 422
        assert "Dites qui pourra déclarer." in text_of(answer)
        assert typed["sirens"] in kept(html_of(answer))


class TestVerdicts:
    """Each line of a list says what it does, and nothing typed is lost."""

    def shown(self, firm: Firm, *lines: str) -> Any:
        return browser(firm.chief).post(of(firm.lyon, "ajouter/"), sent("\n".join(lines)))

    def test_a_list_of_all_kinds(self, firm: Firm) -> None:
        other = world.cliente(world.portefeuille(firm.inscription, "Nord"), name="MAIRIE")
        gone = world.cliente(firm.lyon, name="PARTIE")
        _end(gone)
        closed = registered(name="FERMEE")
        companies.close_place(_sirets(closed)[0])
        fresh = registered(2, "NEUVE")
        unknown = files.siren(companies.a_rank())
        lines = [fresh, firm.bakery.siren, other.siren, firm.inscription.siren, gone.siren, closed, unknown]
        page = text_of(self.shown(firm, *lines, "12", fresh))
        for said in (
            "Déjà dans ce portefeuille, avec tous ses établissements actifs",
            "Elle est déjà dans votre portefeuille « Nord »",
            "C’est votre propre entreprise",
            "Elle a mis fin à ce que vous déclariez pour elle",
            "Aucun établissement de cette entreprise n’est actif",
            "Cette entreprise n’existe pas dans le répertoire",
            "vous en avez saisi 2",
            "Déjà dans votre liste, à la ligne 1",
        ):
            assert said in page
        assert "1 entreprise à ajouter" in page
        assert "8 lignes n’ajoutent rien" in page

    def test_nothing_to_add_offers_no_button(self, firm: Firm) -> None:
        page = text_of(self.shown(firm, firm.bakery.siren))
        assert "Rien à ajouter" in page
        assert 'value="ajouter"' not in page
        assert 'value="corriger"' in page

    def test_the_list_is_corrected_as_it_was_typed(self, firm: Firm) -> None:
        typed = f"\n 12 <b>\n{registered()}"
        client, address = browser(firm.chief), of(firm.lyon, "ajouter/")
        page = html_of(client.post(address, sent(typed)))
        assert "12 <b>" not in page
        again = client.post(address, sent(typed, "corriger", "tous"))
        assert again.status_code == 200
        assert "12 &lt;b&gt;" in kept(html_of(again))
        assert "Erreur :" not in text_of(again)

    @pytest.mark.parametrize("typed", ["", " \n ", "\u200b"])
    def test_nothing_typed(self, firm: Firm, typed: str) -> None:
        answer = browser(firm.chief).post(of(firm.lyon, "ajouter/"), sent(typed))
        assert answer.status_code in (200, 422)
        assert 'value="ajouter"' not in text_of(answer)

    def test_five_hundred_lines_are_taken_and_one_more_is_not(self, firm: Firm) -> None:
        sirens = [files.siren(rank) for rank in range(60_000, 60_501)]
        taken = self.shown(firm, *sirens[:500])
        assert taken.status_code == 200
        assert "500 lignes n’ajoutent rien" in text_of(taken)
        refused = self.shown(firm, *sirens)
        assert refused.status_code == 422
        assert "501 lignes" in text_of(refused)
        assert sirens[-1] in kept(html_of(refused))

    def test_a_page_of_five_hundred_companies_is_small(self, firm: Firm) -> None:
        sirens = [registered(1, f"SOCIETE {number}") for number in range(500)]
        answer = self.shown(firm, *sirens)
        assert "500 entreprises à ajouter" in text_of(answer)
        assert len(gzip.compress(answer.content)) < MOST_BYTES
        assert (
            browser(firm.chief)
            .post(of(firm.lyon, "ajouter/"), sent("\n".join(sirens), "ajouter"))
            .status_code
            == 302
        )
        assert clients(firm) >= set(sirens)


def test_new_places_of_a_client_come_in_by_its_siren_too(firm: Firm) -> None:
    rank = companies.a_rank()
    companies.put_into_register(rank, places=1)
    client = browser(firm.chief)
    client.post(of(firm.lyon, "ajouter/"), sent(files.siren(rank), "ajouter"))
    companies.put_place(rank, 2)
    made = Cliente.objects.get(siren=files.siren(rank))
    assert "1 établissement actif au répertoire" in text_of(client.get(at(made)))
    assert "1 entreprise à ajouter" in text_of(
        client.post(of(firm.lyon, "ajouter/"), sent(f"{files.siren(rank)}\n{firm.bakery.siren}"))
    )


def _sirets(siren: str) -> list[str]:
    return sorted(str(one.siret) for one in etablissements(siren=siren))


def _end(cliente: Cliente) -> None:
    world.ended(cliente, Fin.CLIENT)
