"""A second factor of one's own choice, in a browser whose device has passkeys, and in one without scripts.

On a portal that has a name: an IP address is no relying party.
"""

import datetime as dt
import os
from collections.abc import Iterator
from typing import Any

import pytest

from guichet.accounts import totp
from tests.accounts.people import PASSWORD
from tests.conftest import EMBEDDED, ROOT, RUN
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal, running
from tests.parcours.visitor import DESK, EITHER, PHONE, Variant, Visitor

DOOR = "/abonne/connexion/"
PERIOD = dt.timedelta(seconds=totp.PERIOD)
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
_ACCOUNT = """
import sys; sys.path.insert(0, {root!r})
from tests.accounts.people import an_account
an_account({email!r}, espace="abonne", email={email!r})
"""


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    """A portal of its own, under a name."""
    var = RUN / f"parcours-named-{os.getpid()}"
    database = None if EMBEDDED else os.environ["GUICHET_DATABASE_URL"]
    with running(var, database, host="localhost", GUICHET_DEMO_FILINGS="0") as found:
        yield found
        found.guichet("journal", "verify")
    log = (var / "portal.log").read_text()
    assert "Traceback" not in log, log


class Authenticator:
    """The device's passkeys, in the browser of ``visitor``."""

    def __init__(self, visitor: Visitor) -> None:
        self.session = visitor.context.new_cdp_session(visitor.page)
        self._send("enable")
        self.id = self._send("addVirtualAuthenticator", options=AUTHENTICATOR)["authenticatorId"]

    def recognises(self, person: bool) -> None:
        """Whether the finger on it is its owner's."""
        self._send("setUserVerified", authenticatorId=self.id, isUserVerified=person)

    def _send(self, what: str, **values: Any) -> Any:
        return self.session.send(f"WebAuthn.{what}", values)


def subscribe(portal: Portal, email: str) -> None:
    """An account at the door of professionals."""
    code = _ACCOUNT.format(root=str(ROOT), email=email)
    portal.guichet("django", "shell", "-v", "0", "-c", code)


def give_password(visitor: Visitor, email: str) -> None:
    visitor.open(DOOR)
    visitor.fill(identifier=email, password=PASSWORD)
    visitor.press("Se connecter")


def shown(portal: Portal, key: str) -> str:
    """What the application that has read ``key`` shows."""
    return totp.code_at(key, totp.step_at(portal.now()))


def link_application(visitor: Visitor, portal: Portal) -> str:
    """By the key in letters; the key."""
    visitor.page.get_by_text("Vous ne pouvez pas lire un QR code ?").click()
    key = visitor.page.locator("p.g-key").inner_text().replace(" ", "")
    visitor.fill(code=shown(portal, key))
    visitor.press("Relier cette application")
    return key


def say(visitor: Visitor, label: str, sentence: str) -> None:
    """Press a button that says ``sentence`` beside it, and leads nowhere."""
    visitor.page.get_by_role("button", name=label).click()
    visitor.page.get_by_text(sentence).wait_for()


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_the_choice_and_the_application_in_every_browser(
    visitors: Visitors, portal: Portal, variant: Variant
) -> None:
    someone = visitors(variant)
    email = f"tresorier-{variant}@cabinet.example"
    subscribe(portal, email)
    give_password(someone, email)
    someone.reads("Protégez votre compte", "Appareil perdu", "Laquelle choisir", "dix codes de secours")
    someone.press("Créer une clé d’accès")
    alone = "La clé d’accès demande JavaScript"
    assert someone.page.get_by_text(alone).is_visible() is not variant.scripts
    assert someone.page.get_by_role("button", name="Créer la clé").is_visible() is variant.scripts
    someone.back()
    someone.press("Relier une application de codes")
    link_application(someone, portal)
    someone.reads("Vos codes de secours")
    someone.press("J’ai gardé ces codes, continuer")
    portal.mailbox.expect(email, "Une application de codes est reliée")
    someone.open("/abonne/compte/")
    someone.press("la seconde protection")
    someone.reads("Reliée le", "Codes de secours qui restent", "Vous n’avez qu’un moyen")


