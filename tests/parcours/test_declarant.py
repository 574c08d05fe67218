"""Companies register as chapter 2 of the guide tells it (003), in a browser."""

import pytest

from tests.parcours import declarants
from tests.parcours import register as sirene
from tests.parcours.conftest import Visitors
from tests.parcours.letters import code_for
from tests.parcours.portal import Portal
from tests.parcours.visitor import DESK, EITHER, PHONE, Variant, Visitor

ON_A_PHONE = Variant(True, *PHONE)
AT_A_DESK = Variant(False, *DESK)


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_a_company_of_one_etablissement(visitors: Visitors, portal: Portal, variant: Variant) -> None:
    visitor, who = visitors(variant), declarants.somebody()
    _makes_mistakes(visitor, who)
    declarants.to_the_profile(visitor, who)
    visitor.press("Étape suivante", status=422)
    declarants.to_the_declarations(visitor, "Votre entreprise Vous déclarez", ["Régime général", "Notariat"])
    visitor.reads("Cochez les déclarations", "DSN", "CRPCEN")
    visitor.choose("Déclaration sociale nominative")
    visitor.press("Valider ces déclarations")
    visitor.reads("La charte de vos déclarations", "l’entreprise s’engage")
    visitor.press("J’accepte", status=422)
    visitor.choose("J’ai lu la charte et je l’accepte")
    visitor.press("J’accepte")
    visitor.reads("accès 8 jours après votre inscription")
    declarants.validate(visitor, portal, who)
    visitor.press("Confirmer et créer mon espace")
    declarants.sign_in(visitor, who)
    visitor.reads("Menu personnalisé", "DSN", "accessible le", "Vous êtes le seul administrateur")


def _makes_mistakes(visitor: Visitor, who: declarants.Declarant) -> None:
    visitor.open("/declarant/inscription/")
    visitor.press("Je m’inscris", status=422)
    visitor.fill(siret=sirene.siret(sirene.CLOSED), last_name=who.last_name, first_name="🙂")
    visitor.press("Je m’inscris", status=422)
    visitor.reads("a cessé son activité", "🙂")
    assert visitor.typed("last_name") == who.last_name
    visitor.fill(siret=who.siret, first_name=who.first_name, email=who.email, phone="0199001234")
    visitor.press("Je m’inscris")
    visitor.press("Accepter et continuer", status=422)
    visitor.choose("J’ai lu les conditions d’utilisation")
    visitor.press("Accepter et continuer")
    visitor.press("Étape suivante")
    visitor.fill(password="odile", password_again="odile")
    visitor.press("Valider", status=422)
    visitor.press("Étape précédente")
    visitor.reads("Votre établissement")


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_a_company_of_many_etablissements(visitors: Visitors, portal: Portal, variant: Variant) -> None:
    visitor = visitors(variant)
    who = declarants.somebody(sirene.siret(sirene.SEVERAL), first_name=f"Odile {'ab'[variant.scripts]}")
    declarants.to_the_profile(visitor, who)
    declarants.to_the_declarations(visitor, "Votre entreprise Vous déclarez", ["C3S"])
    visitor.press("Valider ces déclarations")
    visitor.reads("60 établissements ouverts", "1 établissement coché", "Page 1 sur 2")
    visitor.choose("12 RUE DES TILLEULS")
    visitor.press("Étape suivante", status=422)
    visitor.reads("Cochez au moins un établissement")
    visitor.press("Établissements suivants")
    visitor.choose("70 RUE DES TILLEULS")
    visitor.fill(q="71 rue")
    visitor.press("Chercher")
    visitor.reads("1 établissement coché", "1 correspond à votre recherche")
    visitor.press("Cocher 1 établissement trouvé")
    visitor.press("Étape suivante")
    visitor.reads("2 établissements sur 60")
    visitor.press("Modifier : Qui déclarent ici")
    visitor.press("Tout cocher (60)")
    visitor.press("Étape suivante")
    visitor.reads("60 établissements sur 60", "et 50 autres")


