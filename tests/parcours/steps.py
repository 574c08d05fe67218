"""What every walk does on its way: register, sign in, file, confirm. Each page on the way is checked."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import FilePayload

from tests.parcours import samples
from tests.parcours.mailbox import Mail
from tests.parcours.portal import Portal
from tests.parcours.visitor import Visitor

ACCOUNT, FILING, RECALL = "votre compte", "validation de dépôt de dossier", "rappel"
HOME, START, FILINGS = (
    "/association/",
    "/association/comptes-annuels/",
    "/association/comptes-annuels/depots/",
)
CLOSING = "31/12/2024"


@dataclass
class Association:
    """Who files: as the register knows it, with a mailbox and a password."""

    siren: str
    email: str
    password: str = ""

    @property
    def grouped(self) -> str:
        """Its number as one types it."""
        return f"{self.siren[:3]} {self.siren[3:6]} {self.siren[6:]}"


def ask_account(visitor: Visitor, who: Association) -> None:
    """Register, up to « Consultez votre messagerie » (000, steps 1 and 2)."""
    visitor.open("/association/inscription/")
    visitor.fill(siren=who.grouped)
    visitor.press("Continuer")
    details(visitor, who)
    visitor.press("Créer le compte et recevoir le mot de passe")


def details(visitor: Visitor, who: Association) -> None:
    """Fill in the form of registration, and go on to the recap."""
    visitor.fill(contact="Camille Exemple", phone="01 99 00 12 34", email=who.email, email_again=who.email)
    visitor.press("Continuer")


def open_account(visitor: Visitor, portal: Portal, who: Association) -> Mail:
    """Follow the link of « votre compte » (000, step 3)."""
    mail = portal.mailbox.expect(who.email, ACCOUNT)
    who.password = mail.password
    visitor.open(mail.link)
    return mail


def sign_in(visitor: Visitor, who: Association) -> None:
    """Sign in with a pasted password, the blanks around it included (000, step 4)."""
    visitor.open("/association/connexion/")
    visitor.fill(identifier=who.grouped, password=f"  {who.password} ")
    visitor.press("Se connecter")


def come_in(visitor: Visitor, portal: Portal, who: Association) -> None:
    """Everything up to the home of a new account."""
    ask_account(visitor, who)
    open_account(visitor, portal, who)
    sign_in(visitor, who)


def pdf(name: str = "comptes-2024.pdf", content: bytes | None = None) -> FilePayload:
    """A PDF as the browser sends it."""
    return {"name": name, "mimeType": "application/pdf", "buffer": content or samples.accounts()}


def jpeg(name: str = "rapport.jpg") -> FilePayload:
    """A photo as the browser sends it."""
    return {"name": name, "mimeType": "image/jpeg", "buffer": samples.photo()}


def begin_filing(visitor: Visitor, *, closing: str = CLOSING, nature: str = "Initial") -> None:
    """From the home to « Vos documents »."""
    visitor.open(START)
    visitor.press("Commencer le dépôt")
    visitor.fill(date_cloture=closing)
    visitor.choose(nature)
    visitor.press("Enregistrer et continuer")
    visitor.press("Ces coordonnées sont exactes, continuer")


def transmit(visitor: Visitor) -> None:
    """From « Vos documents », where files wait, to the acknowledgement."""
    visitor.press("Continuer vers la vérification")
    visitor.choose("J’accepte les conditions")
    visitor.press("Transmettre")


def file_accounts(visitor: Visitor, **answers: Any) -> None:
    """A whole filing with one PDF, up to the acknowledgement."""
    begin_filing(visitor, **answers)
    visitor.upload(pdf())
    transmit(visitor)


def confirm(visitor: Visitor, portal: Portal, who: Association) -> Mail:
    """Follow the link of « validation de dépôt de dossier », and press its button (000, step 7)."""
    mail = portal.mailbox.expect(who.email, FILING)
    visitor.open(mail.link)
    visitor.press("Confirmer ce dépôt")
    return mail
