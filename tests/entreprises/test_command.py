"""``guichet sirene import``, as an operator sees it."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from guichet.cli.sirene import app
from guichet.entreprises import queries
from guichet.entreprises.register import MissingColumns
from tests.entreprises import files

pytestmark = pytest.mark.django_db


def test_an_import_tells_what_it_did(tmp_path: Path) -> None:
    unites = files.write(tmp_path / "u.csv", [files.unite(1), files.unite(2, siren="faux")])
    places = files.write(tmp_path / "e.csv", [files.etablissement(1)])
    result = CliRunner().invoke(app, ["import", str(unites), str(places)])
    assert result.exit_code == 0
    assert "Unités légales : 1 (laissées de côté pour leur numéro mal formé : 1)." in result.output
    assert "Établissements : 1." in result.output
    assert re.search(r"en service après [0-9]+,[0-9]\u00a0s", result.output)


def test_establishments_that_stay_are_told(tmp_path: Path) -> None:
    unites = files.write(tmp_path / "u.csv", [files.unite(1)])
    result = CliRunner().invoke(app, ["import", str(unites)])
    assert "Établissements : inchangés" in result.output


def test_a_refusal_goes_up_to_the_command_line(tmp_path: Path) -> None:
    places = files.write(tmp_path / "e.csv", [files.etablissement(1)])
    result = CliRunner().invoke(app, ["import", str(places)])
    assert isinstance(result.exception, MissingColumns)
    assert queries.is_empty()
