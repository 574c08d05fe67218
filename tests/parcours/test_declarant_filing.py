"""A declaration transmitted by who has the right to, an établissement that leaves its inscription, and the
services beside: with scripts on a desk, without them on a phone."""

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload

from tests.inscriptions.world import PASSWORD
from tests.parcours import agents, steps
from tests.parcours.agents import Agent
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.visitor import DESK, PHONE, Variant, Visitor

ROOT = "/declarant/"
BOTH = (Variant(True, *DESK), Variant(False, *PHONE))
CONTENT = b"S10.G00.00.001,'Exemple'\r\nS10.G00.00.002,'Paie de la Place'\r\n"
WHY = "L’atelier a fermé à la fin du mois dernier."
_ranks = itertools.count(62_000)
_COMPANY = """
import json
from django.db import transaction
from tests.espaces.declarant.acting import rights
from tests.inscriptions import world
with transaction.atomic():
    made = world.company("multi", rank={rank}, places=3, declarations=("dsn", "c3s"))
    world.administrateur(made, "Anne Chef", email="anne-{rank}@entreprise.example", declarant=False)
    lila = world.declarant(made, "Lila Rosemonde", email="lila-{rank}@entreprise.example")
    omar = world.declarant(made, "Omar Petit", email="omar-{rank}@entreprise.example")
    world.candidate(made, "Zita Demande", email="zita-{rank}@entreprise.example")
    rights(lila, world.sirets(made)[:2], ("dsn",))
    rights(omar, world.sirets(made)[:1], ("c3s",))
print(json.dumps(dict(rank={rank}, sirets=world.sirets(made))))
"""


@dataclass(frozen=True)
class Company:
    """Anne administers it, Lila declares its DSN for two of three établissements, Omar declares no DSN,
    Zita asks to administer it too."""

    rank: int
    sirets: list[str]

    def grouped(self, place: int) -> str:
        """The SIRET as it is read."""
        siret = self.sirets[place]
        return f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"

    def email(self, who: str) -> str:
        """Where ``who`` is written to."""
        return f"{who}-{self.rank}@entreprise.example"


@pytest.fixture
def company(portal: Portal) -> Company:
    """A company that no other walk knows."""
    code = _COMPANY.format(rank=next(_ranks))
    said = portal.guichet("django", "shell", "-v", "0", "-c", code)
    return Company(**json.loads(said.strip().splitlines()[-1]))


def sign_in(visitor: Visitor, company: Company, first_name: str, last_name: str) -> None:
    visitor.open(f"{ROOT}connexion/")
    visitor.fill(siret=company.sirets[0], last_name=last_name, first_name=first_name, password=PASSWORD)
    visitor.press("Se connecter")
    visitor.open(ROOT)  # past the offer of a second factor


