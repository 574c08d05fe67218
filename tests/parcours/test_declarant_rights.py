"""The rights to file as a company gives, takes, looks at and asks about them: with and without scripts, on a
phone and on a desk, and by the keyboard alone."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Dialog
from pypdfium2 import PdfDocument

from tests.inscriptions.world import PASSWORD
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.visitor import DESK, EITHER, PHONE, Variant, Visitor

ROOT = "/declarant/habilitations/"
Kind = tuple[int, tuple[str, ...]]  # how many établissements, and which declarations
SMALL: Kind = (3, ("dsn", "c3s"))
LONG: Kind = (30, ("dsn", "c3s", "ducs"))
WIDE: Kind = (30, ("dsn", "pasrau", "c3s", "ducs", "crpcen", "dads_u", "taux_atmp", "topaze"))
# As many companies as there are walks, made at once.
KINDS = [*[SMALL] * 6, LONG, WIDE]
_COMPANIES = """
import json
from django.db import transaction
from tests.inscriptions import world
found = []
with transaction.atomic():
    for rank, (places, declarations) in enumerate({kinds!r}, 61_000):
        made = world.company("multi", rank=rank, places=places, declarations=declarations)
        people = [world.administrateur(made, "Anne Chef"), world.declarant(made, "Lila Rosemonde")]
        people.append(world.administrateur(made, "Paul Bureau", declarant=False))
        found.append(dict(sirets=world.sirets(made), ids=[one.pk for one in people]))
