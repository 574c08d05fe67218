"""What was typed beside the register: what differs is marked, what is only written otherwise is not."""

import datetime as dt

import pytest

from guichet.depots.definitions import Comparison, Subject
from guichet.entreprises import queries
from guichet.entreprises.rules import Etablissement, UniteLegale
from guichet.kernel.identifiers import Siren, Siret
from guichet.teleprocedures.comptes_annuels.register import compare

SUBJECT = Subject(siren="732829320", name="Les Amis du Tilleul", capacity="L’association elle-même")
SIEGE = Etablissement(
    siret=Siret("73282932000074"), name="", address=("12 AVENUE DES TILLEULS",), postcode="37000",
    city="TOURS", is_siege=True, is_closed=False, diffusible=True,
)  # fmt: skip


def unite(name: str = "LES AMIS DU TILLEUL", sigle: str = "", closed: dt.date | None = None) -> UniteLegale:
    return UniteLegale(
        siren=Siren("732829320"), name=name, sigle=sigle, category_code="9220", rna="",
        is_closed=bool(closed), closed_on=closed, diffusible=True, siege=SIEGE,
    )  # fmt: skip


def compared(
    monkeypatch: pytest.MonkeyPatch,
    found: UniteLegale | None,
    address: str = "12 av. des Tilleuls\n37000 Tours",
) -> dict[str, Comparison]:
    monkeypatch.setattr(queries, "unite", lambda **_: found)
    return {line.label: line for line in compare(SUBJECT, {"adresse": address}, {})}


def differing(lines: dict[str, Comparison]) -> set[str]:
    return {label for label, line in lines.items() if line.differs}


def test_case_signs_and_abbreviations_do_not_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    assert differing(compared(monkeypatch, unite())) == set()


def test_the_short_name_is_as_good(monkeypatch: pytest.MonkeyPatch) -> None:
    assert differing(compared(monkeypatch, unite("AUTRE", sigle="les amis du tilleul"))) == set()


@pytest.mark.parametrize(
    ("address", "marked"),
    [
        ("14 av. des Tilleuls\n37000 Tours", {"Adresse"}),
        ("12 avenue des Tilleuls\n37100 Tours", {"Code postal et commune"}),
        ("12 avenue des Tilleuls\n37000 Tours CEDEX 2", set()),
        ("12 avenue des Tilleuls", {"Code postal et commune"}),
    ],
)
def test_what_differs_is_marked(monkeypatch: pytest.MonkeyPatch, address: str, marked: set[str]) -> None:
    assert differing(compared(monkeypatch, unite(), address)) == marked


def test_another_name_is_marked_and_both_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    line = compared(monkeypatch, unite("LES AMIS DU CHENE"))["Nom de l’association"]
    assert (line.typed, line.register, line.differs) == ("Les Amis du Tilleul", "LES AMIS DU CHENE", True)


def test_a_closed_unit_says_since_when(monkeypatch: pytest.MonkeyPatch) -> None:
    line = compared(monkeypatch, unite(closed=dt.date(2020, 3, 1)))["Situation au répertoire Sirene"]
    assert (line.register, line.differs) == ("Cessée le 1er mars 2020", True)


def test_an_unknown_unit_differs_in_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = compared(monkeypatch, None)
    assert differing(lines) == set(lines)
    assert lines["Adresse"].register == ""
