"""Choosing a password with criteria and a gauge, after a first sign-in and when it is forgotten (003)."""

import itertools
import re
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.parcours import register
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.visitor import DESK, EITHER, PHONE, Variant, Visitor

SIRET = register.with_key(f"{register.UNKNOWN}0001")
PASSWORD, NEW = "Lavande47Trombone", "Trombone83Girafe"
ANSWER = "Un cerf-volant rouge"
ROOT = "/declarant/connexion/"
_numbers = itertools.count()
_GIVEN = """
from guichet.accounts import operations
print(operations.give(espace="declarant", identifier="{siret} DURAND {first_name}", email="{email}",
    profile={{"name": "{first_name} Durand", "last_name": "Durand", "first_name": "{first_name}",
    "siret": "{siret}", "phone": ""}}, actor="account:administrateur")[1])
"""


@dataclass(frozen=True)
class Newcomer:
    """Somebody to whom an administrateur gave an account. ``digits``: what they were told."""

    first_name: str
    email: str
    digits: str

    @property
    def typed(self) -> dict[str, str]:
        """What they type to say who they are."""
        return {"siret": SIRET, "last_name": "durand", "first_name": self.first_name}


@pytest.fixture
def lou(portal: Portal) -> Newcomer:
    """A newcomer that no other walk knows."""
    first_name = f"LOU{chr(ord('A') + next(_numbers))}"
    email = f"{first_name.lower()}@entreprise.example"
    code = _GIVEN.format(siret=SIRET, first_name=first_name, email=email)
    return Newcomer(first_name, email, portal.guichet("django", "shell", "-v", "0", "-c", code).split()[-1])


def signs_in(visitor: Visitor, who: Newcomer, password: str, *, status: int = 200) -> None:
    visitor.open(ROOT)
    visitor.fill(**who.typed, password=password)
    visitor.press("Se connecter", status=status)


def chooses(visitor: Visitor, password: str = PASSWORD) -> None:
    visitor.fill(password=password, answer=ANSWER)
    visitor.page.locator("[name=question]").select_option("lost_object")
    visitor.press("Enregistrer et continuer")


def line(page: Page, code: str) -> str:
    """A criterion of the list, as one reads it."""
    return " ".join(page.locator(f"[data-criterion={code}]").inner_text().split())


def nothing_wrong(visitor: Visitor) -> None:
    """The page as scripts have changed it: to axe, and on a telephone."""
    found = Axe().run(visitor.page).response["violations"]
    assert not found, [(one["help"], one["nodes"][0]["html"]) for one in found]
    wide = visitor.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_a_first_sign_in(visitors: Visitors, lou: Newcomer, variant: Variant) -> None:
    visitor = visitors(variant)
    signs_in(visitor, lou, lou.digits)
    visitor.reads("Choisir votre mot de passe et votre question", "Au moins 6 lettres *", "astérisque")
    assert "respecté" not in visitor.text
    visitor.open("/declarant/compte/")
    visitor.reads("Choisir votre mot de passe et votre question")
    visitor.fill(password="abc1")
    visitor.press("Enregistrer et continuer", status=422)
    errors = " ".join(visitor.page.locator("#erreurs, .fr-error-text").all_inner_texts())
    for miss in ("lettre", "chiffre", "majuscule"):
        assert miss in errors
    chooses(visitor)
    visitor.reads("Votre mot de passe et votre question sont enregistrés.")
    late = visitors(variant)
    signs_in(late, lou, lou.digits, status=422)
    signs_in(late, lou, PASSWORD)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=str)
def test_the_criteria_and_the_gauge_live(visitors: Visitors, lou: Newcomer, size: tuple[int, int]) -> None:
    visitor = visitors(Variant(True, *size))
    signs_in(visitor, lou, lou.digits)
    page, meter = visitor.page, visitor.page.get_by_role("meter", name="Solidité du mot de passe")
    spoken = page.locator("[data-spoken]")
    expect(meter).to_be_hidden()
    steps = [("abcdef", "1", "faible"), ("Truelle58", "2", "moyen"), (PASSWORD, "3", "fort")]
    for password, level, word in steps:
        visitor.fill(password=password)
        expect(meter).to_have_attribute("aria-valuenow", level)
        expect(meter).to_have_attribute("aria-valuetext", word)
        expect(page.locator("[data-gauge] [data-word]")).to_have_text(word)
        expect(spoken).to_have_text(re.compile(f"^Mot de passe {word}"))
        nothing_wrong(visitor)
        page.screenshot(path=visitor.shots / f"gauge-{word}.png", full_page=True)
    assert line(page, "letters") == "Au moins 6 lettres * respecté"
    assert line(page, "special") == "Un caractère spécial ou accentué"
    expect(spoken).to_contain_text("Ce mot de passe convient.")
    visitor.fill(password="")
    expect(meter).to_be_hidden()
    expect(spoken).to_have_text("")
    assert "respecté" not in visitor.text


