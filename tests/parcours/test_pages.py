"""The pages around the counter: help, terms, legal notices, the public search, the demo's mailbox."""

from tests.parcours import register
from tests.parcours.conftest import Visitors
from tests.parcours.visitor import Variant

PAGES = ("aide", "plan", "accessibilite", "mentions-legales", "donnees-personnelles", "conditions")


def test_footer(visitors: Visitors, every_variant: Variant) -> None:
    stranger = visitors(every_variant)
    for page in (*PAGES, "verifier", "demo/messagerie"):
        stranger.open(f"/{page}/")


def test_public_search(visitors: Visitors, every_variant: Variant) -> None:
    stranger = visitors(every_variant)
    stranger.open("/association/recherche/")
    stranger.fill(q="amis du lavoire")  # a slip
    stranger.press("Rechercher")
    stranger.reads("LES AMIS DU LAVOIR")
    stranger.fill(q=register.DISCREET)
    stranger.press("Rechercher")
    assert register.name_of(register.DISCREET) not in stranger.page.content()
    stranger.fill(q="zzzzzzzz")
    stranger.press("Rechercher")
    stranger.reads("Aucun organisme")
