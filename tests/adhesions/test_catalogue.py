"""What may be asked for is a file that the operator may replace."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.adhesions import catalogue
from guichet.adhesions.catalogue import CatalogueInvalid

CAPACITY = '[[capacities]]\ncode = "autre"\nlabel = "Autre"\n'
SERVICE = '[[services]]\ncode = "tva"\nlabel = "TVA"\n'


def test_ours_holds_the_services_of_the_sheet() -> None:
    assert list(catalogue.services()) == ["tva", "is", "ts", "cfe", "cvae", "tf"]
    assert {"expert_comptable", "centre_de_gestion", "avocat", "salarie", "autre"} <= set(
        catalogue.capacities()
    )
    assert [code for code, one in catalogue.capacities().items() if one.own] == ["salarie"]
    assert all(one.label and one.hint for one in catalogue.services().values())


def written(folder: Path, text: str) -> Path:
    path = folder / "services.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_operators_file_takes_the_place_of_ours(tmp_path: Path, settings: SettingsWrapper) -> None:
    retired = '[[services]]\ncode = "vieux"\nlabel = "Vieille taxe"\nretired = true\n'
    settings.ADHESION_SERVICES = str(written(tmp_path, SERVICE + retired + CAPACITY))
    assert list(catalogue.services()) == ["tva"]
    assert catalogue.service_label("vieux") == "Vieille taxe"
    assert catalogue.service_label("cfe") == "Cotisation foncière des entreprises (CFE)"
    assert catalogue.service_label("inconnu") == "inconnu"
    assert catalogue.capacity_label("avocat") == "Avocat"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("services = [", "TOML"),
        (CAPACITY, "[[services]]"),
        (SERVICE, "[[capacities]]"),
        (SERVICE.replace("label", "retired = true\nlabel") + CAPACITY, "[[services]]"),
        (SERVICE + SERVICE + CAPACITY, "n° 2 : le code « tva »"),
        (SERVICE.replace('"tva"', '"T V A"') + CAPACITY, "code invalide « T V A »"),
        (SERVICE.replace('"tva"', f'"{"x" * 33}"') + CAPACITY, "code invalide"),
        (SERVICE.replace('"TVA"', '" "') + CAPACITY, "label"),
        (SERVICE + "hint = 3\n" + CAPACITY, "label"),
        (SERVICE + "prix = 3\n" + CAPACITY, "sont connus"),
        (SERVICE + "retired = 1\n" + CAPACITY, "true ou false"),
        (SERVICE + CAPACITY + "[autre]\n", "« autre »"),
    ],
)
def test_a_file_that_does_not_hold_says_what_is_wrong(
    tmp_path: Path, settings: SettingsWrapper, text: str, said: str
) -> None:
    settings.ADHESION_SERVICES = str(written(tmp_path, text))
    with pytest.raises(CatalogueInvalid) as refused:
        catalogue.services()
    assert said in str(refused.value)
    with pytest.raises(SystemCheckError, match="GUICHET_ADHESION_SERVICES"):
        call_command("check")


def test_a_file_that_is_not_there_says_so(tmp_path: Path, settings: SettingsWrapper) -> None:
    settings.ADHESION_SERVICES = str(tmp_path / "absent.toml")
    with pytest.raises(CatalogueInvalid, match=r"absent\.toml"):
        catalogue.services()
