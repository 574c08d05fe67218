"""The four requests by file of 003, chapter 4, and the way back: with scripts on a desk, without them on a
phone, and by the keyboard alone."""

import io
from collections.abc import Iterator, Sequence

import pytest
import xlsxwriter
from playwright.sync_api import FilePayload
from pypdfium2 import PdfDocument

from tests.parcours import cabinets, samples
from tests.parcours.cabinets import (
    BAKERY,
    BOOKS,
    FLORIST,
    GARAGE,
    IMPORTS,
    JOINER,
    NOBODY,
    WAITS,
    Cabinet,
    csv_rows,
    deposit,
    settled,
    table,
    xlsx_rows,
)
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.visitor import DESK, EITHER, Variant, Visitor

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONTENT = b"S10.G00.00.001,'Exemple'\r\nS10.G00.00.002,'Paie de la boulangerie'\r\n"


@pytest.fixture(scope="module")
def firms(portal: Portal) -> Iterator[Cabinet]:
    """As many as there are walks."""
    return cabinets.made(portal, 9)


@pytest.fixture
def cabinet(firms: Iterator[Cabinet]) -> Cabinet:
    """A firm that no other walk knows."""
    return next(firms)


def places(cabinet: Cabinet) -> list[list[str]]:
    """A file of établissements with one line of each kind."""
    lost = cabinet.siret(JOINER).removeprefix("0")
    assert len(lost) == 13
    rounded = f"{lost[0]},{lost[1:6]}E+12"
    return [
        ["SIRET", "1/0"],
        [cabinet.siret(FLORIST), "1"],
        [cabinet.siret(FLORIST, 2), "1"],
        [cabinet.siret(NOBODY), "1"],
        [lost, "1"],
        [rounded, "1"],
        [cabinet.grouped(BAKERY), "1"],
        [cabinet.siret(BAKERY, 2), "0"],
    ]


def state(anne: Visitor, cabinet: Cabinet) -> list[list[list[str]]]:
    """Who may file what for whom in « Lyon »: the files that are made of it."""
    found = []
    for objet, droits in (("etablissements", "tous"), ("habilitations", "")):
        cabinets.request(anne, cabinet.lyon, objet, droits)
        found.append(csv_rows(anne.download("fichier CSV")))
    return found


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_etablissements_by_file(
    variant: Variant, visitors: Visitors, portal: Portal, cabinet: Cabinet
) -> None:
    anne = cabinet.anne(visitors(variant))
    before = state(anne, cabinet)
    assert [row[0] for row in before[0][1:]] == [cabinet.grouped(BAKERY), cabinet.grouped(BAKERY, 2)]
    _asks(anne)
    _deposits(anne, cabinet)
    _looks_at_lines(anne, cabinet)
    anne.press("Appliquer 2 ajouts et 1 suppression")
    settled(anne, "Compte rendu : OK partiel")
    anne.reads("Une partie de ce que vous demandiez est faite", "Droits donnés", "Droits retirés")
    page = anne.page.url
    portal.mailbox.expect(cabinet.email("anne"), WAITS)
    portal.mailbox.expect(cabinet.email("omar"), "")
    cabinets.reads_message(anne, "votre demande pour le portefeuille Lyon est terminée")
    anne.reads("Une partie seulement a pu être faite", "Droits donnés")
    cabinets.portfolio(anne, cabinet.lyon)
    anne.reads("FLEURS DU LAVOIR", "MENUISERIE DU MAIL", "OK partiel")
    assert state(anne, cabinet) != before
    _takes_it_back(anne, page)
    assert state(anne, cabinet) == before


def _asks(anne: Visitor) -> None:
    """One question a page."""
    anne.open(cabinets.ROOT)
    anne.press("Importer des habilitations avec dépôt de fichier")
    anne.reads("Vous n’avez encore fait aucune demande")
    anne.press("Nouvelle demande")
    anne.press("Continuer", status=422)
    anne.reads("Choisissez le portefeuille à modifier")
    anne.page.select_option("[name=portefeuille]", label="Lyon (1 client)")
    anne.press("Continuer")
    anne.press("Continuer", status=422)
    anne.reads("Choisissez ce que la demande doit changer")
    anne.choose("Ajouter ou supprimer des établissements pour tous mes déclarants")
    anne.press("Continuer")
    anne.choose("Tous les déclarants de votre inscription")
    anne.press("Continuer")
    anne.reads("Prenez le modèle", "modèle pour tableur (XLSX)")


