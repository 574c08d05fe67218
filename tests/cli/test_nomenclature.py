"""``guichet nomenclature report``: what the agents' corrections teach, as CSV."""

import csv

import pytest
from typer.testing import CliRunner

from guichet.cli.nomenclature import app
from guichet.instruction import operations
from guichet.kernel import clock
from guichet.kernel.refusals import Refusal
from tests.depots import factories
from tests.instruction import papers, people

pytestmark = pytest.mark.django_db


def test_names_types_and_numbers_since_a_day() -> None:
    with papers.registered():
        depot = papers.sent(factories.account(), data={"nom_1": "+33 ; mon\trib", "nom_2": "Papier"})
        operations.reclassify(agent=people.agent(), depot_id=depot.pk, document=1, type="avis", person="moi")
        told = CliRunner().invoke(app, ["report", "--since", clock.today().isoformat()])
        assert told.exit_code == 0, told.output
        head, line = csv.reader(told.output.splitlines(), delimiter=";")
        assert dict(zip(head, line, strict=True)) == {
            "demarche": papers.CODE, "nom_saisi": "'+33 ; mon\trib", "type_choisi": "rib",
            "libelle_choisi": papers.TYPES["rib"], "type_corrige": "avis",
            "libelle_corrige": papers.TYPES["avis"], "nombre": "1",
        }  # fmt: skip
        later = CliRunner().invoke(app, ["report", "--since", "31/12/2199"])
        assert later.output.splitlines() == [";".join(head)]


@pytest.mark.parametrize("day", ["hier", "2026-02-30", ""])
def test_a_day_that_is_none_is_told(day: str) -> None:
    assert isinstance(CliRunner().invoke(app, ["report", "--since", day]).exception, Refusal)
