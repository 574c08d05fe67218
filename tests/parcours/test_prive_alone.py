"""Sending documents when it does not go straight on: interrupted, without a mouse, with bad files."""

import datetime as dt

from tests.parcours import photos, sender, steps
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.sender import HOME, NO_SCRIPTS, ON_A_PHONE, SENDING, Sender
from tests.parcours.visitor import PHONE, Variant, Visitor

RECALL = "vous n’avez pas terminé votre envoi, rien n’est transmis"
RECALLED, ERASED = dt.timedelta(days=23), dt.timedelta(days=30)
HOUR = dt.timedelta(hours=1)
TRIES, PAUSE = 60, 500  # so many milliseconds between two looks at a page that a job is about to change


def test_a_closed_browser_resumes_at_the_same_step(visitors: Visitors, portal: Portal) -> None:
    who, visitor = sender.known(portal), visitors(NO_SCRIPTS)
    sender.sign_in(visitor, who)
    sender.begin(visitor, number=2)
    sender.describe(visitor)
    sender.add(visitor, photos.small("IMG_0001.jpg"))
    step = visitor.page.url.partition("#")[0]
    visitor.context.close()
    _resumes(visitors(NO_SCRIPTS), who, step)
    portal.forward(RECALLED + HOUR)
    portal.run_job("depots.remind_drafts")
    mail = portal.mailbox.expect(who.email, RECALL)
    assert "RIEN N’EST TRANSMIS : le service n’a rien reçu." in mail.text
    assert "acte de naissance" not in mail.text
    late = visitors(NO_SCRIPTS)
    sender.sign_in(late, who)
    late.reads("1 brouillon à terminer")
    portal.forward(ERASED - RECALLED)
    portal.run_job("depots.purge_drafts")
    _finds_nothing(late, who)


def _resumes(visitor: Visitor, who: Sender, step: str) -> None:
    sender.sign_in(visitor, who)
    visitor.reads("1 brouillon à terminer")
    visitor.open(SENDING)
    visitor.reads("Vous avez un envoi commencé, rien n’est transmis")
    visitor.press("Continuer cet envoi")
    assert visitor.page.url == step
    assert sender.names(visitor) == ["IMG_0001.jpg"]
    visitor.press("Étape précédente")
    assert visitor.typed("commentaire") == "Pour mettre mon dossier à jour."
    visitor.open(f"{SENDING}depots/")
    visitor.reads("Brouillon")


def _finds_nothing(visitor: Visitor, who: Sender) -> None:
    sender.sign_in(visitor, who)
    for _ in range(TRIES):
        if "brouillon à terminer" not in visitor.text:
            break
        visitor.page.wait_for_timeout(PAUSE)
        visitor.page.reload()
    assert "brouillon à terminer" not in visitor.text
    visitor.open(SENDING)
    assert "Vous avez un envoi commencé" not in visitor.text


def test_with_the_keyboard_alone(visitors: Visitors, portal: Portal) -> None:
    who, visitor = sender.known(portal), visitors(Variant(True, *PHONE))
    keys = visitor.page.keyboard
    sender.sign_in(visitor, who)
    visitor.open(HOME)
    visitor.enter("Envoyer un document")
    visitor.enter("D’autres documents")
    _types(visitor, "Combien de documents", "1")
    visitor.enter("Commencer le document 1")
    _types(visitor, "Nom du document", "mon bébé est né")
    visitor.tab_to("Acte de naissance")
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    visitor.enter("Suivant")
    visitor.tab_to("Vous-même")
    keys.press("ArrowDown")  # « Une autre personne », who is asked for right below
    _types(visitor, "Prénom et nom de cette autre personne", "Lou Exemple")
    visitor.tab_to("Commentaire")
    keys.type("Naissance de ma fille.")
    visitor.enter("Suivant")
    visitor.tab_to("Ajouter un fichier")
    sender.add(visitor, steps.pdf("acte.pdf"), photos.small("acte.jpg"))
    visitor.reads("4 pages ajoutées")
    for label in ("Tourner la page 4", "Monter la page 4", "Retirer la page 3", "Retirer cette page"):
        visitor.enter(label)
    visitor.enter("Mon document 1 est complet")
    visitor.reads("Lou Exemple", "3 pages")
    visitor.tab_to("J’atteste")
    keys.press("Space")
    visitor.enter("Transmettre ce document")
    visitor.reads("Vos documents sont transmis")


def _types(visitor: Visitor, field: str, text: str) -> None:
    """Fill in the page's last field, and leave the page by the Enter key as one does."""
    visitor.tab_to(field)
    visitor.page.keyboard.type(text)
    with visitor.page.expect_navigation() as navigation:
        visitor.page.keyboard.press("Enter")
    visitor.look(navigation.value)


def test_files_that_are_none(visitors: Visitors, portal: Portal) -> None:
    who, visitor = sender.known(portal), visitors(ON_A_PHONE[0])
    sender.sign_in(visitor, who)
    sender.begin(visitor)
    sender.describe(visitor)
    sender.add(visitor, photos.small("bonne.jpg"))
    visitor.reads("1 page ajoutée")
    sender.add(visitor, *photos.hostile(), photos.small("autre.jpg"), status=422)
    visitor.reads(
        "« lettre.jpg » : Ce fichier n’est ni une photographie ni un PDF, quel que soit son nom",
        "« coupee.jpg » : Cette image est incomplète ou endommagée",
        "« dessin.svg » : Ce fichier est un dessin vectoriel (SVG)",
        "« bombe.png » : Ce fichier est trop complexe ou trop grand une fois décompressé",
        "4 points à corriger",
        "1 page ajoutée",
    )
    assert sender.names(visitor) == ["bonne.jpg", "autre.jpg"]
    sender.add(visitor, photos.small("bonne.jpg"))
    visitor.reads("« bonne.jpg » est déjà dans ce document")
    visitor.press("Mon document 1 est complet")
    visitor.reads("2 pages")
