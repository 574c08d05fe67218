"""Portfolios as a firm makes, composes, moves and closes them by hand, and as its clients see it: with
scripts on a desk, without them on a phone (003, chapter 4)."""

from collections.abc import Iterator

import pytest

from tests.parcours import cabinets
from tests.parcours.cabinets import BAKERY, FLORIST, GARAGE, JOINER, NOBODY, PORTFOLIOS, WAITS, Cabinet
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.test_declarant_rights import tick
from tests.parcours.visitor import EITHER, Variant, Visitor

CHANGES = "/declarant/habilitations/changements/"
GRID = "/declarant/habilitations/"


@pytest.fixture(scope="module")
def firms(portal: Portal) -> Iterator[Cabinet]:
    """As many as there are walks."""
    return cabinets.made(portal, 6)


@pytest.fixture
def cabinet(firms: Iterator[Cabinet]) -> Cabinet:
    """A firm that no other walk knows."""
    return next(firms)


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_a_portfolio_by_hand(variant: Variant, visitors: Visitors, cabinet: Cabinet) -> None:
    anne = cabinet.anne(visitors(variant))
    _creates_it(anne)
    _adds_one(anne, cabinet)
    _adds_several(anne, cabinet)
    _declares_one_more_for_one(anne)
    _gives_a_right(anne, cabinet)
    _transfers(anne)
    _takes_out_and_undoes(anne, cabinet)


def _creates_it(anne: Visitor) -> None:
    anne.press("Gérer les portefeuilles")
    anne.reads("2 portefeuilles", "Lyon", "Tours")
    anne.press("Créer un portefeuille")
    anne.press("Créer ce portefeuille", status=422)
    anne.reads("Donnez un nom au portefeuille")
    anne.fill(name="  LYÓN ")
    anne.press("Créer ce portefeuille", status=409)
    anne.reads("Vous avez déjà un portefeuille « Lyon »")
    anne.fill(name="Clients du Nord")
    anne.press("Créer ce portefeuille")
    anne.reads("Le portefeuille « Clients du Nord » est créé", "le « contenant »")
    cabinets.choose(anne, "dsn")
    anne.press("Enregistrer ces déclarations")
    anne.reads("1 déclaration ajoutée au portefeuille", "Ce portefeuille est vide")
    anne.press("Renommer")
    anne.fill(name="Nord")
    anne.press("Enregistrer ce nom")
    anne.reads("Le nom du portefeuille est enregistré")


def _adds_one(anne: Visitor, cabinet: Cabinet) -> None:
    anne.press("Ajouter une entreprise")
    anne.reads("Elle reçoit les déclarations du portefeuille : Déclaration sociale nominative")
    anne.fill(sirens=cabinet.siren(FLORIST))
    anne.press("Vérifier ces entreprises")
    anne.reads("Ajouter FLEURS DU LAVOIR ?", "Rien n’est encore fait", "1 entreprise, 1 établissement")
    anne.reads("Inactifs, non ajoutés", cabinet.siret(FLORIST, 2), "vérifiez auprès de l’Insee")
    anne.press("Ajouter FLEURS DU LAVOIR")
    anne.reads("1 entreprise ajoutée, 1 établissement", "Annuler ce changement")


def _adds_several(anne: Visitor, cabinet: Cabinet) -> None:
    pasted = [cabinet.siren(JOINER), cabinet.siren(GARAGE), cabinet.siren(NOBODY), "Menuiserie"]
    pasted.append(cabinet.siren(FLORIST))
    anne.press("Ajouter une entreprise")
    anne.fill(sirens="\n".join(pasted))
    anne.press("Vérifier ces entreprises")
    anne.reads("1 entreprise à ajouter", "4 lignes n’ajoutent rien", "MENUISERIE DU MAIL")
    anne.reads("déjà dans votre portefeuille « Tours »", "n’existe pas dans le répertoire Sirene")
    anne.reads("Déjà dans ce portefeuille", "Ligne 4, « Menuiserie »")
    anne.press("Corriger la liste")
    assert anne.typed("sirens").split() == pasted
    anne.press("Vérifier ces entreprises")
    anne.press("Ajouter : 1 entreprise")
    anne.reads("1 entreprise ajoutée", "2 entreprises", "MENUISERIE DU MAIL")


def _declares_one_more_for_one(anne: Visitor) -> None:
    """First for the portfolio, the container, then for the client, the content."""
    anne.press("FLEURS DU LAVOIR")
    client = anne.page.url.partition("?")[0]
    anne.press("Gérer les déclarations")
    assert anne.page.locator("#code-c3s").is_disabled()
    anne.reads("Le portefeuille ne la contient pas : ajoutez-la d’abord au portefeuille")
    anne.press("Ajouter au portefeuille")
    cabinets.choose(anne, "c3s")
    anne.press("Enregistrer ces déclarations")
    anne.reads("1 déclaration ajoutée au portefeuille")
    anne.open(client)
    anne.press("Gérer les déclarations")
    cabinets.choose(anne, "c3s")
    anne.press("Enregistrer ces déclarations")
    anne.reads("Contribution sociale de solidarité", "Déclaration sociale nominative")


def _gives_a_right(anne: Visitor, cabinet: Cabinet) -> None:
    anne.press("Gérer les habilitations")
    anne.reads("3 lignes", "FLEURS DU LAVOIR", "Lila Rosemonde")
    tick(anne, "Lila Rosemonde", cabinet.grouped(FLORIST))
    anne.press("Vérifier les changements de cette page")
    anne.reads("1 droit va être donné", cabinet.siret(FLORIST))
    anne.press("Appliquer ce changement")
    anne.reads("1 droit donné")


