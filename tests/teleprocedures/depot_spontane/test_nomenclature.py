"""What may be sent is a file that the operator may replace; what people call it measures the search."""

import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.teleprocedures.depot_spontane import nomenclature
from guichet.teleprocedures.depot_spontane.nomenclature import NomenclatureInvalid, TypeDocument
from tests.teleprocedures.depot_spontane.phrasings import KEPT_ASIDE, TUNING, phrasings

FAMILY = '[[families]]\ncode = "papiers"\nlabel = "Papiers"\n'
OTHER = '[[types]]\ncode = "autre"\nlabel = "Un autre document"\nfamily = "papiers"\n'
CARD = '[[types]]\ncode = "carte"\nlabel = "Carte"\nfamily = "papiers"\nwords = [" bristol "]\n'
OLD = '[[types]]\ncode = "ancien"\nlabel = "Ancien"\nfamily = "papiers"\nretired = true\n'


def written(folder: Path, text: str) -> str:
    path = folder / "types.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_ours_holds_what_such_a_body_receives() -> None:
    types = nomenclature.types()
    assert len(types) >= 160
    assert all(code == each.code and len(each.label) <= 60 for code, each in types.items())
    assert len({each.label.casefold() for each in types.values()}) == len(types)
    assert list(types)[-1] == nomenclature.OTHER
    assert types["autre"].label == "Un autre document"


def test_ours_goes_family_by_family_and_no_family_is_empty() -> None:
    families = [each.family for each in nomenclature.types().values()]
    assert list(dict.fromkeys(families)) == list(nomenclature.families())
    assert sorted(families, key=list(nomenclature.families()).index) == families
    assert min(Counter(families).values()) >= 4


def test_an_operators_file_takes_the_place_of_ours(tmp_path: Path, settings: SettingsWrapper) -> None:
    settings.NOMENCLATURE = written(tmp_path, FAMILY + CARD + OLD + OTHER)
    assert list(nomenclature.types()) == ["carte", "autre"]
    assert nomenclature.types()["carte"] == TypeDocument(
        code="carte", label="Carte", family="papiers", words=("bristol",)
    )
    assert dict(nomenclature.families()) == {"papiers": "Papiers"}


def test_a_type_keeps_its_words_when_it_is_not_offered_any_more(
    tmp_path: Path, settings: SettingsWrapper
) -> None:
    settings.NOMENCLATURE = written(tmp_path, FAMILY + OLD + OTHER)
    assert nomenclature.type_label("ancien") == "Ancien"
    assert nomenclature.type_label("passeport") == "Passeport"
    assert nomenclature.type_label("inconnu") == "Type inconnu"


def test_a_label_of_60_signs_and_a_code_of_64_hold(tmp_path: Path, settings: SettingsWrapper) -> None:
    longest = CARD.replace('"carte"', f'"{"x" * 64}"').replace('"Carte"', f'"{"é" * 60}"')
    settings.NOMENCLATURE = written(tmp_path, FAMILY + longest + OTHER)
    assert nomenclature.types()["x" * 64].label == "é" * 60


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("types = [", "TOML"),
        (FAMILY + CARD, "« autre » manque"),
        (FAMILY + OTHER + "retired = true\n", "« autre » manque"),
        (OTHER, "« autre » : la famille « papiers »"),
        (FAMILY + FAMILY + OTHER, "families, « papiers » : ce code"),
        (FAMILY + CARD + CARD + OTHER, "types, « carte » : ce code"),
        (FAMILY + CARD + CARD.replace('"carte"', '"card"') + OTHER, "« card » : le libellé « Carte »"),
        (FAMILY + CARD.replace('"Carte"', '"UN AUTRE DOCUMENT"') + OTHER, "« autre » : le libellé"),
        (FAMILY + CARD.replace('"carte"', '"C A"') + OTHER, "types n° 1 : code invalide « C A »"),
        (FAMILY + CARD.replace('"carte"', f'"{"x" * 65}"') + OTHER, "types n° 1 : code invalide"),
        (FAMILY + CARD.replace('"Carte"', f'"{"é" * 61}"') + OTHER, "« carte » : « label » compte plus"),
        (FAMILY + CARD.replace('"Carte"', '" "') + OTHER, "« carte » : « label » manque"),
        (FAMILY + CARD.replace('"papiers"', '"objets"') + OTHER, "« carte » : la famille « objets »"),
        (FAMILY + CARD.replace('" bristol "', '""') + OTHER, "« carte » : « words »"),
        (FAMILY + CARD.replace('[" bristol "]', '"bristol"') + OTHER, "« carte » : « words »"),
        (FAMILY + OLD.replace("true", "1") + OTHER, "« ancien » : « retired »"),
        (FAMILY + CARD + "prix = 3\n" + OTHER, "« carte » : seuls"),
        (FAMILY + CARD + OTHER + "[prix]\n", "« prix »"),
        ("types = [3]\n" + FAMILY, "[[types]] est attendue"),
    ],
)
def test_a_file_that_does_not_hold_says_what_is_wrong(
    tmp_path: Path, settings: SettingsWrapper, text: str, said: str
) -> None:
    settings.NOMENCLATURE = written(tmp_path, text)
    with pytest.raises(NomenclatureInvalid) as refused:
        nomenclature.types()
    assert said in str(refused.value)
    with pytest.raises(SystemCheckError, match="GUICHET_NOMENCLATURE"):
        call_command("check")


def test_a_file_that_is_not_there_says_so(tmp_path: Path, settings: SettingsWrapper) -> None:
    settings.NOMENCLATURE = str(tmp_path / "absent.toml")
    with pytest.raises(NomenclatureInvalid, match=r"absent\.toml"):
        nomenclature.types()


def plain(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.casefold().replace("’", "'"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def telling(text: str) -> set[str]:
    """The words of three letters or more, without accents."""
    return set(re.findall(r"[a-z0-9]{3,}", plain(text)))


# No failure below may show a phrasing of the half that is kept aside: counts alone are asserted.


@pytest.mark.parametrize("half", [TUNING, KEPT_ASIDE])
def test_phrasings_fit_the_field_and_mean_types_that_exist(half: str) -> None:
    types = nomenclature.types()
    all_of_it = phrasings(half)
    assert sum(not 3 <= len(each.text) <= 30 or each.text != each.text.strip() for each in all_of_it) == 0
    assert sum(not each.expected for each in all_of_it) == 0
    meant = {code for each in all_of_it for code in each.expected}
    assert len(meant - types.keys()) == 0
    assert nomenclature.OTHER not in meant
    assert {types[code].family for code in meant} == set(nomenclature.families())


@pytest.mark.parametrize("half", [TUNING, KEPT_ASIDE])
def test_each_half_is_large_and_hard(half: str) -> None:
    types = nomenclature.types()
    all_of_it = phrasings(half)
    foreign = sum(
        not any(telling(each.text) & telling(types[code].label) for code in each.expected)
        for each in all_of_it
    )
    assert len(all_of_it) >= 130
    assert foreign >= len(all_of_it) / 3, "too many phrasings share a word with the label"


def test_no_phrasing_stands_twice_and_most_types_are_meant() -> None:
    both = [*phrasings(TUNING), *phrasings(KEPT_ASIDE)]
    assert len({plain(each.text) for each in both}) == len(both)
    assert len({code for each in both for code in each.expected}) >= 200
