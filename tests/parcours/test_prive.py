"""Two documents sent from the telephone in one's hand, an agent who asks, and the answer (001, whole)."""

import io
from pathlib import Path

import pikepdf
import pytest

from tests.files.photos import SECRET
from tests.parcours import agents, photos, sender, steps
from tests.parcours.agents import Agent
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.sender import MESSAGES, ON_A_PHONE, Sender
from tests.parcours.visitor import DESK, Variant, Visitor

NOTICE = "un message vous attend"
QUESTION = "Il manque le verso de l’acte : pouvez-vous nous l’envoyer ?"
ANSWER = "Le voici, photographié ce matin."
CLOSING = "Merci, votre dossier est à jour."


@pytest.mark.parametrize("variant", ON_A_PHONE, ids=str)
def test_sending(visitors: Visitors, portal: Portal, variant: Variant, tmp_path: Path) -> None:
    visitor, who = visitors(variant), sender.somebody()
    sender.register(visitor, portal, who)
    _goes_to_sending(visitor, who)
    _photographs(visitor)
    _joins_a_pdf(visitor)
    reference = _transmits(visitor, portal, who)
    _keeps_the_proof(visitor, visitors(variant), portal, tmp_path)
    clerk = Agent("Camille Exemple", f"papiers-{who.email}")
    desk = visitors(Variant(variant.scripts, *DESK))
    agents.invite_first(portal, clerk)
    agents.come_in(desk, portal, clerk)
    _looks_and_asks(desk, reference)
    _answers(visitor, portal, who, reference)
    _closes(desk, reference)
    _reads_the_end(visitor, portal, who)


def _goes_to_sending(visitor: Visitor, who: Sender) -> None:
    visitor.fill(identifier=who.email, password=who.password)
    visitor.press("Se connecter")
    visitor.open(sender.HOME)
    visitor.reads("Mon espace privé", "Particulier", who.name)
    visitor.press("Contact & échanges")
    visitor.press("Mes messages")
    visitor.reads("Vous n’avez pas encore de message")
    visitor.open(sender.HOME)
    visitor.press("Contact & échanges")
    visitor.press("Envoyer un document")
    visitor.press("Un changement de situation")  # a declaration: no document
    visitor.reads("Ce portail ne reçoit pas cette déclaration")
    visitor.back()
    visitor.press("D’autres documents")


def _photographs(visitor: Visitor) -> None:
    visitor.press("Suivant", status=422)
    visitor.fill(nombre="2")
    visitor.press("Suivant")
    visitor.reads("Vous voulez transmettre 2 documents", "Rien n’est encore transmis")
    visitor.press("Commencer le document 1")
    visitor.fill(nom="ab")
    visitor.press("Suivant", status=422)
    visitor.fill(nom="mon bébé est né")
    visitor.press("Suivant")
    sender.tick(visitor, "Acte de naissance")
    visitor.press("Suivant")
    visitor.choose("Une autre personne")
    visitor.press("Suivant", status=422)
    visitor.fill(qui="Lou Exemple")
    visitor.press("Suivant")
    visitor.fill(commentaire="a" * 164)
    visitor.press("Suivant", status=422)
    visitor.fill(commentaire="Naissance de ma fille le 3 mars.")
    visitor.press("Suivant")
    _puts_pages_in_order(visitor)
    visitor.press("Mon document 1 est complet")
    visitor.reads("Le document 1 est complet", "1 document complet sur 2", "Lou Exemple")


def _puts_pages_in_order(visitor: Visitor) -> None:
    sender.add(visitor, photos.jpeg("IMG_0001.jpg"), photos.heic())
    visitor.reads("2 pages ajoutées", "Allégé pour l’envoi, en restant lisible")
    assert all(height > width for width, height in sender.pictures(visitor))  # EXIF has turned them
    sender.add(visitor, photos.small("IMG_0003.jpg"))
    visitor.press("Monter la page 3")
    assert sender.names(visitor) == ["IMG_0001.jpg", "IMG_0003.jpg", "IMG_0002.HEIC"]
    visitor.press("Descendre la page 1")
    assert sender.names(visitor) == ["IMG_0003.jpg", "IMG_0001.jpg", "IMG_0002.HEIC"]
    visitor.press("Retirer la page 1")
    visitor.press("Retirer cette page")
    assert sender.names(visitor) == ["IMG_0001.jpg", "IMG_0002.HEIC"]
    visitor.press("Tourner la page 2")
    (_, first), (width, height) = sender.pictures(visitor)
    assert width > height
    assert first > height