def test_a_tiers_declarant(visitors: Visitors, portal: Portal) -> None:
    visitor, who = visitors(ON_A_PHONE), declarants.somebody()
    declarants.to_the_profile(visitor, who)
    declarants.to_the_declarations(visitor, "Votre entreprise et vos clients", ["C3S"])
    visitor.press("Valider ces déclarations")
    visitor.reads("Vos collaborateurs", "mot de passe provisoire")
    visitor.press("Ajouter cette personne", status=422)
    visitor.fill(last_name="Modèle", first_name="Léa", email="lea@atelier.example")
    visitor.press("Ajouter cette personne")
    visitor.reads("1 personne ajoutée", "Léa Modèle")
    visitor.fill(last_name="Modèle", first_name="Lea", email="lea2@atelier.example")
    visitor.press("Ajouter cette personne", status=422)
    visitor.reads("deuxième prénom")
    visitor.fill(first_name="Léa Rose")
    visitor.press("Étape suivante")
    visitor.reads("Léa Rose Modèle", "Tiers déclarant")
    declarants.validate(visitor, portal, who)


def test_the_way_of_the_c3s(visitors: Visitors, portal: Portal) -> None:
    visitor, who = visitors(), declarants.somebody()
    declarants.to_the_profile(visitor, who)
    declarants.to_the_declarations(visitor, "Votre entreprise Vous déclarez", ["C3S"])
    box = visitor.page.get_by_role("checkbox")
    assert box.count() == 1
    assert box.first.is_checked()
    visitor.reads("Contribution sociale de solidarité des sociétés (C3S)")
    visitor.press("Valider ces déclarations")
    visitor.reads("Vos déclarations", "(C3S) : accès 8 jours après votre inscription")
    declarants.validate(visitor, portal, who)


def test_by_the_keyboard_alone(visitors: Visitors) -> None:
    visitor, who = visitors(), declarants.somebody()
    visitor.open("/declarant/inscription/")
    texts = {
        "SIRET": who.siret,
        "Nom": who.last_name,
        "Prénom": who.first_name,
        "Adresse électronique": who.email,
        "Téléphone": "0199001234",
    }
    for label, text in texts.items():
        visitor.tab_to(label)
        visitor.page.keyboard.type(text)
    visitor.enter("Je m’inscris")
    visitor.tab_to("J’ai lu les conditions")
    visitor.page.keyboard.press("Space")
    visitor.enter("Accepter et continuer")
    visitor.enter("Étape suivante")
    visitor.reads("Votre mot de passe et votre question secrète")


@pytest.mark.parametrize("variant", [AT_A_DESK, ON_A_PHONE], ids=str)
def test_the_next_administrateur(visitors: Visitors, portal: Portal, variant: Variant) -> None:
    visitor, who = visitors(variant), declarants.somebody(declarants.inscribed(portal))
    declarants.to_the_profile(visitor, who)
    visitor.reads("Votre entreprise est déjà inscrite", "Vous avez 15 jours")
    visitor.press("Étape suivante", status=422)
    visitor.choose("Par les administrateurs de votre entreprise")
    visitor.press("Étape suivante")
    declarants.validate(visitor, portal, who)
    visitor.press("Confirmer et créer mon espace")
    declarants.sign_in(visitor, who)
    visitor.reads("Votre inscription attend d’être activée", "Il reste 15 jours", "1 administrateur")
    visitor.press("Retirer ma demande")
    visitor.press("Retirer ma demande")
    visitor.reads("Inscrire votre entreprise")
    visitor.press("Commencer l’inscription")
    visitor.reads("Votre entreprise est déjà inscrite")
    visitor.choose("Par les administrateurs de votre entreprise")
    visitor.press("Étape suivante")
    visitor.press("Valider l’inscription")
    _by_the_letter(visitor, portal, sirene.name_of(who.siret[:9]))


def _by_the_letter(visitor: Visitor, portal: Portal, company: str) -> None:
    """Whoever gets no answer asks for a key, mistypes it, then copies it from the letter."""
    visitor.press("Recevoir une clé par courrier postal")
    visitor.choose("Par une clé reçue par courrier postal")
    visitor.press("Enregistrer mon choix")
    visitor.fill(key="AAAA-BBBB-CCCC")
    visitor.press("Activer mon inscription", status=422)
    visitor.fill(key=code_for(visitor, portal, company).lower().replace("-", " "))
    visitor.press("Activer mon inscription")
    visitor.reads("Votre clé est exacte : vous êtes administrateur", "Menu personnalisé")


def test_asking_for_help(visitors: Visitors) -> None:
    visitor, who = visitors(ON_A_PHONE), declarants.somebody()
    visitor.open("/declarant/demander-a-mon-administrateur/")
    visitor.press("Prévenir mes administrateurs", status=422)
    visitor.fill(siret=who.siret, last_name=who.last_name, first_name=who.first_name)
    visitor.press("Prévenir mes administrateurs")
    visitor.reads("Votre demande d’aide est transmise", "mot de passe provisoire de 5 chiffres")
