"""The menu personnalisé and the people of a company: a colleague comes, signs in, goes, and is followed."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.visitor import DESK, EITHER, PHONE, Variant, Visitor

pytestmark = pytest.mark.parcours
PASSWORD, OWN = "Tulipes42nuage", "Trombone83Girafe"
_COMPANIES = """
import json
from django.db import transaction
from tests.espaces.declarant.acting import rights
from tests.inscriptions import world
made, many = [], {declarations!r}
with transaction.atomic():
    for rank in {ranks!r}:
        company = world.company("multi", rank=rank, places=4, ticked=3, declarations=many)
        anne = world.administrateur(company, "Anne Roux", email=f"anne-{{rank}}@entreprise.example")
        omar = world.declarant(company, "Omar Petit-Jean", email=f"omar-{{rank}}@entreprise.example")
        rights(anne, world.sirets(company)[:3], many[:-1])
        rights(omar, world.sirets(company)[:3], many[:1])
        world.candidate(company, "Zita Demande", email=f"zita-{{rank}}@entreprise.example")
        made.append(dict(rank=rank, siret=company.siret, omar=omar.pk))
print(json.dumps(made))
"""
RANKS = tuple(range(8_600, 8_608))  # as many companies as there are walks, made at once
MANY = ("dsn", "pasrau", "c3s", "ducs", "crpcen", "topaze")


@dataclass(frozen=True)
class Company:
    """A company of several établissements with an administrateur, Anne, and a déclarant, Omar."""

    rank: int
    siret: str
    omar: int

    def anne(self, visitor: Visitor) -> Visitor:
        """``visitor``, who signs in as Anne, and is at home."""
        sign_in(visitor, self.siret, "Roux", "Anne", PASSWORD)
        visitor.open("/declarant/")  # past the offer of a second factor
        return visitor


@pytest.fixture(scope="module")
def companies(portal: Portal) -> list[dict[str, Any]]:
    """Companies that no other module knows."""
    code = _COMPANIES.format(ranks=RANKS, declarations=MANY)
    said = portal.guichet("django", "shell", "-v", "0", "-c", code)
    made: list[dict[str, Any]] = json.loads(said.strip().splitlines()[-1])
    return made


@pytest.fixture
def company(companies: list[dict[str, Any]]) -> Company:
    """A company that no other walk knows."""
    return Company(**companies.pop())


def sign_in(visitor: Visitor, siret: str, last_name: str, first_name: str, password: str) -> None:
    """By the three parts of the identifier."""
    visitor.open("/declarant/connexion/")
    visitor.fill(siret=siret, last_name=last_name, first_name=first_name, password=password)
    visitor.press("Se connecter")


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_somebody_comes_signs_in_and_is_followed(
    variant: Variant, visitors: Visitors, portal: Portal, company: Company
) -> None:
    anne = company.anne(visitors(variant))
    anne.reads(
        "Votre menu personnalisé", "Anne Roux, vous êtes administrateur", "Vous êtes le seul administrateur"
    )
    anne.press("Gérer les déclarants")
    anne.reads("Omar Petit-Jean", "2 personnes")
    anne.press("Nouveau déclarant")
    anne.press("Inscrire cette personne", status=422)
    anne.fill(last_name="Nouvelle", first_name="Zoé", email=f"zoe-{company.omar}@entreprise.example")
    anne.page.select_option("[name=siret]", company.siret)
    anne.choose("Les mêmes que ceux d’un collègue")
    anne.page.select_option("[name=source]", str(company.omar))
    anne.press("Inscrire cette personne")
    password = anne.page.locator(".g-given").inner_text()
    anne.reads("Mot de passe provisoire de Zoé Nouvelle", "jamais envoyé par courriel")
    anne.open(anne.page.url)
    anne.reads("n’est plus montré")

    zoe = visitors(variant)
    sign_in(zoe, company.siret, "NOUVELLE", "zoe", password)
    _takes_possession(zoe)
    zoe.open("/declarant/")
    zoe.reads("Zoé Nouvelle, vous êtes déclarant", "pour 3 établissements", "Demandez-le à Anne Roux")
    zoe.open("/declarant/compte/")
    zoe.reads("Votre administrateur", "Anne Roux", "donné par Anne Roux")
    zoe.open("/declarant/gestion/declarants/", status=403)
    zoe.reads("Anne Roux")

    anne.open(f"/declarant/gestion/declarants/{company.omar}/")
    anne.press("Retirer cette personne")
    anne.reads("Nous vous conseillons de transférer")
    anne.choose("Oui, à un collègue déjà inscrit")
    anne.page.select_option("[name=collegue]", index=2)
    chosen = anne.page.locator("[name=collegue] option:checked").inner_text()
    assert "Zoé Nouvelle" in chosen
    anne.press("Continuer")
    anne.reads("Retirer Omar Petit-Jean et transférer à Zoé Nouvelle")
    anne.press("Retirer Omar Petit-Jean et transférer")
    anne.reads("n’agit plus pour votre entreprise", "Zoé Nouvelle")
    portal.mailbox.expect(f"omar-{company.rank}@entreprise.example", "")


def _takes_possession(zoe: Visitor) -> None:
    zoe.reads("Choisir votre mot de passe et votre question")
    zoe.fill(password=OWN, answer="un cerf-volant rouge")
    zoe.page.select_option("[name=question]", index=1)
    zoe.press("Enregistrer et continuer")


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_what_a_company_declares_and_who_asks(variant: Variant, visitors: Visitors, company: Company) -> None:
    anne = company.anne(visitors(variant))
    anne.press("Administrateurs en attente")
    anne.reads("Zita Demande", "15 jours")
    anne.press("Refus")
    anne.press("Refuser cette demande", status=422)
    anne.fill(motif="Vous ne travaillez plus dans l’entreprise.")
    anne.press("Refuser cette demande")
    anne.reads("Refus enregistré", "Personne n’attend votre réponse")
    anne.press("Menu personnalisé")
    anne.press("Gérer les établissements")
    boxes = anne.page.locator("[name=sirets]")
    boxes.nth(3).check()
    boxes.nth(2).uncheck()
    anne.press("Enregistrer ces établissements")
    anne.reads("vont prendre fin")
    anne.press("Fermer ces")
    anne.reads("Vos établissements sont enregistrés")
    anne.press("Menu personnalisé")
    anne.press("Gérer les déclarations")
    anne.press("Retirer")
    anne.reads("droits sont encore ouverts")
    anne.press("Fermer les droits et retirer", status=422)
    anne.choose("Je ferme les")
    anne.press("Fermer les droits et retirer")
    anne.reads("ne fait plus partie de votre inscription")
    anne.page.locator("[name=declarations][value=dsn]").check(force=True)
    anne.press("Ajouter ces déclarations")
    anne.reads("Acceptez la charte avant d’ajouter")
    anne.choose("J’accepte la charte")
    anne.press("Accepter et ajouter")
    anne.reads("1 déclaration ajoutée")
    anne.open("/declarant/gestion/quitter/")
    anne.reads("une inscription en a toujours un au moins")
    anne.open("/declarant/gestion/aide/")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["360", "1280"])
def test_the_carousel_by_keyboard(size: tuple[int, int], visitors: Visitors, company: Company) -> None:
    anne = company.anne(visitors(Variant(True, *size)))
    page = anne.page
    tiles = page.locator(".g-tiles")
    assert tiles.evaluate("e => e.scrollLeft") == 0
    anne.tab_to("Déclarations suivantes")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('.g-tiles').scrollLeft > 50")
    current = page.locator(".g-dots button[aria-current]")
    assert current.count() == 1
    assert "déclaration" in (current.get_attribute("aria-label") or "")
    page.locator(".g-dots button").last.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => document.querySelector('[data-carousel-after]').getAttribute('aria-disabled') === 'true'"
    )
    page.locator("[data-carousel-all]").focus()
    page.keyboard.press("Enter")
    assert not page.locator(".g-dots").is_visible()
    assert page.locator(".g-tile").last.is_visible()
    page.keyboard.press("Enter")
    assert page.locator(".g-dots").is_visible()


def test_without_scripts_it_is_a_list(visitors: Visitors, company: Company) -> None:
    anne = company.anne(visitors(Variant(False, *PHONE)))
    assert anne.page.locator(".g-tile").count() == len(MANY)
    assert all(one.is_visible() for one in anne.page.locator(".g-tile").all())
    assert not anne.page.locator("[data-carousel-bar]").is_visible()