def _deposits(anne: Visitor, cabinet: Cabinet) -> None:
    assert csv_rows(anne.download("modèle CSV")) == [["SIRET", "1/0"]]
    anne.page.get_by_text("Mode opératoire").click()
    anne.reads("Ce qu’un tableur fait aux SIRET", "un nombre arrondi est refusé, jamais deviné")
    anne.press("Voir ce que ce fichier changerait", status=422)
    anne.reads("Choisissez le fichier à déposer")
    deposit(anne, table("Lyon.csv", places(cabinet)))
    anne.reads("Rien n’est encore changé", "Ajouts : 2", "Suppressions : 1", "Impossibles : 3")
    anne.reads("Déjà ainsi, rien à faire : 1", "Lyon.csv", "Tous les déclarants de votre inscription")


def _looks_at_lines(anne: Visitor, cabinet: Cabinet) -> None:
    anne.reads("Les zéros du début, que le tableur avait retirés, ont été remis")
    anne.press("Impossibles (3)")
    lines = anne.page.locator("tbody tr").all_inner_texts()
    assert len(lines) == 3
    anne.reads("Le répertoire Sirene dit cet établissement fermé", "demandez à l’Insee")
    anne.reads("Aucun établissement ne porte ce numéro dans le répertoire", "Le tableur a arrondi ce numéro")
    anne.fill(recherche=cabinet.siret(NOBODY)[:12])
    anne.press("Chercher")
    anne.reads("1 ligne", cabinet.siret(NOBODY))
    anne.press("Tout afficher")
    head, *rows = csv_rows(anne.download("Télécharger le fichier annoté (CSV)"))
    assert head == ["SIRET", "1/0", "Verdict", "Motif", "Que faire"]
    assert rows[3][0] == cabinet.grouped(JOINER)
    assert [bool(row[3]) for row in rows].count(True) >= 3
    assert [row[2] for row in rows].count("Impossible") == 3, rows
    xlsx = xlsx_rows(anne.download("Télécharger le fichier annoté (XLSX)"))
    assert isinstance(xlsx[1][0], str)


