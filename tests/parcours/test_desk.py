"""The agents' desk, from the invitation to the figures; and the filer who is asked, refused, files again."""

import itertools

import pytest

from tests.parcours import agents, steps
from tests.parcours.agents import Agent
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.samples import other_accounts
from tests.parcours.steps import Association
from tests.parcours.visitor import EITHER, Variant, Visitor

QUESTION = "une question sur votre dépôt"
_numbers = itertools.count(1)


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_the_desk(visitors: Visitors, portal: Portal, who: Association, variant: Variant) -> None:
    number = next(_numbers)
    chief = Agent("Claude Gestion", f"gestion-{number}@service.example")
    clerk = Agent("Camille Exemple", f"agent-{number}@service.example")
    head = Agent("Dominique Exemple", f"superviseur-{number}@service.example")
    sirens = agents.file_some(portal, 9, date=f"20{23 - number}-12-31")
    _gives_accounts(visitors(variant), portal, chief, clerk, head)
    desk = visitors(variant)
    agents.come_in(desk, portal, clerk)
    desk.reads("Dépôts à instruire", "À instruire")
    _takes_and_decides(desk)
    filer = visitors(variant)
    _files(filer, portal, who)
    _asks_and_refuses(desk, filer, portal, who)
    _publishes_five(desk)
    supervisor = visitors(variant)
    agents.come_in(supervisor, portal, head)
    _supervises(supervisor, clerk, sirens)


def _gives_accounts(manager: Visitor, portal: Portal, chief: Agent, *others: Agent) -> None:
    agents.invite_first(portal, chief)
    agents.come_in(manager, portal, chief)
    manager.press("Agents", within=manager.page.get_by_role("navigation", name="Bureau des agents"))
    for new, role in zip(others, ("Agent", "Superviseur"), strict=True):
        manager.press("Inviter un agent")
        manager.press("Envoyer l’invitation", status=422)
        manager.fill(name=new.name, email=new.email)
        manager.page.get_by_label(role, exact=True).locator("xpath=following-sibling::label").click()
        manager.press("Envoyer l’invitation")
        manager.reads(f"L’invitation de {new.name} est partie")
    manager.press(others[0].name)
    manager.reads("Suspendre son accès", "Second facteur")
    manager.press("Motifs", within=manager.page.get_by_role("navigation", name="Bureau des agents"))
    manager.press("Ajouter un motif")


def _takes_and_decides(desk: Visitor) -> None:
    if desk.variant.scripts:  # one key, and not while one types
        desk.page.locator("[name=texte]").press("n")
        assert desk.typed("texte") == "n"
        desk.page.locator("h1").click()
        with desk.page.expect_navigation() as opened:
            desk.page.keyboard.press("n")
        desk.look(opened.value)
    else:
        desk.press("Prendre le suivant")
    desk.reads("Saisi et registre", "Le document", "Télécharger le PDF", "Attribué à Camille Exemple")
    for image in desk.page.locator("main img").all():
        image.scroll_into_view_if_needed()
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 300
    desk.fill(note="Vu : tout est lisible.")
    desk.press("Ajouter cette note")
    desk.press("Publier ce dépôt")
    desk.reads("est publié")
    desk.press("Refuser avec un motif")
    desk.press("Voir ce que lira le déposant", status=422)
    desk.page.locator("[name=motif]").first.locator("xpath=following-sibling::label").click()
    desk.fill(text="Reprenez la page 2.")
    desk.press("Voir ce que lira le déposant")
    desk.reads("Ce que lira le déposant", "Reprenez la page 2.")
    desk.press("Refuser ce dépôt et écrire au déposant")
    desk.reads("le motif est parti au déposant")


def _files(filer: Visitor, portal: Portal, who: Association) -> None:
    steps.come_in(filer, portal, who)
    steps.file_accounts(filer)
    steps.confirm(filer, portal, who)


