"""Requests for membership: asked one by one and by list, answered by letter, in an espace, by an agent."""

import csv
import datetime as dt
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.adhesions.firm import PASSWORD
from tests.parcours import agents, register, steps
from tests.parcours.agents import Agent
from tests.parcours.conftest import Visitors
from tests.parcours.letters import code_for
from tests.parcours.portal import Portal
from tests.parcours.steps import Association
from tests.parcours.visitor import EITHER, Visitor

CLIENTS: Iterator[str] = iter(register.SIRENS[30:50])  # companies that no other walk asks
FIRMS: Iterator[str] = iter(register.with_key(f"9701{number:04}") for number in itertools.count())
_ACCOUNT = """
from django.contrib.auth.hashers import make_password
from django.db import transaction
from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.accounts.operations.numbers import next_number
from guichet.kernel import clock
with transaction.atomic():
    Account.objects.create(
        espace="abonne", identifier={email!r}, email={email!r}, password=make_password({password!r}),
        profile={{"name": "Lila Rosemonde", "siren": {siren!r}, "company": "CABINET DU PONT"}},
        siren={siren!r},
        number=next_number(espace("abonne")), terms_version="1", created_at=clock.now())
"""


@dataclass
class Cabinet:
    """An accountant, with a browser."""

    visitor: Visitor
    email: str
    siren: str


@pytest.fixture(params=EITHER, ids=str)
def cabinet(request: pytest.FixtureRequest, visitors: Visitors, portal: Portal) -> Cabinet:
    """An accountant who has signed in."""
    siren = next(FIRMS)
    made = Cabinet(visitors(request.param), f"lila-{siren}@cabinet.example", siren)
    code = _ACCOUNT.format(siren=siren, email=made.email, password=PASSWORD)
    portal.guichet("django", "shell", "-v", "0", "-c", code)
    sign_in(made)
    return made


def sign_in(cabinet: Cabinet) -> None:
    """Come in, and leave the second protection for another day."""
    cabinet.visitor.open("/abonne/connexion/")
    cabinet.visitor.fill(identifier=cabinet.email, password=PASSWORD)
    cabinet.visitor.press("Se connecter")
    cabinet.visitor.open("/abonne/")


def ask(cabinet: Cabinet, siren: str) -> str:
    """A whole request for one company; the address of its page."""
    visitor = cabinet.visitor
    visitor.open("/abonne/adhesions/")
    visitor.press("Commencer la demande")
    visitor.fill(siren=siren)
    visitor.press("Enregistrer et continuer")
    visitor.choose("Taxe sur la valeur ajoutée (TVA)")
    visitor.choose("Taxes foncières")
    visitor.press("Enregistrer et continuer")
    visitor.choose("Expert-comptable")
    visitor.press("Enregistrer et continuer")
    visitor.choose("J’accepte les conditions")
    visitor.press(f"Transmettre la demande d’adhésion pour {register.name_of(siren)}")
    return visitor.page.url


def open_letter(visitor: Visitor, portal: Portal, siren: str) -> None:
    """Type SIREN and code from the letter."""
    visitor.open("/mandataires/")
    visitor.fill(siren=siren, code=code_for(visitor, portal, register.name_of(siren)).lower())
    visitor.press("Voir la demande")