def _takes_it_back(anne: Visitor, page: str) -> None:
    anne.open(page)
    anne.press("Revenir en arrière")
    settled(anne, "Vérifiez, puis validez")
    anne.reads("Rien n’est encore changé", "Voir la demande d’origine", "Impossibles : 0")
    anne.press("Appliquer")
    settled(anne, "Compte rendu : OK")
    anne.reads("Tout ce que vous demandiez est fait")


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_a_declaration_for_a_whole_portfolio(
    variant: Variant, visitors: Visitors, portal: Portal, cabinet: Cabinet
) -> None:
    anne, label = cabinet.anne(visitors(variant)), "Déclaration unifiée de cotisations sociales"
    cabinets.request(anne, cabinet.lyon, "ajouter", "presents")
    anne.press("Voir ce qui changerait", status=422)
    anne.page.select_option("[name=declaration]", "ducs")
    anne.press("Voir ce qui changerait")
    settled(anne, "Vérifiez, puis validez")
    anne.reads("Ajouter", label, "Seulement les déclarants qui ont déjà un droit")
    anne.press("Appliquer 2 ajouts")  # to the portfolio, the container, and to its client
    settled(anne, "Compte rendu : OK")
    portal.mailbox.expect(cabinet.email("anne"), WAITS)
    cabinets.portfolio(anne, cabinet.lyon)
    anne.reads(label, "toutes celles du portefeuille")
    anne.open(f"/declarant/gestion/declarants/{cabinet.lila}/")
    anne.reads(f"{label} (DUCS) : 2 établissements")

    cabinets.request(anne, cabinet.lyon, "supprimer")
    anne.page.select_option("[name=declaration]", "ducs")
    anne.press("Voir ce qui changerait")
    settled(anne, "Vérifiez, puis validez")
    anne.press("Appliquer 2 suppressions")
    settled(anne, "Compte rendu : OK")
    anne.open(f"/declarant/gestion/declarants/{cabinet.lila}/")
    assert label not in anne.text
    cabinets.portfolio(anne, cabinet.lyon)
    contained = anne.page.locator("dl", has_text="Déclarations du portefeuille").inner_text()
    assert label not in contained


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_rights_by_file(variant: Variant, visitors: Visitors, cabinet: Cabinet) -> None:
    anne = cabinet.anne(visitors(variant))
    cabinets.request(anne, cabinet.lyon, "habilitations")
    anne.page.get_by_text("Mode opératoire").click()
    anne.reads("une colonne par déclaration", "Constitué à partir des habilitations existantes")
    head, first, second = xlsx_rows(anne.download("fichier pour tableur (XLSX)"))
    assert head[:4] == ["Nom", "Prénom", "SIRET de connexion", "SIRET"]
    assert first[:2] == second[:2] == ["Rosemonde", "Lila"]
    assert [digits(row[3]) for row in (first, second)] == [cabinet.siret(BAKERY), cabinet.siret(BAKERY, 2)]
    dsn = next(at for at, title in enumerate(head) if "sociale nominative" in str(title))
    omars = ["Petit", "Omar", *first[2:]]
    assert first[dsn] == 1
    first[dsn] = 0
    deposit(anne, workbook("Lyon.xlsx", [head, first, second, omars]))
    anne.reads("Ajouts : 1", "Suppressions : 1", "Omar Petit", "Lila Rosemonde", "Déjà ainsi")
    anne.press("Appliquer 1 ajout et 1 suppression")
    settled(anne, "Compte rendu : OK")
    anne.reads("Tout ce que vous demandiez est fait")
    _files_for_the_client(cabinet.comes(visitors(variant), "Omar", "Petit"), cabinet)


def _files_for_the_client(omar: Visitor, cabinet: Cabinet) -> None:
    """The receipt says for whom, and in which capacity."""
    omar.reads("Ouverte, pour 1 établissement")
    omar.open("/declarant/declarations/?declaration=dsn")
    omar.press("Commencer la déclaration")
    if omar.page.get_by_role("radio").count():
        omar.press("Enregistrer et continuer")
    offered = omar.page.locator("[name=siret] option").all_inner_texts()
    assert len(offered) == 1
    assert "BOULANGERIE DES TILLEULS" in offered[0]
    omar.page.locator("[name=periode]").select_option(index=2)
    omar.press("Enregistrer et continuer")
    omar.upload({"name": "paie.dsn", "mimeType": "application/octet-stream", "buffer": CONTENT})
    omar.press("Continuer vers la vérification")
    omar.reads("BOULANGERIE DES TILLEULS", cabinet.grouped(BAKERY))
    omar.choose("J’accepte les conditions")
    omar.press("Transmettre cette déclaration")
    document = PdfDocument(omar.download("Télécharger l’accusé de réception"))
    said = " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    for word in ("BOULANGERIE DES TILLEULS", f"ENTREPRISE {cabinet.rank}", "en qualité de tiers déclarant"):
        assert word in said, said


@pytest.mark.parametrize("variant", EITHER, ids=str)
def test_rights_are_consulted_and_requests_go_wrong(
    variant: Variant, visitors: Visitors, cabinet: Cabinet
) -> None:
    anne = cabinet.anne(visitors(variant))
    _consults(anne, cabinet)
    _the_other_portfolios_name(anne, cabinet)
    _deletes_one(anne, cabinet)
    _gives_a_pdf(anne, cabinet)
    anne.open(IMPORTS)
    anne.reads("OK", "Fichier refusé")
    assert "Supprimée" not in anne.text  # its own page says so still