def _asks_and_refuses(desk: Visitor, filer: Visitor, portal: Portal, who: Association) -> None:
    desk.press("File d’attente", within=desk.page.get_by_role("navigation", name="Bureau des agents"))
    desk.fill(texte=who.siren)
    desk.press("Afficher")
    desk.press("LES AMIS DU LAVOIR")
    desk.fill(question="Où est l’annexe ?")
    desk.press("Envoyer cette question au déposant")
    _answers(filer, portal, who)
    desk.page.reload()
    desk.reads("Elle est page 3.")
    desk.press("Refuser avec un motif")
    desk.choose("Autre motif")
    desk.fill(text="L’annexe de la page 3 est celle d’un autre exercice.")
    desk.press("Voir ce que lira le déposant")
    desk.press("Refuser ce dépôt et écrire au déposant")
    desk.reads("C’était le dernier de ce filtre", "Aucun dépôt ne répond à ce filtre")
    portal.mailbox.expect(who.email, "refus de votre dépôt")
    _files_again(filer, portal, who)
    desk.press("Revenir à la file habituelle")


def _answers(filer: Visitor, portal: Portal, who: Association) -> None:
    portal.mailbox.expect(who.email, QUESTION)
    filer.open(steps.HOME)
    filer.reads("1 question du service")
    filer.press("Vos dépôts")
    filer.press("Lire et répondre")
    filer.reads("Où est l’annexe ?")
    filer.press("Envoyer ma réponse au service", status=422)
    filer.fill(reponse="Elle est page 3.")
    filer.press("Envoyer ma réponse au service")
    filer.reads("Votre réponse est transmise", "Elle est page 3.")


def _files_again(filer: Visitor, portal: Portal, who: Association) -> None:
    filer.open(steps.FILINGS)
    filer.press("Comptes clos le 31 décembre 2024")
    filer.reads("L’annexe de la page 3 est celle d’un autre exercice.")
    filer.press("Déposer un dossier corrigé")
    filer.upload(steps.pdf(content=other_accounts()))
    steps.transmit(filer)
    steps.confirm(filer, portal, who)


def _publishes_five(desk: Visitor) -> None:
    desk.press("À personne")
    for box in agents.told_ids(desk)[:5]:
        desk.page.locator(f"[value='{box}']").check()
    desk.press("Préparer cette action")
    desk.reads("Publier ces 5 dépôts", "son déposant prévenu")
    desk.press("Publier ces 5 dépôts")
    done = desk.page.get_by_text("C’est terminé.")
    for _ in range(20):
        if done.is_visible():
            break
        if desk.variant.scripts:  # the page looks again by itself
            desk.page.wait_for_timeout(1500)
        else:
            desk.press("Actualiser l’avancement")
    desk.reads("5 sur 5 traités : 5 réussis.")
    desk.press("Actions groupées", within=desk.page.get_by_role("navigation", name="Bureau des agents"))
    desk.reads("Publier ces 5 dépôts", "terminé")


def _supervises(supervisor: Visitor, clerk: Agent, sirens: list[str]) -> None:
    around = supervisor.page.get_by_role("navigation", name="Bureau des agents")
    supervisor.press("Charge de l’équipe", within=around)
    supervisor.reads("Personne : à attribuer", "Décidés en sept jours")
    supervisor.press("Personne : à attribuer")
    box = agents.told_ids(supervisor)[0]
    supervisor.page.locator(f"[value='{box}']").check()
    supervisor.page.locator("[name=action]").select_option("attribuer")
    supervisor.press("Préparer cette action")
    supervisor.page.locator("[name=to]").select_option(label=clerk.name)
    supervisor.press("Attribuer ce dépôt")
    supervisor.press("Chiffres", within=around)
    supervisor.reads("Dépôts reçus par jour", "Décisions et fins par jour")
    supervisor.press("7 derniers jours")
    rows = supervisor.context.request.get("/agents/export.csv?etat=tous").text().splitlines()
    assert len(rows) > len(sirens)