print(json.dumps(found))
"""


@dataclass
class Company:
    """``ids``: of Anne who administers, Lila who declares, Paul who administers alone."""

    sirets: list[str]
    ids: list[int]

    def grouped(self, place: int) -> str:
        """The SIRET as it is read."""
        siret = self.sirets[place]
        return f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"


Founded = Callable[..., Company]


@pytest.fixture(scope="module")
def companies(portal: Portal) -> list[tuple[Kind, Company]]:
    """Those of ``KINDS``, which no other module knows."""
    said = portal.guichet("django", "shell", "-v", "0", "-c", _COMPANIES.format(kinds=KINDS))
    made = json.loads(said.strip().splitlines()[-1])
    return [(kind, Company(**one)) for kind, one in zip(KINDS, made, strict=True)]


@pytest.fixture
def founded(companies: list[tuple[Kind, Company]]) -> Founded:
    """Gives a company of a kind, which no other walk knows."""

    def take(kind: Kind = SMALL) -> Company:
        found = next(one for one in companies if one[0] == kind)
        companies.remove(found)
        return found[1]

    return take


def sign_in(visitor: Visitor, company: Company, first_name: str, last_name: str) -> None:
    visitor.open("/declarant/connexion/")
    visitor.fill(siret=company.sirets[0], last_name=last_name, first_name=first_name, password=PASSWORD)
    visitor.press("Se connecter")


def tick(visitor: Visitor, person: str, place: str, *, code: str = "DSN") -> None:
    """Turn the box of a right over, as one finds it: by its name."""
    boxes = visitor.page.get_by_role("checkbox")
    names = [box.get_attribute("aria-label") or "" for box in boxes.all()]
    at = next(n for n, name in enumerate(names) if code in name and person in name and name.endswith(place))
    boxes.nth(at).click()


def test_rights_are_given_looked_at_and_taken_back(
    visitors: Visitors, founded: Founded, every_variant: Variant
) -> None:
    company, anne = founded(), visitors(every_variant)
    sign_in(anne, company, "Anne", "Chef")
    anne.open(ROOT)
    anne.reads("Gérer les habilitations", "6 lignes")
    tick(anne, "Lila Rosemonde", company.grouped(0))
    tick(anne, "Lila Rosemonde", company.grouped(1))
    anne.press("Vérifier les changements de cette page")
    anne.reads("Vérifiez ces 2 changements", "2 droits vont être donnés", "Lila Rosemonde")
    anne.press("Appliquer ces 2 changements")
    anne.reads("2 droits donnés. C’est en vigueur dès maintenant")
    anne.press("Annuler ce changement")
    anne.reads("Changement annulé : 2 droits retirés.", "Grille des habilitations", "annulé le")

    anne.open(f"{ROOT}?personne={company.ids[1]}")
    anne.reads("3 lignes")
    anne.press("Donner à toutes les lignes filtrées (3)")
    anne.reads("Vérifiez ces 3 changements")
    anne.press("Appliquer ces 3 changements")
    anne.reads("3 droits donnés")
    anne.press("Donner à toutes les lignes filtrées (3)")
    anne.reads("Rien à changer")

    anne.open(f"{ROOT}?personne={company.ids[2]}")
    anne.reads("Cette personne n’est pas déclarante")
    anne.open(f"{ROOT}?etablissement=nulle+part")
    anne.reads("Aucune ligne ne répond à ce filtre")

    anne.open(f"{ROOT}recapitulatif/")
    anne.reads("3 droits", "Lila Rosemonde")
    read = csv.reader(io.StringIO(anne.download("en CSV").decode("utf-8-sig")), delimiter=";")
    assert [row[1] for row in read] == ["SIRET", *(company.grouped(place) for place in range(3))]
    text = "".join(page.get_textpage().get_text_range() for page in PdfDocument(anne.download("en PDF")))
    assert "Lila Rosemonde" in text
    anne.open(f"{ROOT}historique/")
    anne.reads("5 droits", "retiré par Anne Chef")


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_questions_about_rights(
    visitors: Visitors, founded: Founded, portal: Portal, variant: Variant
) -> None:
    company, anne = founded(), visitors(variant)
    sign_in(anne, company, "Anne", "Chef")
    anne.open(f"{ROOT}?personne={company.ids[1]}&etablissement={company.sirets[0]}")
    anne.press("Donner à la ligne filtrée (1)")
    anne.press("Appliquer ce changement")
    anne.open(f"{ROOT}qui-pouvait/")
    anne.press("Chercher", status=422)
    anne.reads("Il y a 3 points à corriger")
    anne.page.locator("[name=declaration]").select_option("dsn")
    anne.fill(siret=company.sirets[0], le=f"{portal.now():%d/%m/%Y}")
    anne.press("Chercher")
    anne.reads("1 personne pouvait transmettre", "Lila Rosemonde", "Droit donné par Anne Chef")

    anne.open(f"{ROOT}qui-peut/")
    anne.page.locator("[name=personne]").select_option(str(company.ids[1]))
    anne.page.locator("[name=declaration]").select_option("dsn")
    anne.fill(siret=company.sirets[1])
    anne.press("Demander")
    anne.reads("Non", "Donner ce droit dans la grille")
    anne.press("Donner ce droit dans la grille")
    anne.reads("1 ligne")

    lila = visitors(variant)
    sign_in(lila, company, "Lila", "Rosemonde")
    lila.open(f"{ROOT}qui-peut/?declaration=dsn&siret={company.sirets[0]}")
    lila.reads("Oui", "donné par Anne Chef")
    lila.open(f"{ROOT}qui-peut/?declaration=dsn&siret={company.sirets[1]}")
    lila.reads("Non", "Anne Chef, Paul Bureau")
    lila.open(f"{ROOT}recapitulatif/")
    lila.reads("Mes droits", "1 droit")
    lila.open(ROOT, status=403)


def test_the_grid_by_the_keyboard_alone(visitors: Visitors, founded: Founded) -> None:
    company, anne = founded(LONG), visitors(Variant(True, *DESK))
    sign_in(anne, company, "Anne", "Chef")
    anne.open(ROOT)
    keys, focused = anne.page.keyboard, "() => document.activeElement.getAttribute('aria-label')"
    anne.page.get_by_role("checkbox", name="Anne Chef").first.focus()
    first = anne.page.evaluate(focused)
    keys.press("Space")
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        keys.press(key)
    below = anne.page.evaluate(focused)
    assert below != first
    keys.press("ArrowUp")
    assert anne.page.evaluate(focused) == first
    keys.press("ArrowUp")
    keys.press("ArrowLeft")
    assert anne.page.evaluate(focused) == first  # the corner
    keys.press("End")
    keys.press("Space")
    assert anne.page.evaluate(focused).split(",")[1:] == first.split(",")[1:]
    anne.reads("2 changements pas encore enregistrés.")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    anne.page.once("dialog", stay)
    anne.page.get_by_role("link", name="Page suivante").click(no_wait_after=True)
    anne.page.wait_for_function("() => true")
    assert asked == ["beforeunload"]
    anne.reads("page 1 sur 2", "2 changements pas encore enregistrés.")
    anne.page.get_by_role("button", name="Tout cocher ou décocher").nth(1).focus()
    keys.press("Enter")
    assert "changements pas encore enregistrés" in anne.text
    keys.press("Enter")
    anne.page.get_by_role("checkbox", name="Anne Chef").first.focus()
    anne.enter("Vérifier les changements de cette page")
    anne.reads("Vérifiez ce")
    anne.enter("Appliquer ce")
    anne.reads("C’est en vigueur dès maintenant")


def test_a_wide_grid(visitors: Visitors, founded: Founded) -> None:
    company = founded(WIDE)
    for variant in (Variant(True, *DESK), Variant(True, *PHONE)):
        anne = visitors(variant)
        sign_in(anne, company, "Anne", "Chef")
        anne.open(ROOT)
        anne.reads("page 1 sur 2")
        anne.press("Page suivante")
        anne.reads("page 2 sur 2")
