"""Columns by their head: pure, as the rules are."""

import pytest

from guichet.imports.reasons import Why, said
from guichet.imports.rules import (
    HEADS,
    REPORT_HEADS,
    ColumnsMissing,
    ColumnTwice,
    NoDeclaration,
    closest,
    head_of,
    letter,
    spelt,
    template_heads,
)
from guichet.imports.states import Kind

DECLARATIONS = {
    "dsn": "Déclaration sociale nominative (DSN)",
    "c3s": "Contribution sociale de solidarité des sociétés (C3S)",
    "taux_atmp": "Taux d’accidents du travail et de maladies professionnelles (AT-MP)",
}
PLACES, RIGHTS = Kind.ETABLISSEMENTS, Kind.HABILITATIONS


def columns(kind: Kind, *cells: str) -> list[str]:
    return list(head_of(cells, kind=kind, declarations=DECLARATIONS).columns)


@pytest.mark.parametrize(
    "head",
    ["SIRET", "siret", " N° SIRET ", "n°\u00a0siret", "Numéro de SIRET", "S.I.R.E.T.", "№ Siret", "SIRET :"],
)
def test_a_siret_is_named_in_many_ways(head: str) -> None:
    assert columns(PLACES, head, "1/0") == ["siret", "action"]


@pytest.mark.parametrize(
    "head", ["1/0", "1 / 0", "Actif", "Actif ?", "ACTION", "Ajout", "ajouter/supprimer", "0/1", "1 ou 0"]
)
def test_a_wish_is_named_in_many_ways(head: str) -> None:
    assert columns(PLACES, "SIRET", head) == ["siret", "action"]


@pytest.mark.parametrize(
    "head",
    [
        "dsn",
        "DSN",
        "Déclaration sociale nominative (DSN)",
        "declaration sociale nominative",
        "DÉCLARATION  SOCIALE NOMINATIVE",
    ],
)
def test_a_declaration_is_named_by_its_code_or_its_label(head: str) -> None:
    assert columns(RIGHTS, "Nom", "Prénom", "SIRET", head) == ["nom", "prenom", "siret", "dsn"]


def test_accents_that_stand_apart_from_their_letter_count_for_nothing() -> None:
    assert columns(RIGHTS, "Nom", "Pre\u0301nom", "SIRET", "taux_atmp")[1] == "prenom"


def test_the_template_is_read_as_it_is_written() -> None:
    heads = template_heads(RIGHTS, DECLARATIONS)
    assert columns(RIGHTS, *heads) == ["nom", "prenom", "connexion", "siret", *DECLARATIONS]
    assert columns(PLACES, *template_heads(PLACES, DECLARATIONS)) == ["siret", "action"]


def test_the_columns_of_a_report_are_left_out_and_not_told() -> None:
    head = head_of(("SIRET", "1/0", *REPORT_HEADS, ""), kind=PLACES, declarations=DECLARATIONS)
    assert head.columns == ("siret", "action", "", "", "", "")
    assert head.unknown == ()


def test_a_column_that_is_not_known_is_told() -> None:
    head = head_of(("SIRET", "Raison sociale", "1/0"), kind=PLACES, declarations=DECLARATIONS)
    assert [head.names[place] for place in head.unknown] == ["Raison sociale"]


def test_a_declaration_is_no_column_of_a_file_of_etablissements() -> None:
    head = head_of(("SIRET", "1/0", "dsn"), kind=PLACES, declarations=DECLARATIONS)
    assert head.unknown == (2,)


@pytest.mark.parametrize(
    "cells",
    [
        ("12345678200010", "1"),
        ("123 456 782 00010", "0"),
        ("1,23457E+13", "1"),
        ("12345678200010.0", "1"),
        ('="12345678200010"', "1"),
        ("2345678200010", "1"),
    ],
)
def test_a_file_of_etablissements_may_have_no_head(cells: tuple[str, str]) -> None:
    head = head_of(cells, kind=PLACES, declarations=DECLARATIONS)
    assert head.is_data
    assert head.columns == ("siret", "action")


def test_a_file_of_rights_must_have_a_head() -> None:
    with pytest.raises(ColumnsMissing):
        columns(RIGHTS, "Dupont", "Jean", "12345678200010", "1")


def test_what_is_missing_is_named_with_the_template() -> None:
    with pytest.raises(ColumnsMissing) as refused:
        columns(RIGHTS, "Nom", "SIRET", "dsn")
    assert refused.value.params["missing"] == HEADS["prenom"]  # type: ignore[index]
    assert DECLARATIONS["c3s"] in str(refused.value.params["template"])
    with pytest.raises(ColumnsMissing) as refused:
        columns(PLACES, "Établissement", "1/0")
    assert refused.value.params == {"missing": "SIRET", "template": "SIRET, 1/0"}


def test_a_file_of_rights_names_a_declaration() -> None:
    with pytest.raises(NoDeclaration):
        columns(RIGHTS, "Nom", "Prénom", "SIRET", "Profil")


@pytest.mark.parametrize("double", ["DSN", "Déclaration sociale nominative", "dsn "])
def test_two_columns_that_say_the_same_are_refused(double: str) -> None:
    with pytest.raises(ColumnTwice) as refused:
        columns(RIGHTS, "Nom", "Prénom", "SIRET", "dsn", double)
    assert "(D)" in str(refused.value)
    assert "(E)" in str(refused.value)


def test_the_closest_column_is_named() -> None:
    assert closest("dns", kind=RIGHTS, declarations=DECLARATIONS) == DECLARATIONS["dsn"]
    assert closest("c3", kind=RIGHTS, declarations=DECLARATIONS) == DECLARATIONS["c3s"]
    assert closest("Ajou", kind=PLACES, declarations=DECLARATIONS) == "1/0"


def test_a_name_that_two_declarations_share_names_none() -> None:
    both = {"one": "Cotisations (A)", "two": "Cotisations (B)"}
    with pytest.raises(NoDeclaration):
        head_of(("Nom", "Prénom", "SIRET", "Cotisations"), kind=RIGHTS, declarations=both)
    head = head_of(("Nom", "Prénom", "SIRET", "Cotisations (B)"), kind=RIGHTS, declarations=both)
    assert head.codes == ((3, "two"),)


@pytest.mark.parametrize(
    ("text", "folded"), [("N° SIRET", "nsiret"), ("Œuvre", "oeuvre"), (" ", ""), ("1/0", "10")]
)
def test_spelt(text: str, folded: str) -> None:
    assert spelt(text) == folded


@pytest.mark.parametrize(
    ("place", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ")]
)
def test_columns_are_called_as_spreadsheets_call_them(place: int, name: str) -> None:
    assert letter(place) == name


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_is_said(why: Why) -> None:
    text = said(f"{why}:12", label="DSN", name="Jean Dupont")
    assert text.sentence.endswith(".")
    assert "{" not in text.sentence + text.remedy


def test_what_stands_after_a_reason_is_said() -> None:
    assert "12" in said("double:12").sentence
    assert "« Un: deux »" in said("elsewhere:Un: deux").sentence
    assert said("siret_rounded").remedy
    assert said("").sentence == ""
