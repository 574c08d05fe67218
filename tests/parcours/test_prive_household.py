"""The household: a correction proposed by a person, accepted by an agent; and who can be chosen then."""

from tests.parcours import agents, sender
from tests.parcours.agents import Agent
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.sender import HOME, HOUSEHOLD, ON_A_PHONE
from tests.parcours.visitor import DESK, Variant, Visitor

LOU = {"nom": "Exemple", "prenom": "Lou", "naissance": "03/03/2026"}


def test_the_household(visitors: Visitors, portal: Portal) -> None:
    who, visitor = sender.known(portal), visitors(ON_A_PHONE[1])
    sender.sign_in(visitor, who)
    _proposes(visitor)
    reference = visitor.page.locator("main .g-large").first.inner_text()
    portal.mailbox.expect(who.email, "nous avons reçu votre demande de correction")
    visitor.open(HOUSEHOLD)
    visitor.reads("personne d’autre que vous", "Demandes qui attendent une réponse", "Lou Exemple")
    clerk = Agent("Camille Exemple", f"foyers-{who.email}")
    desk = visitors(Variant(False, *DESK))
    agents.invite_first(portal, clerk)
    agents.come_in(desk, portal, clerk)
    _accepts(desk, reference, who.name)
    mail = portal.mailbox.expect(who.email, "un message vous attend")
    assert "Lou" not in mail.text
    visitor.open(HOUSEHOLD)
    visitor.reads("Personnes connues", "Lou Exemple", "Enfant", "3 mars 2026", "Demandes décidées")
    sender.begin(visitor)
    sender.describe(visitor, person="Lou Exemple")
    visitor.press("Voir tous les documents")
    visitor.reads("Lou Exemple", "À compléter")


def _proposes(visitor: Visitor) -> None:
    visitor.open(HOME)
    visitor.press("Votre foyer")
    visitor.press("Ajouter une personne")
    visitor.choose("Enfant")
    visitor.fill(**LOU | {"naissance": "03/03/2062"})
    visitor.press("Enregistrer et continuer", status=422)
    visitor.fill(**LOU)
    visitor.press("Enregistrer et continuer")
    visitor.reads("Vérifiez vos réponses", "Lou", "3 mars 2026", "Rien n’est encore transmis")
    visitor.choose("J’accepte les conditions")
    visitor.press("Transmettre cette demande de correction")


def _accepts(desk: Visitor, reference: str, name: str) -> None:
    desk.open(f"/agents/?texte={reference}")
    desk.press(name)
    desk.reads("Enfant", "Lou", "3 mars 2026")
    desk.press("Accepter")
    desk.open(f"/agents/?texte={reference}&etat=tous")
    desk.press(name)
    desk.press("Voir le foyer du déposant")
    desk.reads("Foyer : Noé Exemple", "Lou Exemple", "personne ajoutée")
