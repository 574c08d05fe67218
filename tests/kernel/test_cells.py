"""Cells that a spreadsheet does not run."""

import pytest

from guichet.kernel.cells import plain_cell


@pytest.mark.parametrize("cell", ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert plain_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Les Amis", "2024-12-31", "a=b", "12 - 3"])
def test_other_cells_are_as_they_are(cell: str) -> None:
    assert plain_cell(cell) == cell
