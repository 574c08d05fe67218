"""What companies may declare is a file that the operator may replace, and that is refused where it fails."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings as SettingsWrapper

from guichet.inscriptions import catalogue
from guichet.inscriptions.catalogue import Branch, CatalogueInvalid, Filed
from guichet.inscriptions.reading import COLOURS
from guichet.inscriptions.rules import MOST_DELAY

DECLARATION = """[[declarations]]
code = "bilan"
label = "Bilan social"
organism = "Caisse"
summary = "Une fois par an"
colour = "green-menthe"
extensions = ["txt"]
"""
YOU = '[[vous_etes]]\ncode = "prive"\nlabel = "Une entreprise"\n'
SERVICE = '[[lies_a]]\ncode = "cotisations"\nlabel = "Les cotisations"\nunder = ["prive"]\n'
SECTOR = """[[secteurs]]
code = "general"
label = "Régime général"
under = ["cotisations"]
declarations = ["bilan"]
"""
PROFILE = '[[profiles]]\ncode = "tout"\nlabel = "Tout"\nsummary = "Toutes les déclarations"\n'
COMPLEMENT = """[[complements]]
code = "siret"
label = "Contrôle"
summary = "D’un SIRET"
kind = "Outils de contrôle"
address = "declarant:siret_check"
"""
WHOLE = DECLARATION + YOU + SERVICE + SECTOR + PROFILE + COMPLEMENT


def leading_to(question: tuple[Branch, ...], *codes: str) -> list[str]:
    return [one.code for one in question if {*one.under} & {*codes}]


def test_ours_holds_what_the_guide_names() -> None:
    offered = catalogue.declarations()
    assert list(offered) == ["dsn", "pasrau", "c3s", "ducs", "crpcen", "dads_u", "taux_atmp", "topaze"]
    assert [code for code, one in offered.items() if one.charter] == ["dsn"]
    assert (
        {offered[code].delay for code in ("dsn", "c3s", "crpcen")} == {dt.timedelta(days=8)} == {MOST_DELAY}
    )
    assert {offered[code].delay for code in ("topaze", "taux_atmp")} == {dt.timedelta()}
    assert {one.code for one in offered.values() if one.filed is not Filed.FILE} == {"taux_atmp"}
    assert len(catalogue.profiles()) == 5


def test_every_declaration_has_a_colour_of_its_own_that_the_design_system_knows() -> None:
    colours = [one.colour for one in catalogue.declarations().values()]
    assert len({*colours}) == len(colours)
    assert {*colours} <= {*COLOURS}


def test_the_path_of_the_c3s_is_the_one_of_the_guide() -> None:
    tree = catalogue.tree()
    you, service = tree.vous_etes[0], tree.lies_a[0]
    sector = next(one for one in tree.secteurs if one.label == "C3S")
    assert you.label == "Une entreprise ou un organisme du secteur privé"
    assert service.label == (
        "Les cotisations sociales et contributions pour une entreprise ou un organisme du secteur privé"
    )
    found = catalogue.proposed(vous_etes=you.code, lies_a=[service.code], secteurs=[sector.code])
    assert [one.code for one in found] == ["c3s"]


def test_every_answer_leads_to_a_declaration_and_every_declaration_is_reached() -> None:
    tree = catalogue.tree()
    reached: set[str] = set()
    for you in tree.vous_etes:
        services = leading_to(tree.lies_a, you.code)
        assert services
        for service in services:
            sectors = leading_to(tree.secteurs, service)
            assert sectors
            for sector in sectors:
                found = catalogue.proposed(vous_etes=you.code, lies_a=[service], secteurs=[sector])
                assert found
                reached |= {one.code for one in found}
    assert reached == {*catalogue.declarations()}


def test_answers_that_nothing_led_to_propose_nothing() -> None:
    prive = catalogue.tree().lies_a[0].code
    assert catalogue.proposed(vous_etes="public", lies_a=[prive], secteurs=["c3s"]) == []
    assert catalogue.proposed(vous_etes="prive", lies_a=["risques"], secteurs=["c3s"]) == []
    assert catalogue.proposed(vous_etes="", lies_a=[], secteurs=["c3s"]) == []
    assert catalogue.proposed(vous_etes="prive", lies_a=[prive], secteurs=[]) == []


@given(
    you=st.sampled_from(["prive", "public", "liberal", "agricole", "autre"]),
    services=st.sets(st.sampled_from([one.code for one in catalogue.tree().lies_a])),
    sectors=st.sets(st.sampled_from([one.code for one in catalogue.tree().secteurs])),
)
def test_more_answers_never_propose_less(you: str, services: set[str], sectors: set[str]) -> None:
    every = [one.code for one in catalogue.tree().lies_a]
    less = catalogue.proposed(vous_etes=you, lies_a=services, secteurs=sectors)
    more = catalogue.proposed(vous_etes=you, lies_a=every, secteurs=sectors)
    assert {one.code for one in less} <= {one.code for one in more}
    order = [*catalogue.declarations()]
    assert [one.code for one in less] == sorted({one.code for one in less}, key=order.index)


def test_services_come_with_the_declarations_that_bring_them_each_once() -> None:
    assert [one.code for one in catalogue.services(["dads_u", "dsn"])] == [
        *("siret", "dsn_val", "dadsu_ctl", "dsn_fpoc", "tables", "fiches"),
        *("portail_cotisations", "portail_tiers"),
    ]
    assert catalogue.services(["c3s", "inconnue"]) == []
    assert "declarant:siret_check" in catalogue.pages()


def written(folder: Path, text: str) -> str:
    path = folder / "declarations.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_an_operators_file_takes_the_place_of_ours(tmp_path: Path, settings: SettingsWrapper) -> None:
    retired = DECLARATION.replace('"bilan"', '"vieille"').replace("Bilan", "Vieux bilan")
    settings.DECLARATIONS = written(tmp_path, WHOLE + retired + "retired = true\n")
    assert list(catalogue.declarations()) == ["bilan"]
    assert catalogue.label("vieille") == "Vieux bilan social"
    assert catalogue.declaration("vieille").retired
    assert catalogue.label("dsn") == "Déclaration sociale nominative (DSN)"  # what the file lost, ours names
    assert catalogue.label("inconnue") == "inconnue"
    assert catalogue.declaration("bilan").delay == MOST_DELAY
    with pytest.raises(KeyError):
        catalogue.declaration("inconnue")


def test_a_declaration_may_be_a_page_of_the_portal_or_lead_elsewhere(
    tmp_path: Path, settings: SettingsWrapper
) -> None:
    page = DECLARATION.replace('extensions = ["txt"]', 'filed = "service"\naddress = "declarant:tables"')
    settings.DECLARATIONS = written(tmp_path, WHOLE.replace(DECLARATION, page))
    assert catalogue.declaration("bilan").filed is Filed.SERVICE
    assert catalogue.pages() == ["declarant:siret_check", "declarant:tables"]


def without(text: str) -> str:
    return WHOLE.replace(text, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("declarations = [", "TOML"),
        (WHOLE + "[autre]\n", "« autre » est inconnu"),
        (without(DECLARATION), "[[declarations]]"),
        (without(PROFILE), "[[profiles]]"),
        (WHOLE + DECLARATION, "« bilan » : ce code y est déjà"),
        (WHOLE.replace('"bilan"\nlabel', '"B ilan"\nlabel'), "code invalide « B ilan »"),
        (WHOLE.replace('"bilan"', f'"{"x" * 17}"'), "le code a plus de 16 signes"),
        (WHOLE.replace('label = "Bilan social"', 'label = " "'), "« label » manque"),
        (WHOLE.replace('label = "Bilan social"', "label = 3"), "label : un texte est attendu"),
        (without('organism = "Caisse"\n'), "« organism » manque"),
        (WHOLE.replace("colour", "couleur"), "sont connus"),
        (WHOLE.replace("green-menthe", "rouge"), "« colour » est « rouge »"),
        (WHOLE.replace("extensions", "delay_days = 9\nextensions"), "« delay_days » va de 0 à 8"),
        (WHOLE.replace("extensions", "delay_days = -1\nextensions"), "« delay_days »"),
        (WHOLE.replace("extensions", "delay_days = true\nextensions"), "un nombre entier"),
        (WHOLE.replace("extensions", 'periods = "semaine"\nextensions'), "« periods » est « semaine »"),
        (WHOLE.replace("extensions", 'filed = "fax"\nextensions'), "« filed » est « fax »"),
        (WHOLE.replace("extensions", 'retired = "non"\nextensions'), "true ou false"),
        (WHOLE.replace('["txt"]', '["TXT"]'), "extension invalide « TXT »"),
        (WHOLE.replace('["txt"]', '[".txt"]'), "extension invalide"),
        (WHOLE.replace('["txt"]', '["txt", 3]'), "une liste de textes"),
        (without('extensions = ["txt"]\n'), "« extensions »"),
        (WHOLE.replace("extensions", 'address = "https://ailleurs.example"\nextensions'), "rien"),
        (WHOLE.replace('extensions = ["txt"]', 'filed = "lien"\naddress = "http://a.example/"'), "https://"),
        (
            WHOLE.replace('extensions = ["txt"]', 'filed = "service"\naddress = "/siret"'),
            "une page du portail",
        ),
        (WHOLE.replace('["txt"]', '["txt"]\nservices = ["absent"]'), "« absent », qui n’existe pas"),
        (WHOLE.replace('under = ["prive"]', 'under = ["public"]'), "nomme « public »"),
        (WHOLE.replace('under = ["cotisations"]', "under = []"), "« under » manque"),
        (WHOLE.replace('declarations = ["bilan"]', 'declarations = ["dsn"]'), "nomme « dsn »"),
        (WHOLE + YOU.replace("prive", "public"), "la réponse « public » ne mène à aucune déclaration"),
        (WHOLE + DECLARATION.replace("bilan", "autre"), "ne propose « autre »"),
        (WHOLE.replace("extensions", "retired = true\nextensions"), "« general » ne mène à aucune"),
        (WHOLE.replace(PROFILE, PROFILE + 'places = "ici"\n'), "« places » est « ici »"),
        (WHOLE.replace("declarant:siret_check", "javascript:alert(1)"), "ni une adresse https://"),
    ],
)
def test_a_file_that_does_not_hold_says_what_is_wrong(
    tmp_path: Path, settings: SettingsWrapper, text: str, said: str
) -> None:
    settings.DECLARATIONS = written(tmp_path, text)
    with pytest.raises(CatalogueInvalid) as refused:
        catalogue.declarations()
    assert said in str(refused.value)
    with pytest.raises(SystemCheckError, match="GUICHET_DECLARATIONS"):
        call_command("check")


def test_a_file_that_is_not_there_says_so(tmp_path: Path, settings: SettingsWrapper) -> None:
    settings.DECLARATIONS = str(tmp_path / "absent.toml")
    with pytest.raises(CatalogueInvalid, match=r"absent\.toml"):
        catalogue.declarations()


def test_a_page_that_is_none_is_told_by_the_check(tmp_path: Path, settings: SettingsWrapper) -> None:
    settings.DECLARATIONS = written(tmp_path, WHOLE.replace("declarant:siret_check", "declarant:nowhere"))
    assert list(catalogue.declarations()) == ["bilan"]
    with pytest.raises(SystemCheckError, match="declarant:nowhere"):
        call_command("check")