def _transfers(anne: Visitor) -> None:
    anne.open(PORTFOLIOS)
    anne.press("Nord")
    anne.press("FLEURS DU LAVOIR")
    anne.reads("1 droit")
    anne.press("Transférer l’entreprise")
    anne.press("Continuer", status=422)
    anne.page.select_option("[name=vers]", label="Tours")
    anne.press("Continuer")
    anne.reads("Ce qui ne change pas", "il reste en vigueur", "« Tours » ne contient pas encore toutes")
    anne.press("Transférer FLEURS DU LAVOIR")
    anne.reads("FLEURS DU LAVOIR est maintenant dans le portefeuille « Tours »", "1 droit")


def _takes_out_and_undoes(anne: Visitor, cabinet: Cabinet) -> None:
    anne.press("Retirer l’entreprise")
    anne.reads("quittent le portefeuille « Tours »", "prend fin aussitôt", "Transférez-la plutôt")
    anne.press("Retirer FLEURS DU LAVOIR")
    anne.reads("FLEURS DU LAVOIR n’est plus votre cliente", "1 entreprise")
    anne.open(CHANGES)
    anne.press("Annuler ce changement")
    anne.reads("Changement annulé", "annulé le")
    cabinets.portfolio(anne, cabinet.tours)
    anne.press("FLEURS DU LAVOIR")
    anne.reads("1 droit")


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_a_colleague_leaves_and_another_takes_over(
    variant: Variant, visitors: Visitors, portal: Portal, cabinet: Cabinet
) -> None:
    anne = cabinet.anne(visitors(variant))
    anne.open(f"/declarant/gestion/declarants/{cabinet.lila}/")
    anne.reads("Déclaration sociale nominative (DSN) : 3 établissements")
    anne.press("Retirer cette personne")
    anne.choose("Oui, à un collègue déjà inscrit")
    anne.page.select_option("[name=collegue]", str(cabinet.omar))
    anne.press("Continuer")
    anne.reads("Retirer Lila Rosemonde et transférer à Omar Petit")
    anne.press("Retirer Lila Rosemonde et transférer")
    anne.reads("n’agit plus pour votre entreprise", "Omar Petit")
    portal.mailbox.expect(cabinet.email("lila"), "")
    _has_all(anne, cabinet, "Omar Petit")

    anne.open(f"/declarant/gestion/declarants/{cabinet.omar}/")
    anne.press("Retirer cette personne")
    anne.choose("à une personne que j’inscris maintenant")
    anne.press("Continuer")
    anne.press("Inscrire, transférer et retirer Omar Petit", status=422)
    anne.fill(last_name="Nouvelle", first_name="Zoé", email=cabinet.email("zoe"))
    anne.press("Inscrire, transférer et retirer Omar Petit")
    anne.reads("Mot de passe provisoire de Zoé Nouvelle")
    assert anne.page.locator(".g-given").inner_text().strip().isdigit()
    _has_all(anne, cabinet, "Zoé Nouvelle")


def _has_all(anne: Visitor, cabinet: Cabinet, name: str) -> None:
    """Over both portfolios, and nobody else has anything."""
    anne.open(f"{GRID}recapitulatif/")
    lines = [" ".join(row.split()) for row in anne.page.locator("tbody tr").all_inner_texts()]
    assert len(lines) == 3
    assert all(line.startswith(name) for line in lines), lines
    places = [cabinet.siret(BAKERY), cabinet.siret(BAKERY, 2), cabinet.siret(GARAGE)]
    assert all(sum(place in line for line in lines) == 1 for place in places), lines


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_the_clients_own_side(variant: Variant, visitors: Visitors, portal: Portal, cabinet: Cabinet) -> None:
    firm = f"ENTREPRISE {cabinet.rank}"
    zita = cabinet.comes(visitors(variant), "Zita", "Four", of=BAKERY)
    zita.press("Qui déclare pour vous")
    zita.reads(firm, "Déclaration sociale nominative", "Vous pouvez y mettre fin à tout moment")
    zita.press("Ne plus lui confier vos déclarations")
    zita.reads("Ce qui a déjà été transmis reste valable")
    zita.press(f"Mettre fin avec {firm}", status=422)
    zita.choose("J’ai compris")
    zita.press(f"Mettre fin avec {firm}")
    zita.reads("ne déclare plus pour votre entreprise", "Ceux à qui vous avez mis fin")
    portal.mailbox.expect(cabinet.email("anne"), WAITS)

    anne = cabinet.anne(visitors(variant))
    cabinets.reads_message(anne, "une entreprise a mis fin à ce que vous déclariez")
    cabinets.portfolio(anne, cabinet.lyon)
    anne.reads("Ce portefeuille est vide")
    _asks_for_the_bakery(anne, cabinet)
    anne.reads("Rien à ajouter", "Elle a mis fin à ce que vous déclariez pour elle", "Qui déclare pour vous")

    zita.press("Autoriser de nouveau")
    zita.reads("Rien d’autre n’est rétabli", "Ceux que vous autorisez de nouveau")
    portal.mailbox.expect(cabinet.email("anne"), WAITS)
    cabinets.portfolio(anne, cabinet.lyon)
    _asks_for_the_bakery(anne, cabinet)
    anne.press("Ajouter BOULANGERIE DES TILLEULS")
    anne.reads("1 entreprise ajoutée, 2 établissements")


def _asks_for_the_bakery(anne: Visitor, cabinet: Cabinet) -> None:
    anne.press("Ajouter une entreprise")
    anne.fill(sirens=cabinet.siren(BAKERY))
    anne.press("Vérifier ces entreprises")