def _joins_a_pdf(visitor: Visitor) -> None:
    visitor.press("Commencer le document 2")
    visitor.fill(nom="papier de la banque")
    visitor.press("Suivant")
    if visitor.variant.scripts:
        visitor.page.locator("#id_q").press_sequentially("releve identité bancair")
        visitor.page.get_by_role("option", name="Relevé d’identité bancaire").first.wait_for()
        visitor.page.keyboard.press("Escape")
    else:
        visitor.fill(q="releve identité bancair")
    visitor.press("Chercher")
    sender.tick(visitor, "Relevé d’identité bancaire (RIB)")
    visitor.press("Suivant")
    visitor.choose("Vous-même")
    visitor.press("Suivant")
    visitor.fill(commentaire="Mon nouveau compte.")
    visitor.press("Suivant")
    sender.add(visitor, steps.pdf("rib.pdf"))
    visitor.reads("3 pages")
    visitor.press("Mon document 2 est complet")


def _transmits(visitor: Visitor, portal: Portal, who: Sender) -> str:
    visitor.reads("Vous voulez transmettre 2 documents", "2 documents complets sur 2", "Rien n’est encore")
    visitor.press("Modifier : Commentaire, Document 2")
    visitor.fill(commentaire="Mon nouveau compte, ouvert le 2 mars.")
    visitor.press("Suivant")
    visitor.press("Transmettre ces 2 documents", status=422)
    sender.transmit(visitor, "Transmettre ces 2 documents")
    visitor.reads("Vos documents sont transmis", "mon bébé est né", "Mon nouveau compte, ouvert le 2 mars.")
    reference = visitor.page.locator("main .g-large").first.inner_text()
    mail = portal.mailbox.expect(who.email, "vos documents sont transmis")
    assert reference in mail.text
    return reference


def _keeps_the_proof(visitor: Visitor, stranger: Visitor, portal: Portal, folder: Path) -> None:
    sent = visitor.download("mon bébé est né")
    assert SECRET not in sent
    with pikepdf.open(io.BytesIO(sent)) as pdf:
        assert len(pdf.pages) == 2
        assert not pdf.docinfo.keys()
    receipt = folder / "recu.pdf"
    receipt.write_bytes(visitor.download("Télécharger l’accusé de réception"))
    portal.guichet("receipt", "verify", str(receipt))
    stranger.open("/verifier/")
    stranger.page.set_input_files("main input[type=file]", receipt)
    stranger.press("Vérifier ce fichier")
    stranger.reads("authentique")
    visitor.open(MESSAGES)
    visitor.reads("1 message non lu")
    visitor.press("Vos documents sont transmis")
    visitor.press("Voir le dossier")


def _looks_and_asks(desk: Visitor, reference: str) -> None:
    desk.open(f"/agents/?texte={reference}")
    desk.press("Noé Exemple")
    desk.reads("Document 1 : mon bébé est né", "Lou Exemple", "Document 2 : papier de la banque")
    assert len(sender.pictures(desk)) == 2 + 3
    desk.press("Reclasser : document 2")
    desk.fill(cherche="facture d'électricité")
    desk.press("Chercher")
    desk.page.locator("[name=type]").nth(1).locator("xpath=following-sibling::label").click()
    desk.press("Reclasser ce document")
    desk.reads("Le document 2 est reclassé", "Le déposant avait choisi : Relevé d’identité bancaire")
    desk.fill(question=QUESTION)
    desk.press("Envoyer cette question au déposant")
    desk.reads(QUESTION)


def _answers(visitor: Visitor, portal: Portal, who: Sender, reference: str) -> None:
    mail = portal.mailbox.expect(who.email, NOTICE)
    for secret in (QUESTION, reference, who.name, "bébé", "question"):
        assert secret not in mail.text
    visitor.open(mail.link)
    visitor.reads("1 message non lu")
    visitor.press("Une question sur votre envoi")
    visitor.reads(QUESTION)
    visitor.press("Répondre au service")
    visitor.fill(reponse=ANSWER)
    visitor.page.set_input_files("#id_upload", [photos.jpeg("verso.jpg")])
    visitor.press("Envoyer ma réponse au service")
    visitor.reads("Votre réponse et 1 page sont transmises au service", ANSWER)
    portal.mailbox.expect(who.email, "votre réponse est reçue")


def _closes(desk: Visitor, reference: str) -> None:
    desk.open(f"/agents/?texte={reference}")
    desk.press("Noé Exemple")
    desk.reads(ANSWER)
    assert desk.download("verso.pdf").startswith(b"%PDF")
    desk.press("Clore avec un mot au déposant")
    desk.fill(text=CLOSING)
    desk.press("Voir ce que lira le déposant")
    desk.reads(CLOSING)
    desk.press("Clore ce dépôt et écrire au déposant")


def _reads_the_end(visitor: Visitor, portal: Portal, who: Sender) -> None:
    mail = portal.mailbox.expect(who.email, NOTICE)
    assert CLOSING not in mail.text
    visitor.open(mail.link)
    visitor.reads("2 messages non lus")  # the end, and the acknowledgement of the answer
    visitor.press("Votre envoi : traité")
    visitor.reads(CLOSING)
    visitor.press("Voir le dossier")
    visitor.reads("Le service a traité vos documents le", CLOSING)
