"""Published accounts, as the public finds, reads and saves them; and what becomes of a withdrawal."""

from tests.parcours import register, samples, steps
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.steps import Association
from tests.parcours.visitor import PHONE, Variant

NO_SCRIPTS = Variant(False, *PHONE)
REASON = "Ces comptes comportent des données personnelles."
# What the agents' decision does, done by the operator's shell: the desk has walks of its own.
DECIDE = """
from django.db import transaction
from guichet.depots import operations as depots
from guichet.depots.models import Depot
from guichet.publications import operations as publications
depot = Depot.objects.filter(siren="{siren}", submitted_at__isnull=False).latest("submitted_at")
with transaction.atomic():
    {decision}
"""
PUBLISH = 'publications.publish(depot=depots.publish(depot_id=depot.pk, actor="operator"))'
WITHDRAW = (
    f'publications.withdraw(depot=depots.withdraw(depot_id=depot.pk, actor="operator", reason="{REASON}"),'
    f' reason="{REASON}")'
)


def decide(portal: Portal, who: Association, decision: str) -> None:
    portal.guichet("django", "shell", "-c", DECIDE.format(siren=who.siren, decision=decision))


def test_from_filing_to_the_public_and_back(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors()
    steps.come_in(treasurer, portal, who)
    steps.file_accounts(treasurer)
    steps.confirm(treasurer, portal, who)
    decide(portal, who, PUBLISH)
    stranger = visitors(NO_SCRIPTS)
    stranger.open("/")
    stranger.press("Rechercher des comptes publiés")
    stranger.fill(q=who.siren)
    stranger.press("Rechercher")
    stranger.reads("1 compte publié", "31 décembre 2024")
    stranger.press(register.name_of(who.siren), within=stranger.page.locator("tbody th"))
    stranger.reads("Ses comptes, année par année", "En vigueur")
    stranger.press("31 décembre 2024")
    stranger.reads("Comptes clos le 31 décembre 2024", "Page 1")
    assert stranger.download("Télécharger le PDF").startswith(b"%PDF-")
    filing = stranger.page.url
    decide(portal, who, WITHDRAW)
    later = visitors()
    later.open(filing)
    later.reads("Document retiré de la publication le", REASON)
    assert later.page.locator("img").count() == 0


def test_a_rectification_takes_the_place_of_the_first(
    visitors: Visitors, portal: Portal, who: Association
) -> None:
    treasurer = visitors()
    steps.come_in(treasurer, portal, who)
    steps.file_accounts(treasurer)
    steps.confirm(treasurer, portal, who)
    decide(portal, who, PUBLISH)
    steps.begin_filing(treasurer, nature="Rectificatif")
    treasurer.upload(steps.pdf("comptes-corriges.pdf", samples.other_accounts()))
    steps.transmit(treasurer)
    steps.confirm(treasurer, portal, who)
    decide(portal, who, PUBLISH)
    stranger = visitors()
    stranger.open(f"/publications/{who.siren}/2024-12-31/")
    stranger.reads("Rectificatif n° 1", "Toutes les versions de ces comptes")
    stranger.press("Initial")
    stranger.reads("Version remplacée le")
    stranger.press("Voir la version en vigueur")
    stranger.reads("Rectificatif n° 1")


def test_a_search_that_finds_nothing_and_the_open_data(visitors: Visitors, every_variant: Variant) -> None:
    stranger = visitors(every_variant)
    stranger.open("/publications/")
    stranger.fill(q="zzyzx", annee="2023")
    stranger.press("Rechercher")
    stranger.reads("Aucun compte publié ne correspond")
    stranger.press("Chercher sans filtre")
    stranger.reads("Essayez avec moins de mots")
    stranger.press("Données ouvertes : ce que contiennent ces fichiers")
    stranger.reads("dca_rectificatif_version")