def test_not_now_then_a_passkey_then_both_then_neither(visitors: Visitors, portal: Portal) -> None:
    someone, email = visitors(Variant(True, *DESK)), "rosemonde@cabinet.example"
    device = Authenticator(someone)
    subscribe(portal, email)
    give_password(someone, email)
    someone.press("Pas maintenant")
    portal.forward(dt.timedelta(minutes=20))
    someone.open("/abonne/compte/")
    someone.reads("Aucune : le mot de passe suffit")
    someone.press("Protéger votre compte")
    someone.fill(current=PASSWORD)
    someone.press("Créer une clé d’accès")

    device.recognises(False)
    say(someone, "Créer la clé d’accès", "Votre appareil n’a pas répondu")
    device.recognises(True)
    someone.fill(name="")
    say(someone, "Créer la clé d’accès", "Donnez un nom à cette clé")
    someone.fill(name="Ordinateur du bureau")
    someone.press("Créer la clé d’accès")
    someone.reads("Vos codes de secours")
    codes = someone.page.locator(".g-codes li").all_inner_texts()
    someone.press("J’ai gardé ces codes, continuer")
    told = portal.mailbox.expect(email, "Une clé d’accès est ajoutée")
    assert "://" not in told.text

    someone.open("/abonne/deconnexion/")
    someone.press("Se déconnecter")
    give_password(someone, email)
    someone.reads("Votre mot de passe est juste")
    device.recognises(False)
    say(someone, "Utiliser ma clé d’accès", "Votre appareil n’a pas répondu")
    device.recognises(True)
    with someone.page.expect_navigation() as navigation:
        someone.page.keyboard.press("Enter")  # the button kept the focus
    someone.look(navigation.value)

    someone.open("/abonne/second-facteur/")
    someone.reads("Ordinateur du bureau", "A servi le")
    someone.fill(current=PASSWORD)
    say(someone, "Vérifier avec ma clé d’accès", "Clé d’accès vérifiée")
    someone.press("Ajouter une clé d’accès")
    someone.fill(name="La même")
    say(someone, "Créer la clé d’accès", "Cet appareil a déjà une clé")
    someone.press("Revenir sans rien changer")
    someone.fill(current=PASSWORD)
    say(someone, "Vérifier avec ma clé d’accès", "Clé d’accès vérifiée")
    someone.press("Relier une application de codes")
    key = link_application(someone, portal)
    someone.reads("Votre application de codes est reliée")

    without = visitors(Variant(False, *PHONE))
    portal.forward(PERIOD)
    give_password(without, email)
    without.reads("La clé d’accès demande JavaScript", "Ou par votre application de codes")
    without.fill(code=shown(portal, key))
    without.press("Terminer la connexion")
    without.open("/abonne/compte/")
    without.reads("Elle vous est demandée à chaque connexion")

    lost = visitors(Variant(True, *PHONE))
    give_password(lost, email)
    lost.page.get_by_text("Vous n’avez pas votre application sous la main ?").click()
    lost.press("Utiliser un code de secours")
    lost.fill(code=codes[0])
    lost.press("Terminer la connexion")
    lost.open("/abonne/second-facteur/")
    lost.fill(current=PASSWORD, code=codes[1])
    lost.press("Retirer la clé d’accès Ordinateur du bureau")
    lost.reads("C’est retiré")
    portal.mailbox.expect(email, "Une clé d’accès est retirée")
    lost.fill(current=PASSWORD, code=codes[2])
    lost.page.get_by_text("Vous ne voulez plus de seconde protection ?").click()
    lost.press("Ne plus utiliser de seconde protection")
    lost.reads("n’a plus de seconde protection")
    portal.mailbox.expect(email, "n’a plus de seconde protection")
    give_password(again := visitors(), email)
    again.open("/abonne/compte/")
    again.reads("Aucune : le mot de passe suffit")
