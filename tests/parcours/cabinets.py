"""Firms that declare for others, as 003, chapter 4, has them: two portfolios, clients, colleagues.

All are made directly, at once for a module. Their numbers begin with a zero, which spreadsheets lose.
"""

import csv
import io
import itertools
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playwright.sync_api import FilePayload
from python_calamine import CalamineWorkbook

from tests.entreprises import files
from tests.inscriptions.world import PASSWORD
from tests.parcours.portal import Portal
from tests.parcours.visitor import Visitor

ROOT = "/declarant/"
IMPORTS, PORTFOLIOS = f"{ROOT}imports/", f"{ROOT}portefeuilles/"
WAITS = "un message vous attend dans votre espace"  # what the e-mail says of one
WAIT = 60_000  # milliseconds for the worker
BAKERY, GARAGE, FLORIST, JOINER, BOOKS, NOBODY = range(1, 7)  # places after the firm's own rank
_FIRST_RANK, _APART = 1_500_000, 10
_ranks = itertools.count(_FIRST_RANK, _APART)
_MADE = """
import json
from django.db import transaction
from tests.entreprises import files
from tests.espaces.declarant.acting import rights
from tests.inscriptions import world
from tests.portefeuilles import world as portfolios
made = []
with transaction.atomic():
    for rank in {ranks!r}:
        firm = world.company("tiers", rank=rank, declarations=("dsn", "c3s", "ducs"))
        def mail(name):
            return name + "-" + str(rank) + "@cabinet.example"
        anne = world.administrateur(firm, "Anne Chef", email=mail("anne"))
        lila = world.declarant(firm, "Lila Rosemonde", email=mail("lila"))
        omar = world.declarant(firm, "Omar Petit", email=mail("omar"))
        lyon = portfolios.portefeuille(firm, "Lyon", declarations=("dsn", "c3s"))
        tours = portfolios.portefeuille(firm, "Tours", declarations=("dsn",))
        bakery = portfolios.cliente(lyon, rank=rank + 1, places=2, name="BOULANGERIE DES TILLEULS")
        garage = portfolios.cliente(tours, rank=rank + 2, name="GARAGE DU PONT")
        rights(lila, portfolios.sirets(bakery), ("dsn",))
        rights(lila, portfolios.sirets(garage), ("dsn",))
        world.put_into_register(rank + 3, places=2, name="FLEURS DU LAVOIR")
        world.close_place(files.siret(rank + 3, 2))
        world.put_into_register(rank + 4, name="MENUISERIE DU MAIL")
        world.put_into_register(rank + 5, name="LIBRAIRIE DU PORT")
        own = world.company("mono", rank=rank + 1, registered=False)
        world.administrateur(own, "Zita Four", email=mail("zita"))
        made.append(dict(rank=rank, lila=lila.pk, omar=omar.pk, lyon=str(lyon.pk), tours=str(tours.pk),
                         bakery=bakery.pk))
print(json.dumps(made))
"""


@dataclass(frozen=True, kw_only=True)
class Cabinet:
    """Anne administers, Lila may file the DSN of the bakery (« Lyon ») and of the garage (« Tours »), Omar
    nothing yet; the other companies stand in the register only. Zita administers the bakery itself."""

    rank: int
    lila: int
    omar: int
    lyon: str
    tours: str
    bakery: int

    def siren(self, which: int) -> str:
        """Of the firm (0) or of one of the companies around it."""
        return files.siren(self.rank + which)

    def siret(self, which: int, place: int = 1) -> str:
        """One of its établissements."""
        return files.siret(self.rank + which, place)

    def grouped(self, which: int, place: int = 1) -> str:
        """The SIRET as it is read."""
        siret = self.siret(which, place)
        return f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"

    def email(self, who: str) -> str:
        """Where ``who`` is written to."""
        return f"{who}-{self.rank}@cabinet.example"

    def anne(self, visitor: Visitor) -> Visitor:
        """``visitor``, who signs in as Anne, and is at home."""
        return self.comes(visitor, "Anne", "Chef")

    def comes(self, visitor: Visitor, first_name: str, last_name: str, of: int = 0) -> Visitor:
        """``visitor``, who signs in as somebody of the firm, or of a company around it, and is at home."""
        visitor.open(f"{ROOT}connexion/")
        visitor.fill(siret=self.siret(of), last_name=last_name, first_name=first_name, password=PASSWORD)
        visitor.press("Se connecter")
        visitor.open(ROOT)  # past the offer of a second factor
        return visitor


def made(portal: Portal, number: int) -> Iterator[Cabinet]:
    """So many firms that nobody else knows."""
    ranks = list(itertools.islice(_ranks, number))
    said = portal.guichet("django", "shell", "-v", "0", "-c", _MADE.format(ranks=ranks))
    return (Cabinet(**one) for one in json.loads(said.strip().splitlines()[-1]))


def reads_message(visitor: Visitor, subject: str) -> None:
    """Open the message of this subject, in one's espace."""
    visitor.open(f"{ROOT}messages/")
    visitor.press(subject)


def portfolio(visitor: Visitor, which: str) -> None:
    """Open « Composer le portefeuille »."""
    visitor.open(f"{PORTFOLIOS}{which}/")


def choose(visitor: Visitor, code: str) -> None:
    """Tick the box of a declaration, or untick it."""
    visitor.page.locator(f"label[for=code-{code}]").click()


def request(visitor: Visitor, portfolio_id: str, objet: str, droits: str = "") -> None:
    """As far as the last page of a new request, its questions answered before."""
    asked = f"?portefeuille={portfolio_id}&objet={objet}" + (f"&droits={droits}" if droits else "")
    visitor.open(f"{IMPORTS}nouvelle/{asked}")


def table(name: str, lines: Sequence[Sequence[str]]) -> FilePayload:
    """A file as a French spreadsheet saves it."""
    content = "".join(";".join(line) + "\r\n" for line in lines).encode("cp1252")
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def deposit(visitor: Visitor, file: FilePayload, title: str = "Vérifiez, puis validez") -> None:
    """Give the file, and wait until it is read."""
    visitor.page.set_input_files("#id_fichier", file)
    visitor.press("Voir ce que ce fichier changerait")
    settled(visitor, title)


def settled(visitor: Visitor, title: str) -> None:
    """Wait until the request's page says ``title``: it turns by itself; without scripts, one asks."""
    if visitor.variant.scripts:
        visitor.page.locator("h1", has_text=title).wait_for(timeout=WAIT)
    until = time.monotonic() + WAIT / 1000
    while title not in " ".join(visitor.page.locator("h1").inner_text().split()):
        assert time.monotonic() < until, visitor.text
        visitor.press("Actualiser l’avancement")
    visitor.open(visitor.page.url)


def sent(visitor: Visitor, label: str) -> bytes:
    """The file that a form gives for its button ``label``."""
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name=label).click()
    return download.value.path().read_bytes()


def csv_rows(content: bytes) -> list[list[str]]:
    """The rows of a CSV file of the portal, its mark and separators checked."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def xlsx_rows(content: bytes) -> list[list[object]]:
    """The rows of an XLSX file, each cell as a spreadsheet takes it: text, or a number."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [list(row) for row in book.get_sheet_by_index(0).to_python()]