def dsn(name: str = "paie-du-mois.dsn", content: bytes = CONTENT) -> FilePayload:
    """A file as its software made it, and as the browser sends it."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


@pytest.mark.parametrize("variant", BOTH, ids=str)
def test_a_declaration(
    visitors: Visitors, portal: Portal, company: Company, variant: Variant, tmp_path: Path
) -> None:
    lila = visitors(variant)
    sign_in(lila, company, "Lila", "Rosemonde")
    _answers(lila, company)
    _joins_its_file(lila)
    _transmits(lila, portal, company, tmp_path)
    _is_cautioned_the_second_time(lila, company)
    _looks_things_up(lila, company)
    _a_colleague_sees_why_not(visitors(variant), company)


def _answers(lila: Visitor, company: Company) -> None:
    tile = lila.page.locator(".g-tile", has_text="Déclaration sociale nominative")
    lila.reads("Ouverte, pour 2 établissements")
    lila.press("Déclaration sociale nominative", within=tile)
    lila.reads("Ce qu’il vous faut", "n’en contrôle pas encore le contenu")
    lila.press("Commencer la déclaration")
    if lila.page.get_by_role("radio").count():
        lila.press("Enregistrer et continuer")
    lila.press("Enregistrer et continuer", status=422)
    lila.reads("Choisissez l’établissement", "Choisissez dans la liste la période")
    offered = lila.page.locator("[name=siret] option").all_inner_texts()
    assert [" ".join(one.split())[:17] for one in offered[1:]] == [company.grouped(0), company.grouped(1)]
    lila.page.locator("[name=siret]").select_option(company.sirets[1])
    lila.page.locator("[name=periode]").select_option(index=2)
    lila.press("Enregistrer et continuer")


def _joins_its_file(lila: Visitor) -> None:
    lila.reads("Vos documents", "DSN", "gardés tels que vous les envoyez")
    lila.upload(dsn("paie.exe"), status=422)
    lila.reads("paie.exe")
    lila.upload(dsn())
    lila.reads("paie-du-mois.dsn")
    lila.press("Continuer vers la vérification")


def _transmits(lila: Visitor, portal: Portal, company: Company, folder: Path) -> None:
    lila.reads("Rien n’est encore transmis", company.grouped(1), "paie-du-mois.dsn")
    lila.press("Transmettre cette déclaration", status=422)
    lila.choose("J’accepte les conditions")
    lila.press("Transmettre cette déclaration")
    lila.reads("accusé de réception", company.grouped(1), "Empreinte SHA-256")
    reference = lila.page.locator("main .g-reference, main .g-large").first.inner_text()
    assert reference in portal.mailbox.expect(company.email("lila"), "nous avons reçu votre déclaration").text
    assert lila.download("paie-du-mois.dsn") == CONTENT
    receipt = folder / "recu.pdf"
    receipt.write_bytes(lila.download("Télécharger l’accusé de réception"))
    portal.guichet("receipt", "verify", str(receipt))
    lila.open(ROOT)
    lila.reads("Derniers dépôts, par déclaration", reference)
    lila.press("Vos dépôts et leurs accusés de réception")
    lila.reads(company.grouped(1), reference)


def _is_cautioned_the_second_time(lila: Visitor, company: Company) -> None:
    lila.open(f"{ROOT}declarations/?declaration=dsn")
    lila.press("Commencer la déclaration")
    if lila.page.get_by_role("radio").count():
        lila.press("Enregistrer et continuer")
    lila.page.locator("[name=siret]").select_option(company.sirets[1])
    lila.page.locator("[name=periode]").select_option(index=2)
    lila.press("Enregistrer et continuer")
    lila.upload(dsn(content=CONTENT * 2))
    lila.press("Continuer vers la vérification")
    lila.reads("Vous avez déjà transmis cette déclaration pour cette période", "elle ne la remplace pas")


def _looks_things_up(lila: Visitor, company: Company) -> None:
    lila.open(ROOT)
    lila.press("Contrôle SIRET")
    lila.press("Contrôler", status=422)
    wrong = company.sirets[0][:-1] + str((int(company.sirets[0][-1]) + 1) % 10)
    lila.fill(sirets=f"{company.grouped(0)}\n{company.sirets[1]};{company.sirets[1]}\n{wrong}")
    lila.press("Contrôler")
    lila.reads("3 numéros contrôlés", "Connu, ouvert : 2", "Numéro faux : 1")
    lila.open(ROOT)
    lila.press("Tables de nomenclature")
    lila.press("Déclarations")
    lila.fill(cherche="sociale nominative")
    lila.press("Chercher")
    lila.reads("1 ligne trouvée", "Dépôt d’un fichier ici")
    lila.fill(cherche="rien de tel")
    lila.press("Chercher")
    lila.reads("Aucune ligne ne contient tous ces mots")


def _a_colleague_sees_why_not(omar: Visitor, company: Company) -> None:
    sign_in(omar, company, "Omar", "Petit")
    omar.reads("Vous n’avez pas le droit de la déposer. Demandez-le à Anne Chef")
    omar.open(f"{ROOT}declarations/?declaration=dsn", status=403)
    omar.reads("Vous ne pouvez pas transmettre cette déclaration maintenant", "Anne Chef")


@pytest.mark.parametrize("variant", BOTH, ids=str)
def test_an_etablissement_leaves(
    visitors: Visitors, portal: Portal, company: Company, variant: Variant
) -> None:
    anne, lila = visitors(variant), visitors(variant)
    sign_in(anne, company, "Anne", "Chef")
    reference = _asks(anne, company)
    assert reference in portal.mailbox.expect(company.email("anne"), "nous avons reçu votre demande").text
    sign_in(lila, company, "Lila", "Rosemonde")
    lila.reads("Ouverte, pour 2 établissements")
    _accepts(visitors(variant), portal, company, reference)
    anne.open("/declarant/gestion/etablissements/")
    known = anne.page.locator("tbody tr").all()
    rows = {"".join(filter(str.isdigit, row.inner_text()))[:14]: row for row in known}
    left = rows[company.sirets[1]]
    assert "résilié" in left.inner_text()
    assert not left.get_by_role("checkbox").count()
    assert rows[company.sirets[0]].get_by_role("checkbox").count() == 1
    lila.open(ROOT)
    lila.reads("Ouverte, pour 1 établissement")


def _asks(anne: Visitor, company: Company) -> str:
    anne.press("Changer de type d’inscription, ou résilier")
    anne.reads("Jusqu’à sa réponse, rien ne change")
    anne.press("Commencer la demande")
    anne.press("Enregistrer et continuer", status=422)
    anne.choose(company.grouped(1))
    anne.press("Enregistrer et continuer")
    anne.press("Enregistrer et continuer", status=422)
    anne.fill(motif=WHY)
    anne.press("Enregistrer et continuer")
    anne.reads("Rien n’est encore transmis", company.grouped(1), WHY)
    anne.choose("J’accepte les conditions")
    anne.press("Transmettre cette demande")
    return anne.page.locator("main .g-reference, main .g-large").first.inner_text()


def _accepts(desk: Visitor, portal: Portal, company: Company, reference: str) -> None:
    clerk = Agent("Camille Exemple", f"resiliations-{company.rank}@service.example")
    agents.invite_first(portal, clerk)
    agents.come_in(desk, portal, clerk)
    desk.open(f"/agents/?texte={reference}")
    desk.press(f"ENTREPRISE {company.rank}")
    desk.reads(WHY, company.grouped(1), "Votre entreprise, plusieurs établissements", "Anne Chef")
    desk.press("Accepter ce dépôt")
    desk.reads("est accepté")


@pytest.mark.parametrize("variant", BOTH, ids=str)
def test_a_candidate_whom_nobody_answers(
    visitors: Visitors, portal: Portal, company: Company, variant: Variant
) -> None:
    zita = visitors(variant)
    sign_in(zita, company, "Zita", "Demande")
    zita.open(f"{ROOT}acces/")
    zita.reads("un document qui prouve votre lien avec l’entreprise")
    zita.press("Commencer la demande")
    zita.press("Enregistrer et continuer", status=422)
    zita.page.get_by_role("radio").first.locator("xpath=following-sibling::label").click()
    zita.fill(precisions="Je suis la nouvelle gérante, depuis le 1er octobre.")
    zita.press("Enregistrer et continuer")
    zita.reads("Ce qui prouve votre lien avec l’entreprise")
    zita.upload(steps.pdf("extrait.pdf"))
    zita.press("Continuer vers la vérification")
    zita.choose("J’accepte les conditions")
    zita.press("Transmettre cette demande")
    zita.reads("Le service examine cette demande", "extrait.pdf", "la nouvelle gérante")
    portal.mailbox.expect(company.email("zita"), "nous avons reçu votre demande")
