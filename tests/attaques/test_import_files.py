"""Attacks by the files themselves: names, formulas, contradictions, what is no table, files without end."""

import csv
import io
import time
import zipfile
from typing import Any

import pytest

from guichet.habilitations.models import Habilitation
from guichet.imports import operations
from guichet.imports.models import Demande, Ligne
from guichet.imports.operations import depositing
from guichet.imports.states import Etat, Kind
from guichet.kernel import clock
from guichet.portefeuilles.models import Cliente, Portefeuille
from tests.attaques.test_imports import Firm, new_place, whole
from tests.espaces.declarant.imports.firm import NEW, ROOT, browser, sent
from tests.imports import world
from tests.web.people import html_of, text_of

pytestmark = pytest.mark.django_db
HEAD = b"SIRET;1/0\r\n"


@pytest.fixture
def firm() -> Firm:
    return Firm()


def bomb() -> bytes:
    """Two gigabytes of a sheet in two megabytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(100):
                sheet.write(b" " * 2_000_000)
    return made.getvalue()


NO_TABLES = {
    "one endless quoted cell": (HEAD + b'"' + b"1\n" * 2_000_000, "a.csv"),
    "a bomb": (bomb(), "a.xlsx"),
}


@pytest.mark.parametrize("what", NO_TABLES)
def test_what_is_no_table_is_refused_in_words(firm: Firm, what: str) -> None:
    content, name = NO_TABLES[what]
    began = time.monotonic()
    made = world.ready(firm.est, firm.chief, content, name=name)
    assert time.monotonic() - began < 30
    assert Etat(made.etat) in (Etat.REFUSEE, Etat.PRETE)
    assert not made.counts.get("ajouts")
    assert not made.counts.get("suppressions")
    answer = browser(firm.chief).get(f"{ROOT}{made.pk}/")
    assert answer.status_code == 200
    assert len(html_of(answer)) < 200_000


def test_one_line_too_many(firm: Firm) -> None:
    lines = HEAD + b"73282932000074;1\r\n" * 100_001
    made = world.ready(firm.est, firm.chief, lines)
    assert made.etat == Etat.REFUSEE
    assert not Ligne.objects.filter(demande=made).exists()


def test_the_same_line_thousands_of_times_is_done_once(firm: Firm) -> None:
    [siret] = new_place()
    made = world.ready(firm.est, firm.chief, HEAD + f"{siret};1\r\n".encode() * 5_000)
    assert (made.counts["ajouts"], made.counts["impossibles"]) == (1, 0)
    assert world.applied(made, firm.chief).etat == Etat.OK
    assert siret in firm.held()


def test_a_contradiction_does_neither(firm: Firm) -> None:
    [other] = new_place()
    mine = firm.sirets[0]
    made = firm.ready((other, 1), (mine, 0), (other, 0), (mine, 1), (f" {other[:9]} {other[9:]}", 1))
    assert (made.counts["ajouts"], made.counts["suppressions"]) == (0, 0)
    with pytest.raises(operations.NothingToDo):
        operations.validate(by=firm.chief, demande_id=made.pk)
    assert firm.held() == set(firm.sirets)


@pytest.mark.parametrize(
    "name", ["x" * 10_000 + ".csv", "../../etc/passwd\0.csv", "a\r\nBcc: x@x.example.csv", "\u202e"]
)
def test_names_of_files(firm: Firm, name: str) -> None:
    made = world.ready(firm.est, firm.chief, world.etablissements((new_place()[0], 1)), name=name)
    assert len(made.file_name) <= 255
    assert made.file_name.isprintable()
    assert "/" not in made.file_name
    assert browser(firm.chief).get(f"{ROOT}{made.pk}/").status_code == 200
    assert world.applied(made, firm.chief).etat == Etat.OK


@pytest.mark.parametrize(
    "query", ["page=-1", "page=" + "9" * 31, "recherche=%25", "recherche=_", "recherche=%5C", "recherche=%00",
              "verdict=x", "recherche=" + "(" * 900, "verdict=%00&page=%00"],
)  # fmt: skip
def test_addresses_of_lines_that_no_page_makes(firm: Firm, query: str) -> None:
    made = firm.ready((new_place()[0], 1))
    answer = browser(firm.chief).get(f"{ROOT}{made.pk}/?{query}")
    assert answer.status_code == 200


def test_names_are_no_formula_and_no_markup(firm: Firm) -> None:
    client = browser(firm.chief)
    for number, name in enumerate(["=cmd|' /C calc'!A0", "@SUM(1)", "+1", "-1", '<b>"x"</b>']):
        Portefeuille.objects.filter(pk=firm.est.pk).update(name=name, key=f"K{number}")
        Cliente.objects.filter(pk=firm.client.pk).update(name=name)
        Habilitation.objects.all().delete()
        made = world.done(
            firm.est,
            firm.chief,
            world.rights(["dsn"], (firm.sirets[0], firm.lila, [1]), (f"{name}x", firm.lila, [name])),
            kind=Kind.HABILITATIONS,
            name=f"{name}\u202evsc.csv",
        )
        for page in (f"{ROOT}{made.pk}/", ROOT, f"{ROOT}habilitations/"):
            answer = client.get(page)
            assert answer.status_code == 200
            assert "<b>" not in html_of(answer)
            assert "\u202e" not in html_of(answer)
        for page in (f"{ROOT}{made.pk}/fichier-annote.csv", f"{ROOT}habilitations/fichier/"):
            answer = client.get(page)
            assert "\n" not in answer["Content-Disposition"]
            for row in csv.reader(io.StringIO(whole(answer).decode("utf-8-sig")), delimiter=";"):
                assert not [cell for cell in row if cell[:1] in tuple("=+-@\t\r") and cell[1:2] != '"'], row


class TestWithoutEnd:
    """One firm does not fill the queue or the disk: it is told what to do."""

    def send(self, firm: Firm) -> Any:
        page = f"{NEW}?portefeuille={firm.est.pk}&objet=etablissements&droits=tous"
        content = world.etablissements((new_place()[0], 1))
        return browser(firm.chief).post(page, {"fichier": sent(content, "<i>.csv")})

    def test_requests(self, firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(depositing, "MOST_OPEN", 2)
        assert [self.send(firm).status_code for _ in range(2)] == [302, 302]
        refused = self.send(firm)
        assert refused.status_code == 409
        assert "déjà 2 demandes en attente" in text_of(refused)
        with pytest.raises(depositing.TooManyOpen):
            operations.ask_declaration(
                by=firm.chief, portefeuille_id=firm.est.pk, declaration="dsn", adds=True
            )
        assert self.send(Firm()).status_code == 302, "another firm is not kept from it"
        first = Demande.objects.filter(inscription=firm.inscription).earliest("created_at")
        operations.delete(by=firm.chief, demande_id=first.pk)
        assert self.send(firm).status_code == 302

    def test_bytes(self, firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.send(firm).status_code == 302
        first = Demande.objects.get()
        assert first.stored
        monkeypatch.setattr(depositing, "MOST_BYTES_A_DAY", 2 * first.stored.size)
        assert self.send(firm).status_code == 302, "no more than the limit"
        refused = self.send(firm)
        assert refused.status_code == 409
        assert "depuis 24 heures" in text_of(refused)
        assert "<i>" not in html_of(refused)
        operations.delete(by=firm.chief, demande_id=first.pk)
        assert self.send(firm).status_code == 302
        with clock.travel(depositing.DAY):
            assert self.send(firm).status_code == 302
