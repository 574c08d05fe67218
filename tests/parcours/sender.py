"""Somebody who sends documents: their espace privé, and each step of the guide (001). Pages are checked."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from playwright.sync_api import FilePayload, Response

from guichet.kernel.nir import Nir
from tests.parcours import steps
from tests.parcours.portal import Portal
from tests.parcours.visitor import PHONE, Variant, Visitor

NO_SCRIPTS = Variant(False, *PHONE)
ON_A_PHONE = [Variant(True, *PHONE), NO_SCRIPTS]
HOME, MESSAGES, SENDING, HOUSEHOLD = "/prive/", "/prive/messages/", "/prive/documents/", "/prive/foyer/"
NUMBER = "185129999912371"  # of nobody
PREPARED = 60_000  # milliseconds for several large photographs to be made ready, on a machine that is busy
_numbers: Iterator[int] = itertools.count(1)
_ACCOUNT = """
from guichet.accounts.models import Account
from guichet.kernel import clock
account = Account(
    espace="prive", identifier={email!r}, email={email!r}, terms_version="prive-2026-11",
    created_at=clock.now(), profile={{"kind": "particulier", "name": {name!r}, "last_name": "Exemple",
    "first_name": "Noé", "siren": "", "company": "", "file_number": "", "phone": ""}})
account.set_password({password!r})
account.save()
"""


@dataclass
class Sender:
    """A particulier whom no other walk knows."""

    email: str
    name: str = "Noé Exemple"
    password: str = "lavoir-Trombone-4-orties"


def somebody() -> Sender:
    """Somebody without an espace yet."""
    return Sender(f"noe-{next(_numbers)}@foyer.example")


def known(portal: Portal) -> Sender:
    """Somebody who has one."""
    who = somebody()
    code = _ACCOUNT.format(email=who.email, name=who.name, password=who.password)
    portal.guichet("django", "shell", "-v", "0", "-c", code)
    return who


def register(visitor: Visitor, portal: Portal, who: Sender) -> None:
    """From the home of the portal to an espace that is open."""
    visitor.open("/")
    door = visitor.page.locator(".g-doors > li", has_text="Particuliers, exploitants et employeurs")
    visitor.press("Créer un compte", within=door)
    visitor.choose("Particulier")
    visitor.press("Continuer")
    visitor.fill(last_name="Exemple", first_name="Noé", file_number=str(Nir(NUMBER)))
    visitor.press("Continuer")
    visitor.fill(email=who.email, email_again=who.email, password=who.password, password_again=who.password)
    if visitor.variant.scripts:
        visitor.page.get_by_text("Ce mot de passe convient.").wait_for()
    visitor.choose("J’ai lu les conditions")
    visitor.press("Continuer")
    visitor.reads("Vérifiez vos réponses", who.email)
    visitor.press("Créer mon espace et recevoir le lien")
    visitor.reads("Consultez votre messagerie")
    visitor.open(portal.mailbox.expect(who.email, steps.ACCOUNT).link)
    visitor.press("Confirmer et créer mon espace")
    visitor.reads("Votre compte est créé")
    visitor.press("Se connecter")


def sign_in(visitor: Visitor, who: Sender) -> None:
    """Sign in, and leave the second protection for another day."""
    visitor.open("/prive/connexion/")
    visitor.fill(identifier=who.email, password=who.password)
    visitor.press("Se connecter")
    visitor.open(HOME)


def begin(visitor: Visitor, *, number: int = 1) -> None:
    """From « Envoyer un document » to the name of the first document (001, steps 1 to 3)."""
    visitor.open(SENDING)
    visitor.press("D’autres documents")
    visitor.fill(nombre=str(number))
    visitor.press("Suivant")
    visitor.press("Commencer le document 1")


def describe(visitor: Visitor, *, name: str = "acte de naissance", person: str = "Vous-même") -> None:
    """What is said of a document, up to its pages (001, steps 4 and 5)."""
    visitor.fill(nom=name)
    visitor.press("Suivant")
    visitor.page.locator("[name=type]").first.locator("xpath=following-sibling::label").click()
    visitor.press("Suivant")
    visitor.choose(person)
    visitor.press("Suivant")
    visitor.fill(commentaire="Pour mettre mon dossier à jour.")
    visitor.press("Suivant")


def tick(visitor: Visitor, label: str) -> None:
    """Choose exactly this answer, on its label: the button itself is drawn by it."""
    box = visitor.page.get_by_label(label, exact=True)
    box.locator("xpath=following-sibling::label").click()


def add(visitor: Visitor, *files: FilePayload, status: int = 200) -> None:
    """Join files to a document (001, step 6): with scripts they leave as soon as they are chosen."""
    page = visitor.page
    if not visitor.variant.scripts:
        page.set_input_files("#id_upload", list(files))
        with page.expect_navigation(timeout=PREPARED) as navigation:
            page.locator("form.g-upload > button").click()
        visitor.look(navigation.value, status=status)
        return
    page.get_by_role("main").evaluate("main => main.dataset.before = ''")
    with page.expect_response(_is_page, timeout=PREPARED) as answer:
        page.set_input_files("#id_upload", list(files))
    page.locator("main[data-before]").wait_for(state="detached")
    visitor.look(answer.value, status=status)


def transmit(visitor: Visitor, label: str) -> None:
    """Certify and send (001, step 8)."""
    visitor.choose("J’atteste que tous les renseignements")
    visitor.press(label)


def names(visitor: Visitor) -> list[str]:
    """The file that each page of the document came from, in order."""
    return visitor.page.locator(".g-sheets__name").all_inner_texts()


def pictures(visitor: Visitor) -> list[tuple[int, int]]:
    """How large the pictures of the page are, once each of them is drawn."""
    found = []
    for image in visitor.page.locator("main img").all():
        image.scroll_into_view_if_needed()
        size = "image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])"
        found.append(tuple(image.evaluate(size)))
    return found


def _is_page(answer: Response) -> bool:
    """The answer to what the script sent, after its redirection."""
    return answer.request.resource_type == "xhr" and answer.status != HTTPStatus.FOUND
