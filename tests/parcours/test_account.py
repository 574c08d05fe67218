"""Accounts when things do not go straight on: wrong address, lost password, late links, other browsers."""

import datetime as dt

from tests.parcours import register, steps
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.steps import Association
from tests.parcours.visitor import DESK, PHONE, Variant

NO_SCRIPTS = Variant(False, *PHONE)
NEW_PASSWORD = "cheval-Lavande-trombone-7"


def test_wrong_address(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors(NO_SCRIPTS)
    wrong = Association(who.siren, f"wrong-{who.email}")
    steps.ask_account(treasurer, wrong)
    lost = portal.mailbox.expect(wrong.email, steps.ACCOUNT)
    treasurer.press("Corriger l’adresse et renvoyer le message")
    treasurer.fill(email=who.email, email_again=who.email)
    treasurer.press("Continuer")
    treasurer.press("Créer le compte et recevoir le mot de passe")
    treasurer.open(lost.link, status=410)
    treasurer.reads("Ce lien n’est pas valable", "plus récent")
    mail = steps.open_account(treasurer, portal, who)
    treasurer.reads("Votre compte est créé")
    treasurer.open(mail.link)  # a second time
    treasurer.reads("compte", "Se connecter")
    steps.sign_in(treasurer, who)
    treasurer.reads("Votre espace")


def test_links_cut_and_expired(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors()
    steps.ask_account(treasurer, who)
    mail = portal.mailbox.expect(who.email, steps.ACCOUNT)
    treasurer.open(mail.link[:-9], status=404)
    treasurer.reads("copiez l’adresse entière")
    treasurer.open(mail.link.replace("/a/", "/c/"), status=404)
    portal.forward(dt.timedelta(days=15, minutes=1))
    treasurer.open(mail.link, status=410)
    treasurer.reads("expiré")
    treasurer.press("S’inscrire de nouveau")
    treasurer.reads("Créer un compte")


def test_forgotten_password(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors(Variant(True, *PHONE))
    steps.ask_account(treasurer, who)
    steps.open_account(treasurer, portal, who)
    who.password = who.password.swapcase()
    treasurer.open("/association/connexion/")
    treasurer.fill(identifier=who.grouped, password=who.password)
    treasurer.page.locator("[name=password]").dispatch_event("keydown", {"modifierCapsLock": True})
    treasurer.reads("la touche « Verr. Maj. » est active")
    treasurer.page.get_by_role("button", name="Afficher le mot de passe").click()
    assert treasurer.page.locator("[name=password]").get_attribute("type") == "text"
    treasurer.press("Se connecter", status=422)
    treasurer.reads("majuscules")
    treasurer.press("Mot de passe oublié ?")
    treasurer.fill(identifier=who.grouped)
    treasurer.press("Recevoir le lien")
    treasurer.reads("Si un compte", "ne-pas-repondre@guichet.example")
    mail = portal.mailbox.expect(who.email, "nouveau mot de passe")
    treasurer.open(mail.link)
    treasurer.fill(password="password1234")
    treasurer.press("Enregistrer ce mot de passe", status=422)
    treasurer.fill(password=NEW_PASSWORD)
    treasurer.page.get_by_text("Ce mot de passe convient.").wait_for()
    treasurer.press("Enregistrer ce mot de passe")
    portal.mailbox.expect(who.email, "mot de passe est changé")
    treasurer.open(mail.link, status=410)
    treasurer.reads("déjà servi")
    who.password = NEW_PASSWORD
    steps.sign_in(treasurer, who)
    treasurer.reads("Votre espace")


def test_change_of_address(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors(Variant(False, *DESK))
    steps.come_in(treasurer, portal, who)
    treasurer.press("Modifier vos données")
    treasurer.press("Modifier l’adresse électronique")
    new = f"new-{who.email}"
    treasurer.fill(email=new, email_again=f"x{new}", current=who.password)
    treasurer.press("Envoyer le message à la nouvelle adresse", status=422)
    treasurer.reads("ne sont pas identiques")
    assert treasurer.typed("email") == new
    treasurer.fill(email_again=new, current=who.password)
    treasurer.press("Envoyer le message à la nouvelle adresse")
    treasurer.reads(new)
    mail = portal.mailbox.expect(new, "Vérifiez votre nouvelle adresse")
    portal.mailbox.expect(who.email, "changement d’adresse")
    treasurer.open(mail.link)
    treasurer.reads("Confirmer votre nouvelle adresse", new)
    treasurer.press("Confirmer cette adresse")
    treasurer.reads("Votre adresse est changée", new)
    portal.mailbox.expect(who.email, "adresse électronique est changée")
    treasurer.open("/association/compte/")
    treasurer.reads(new)


def test_sessions_of_other_browsers(visitors: Visitors, portal: Portal, who: Association) -> None:
    home, club = visitors(), visitors(Variant(True, *PHONE))
    steps.come_in(home, portal, who)
    steps.sign_in(club, who)
    home.press("Modifier vos données")
    home.press("Voir les sessions ouvertes")
    home.press("Fermer la session")
    home.reads("Cette session est fermée")
    club.open(steps.HOME)
    club.reads("Connectez-vous")
    steps.sign_in(club, who)
    home.open("/association/mot-de-passe/")
    home.fill(current=who.password, password=NEW_PASSWORD)
    home.press("Changer le mot de passe")
    home.reads("Votre mot de passe est changé")
    club.open(steps.HOME)
    club.reads("Connectez-vous")
    who.password = NEW_PASSWORD
    steps.sign_in(club, who)
    club.reads("Votre espace")


def test_change_of_details_and_sign_out(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors(NO_SCRIPTS)
    steps.come_in(treasurer, portal, who)
    treasurer.press("Modifier vos données")
    treasurer.fill(address="3 place du Marché", postcode="3700")
    treasurer.press("Enregistrer ces données", status=422)
    assert treasurer.typed("address") == "3 place du Marché"
    treasurer.fill(postcode="37000")
    treasurer.press("Enregistrer ces données")
    treasurer.reads("Vos données sont enregistrées")
    treasurer.press("Se déconnecter", within=treasurer.page.get_by_role("banner"))
    treasurer.open(steps.HOME)
    treasurer.reads("Connectez-vous pour ouvrir cette page")


def test_too_many_passwords(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer, thief = visitors(), visitors(NO_SCRIPTS)
    steps.ask_account(treasurer, who)
    steps.open_account(treasurer, portal, who)
    thief.open("/association/connexion/")
    for _ in range(10):
        thief.fill(identifier=who.siren, password="devine-devinette")
        thief.press("Se connecter", status=422)
    thief.fill(identifier=who.siren, password=who.password)
    thief.press("Se connecter", status=429)
    thief.reads("Trop d’essais", "Mot de passe oublié")
    portal.forward(dt.timedelta(minutes=16))
    steps.sign_in(treasurer, who)
    treasurer.reads("Votre espace")


def test_unit_that_the_register_does_not_know(visitors: Visitors, portal: Portal) -> None:
    treasurer = visitors()
    new = Association(register.UNKNOWN, "bureau@nouvelle-association.example")
    treasurer.open("/association/inscription/")
    treasurer.fill(siren=new.grouped)
    treasurer.press("Continuer")
    treasurer.reads("n’est pas dans le répertoire")
    treasurer.press("Continuer avec ce numéro")
    treasurer.press("Continuer", status=422)
    treasurer.fill(name="La Nouvelle Association", address="1 rue Neuve", postcode="37000", city="Tours")
    steps.details(treasurer, new)
    treasurer.press("Créer le compte et recevoir le mot de passe")
    steps.open_account(treasurer, portal, new)
    steps.sign_in(treasurer, new)
    treasurer.reads("La Nouvelle Association", "Absent du répertoire Sirene")


def test_closed_and_discreet_units(visitors: Visitors) -> None:
    treasurer = visitors(NO_SCRIPTS)
    treasurer.open("/association/inscription/")
    treasurer.fill(siren=register.CLOSED)
    treasurer.press("Continuer")
    treasurer.reads("Cet organisme est fermé")
    treasurer.press("Continuer avec ce numéro")
    treasurer.open("/association/inscription/")
    treasurer.fill(siren=register.DISCREET)
    treasurer.press("Continuer")
    treasurer.reads("ne soient pas diffusées")
    assert register.name_of(register.DISCREET) not in treasurer.page.content()