def test_from_the_form_to_the_letter_and_the_end(
    cabinet: Cabinet, visitors: Visitors, portal: Portal
) -> None:
    visitor, siren = cabinet.visitor, next(CLIENTS)
    visitor.press("Demander une adhésion")
    visitor.reads("Comment cela se passe", "Vous relisez tout, puis vous transmettez.")
    visitor.press("Commencer la demande")
    visitor.press("Enregistrer et continuer", status=422)
    visitor.fill(siren=register.CLOSED)
    visitor.press("Enregistrer et continuer", status=422)
    visitor.reads("Cette entreprise est fermée")
    visitor.fill(siren=register.DISCREET)
    visitor.press("Enregistrer et continuer", status=200)
    visitor.reads("Entreprise qui a demandé à ne pas être affichée")
    visitor.press("Étape précédente")
    visitor.fill(siren=f"{siren[:3]} {siren[3:6]} {siren[6:]}")
    visitor.press("Enregistrer et continuer")
    visitor.reads(register.name_of(siren), "37000 TOURS", "Déclarer et payer la TVA de l’entreprise")
    visitor.press("Enregistrer et continuer", status=422)
    visitor.choose("Taxe sur la valeur ajoutée (TVA)")
    visitor.press("Enregistrer et continuer")
    visitor.reads("En quelle qualité agissez-vous ?")
    visitor.press("Enregistrer et continuer", status=422)
    visitor.choose("Expert-comptable")
    visitor.press("Enregistrer et continuer")
    visitor.reads("Vérifiez vos réponses", register.name_of(siren))
    visitor.press("Modifier : Services demandés")
    visitor.choose("Cotisation foncière des entreprises")
    visitor.press("Enregistrer et continuer")
    visitor.press("Transmettre la demande", status=422)
    visitor.choose("J’accepte les conditions")
    visitor.press(f"Transmettre la demande d’adhésion pour {register.name_of(siren)}")
    visitor.reads("Ce qui se passe maintenant", "Elle peut répondre jusqu’au", "Demander une autre adhésion")
    page = visitor.page.url
    mail = portal.mailbox.expect(cabinet.email, "nous avons reçu votre demande")
    assert "http" not in mail.text
    assert visitor.download("Télécharger l’accusé de réception").startswith(b"%PDF")

    owner = visitors(visitor.variant)
    owner.open("/mandataires/")
    owner.fill(siren=siren, code="K7RM-3VXP-9QTC")
    owner.press("Voir la demande", status=422)
    owner.reads("Aucune demande ne correspond")
    open_letter(owner, portal, siren)
    owner.reads("Lila Rosemonde demande à agir pour votre entreprise", "Cotisation foncière des entreprises")
    owner.press("Envoyer ma réponse", status=422)
    owner.choose("Oui, j’accepte")
    owner.press("Envoyer ma réponse")
    owner.reads("Lila Rosemonde peut agir pour votre entreprise")
    visitor.open(page)
    visitor.reads("L’adhésion est en vigueur", "avec le code de la lettre")
    owner.press("Fermer cette page")
    open_letter(owner, portal, siren)
    owner.press("Mettre fin à cet accord")
    owner.reads("C’est définitif")
    owner.press("Mettre fin à cet accord")
    owner.reads("Lila Rosemonde n’agit plus pour votre entreprise")
    visitor.open(page)
    visitor.reads("L’adhésion est terminée", "Par l’entreprise, avec le code de la lettre")


def test_refused_by_letter_then_taken_back(cabinet: Cabinet, visitors: Visitors, portal: Portal) -> None:
    siren, other = next(CLIENTS), next(CLIENTS)
    page = ask(cabinet, siren)
    owner = visitors(cabinet.visitor.variant)
    open_letter(owner, portal, siren)
    owner.choose("Non, je refuse")
    owner.fill(reason="Je change de comptable.")
    owner.press("Envoyer ma réponse")
    owner.reads("La demande de Lila Rosemonde est refusée")
    cabinet.visitor.open(page)
    cabinet.visitor.reads("La demande est refusée", "Je change de comptable.")
    ask(cabinet, other)
    cabinet.visitor.press("Retirer cette demande")
    cabinet.visitor.press("Retirer la demande")
    cabinet.visitor.reads("Vous avez retiré cette demande", "Faire une nouvelle demande")


