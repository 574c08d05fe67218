"""What a file's name says of the portfolio that it is meant for."""

import pytest

from guichet.imports.names import designations


@pytest.mark.parametrize(
    ("name", "last"),
    [
        ("Cabinet Est.csv", "Cabinet Est"),
        ("Cabinet_Est.xlsx", "Cabinet Est"),
        ("Cabinet Est (1).csv", "Cabinet Est"),
        ("Cabinet Est - Copie.csv", "Cabinet Est"),
        ("Cabinet Est - Copie (2).csv", "Cabinet Est"),
        ("Copie de Cabinet Est.csv", "Cabinet Est"),
        ("Cabinet Est 2026-11-21.csv", "Cabinet Est"),
        ("Cabinet Est_21112026.csv", "Cabinet Est"),
        ("Cabinet Est du 21.11.2026.csv", "Cabinet Est du"),
        ("Cabinet Est_v2.csv", "Cabinet Est"),
        ("Cabinet Est corrigé (3).csv", "Cabinet Est"),
        ("Sarl 3000.csv", "Sarl 3000"),
        ("Copies.csv", "Copies"),
        ("Finalement.csv", "Finalement"),
    ],
)
def test_what_was_added_is_taken_off(name: str, last: str) -> None:
    found = list(designations(name))
    assert found[-1] == last
    assert found == sorted(found, key=len, reverse=True), "the whole name comes first"


@pytest.mark.parametrize("name", ["", ".csv", "   .csv"])
def test_a_name_may_say_nothing(name: str) -> None:
    assert list(designations(name)) == []


def test_a_long_name_ends_soon() -> None:
    assert len(list(designations("a" + " (1)" * 60 + ".csv"))) <= 6
