"""``guichet imports check``: what a file would do, as JSON, while nothing at all is written."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from typer.testing import CliRunner, Result

from guichet.cli.imports import app
from guichet.imports.models import Demande, Ligne
from guichet.portefeuilles.models import Portefeuille
from tests.imports import world
from tests.imports.test_life import adding, new_places
from tests.portefeuilles import world as firms

pytestmark = pytest.mark.django_db
KEYS = {
    "file", "kind", "portefeuille", "siren", "holds", "problem", "message", "remarks", "designates", "counts",
}  # fmt: skip


@pytest.fixture
def est() -> Portefeuille:
    return firms.portefeuille(firms.tiers().inscription, "Cabinet Est")


def check(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["check", *arguments])


def written(folder: Path, content: bytes, name: str = "clients.csv") -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def said(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def everything() -> dict[str, int]:
    """How many rows each table has."""
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            [found[table]] = cursor.fetchone() or (0,)
    return found


def test_a_summary_and_nothing_is_written(est: Portefeuille, tmp_path: Path) -> None:
    file = written(tmp_path, adding(*new_places(2), "123"))
    before = everything()
    result = check("etablissements", file, "--portefeuille", "cabinet est")
    assert result.exit_code == 0, result.output
    [told] = said(result)
    assert set(told) == KEYS
    assert (told["holds"], told["problem"], told["portefeuille"]) == (True, "", "Cabinet Est")
    counts = told["counts"]
    assert (counts["lignes"], counts["ajouts"], counts["impossibles"]) == (3, 2, 1)
    assert everything() == before
    assert (Demande.objects.count(), Ligne.objects.count()) == (0, 0)


def test_its_lines_before_the_summary(est: Portefeuille, tmp_path: Path) -> None:
    [siret] = new_places()
    file = written(tmp_path, adding(siret, "123"))
    *lines, summary = said(check("etablissements", file, "--portefeuille", "Cabinet Est", "--lines"))
    assert [(line["line"], line["siret"], line["verdict"]) for line in lines] == [
        (2, siret, "ajout"),
        (3, "", "impossible"),
    ]
    assert lines[1]["reasons"]
    assert set(lines[0]) == {"line", "typed", "siret", "person", "wishes", "verdict", "reasons", "notes"}
    assert set(summary) == KEYS


def test_a_refused_file_is_status_1_and_says_why(est: Portefeuille, tmp_path: Path) -> None:
    file = written(tmp_path, world.table([("Chose", "Truc"), ("a", "b")]))
    result = check("habilitations", file, "--portefeuille", "Cabinet Est", "--lines")
    assert result.exit_code == 1
    [told] = said(result)
    assert (told["holds"], bool(told["problem"]), bool(told["message"])) == (False, True, True)


def test_a_file_named_like_another_portfolio(est: Portefeuille, tmp_path: Path) -> None:
    firms.portefeuille(est.inscription, "Cabinet Ouest")
    file = written(tmp_path, adding(*new_places()), "Cabinet Ouest (1).csv")
    [told] = said(check("etablissements", file, "--portefeuille", "Cabinet Est"))
    assert (told["holds"], told["designates"]) == (True, "Cabinet Ouest")


def test_a_name_that_two_firms_have(est: Portefeuille, tmp_path: Path) -> None:
    other = firms.portefeuille(firms.tiers().inscription, "CABINET EST", declarations=["dsn"])
    file = written(tmp_path, adding(*new_places()))
    result = check("etablissements", file, "--portefeuille", "Cabinet Est")
    assert result.exit_code == 2
    assert est.inscription.siren in result.output
    assert other.inscription.siren in result.output
    grouped = " ".join([other.inscription.siren[at : at + 3] for at in (0, 3, 6)])
    [told] = said(check("etablissements", file, "--portefeuille", "Cabinet Est", "--siren", grouped))
    assert told["siren"] == other.inscription.siren


@pytest.mark.parametrize(
    "arguments",
    [
        ["etablissements", "{file}", "--portefeuille", "Nulle part"],
        ["etablissements", "{file}", "--portefeuille", "Cabinet Est", "--siren", "12"],
        ["etablissements", "{file}", "--portefeuille", "Cabinet Est", "--siren", "732829320"],
        ["etablissements", "absent.csv", "--portefeuille", "Cabinet Est"],
        ["declaration", "{file}", "--portefeuille", "Cabinet Est"],
        ["etablissements", "{file}"],
    ],
)
def test_a_command_that_is_written_wrongly_is_status_2(
    est: Portefeuille, tmp_path: Path, arguments: list[str]
) -> None:
    file = written(tmp_path, adding(*new_places()))
    result = check(*[argument.format(file=file) for argument in arguments])
    assert result.exit_code == 2, est.name
    assert result.stdout == ""


def test_a_closed_portfolio_is_none(est: Portefeuille, tmp_path: Path) -> None:
    firms.closed(est)
    file = written(tmp_path, adding(*new_places()))
    assert check("etablissements", file, "--portefeuille", "Cabinet Est").exit_code == 2
