"""Filing when things do not go straight on: again, twice, too late, with the wrong file, without a mouse."""

import datetime as dt

from tests.parcours import samples, steps
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.steps import Association
from tests.parcours.visitor import DESK, PHONE, Variant, Visitor

NO_SCRIPTS = Variant(False, *PHONE)
CARDS = ".g-table tbody tr, .g-draft"


def test_rectificatif_supersedes(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors(NO_SCRIPTS)
    steps.come_in(treasurer, portal, who)
    steps.file_accounts(treasurer)
    _starts_again(treasurer, "est encore à confirmer")
    steps.confirm(treasurer, portal, who)
    treasurer.open(steps.START)
    treasurer.press("Reprendre ce dépôt")
    treasurer.press("Enregistrer et continuer", status=422)
    treasurer.reads(
        "Un dépôt existe déjà : comptes clos le 31 décembre 2024", "la version précédente reste conservée"
    )
    treasurer.press("Déposer un rectificatif")
    treasurer.press("Ces coordonnées sont exactes, continuer")
    treasurer.upload(steps.pdf("comptes-corriges.pdf", samples.other_accounts()))
    steps.transmit(treasurer)
    steps.confirm(treasurer, portal, who)
    treasurer.open(steps.FILINGS)
    treasurer.reads("Rectificatif n° 1", "Confirmé", "Initial", "Remplacé par un rectificatif")
    assert treasurer.page.locator(CARDS).count() == 2


def _starts_again(treasurer: Visitor, sentence: str) -> None:
    treasurer.open(steps.START)
    treasurer.press("Commencer le dépôt")
    treasurer.fill(date_cloture="31 décembre 2024")
    treasurer.choose("Initial")
    treasurer.press("Enregistrer et continuer", status=422)
    treasurer.reads(sentence)
    assert treasurer.typed("date_cloture") == "31 décembre 2024"


def test_recall_then_expiry(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors()
    steps.come_in(treasurer, portal, who)
    steps.file_accounts(treasurer)
    first = portal.mailbox.expect(who.email, steps.FILING)
    portal.forward(dt.timedelta(days=2, minutes=1))
    portal.run_job("depots.remind_unconfirmed")
    recall = portal.mailbox.expect(who.email, steps.RECALL)
    treasurer.open(recall.link)
    treasurer.reads("pas encore confirmé")
    portal.forward(dt.timedelta(days=13))
    portal.run_job("depots.expire_unconfirmed")
    portal.mailbox.expect(who.email, "expiré")
    treasurer.open(first.link, status=410)
    treasurer.reads("expiré")
    steps.sign_in(treasurer, who)
    treasurer.open(steps.FILINGS)
    treasurer.reads("Expiré", "rien n’a été déposé")
    steps.file_accounts(treasurer)  # the date is free again
    steps.confirm(treasurer, portal, who)


def test_resend_and_cancel(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors(Variant(True, *PHONE))
    steps.come_in(treasurer, portal, who)
    steps.file_accounts(treasurer)
    first = portal.mailbox.expect(who.email, steps.FILING)
    portal.forward(dt.timedelta(minutes=5))
    treasurer.press("Renvoyer le message")
    portal.mailbox.expect(who.email, steps.FILING)
    treasurer.press("Annuler ce dépôt")
    treasurer.press("Annuler ce dépôt")
    treasurer.reads("rien n’a été déposé")
    treasurer.open(first.link, status=410)


def test_back_button_two_tabs_double_click(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors()
    steps.come_in(treasurer, portal, who)
    steps.begin_filing(treasurer)
    treasurer.upload(steps.pdf())
    left_open = treasurer.page
    treasurer.page = treasurer.context.new_page()
    treasurer.open(left_open.url)
    treasurer.press("Continuer vers la vérification")
    treasurer.choose("J’accepte les conditions")
    with treasurer.page.expect_navigation(url="**/depots/*/"):
        treasurer.page.get_by_role("button", name="Transmettre").dblclick()
    treasurer.reads("à confirmer")
    treasurer.back()
    treasurer.reads("à confirmer", "Il reste une chose à faire")
    treasurer.page = left_open
    treasurer.press("Continuer vers la vérification")
    treasurer.reads("à confirmer", "Il reste une chose à faire")
    treasurer.open(steps.FILINGS)
    assert treasurer.page.locator(CARDS).count() == 1


def test_refused_files(visitors: Visitors, portal: Portal, who: Association, every_variant: Variant) -> None:
    treasurer = visitors(every_variant)
    steps.come_in(treasurer, portal, who)
    steps.begin_filing(treasurer)
    treasurer.press("Ajouter ces fichiers", status=422)
    treasurer.reads("Choisissez au moins un fichier")
    treasurer.upload(steps.pdf("bon.pdf"), steps.pdf("protege.pdf", samples.locked()), status=422)
    treasurer.reads("protege.pdf", "mot de passe", "1 fichier ajouté")
    treasurer.upload(steps.pdf("archive.pdf", b"PK\x03\x04" + bytes(200)), status=422)
    treasurer.upload(steps.pdf("lettre.pdf", b"Bonjour,\n"), status=422)
    assert treasurer.page.locator(".g-files__name").all_inner_texts() == ["bon.pdf"]


def test_draft_given_up(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors(NO_SCRIPTS)
    steps.come_in(treasurer, portal, who)
    steps.begin_filing(treasurer)
    treasurer.open(steps.FILINGS)
    treasurer.reads("À faire", "Brouillon")
    treasurer.press("Supprimer")
    treasurer.press("Supprimer le brouillon")
    treasurer.reads("Votre brouillon est supprimé", "Vous n’avez encore rien déposé")


def test_open_over_night(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors(Variant(False, *DESK))
    steps.come_in(treasurer, portal, who)
    treasurer.open(steps.START)
    treasurer.press("Commencer le dépôt")
    treasurer.fill(date_cloture="30/06/2024")
    treasurer.choose("Initial")
    portal.forward(dt.timedelta(hours=10))
    treasurer.press("Enregistrer et continuer")
    treasurer.reads("Votre session s’est terminée", "conservé")
    treasurer.fill(identifier=who.siren, password=who.password)
    treasurer.press("Se connecter")
    treasurer.page.get_by_role("main").get_by_role("button").last.click()
    treasurer.page.wait_for_url("**/coordonnees/")
    treasurer.press("Étape précédente")
    assert treasurer.typed("date_cloture") == "30/06/2024"


def test_without_a_mouse(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors()
    steps.come_in(treasurer, portal, who)
    treasurer.enter("Déposer ou rectifier vos comptes")
    treasurer.enter("Commencer le dépôt")
    treasurer.tab_to("Date de clôture")
    treasurer.page.keyboard.type("31/12/2023")
    treasurer.tab_to("Initial")
    treasurer.page.keyboard.press("Space")
    treasurer.enter("Enregistrer et continuer")
    treasurer.enter("Ces coordonnées sont exactes")
    treasurer.tab_to("Ajouter un ou plusieurs fichiers")
    with treasurer.page.expect_file_chooser() as chooser:
        treasurer.page.keyboard.press("Space")
    chooser.value.set_files(steps.pdf())
    treasurer.tab_to("Ajouter ces fichiers")
    treasurer.page.keyboard.press("Enter")
    treasurer.page.get_by_text("1 fichier ajouté.").wait_for()
    treasurer.enter("Continuer vers la vérification")
    treasurer.tab_to("J’accepte les conditions")
    treasurer.page.keyboard.press("Space")
    treasurer.enter("Transmettre")
    treasurer.reads("à confirmer")
