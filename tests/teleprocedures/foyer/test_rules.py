"""Which answers hold. No database."""

import datetime as dt
import uuid
from collections.abc import Mapping

import pytest

from guichet.foyers.rules import Action, BornLater, UnknownLien
from guichet.kernel.names import AngleBracket, NameTooLong
from guichet.kernel.refusals import Refusal
from guichet.teleprocedures.foyer import rules
from guichet.teleprocedures.foyer.definition import answers, sample
from guichet.teleprocedures.foyer.rules import NoBirth, NoReason, NothingChosen, OtherPerson, TooMuchSaid

TODAY = dt.date(2026, 11, 21)
WHO = uuid.UUID("6f2c1c3e-5b0a-4a6e-9d57-0d3c8a1b2c4d")
CHANGE, REMOVE = f"modifier:{WHO}", f"retirer:{WHO}"
GOOD, _ = sample()


def refusals(**changes: str) -> dict[str, type[Refusal]]:
    """By field what is wrong with the sample, changed."""
    _good, bad = rules.clean({**GOOD, **changes}, TODAY)
    return {field: type(refusal) for field, refusal in bad.items()}


def test_what_is_to_be_done_and_to_whom() -> None:
    assert rules.target("ajouter:") == rules.Target(action=Action.ADD)
    for text, action in ((CHANGE, Action.CHANGE), (REMOVE, Action.REMOVE)):
        assert rules.target(text) == rules.Target(action=action, person=WHO)
        assert str(rules.target(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "ajouter", f"ajouter:{WHO}", "modifier:", "retirer:", "modifier:emma", "tout:", f"Modifier:{WHO}"],
)
def test_anything_else_chooses_nothing(text: str) -> None:
    if text == "ajouter":
        assert rules.target(text).action == Action.ADD  # without its sign it says the same
        return
    with pytest.raises(NothingChosen):
        rules.target(text)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, {}),
        ({"objet": ""}, {"objet": NothingChosen}),
        ({"lien": "ami"}, {"lien": UnknownLien}),
        ({"nom": "<b>"}, {"nom": AngleBracket}),
        ({"prenom": "é" * 101}, {"prenom": NameTooLong}),
        ({"naissance": ""}, {"naissance": NoBirth}),
        ({"naissance": "2026-02-30"}, {"naissance": NoBirth}),
        ({"naissance": "2026-11-22"}, {"naissance": BornLater}),
        ({"precisions": "é" * 500}, {}),
        ({"precisions": "é" * 501}, {"precisions": TooMuchSaid}),
        ({"pour": CHANGE}, {"nom": OtherPerson}),
    ],
)
def test_each_answer(changes: dict[str, str], wrong: dict[str, type[Refusal]]) -> None:
    assert refusals(**changes) == wrong


def test_to_remove_somebody_one_says_why_and_nothing_else() -> None:
    asked = {**GOOD, "objet": REMOVE, "pour": REMOVE, "connue": "Emma Exemple", "precisions": ""}
    assert rules.clean(asked, TODAY)[1].keys() == {"precisions"}
    assert isinstance(rules.clean({**asked, "precisions": " … "}, TODAY)[1]["precisions"], NoReason)
    good, bad = rules.clean({**asked, "precisions": "Elle a quitté le foyer."}, TODAY)
    assert not bad
    assert good.keys() == {"objet", "pour", "connue", "precisions"}


def test_what_is_said_keeps_no_invisible_sign() -> None:
    assert rules.precisions("  Née\u202e à\n\nTours\0 ", wanted=False) == "Née à Tours"


def shown(data: Mapping[str, str]) -> dict[str, str]:
    return {answer.label: answer.value for answer in answers(data)}


def test_answers_in_words() -> None:
    assert shown(GOOD) == {
        "Demande": "Ajouter une personne",
        "Lien avec le titulaire du dossier": "Enfant",
        "Nom": "Exemple",
        "Prénom": "Jeanne",
        "Date de naissance": "14 mars 2019",
        "Précisions": "Elle est née à Tours.",
    }
    gone = {"objet": REMOVE, "connue": "Emma Exemple", "precisions": "Elle est partie."}
    assert shown(gone) == {
        "Demande": "Retirer une personne",
        "Personne concernée": "Emma Exemple",
        "Pourquoi": "Elle est partie.",
    }