def test_a_list_with_every_verdict(cabinet: Cabinet, portal: Portal) -> None:
    visitor, asked = cabinet.visitor, next(CLIENTS)
    ask(cabinet, asked)
    visitor.open("/abonne/adhesions/dossiers/")
    visitor.reads("Tous (1)")
    good = register.SIRENS[6:30]
    lines = ["SIREN", *good, asked, good[0], register.CLOSED, register.UNKNOWN, cabinet.siren, "12345", "nom"]
    visitor.press("Demander par liste")
    visitor.press("Vérifier cette liste", status=422)
    visitor.fill(text="\n".join(lines))
    visitor.choose("Taxe sur la valeur ajoutée (TVA)")
    visitor.choose("Expert-comptable")
    visitor.press("Vérifier cette liste")
    visitor.reads(
        "24 demandes peuvent être transmises",
        "7 lignes sont écartées",
        "Rien n’est encore transmis",
        "Cette entreprise est fermée",
        "n’existe pas dans le registre",
        "déjà plus haut dans la liste",
        "Vous avez déjà une demande en attente",
        "votre propre entreprise",
        "ne compte pas 9 chiffres",
    )
    visitor.press("Écartées (7)")
    visitor.press("Toutes (31)")
    visitor.choose("J’accepte les conditions")
    visitor.press("Transmettre ces 24 demandes")
    portal.mailbox.expect(cabinet.email, "liste")
    visitor.open(visitor.page.url)
    visitor.reads("C’est terminé", "24 demandes sont transmises")
    visitor.press("Vos listes d’entreprises")
    visitor.reads("24 transmises")
    visitor.open("/abonne/adhesions/dossiers/")
    visitor.reads("Tous (25)", "En attente de l’entreprise (25)")
    visitor.fill(q=register.name_of(good[3]))
    visitor.press("Afficher")
    visitor.reads("1 dossier")
    visitor.press("Tout afficher")
    given = visitor.download("Télécharger ces dossiers en CSV").decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(given), delimiter=";"))) == 25
    visitor.fill(q="personne de ce nom")
    visitor.press("Afficher")
    visitor.reads("Aucun dossier ne répond à ce filtre")


def test_a_company_with_an_espace(cabinet: Cabinet, visitors: Visitors, portal: Portal) -> None:
    siren = next(CLIENTS)
    who = Association(siren=siren, email=f"bureau-{siren}@amis-du-lavoir.example")
    association = visitors(cabinet.visitor.variant)
    steps.come_in(association, portal, who)
    association.press("Qui agit pour vous")
    association.reads("Personne n’agit ni ne demande à agir pour vous")
    ask(cabinet, who.siren)
    portal.mailbox.expect(who.email, "demande à agir pour votre entreprise")
    association.open("/association/")
    association.reads("1 demande attend votre réponse")
    association.press("Qui agit pour vous")
    association.press("Lire la demande et répondre")
    association.choose("Oui, j’accepte")
    association.press("Envoyer ma réponse")
    association.press("Qui agit pour vous")
    association.reads("Ils agissent pour vous")
    association.press("Y mettre fin")
    association.press("Mettre fin à cet accord")
    association.press("Qui agit pour vous")
    association.reads("Sans effet aujourd’hui", "Terminée")


def test_an_agent_decides_in_the_place_of_the_company(
    cabinet: Cabinet, visitors: Visitors, portal: Portal
) -> None:
    siren = next(CLIENTS)
    page = ask(cabinet, siren)
    chief = Agent("Claude Gestion", f"gestion-{siren}@service.example")
    desk = visitors(cabinet.visitor.variant)
    agents.invite_first(portal, chief)
    agents.come_in(desk, portal, chief)
    desk.open(f"/agents/?texte={siren}")
    desk.press(register.name_of(siren))
    desk.reads("Adresse où la lettre est envoyée", "12 RUE DES TILLEULS", "Personne qui demande")
    desk.press("Accepter")
    desk.fill(text="L’entreprise nous a écrit qu’elle accepte.")
    desk.press("Voir ce que lira le déposant")
    desk.press("Accepter")
    cabinet.visitor.open(page)
    cabinet.visitor.reads(
        "L’adhésion est en vigueur",
        "Par le service, à la place de l’entreprise",
        "nous a écrit qu’elle accepte",
    )


def test_nobody_answers_for_21_days(cabinet: Cabinet, visitors: Visitors, portal: Portal) -> None:
    siren = next(CLIENTS)
    page = ask(cabinet, siren)
    portal.forward(dt.timedelta(days=20, hours=23))
    portal.run_job("adhesions.lapse_overdue")
    owner = visitors(cabinet.visitor.variant)
    open_letter(owner, portal, siren)
    owner.reads("Vous pouvez répondre jusqu’au")
    portal.forward(dt.timedelta(hours=1))
    owner.open("/mandataires/")
    open_letter(owner, portal, siren)
    owner.reads("Personne n’a répondu avant le")
    portal.run_job("adhesions.lapse_overdue")
    portal.mailbox.expect(cabinet.email, "caduque")
    sign_in(cabinet)
    cabinet.visitor.open(page)
    cabinet.visitor.reads("La demande est caduque", "Faire une nouvelle demande")