def _consults(anne: Visitor, cabinet: Cabinet) -> None:
    anne.press("Consulter le détail des habilitations")
    for chosen, wanted in (("Lyon", (BAKERY, BAKERY)), ("Tous les portefeuilles", (BAKERY, BAKERY, GARAGE))):
        anne.page.select_option("[name=portefeuille]", label=chosen)
        head, *rows = csv_rows(cabinets.sent(anne, "Télécharger en CSV"))
        again, *same = xlsx_rows(cabinets.sent(anne, "Télécharger pour tableur"))
        assert again == head
        assert [digits(row[1]) for row in rows] == [cabinet.siren(one) for one in wanted]
        at = head.index("SIRET")
        assert all(" " in row[at] and digits(row[at]).startswith("0") for row in rows)
        assert [digits(row[at]) for row in same] == [digits(row[at]) for row in rows]
        assert {row[4] for row in rows} == {"Rosemonde"}


def _the_other_portfolios_name(anne: Visitor, cabinet: Cabinet) -> None:
    cabinets.request(anne, cabinet.lyon, "etablissements", "personne")
    deposit(anne, table("Tours.csv", [["SIRET", "1/0"], [cabinet.siret(FLORIST), "1"]]))
    anne.reads("Est-ce le bon portefeuille ?", "désigne votre portefeuille « Tours »")
    anne.press("Appliquer 1 ajout", status=422)
    anne.reads("Cochez cette case si ce fichier est bien pour ce portefeuille")
    anne.choose("Ce fichier est bien pour le portefeuille « Lyon »")
    anne.press("Appliquer 1 ajout")
    settled(anne, "Compte rendu : OK")


def _deletes_one(anne: Visitor, cabinet: Cabinet) -> None:
    cabinets.request(anne, cabinet.lyon, "etablissements", "personne")
    deposit(anne, table("Lyon.csv", [["SIRET", "1/0"], [cabinet.siret(BOOKS), "1"]]))
    anne.press("Supprimer cette demande")
    anne.reads("Cette demande est supprimée. Rien n’a changé")


def _gives_a_pdf(anne: Visitor, cabinet: Cabinet) -> None:
    cabinets.request(anne, cabinet.lyon, "etablissements", "personne")
    pdf: FilePayload = {"name": "clients.csv", "mimeType": "text/csv", "buffer": samples.accounts()}
    deposit(anne, pdf, "Ce fichier ne peut pas être traité")
    anne.reads("Ce fichier n’est pas un tableau", "vos choix sont gardés")
    anne.press("Déposer de nouveau")
    anne.reads("Lyon", "Personne pour l’instant")
    deposit(anne, table("Lyon.csv", [["SIRET", "1/0"], [cabinet.siret(BOOKS), "1"]]))
    anne.reads("Ajouts : 1")


def test_a_request_by_the_keyboard_alone(visitors: Visitors, cabinet: Cabinet) -> None:
    anne = cabinet.anne(visitors(Variant(True, *DESK)))
    keys = anne.page.keyboard
    anne.open(IMPORTS)
    anne.enter("Nouvelle demande")
    anne.tab_to("Portefeuille à modifier")
    keys.type("Lyon")
    anne.enter("Continuer")
    anne.tab_to("Ajouter ou supprimer des établissements")
    keys.press("Space")
    anne.enter("Continuer")
    anne.tab_to("Tous les déclarants de votre inscription")
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    keys.press("Space")
    anne.enter("Continuer")
    anne.reads("Personne pour l’instant")
    anne.tab_to("Votre fichier")
    with anne.page.expect_file_chooser() as chooser:
        keys.press("Enter")
    chooser.value.set_files(table("Lyon.csv", [["SIRET", "1/0"], [cabinet.siret(FLORIST), "1"]]))
    anne.enter("Voir ce que ce fichier changerait")
    settled(anne, "Vérifiez, puis validez")
    page = anne.page.url
    anne.enter("Ajouts (1)")
    anne.open(page)
    anne.enter("Appliquer 1 ajout")
    settled(anne, "Compte rendu : OK")
    anne.enter("Revenir en arrière")
    settled(anne, "Vérifiez, puis validez")
    anne.enter("Appliquer 1 suppression")
    settled(anne, "Compte rendu : OK")


def digits(cell: object) -> str:
    """Of a cell that a spreadsheet takes for text."""
    assert isinstance(cell, str), cell
    return "".join(cell.split())


def workbook(name: str, rows: Sequence[Sequence[object]]) -> FilePayload:
    """An XLSX file as one saves it after having changed it."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return {"name": name, "mimeType": XLSX, "buffer": file.getvalue()}