def test_what_is_typed_fast_is_spoken_once(visitors: Visitors, lou: Newcomer) -> None:
    visitor = visitors()
    signs_in(visitor, lou, lou.digits)
    visitor.page.evaluate(
        """() => { window.said = []; const region = document.querySelector('[data-spoken]');
        new MutationObserver(() => window.said.push(region.textContent))
          .observe(region, {childList: true, characterData: true, subtree: true}); }"""
    )
    visitor.page.locator("[name=password]").press_sequentially(PASSWORD, delay=20)
    expect(visitor.page.locator("[data-spoken]")).to_contain_text("Mot de passe fort")
    assert visitor.page.evaluate("window.said") == ["Mot de passe fort. Ce mot de passe convient."]


def test_with_the_keyboard_alone(visitors: Visitors, lou: Newcomer) -> None:
    visitor = visitors(Variant(True, *PHONE))
    keys = visitor.page.keyboard
    visitor.open(ROOT)
    for label, text in (("SIRET", SIRET), ("Nom", "Durand"), ("Prénom", lou.first_name)):
        visitor.tab_to(label)
        keys.type(text)
    visitor.tab_to("Votre mot de passe")
    keys.type(lou.digits)
    visitor.enter("Se connecter")
    visitor.tab_to("Nouveau mot de passe")
    keys.type(PASSWORD)
    expect(visitor.page.locator("[data-gauge] [data-word]")).to_have_text("fort")
    visitor.tab_to("Afficher le mot de passe")
    keys.press("Space")
    assert visitor.page.locator("[name=password]").get_attribute("type") == "text"
    visitor.tab_to("Question secrète")
    keys.type("Quel objet perdu")
    visitor.tab_to("Réponse")
    keys.type(ANSWER)
    visitor.enter("Enregistrer et continuer")
    visitor.reads("Votre mot de passe et votre question sont enregistrés.")


def test_without_an_answer_of_the_portal_the_list_stands(visitors: Visitors, lou: Newcomer) -> None:
    visitor = visitors()
    signs_in(visitor, lou, lou.digits)
    visitor.page.route("**/premiere/", lambda route: route.fulfill(status=503, body="indisponible"))
    with visitor.page.expect_response("**/premiere/"):
        visitor.fill(password=PASSWORD)
    visitor.page.unroute_all()
    visitor.reads("Au moins 6 lettres *")
    expect(visitor.page.get_by_role("meter")).to_be_hidden()
    visitor.problems.clear()  # the answer that we refused
    chooses(visitor)


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_forgotten_by_the_question_then_by_a_provisional_password(
    visitors: Visitors, portal: Portal, lou: Newcomer, variant: Variant
) -> None:
    visitor = visitors(variant)
    signs_in(visitor, lou, lou.digits)
    chooses(visitor)
    visitor = visitors(variant)
    asks(visitor, lou, "Recevoir le lien vers ma question")
    visitor.open(portal.mailbox.expect(lou.email, "nouveau mot de passe").link)
    visitor.reads("Quel objet perdu avez-vous le plus regretté ?")
    visitor.fill(answer="un cerf volant ROUGE", password=NEW)
    visitor.press("Enregistrer ce mot de passe")
    visitor.reads("Votre mot de passe est changé")
    assert visitor.typed("siret") == SIRET
    asks(visitor, lou, "Recevoir un mot de passe provisoire")
    link = portal.mailbox.expect(lou.email, "mot de passe provisoire").link
    visitor.open(link)
    visitor.press("Afficher le mot de passe provisoire")
    digits = visitor.page.locator(".g-provisional").inner_text()
    assert re.fullmatch(r"\d{8}", digits)
    visitor.press("Se connecter")
    visitor.fill(password=digits)
    visitor.press("Se connecter")
    chooses(visitor)
    visitor.reads("Votre mot de passe et votre question sont enregistrés.")
    late = visitors(variant)
    late.open(link, status=410)
    late.reads("déjà servi")


def asks(visitor: Visitor, who: Newcomer, button: str) -> None:
    visitor.open(ROOT)
    visitor.press("Mot de passe oublié ?")
    visitor.reads("Par votre question secrète", "Par un mot de passe provisoire")
    visitor.fill(**who.typed)
    visitor.press(button)
    visitor.reads("Si un compte correspond à votre saisie", "Toujours rien ?")
