"""Cells that a spreadsheet does not run."""

import pytest

from guichet.kernel.cells import csv_lines, plain_cell


@pytest.mark.parametrize("cell", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert plain_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Les Amis", "2024-12-31", "a=b", "12 - 3"])
def test_other_cells_are_as_they_are(cell: str) -> None:
    assert plain_cell(cell) == cell


def test_a_csv_holds_no_formula_and_sirets_that_open_as_text() -> None:
    rows = [
        ["SIRET", "Nom"],
        ["00032517500065", "=1+1"],
        ["0003251750006", 'a;"b"'],
        ["'-1", "0003251750006x"],
    ]
    assert "".join(csv_lines(rows)) == (
        '\ufeffSIRET;Nom\r\n000 325 175 00065;\'=1+1\r\n0003251750006;"a;""b"""\r\n\'-1;0003251750006x\r\n'
    )
    assert list(csv_lines([["a", "b"]], separator=",", mark=False, end="\n")) == ["a,b\n"]
