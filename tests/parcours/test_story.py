"""The whole story of the guide (000, steps 1 to 8), from the SIREN to the verified receipt."""

import re
from pathlib import Path

from pypdfium2 import PdfDocument

from tests.parcours import steps
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.register import name_of
from tests.parcours.steps import Association
from tests.parcours.visitor import Variant, Visitor


def test_story(
    visitors: Visitors, portal: Portal, who: Association, every_variant: Variant, tmp_path: Path
) -> None:
    treasurer = visitors(every_variant)
    _registers(treasurer, who)
    steps.open_account(treasurer, portal, who)
    treasurer.reads("Votre compte est créé")
    _signs_in(treasurer, who)
    _files(treasurer, who)
    _confirms(treasurer, portal, who)
    receipt = _sees_the_filing(treasurer)
    _verifies(visitors(every_variant), portal, receipt, tmp_path)


def _registers(treasurer: Visitor, who: Association) -> None:
    treasurer.open("/")
    treasurer.press("Créer un compte")
    treasurer.fill(siren=who.grouped.replace(" ", "-"))
    treasurer.press("Continuer")
    treasurer.reads(name_of(who.siren))
    wrong = Association(who.siren, f"x{who.email}")
    steps.details(treasurer, wrong)
    treasurer.reads(wrong.email, "12 RUE DES TILLEULS", "37000 TOURS")
    treasurer.press("Modifier l’adresse électronique")  # everything typed is still there
    assert treasurer.page.locator("[name=contact]").input_value() == "Camille Exemple"
    treasurer.fill(email=who.email, email_again=who.email)
    treasurer.press("Continuer")
    treasurer.press("Créer le compte et recevoir le mot de passe")
    treasurer.reads(who.email, "ne-pas-repondre@guichet.example")


def _signs_in(treasurer: Visitor, who: Association) -> None:
    treasurer.press("Se connecter")
    treasurer.fill(password=f" \t{who.password}  ")
    treasurer.press("Se connecter")
    treasurer.reads("Votre espace", "Vos dépôts", "Déposer ou rectifier vos comptes", "Modifier vos données")
    treasurer.press("Recherche publique")
    treasurer.press("Revenir à votre espace")


def _files(treasurer: Visitor, who: Association) -> None:
    treasurer.press("Déposer ou rectifier vos comptes")
    treasurer.press("Commencer le dépôt")
    treasurer.fill(date_cloture="31/12/2024")
    treasurer.choose("Initial")
    treasurer.press("Enregistrer et continuer")
    treasurer.reads(who.email)
    treasurer.press("Ces coordonnées sont exactes, continuer")
    treasurer.upload(steps.jpeg(), steps.pdf())
    treasurer.press("Descendre rapport.jpg")  # the accounts first, then the photo
    assert treasurer.page.locator(".g-files__name").all_inner_texts() == ["comptes-2024.pdf", "rapport.jpg"]
    treasurer.reads("Un PDF de 4 pages")
    for image in treasurer.page.locator("main img").all():
        image.scroll_into_view_if_needed()
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    treasurer.press("Retirer rapport.jpg")
    treasurer.press("Retirer ce fichier")
    treasurer.upload(steps.jpeg())
    treasurer.press("Continuer vers la vérification")
    treasurer.reads("31 décembre 2024", "2 documents", "Rien n’est encore transmis")
    treasurer.press("Transmettre", status=422)
    treasurer.choose("J’accepte les conditions")
    treasurer.press("Transmettre")
    treasurer.reads("à confirmer", who.email)


def _confirms(treasurer: Visitor, portal: Portal, who: Association) -> None:
    mail = portal.mailbox.expect(who.email, steps.FILING)
    treasurer.open(mail.link)
    treasurer.reads("pas encore confirmé", "31 décembre 2024")
    treasurer.press("Confirmer ce dépôt")
    treasurer.reads("Votre dépôt est confirmé")


def _sees_the_filing(treasurer: Visitor) -> bytes:
    treasurer.press("Voir ce dépôt dans votre espace")
    treasurer.reads("Comptes clos le 31 décembre 2024", "Confirmé")
    receipt = treasurer.download("accusé de réception")
    published = treasurer.download("PDF")
    assert receipt.startswith(b"%PDF-")
    assert published.startswith(b"%PDF-")
    treasurer.open(steps.FILINGS)
    treasurer.reads("Comptes clos le 31 décembre 2024", "Confirmé", "Initial")
    return receipt


def _verifies(stranger: Visitor, portal: Portal, receipt: bytes, folder: Path) -> None:
    good, bad = folder / "recu.pdf", folder / "altere.pdf"
    altered = bytearray(receipt)
    altered[len(receipt) // 2] ^= 1
    good.write_bytes(receipt)
    bad.write_bytes(altered)
    portal.guichet("receipt", "verify", str(good))
    portal.guichet("receipt", "verify", str(bad), status=1)
    for path, verdict in ((good, "authentique"), (bad, "altéré")):
        stranger.open("/verifier/")
        stranger.page.set_input_files("main input[type=file]", path)
        stranger.press("Vérifier ce fichier")
        stranger.reads(verdict)
    stranger.fill(code=_code(receipt))
    stranger.press("Voir ce que prouve cet accusé")
    stranger.reads("Ce que prouve cet accusé", "Initial", "empreinte SHA-256")


def _code(receipt: bytes) -> str:
    """The verification code that the receipt prints."""
    text = "".join(page.get_textpage().get_text_range() for page in PdfDocument(receipt))
    found = re.search(r"/v/(\w+)", text.replace("\r\n", ""))
    assert found, text
    return found.group(1)
