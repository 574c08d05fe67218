"""The door of agents: from the operator's invitation to the desk, and what to do without the telephone."""

import datetime as dt

import pytest

from guichet.accounts import totp
from tests.accounts.people import PASSWORD
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.visitor import DESK, EITHER, PHONE, Variant, Visitor

DOOR = "/agents/connexion/"
PERIOD = dt.timedelta(seconds=totp.PERIOD)


def give_password(visitor: Visitor, email: str) -> None:
    visitor.open(DOOR)
    visitor.fill(identifier=email, password=PASSWORD)
    visitor.press("Se connecter")


def shown(portal: Portal, key: str) -> str:
    """What the application that has read ``key`` shows."""
    return totp.code_at(key, totp.step_at(portal.now()))


def invited(visitor: Visitor, portal: Portal, email: str, *, scripts: bool) -> None:
    """Invited on the command line, up to the first sign-in."""
    said = portal.guichet("agents", "invite", email, "--name", "Camille Exemple")
    assert email in said
    visitor.open(portal.mailbox.expect(email, "Votre invitation").link)
    visitor.reads("Choisir votre mot de passe", "Agents de l’administration")
    visitor.fill(password=PASSWORD)
    if scripts:
        visitor.page.get_by_text("Ce mot de passe convient.").wait_for()  # else its answer comes too late
    visitor.press("Enregistrer ce mot de passe")
    visitor.reads("une application de codes vous sera demandée")
    give_password(visitor, email)


def link_application(visitor: Visitor, portal: Portal) -> tuple[str, list[str]]:
    """From the QR code to the recovery codes: the key, and they."""
    visitor.reads("Ouvrez une application de codes")
    assert visitor.page.locator("img.g-qr").evaluate("image => image.naturalWidth") > 100
    visitor.page.get_by_text("Vous ne pouvez pas lire un QR code ?").click()
    key = visitor.page.locator("p.g-key").inner_text().replace(" ", "")
    visitor.fill(code="000")
    visitor.press("Relier cette application", status=422)
    visitor.fill(code=shown(portal, key))
    visitor.press("Relier cette application")
    visitor.reads("Vos codes de secours")
    codes = visitor.page.locator(".g-codes li").all_inner_texts()
    saved = visitor.download("Télécharger ces codes").decode()
    assert len(codes) == 10
    assert all(code in saved for code in codes)
    visitor.press("J’ai gardé ces codes, continuer")
    return key, codes


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_from_the_invitation_to_the_desk(visitors: Visitors, portal: Portal, variant: Variant) -> None:
    agent = visitors(variant)
    email = f"camille-{id(variant)}@service.example"
    invited(agent, portal, email, scripts=variant.scripts)
    agent.open("/agents/")  # by its address, around the application
    agent.reads("Connectez-vous pour ouvrir cette page")
    give_password(agent, email)
    link_application(agent, portal)
    agent.reads("Dépôts à instruire")
    portal.mailbox.expect(email, "Une application de codes est reliée")
    assert email in portal.guichet("agents", "list")


def test_with_and_without_the_telephone(visitors: Visitors, portal: Portal) -> None:
    agent, elsewhere = visitors(Variant(False, *PHONE)), visitors(Variant(True, *DESK))
    email = "sacha@service.example"
    invited(agent, portal, email, scripts=False)
    key, codes = link_application(agent, portal)
    portal.forward(PERIOD)
    give_password(elsewhere, email)
    elsewhere.fill(
        code=shown(portal, key)[::-1] if shown(portal, key)[::-1] != shown(portal, key) else "000000"
    )
    elsewhere.press("Terminer la connexion", status=422)
    elsewhere.reads("Ce code n’est pas le bon")
    code = shown(portal, key)
    elsewhere.fill(code=code)
    elsewhere.press("Terminer la connexion")
    elsewhere.reads("Dépôts à instruire")
    give_password(thief := visitors(), email)
    thief.fill(code=code)
    thief.press("Terminer la connexion", status=422)
    thief.reads("Ce code a déjà servi")
    lost = visitors(Variant(False, *PHONE))
    give_password(lost, email)
    lost.page.get_by_text("Vous n’avez pas votre application sous la main ?").click()
    lost.press("Utiliser un code de secours")
    lost.fill(code=codes[0].lower())
    lost.press("Terminer la connexion")
    lost.reads("Dépôts à instruire")
    portal.mailbox.expect(email, "Un code de secours a servi")
    portal.forward(PERIOD * 2)
    lost.open("/agents/compte/")
    lost.press("l’application de codes")
    lost.reads("Codes de secours qui restent", "9")
    lost.fill(current=PASSWORD, code=shown(portal, key))
    lost.press("Relier une autre application")
    new, _ = link_application(lost, portal)
    assert new != key
    elsewhere.open("/agents/")
    elsewhere.reads("Connectez-vous pour ouvrir cette page")


def test_the_demonstration_shows_its_agents_codes(visitors: Visitors) -> None:
    stranger = visitors()
    stranger.open("/demo/codes/")
    stranger.reads("Camille Exemple", "Sacha Fictif", "Dominique Modele")
    stranger.press("Montrer les codes de maintenant")
