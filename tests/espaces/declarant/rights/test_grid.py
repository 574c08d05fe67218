"""The grid, the page that tells what will change, and what an attacker or a hurried person does to them."""

import datetime as dt
import gzip
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from guichet.espaces.declarant.rights.check import MOST_LINES
from guichet.habilitations.models import Habilitation
from guichet.habilitations.queries.naming import label_of
from guichet.inscriptions import catalogue
from guichet.inscriptions.models import Changement
from guichet.kernel import clock
from guichet.kernel.dates import in_words
from tests.espaces.declarant.rights.company import (
    ROOT,
    Company,
    boxes,
    browser,
    confirmation,
    page_form,
    ticked,
    toggled,
)
from tests.inscriptions import world
from tests.web.people import html_of, text_of

CHECK = f"{ROOT}verifier/"
QUERIES = 16  # of a page of the grid
_MORE = """
[[declarations]]
code = "essai_{n}"
label = "Déclaration d’essai du régime particulier {n}"
organism = "Organisme d’essai"
summary = "Pour les essais"
colour = "purple-glycine"
extensions = ["txt"]
"""
_SECTOR = """
[[secteurs]]
code = "essai"
label = "Régimes d’essai"
under = ["cotisations_prive"]
declarations = [{codes}]
"""


def cell(shown: Any, label: str, who: str, siret: str) -> str:
    """The name of the box of ``who`` at ``siret``."""
    grouped = f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"
    found = [n for n in boxes(shown) if n.startswith(label) and who in n and n.endswith(grouped)]
    assert len(found) == 1, found
    return found[0]


def test_each_box_says_which_right_whose_and_where(company: Company) -> None:
    company.apply(company.wanted())
    shown = browser(company.chief).get(ROOT)
    name = cell(shown, label_of("dsn"), "Lila Rosemonde", company.sirets[0])
    assert ticked(shown) == {name}
    assert len(boxes(shown)) == 2 * 3 * 2  # people, établissements, declarations


def test_the_address_that_tells_leads_back_to_the_grid_that_was_filtered(company: Company) -> None:
    page = browser(company.chief)
    answer = page.get(f"{CHECK}?declaration=dsn")
    assert (answer.status_code, answer["Location"]) == (302, f"{ROOT}?declaration=dsn")
    assert page.get(answer["Location"]).status_code == 200


def test_what_will_change_is_told_before_it_does_then_done_then_undone(company: Company) -> None:
    company.apply(company.wanted(), company.wanted(place=1))
    page = browser(company.chief)
    shown = page.get(ROOT)
    address, sent = page_form(shown)
    first = next(value for name, value in boxes(shown).items() if name in ticked(shown))
    others = [value for name, value in boxes(shown).items() if "Anne Chef" in name][:2]
    told = page.post(address, toggled(sent, [first, *others]))
    assert told.status_code == 200
    text = text_of(told)
    assert "Vérifiez ces 3 changements" in text
    assert "2 droits vont être donnés, 1 retiré." in text
    assert "Appliquer ces 3 changements" in text
    assert Changement.objects.count() == 1  # nothing yet
    before = company.held()
    address, confirmed = confirmation(told)
    done = page.post(address, confirmed, follow=True)
    assert "2 droits donnés, 1 retiré." in text_of(done)
    assert len(company.held(company.chief)) == 2
    assert len(company.held()) == 1
    undo = next(line for line in html_of(done).split('"') if line.endswith("/annuler/"))
    answer = page.post(undo, follow=True)
    assert "Changement annulé : 1 droit donné, 2 retirés." in text_of(answer)
    assert company.held() == before
    assert page.post(undo).status_code == 409


def test_a_page_that_nobody_touched_changes_nothing(company: Company) -> None:
    page = browser(company.chief)
    address, sent = page_form(page.get(ROOT))
    answer = page.post(address, sent, follow=True)
    assert "Rien à changer" in text_of(answer)
    assert not Changement.objects.exists()


def test_what_somebody_else_changed_meanwhile_is_left_alone(company: Company) -> None:
    company.apply(company.wanted())
    page = browser(company.chief)
    shown = page.get(ROOT)
    company.apply(company.wanted(on=False), company.wanted(place=2))
    address, sent = page_form(shown)
    mine = [value for name, value in boxes(shown).items() if "Anne Chef" in name][:1]
    page.post(*confirmation(page.post(address, toggled(sent, mine))))
    assert company.held() == {(company.sirets[2], "dsn")}
    assert len(company.held(company.chief)) == 1


def test_what_moves_between_the_two_pages_is_told_anew(company: Company) -> None:
    page = browser(company.chief)
    shown = page.get(ROOT)
    address, sent = page_form(shown)
    told = page.post(address, toggled(sent, [v for n, v in boxes(shown).items() if "Lila" in n]))
    address, confirmed = confirmation(told)
    granted = page.post(address, confirmed)
    assert granted.status_code == 302
    # Sent once more, from the browser's history: the same rights are there already.
    again = page.post(address, confirmed, follow=True)
    assert "Rien à changer" in text_of(again)
    company.apply(company.wanted(False))
    moved = page.post(address, confirmed)
    assert moved.status_code == 409
    assert "Rien n’a été appliqué" in text_of(moved)
    assert (company.sirets[0], "dsn") not in company.held()
    assert page.post(*confirmation(moved)).status_code == 302
    assert (company.sirets[0], "dsn") in company.held()


def test_what_is_impossible_says_why_and_the_rest_is_done(company: Company) -> None:
    page = browser(company.chief)
    shown = page.get(ROOT)
    address, sent = page_form(shown)
    both = [v for n, v in boxes(shown).items() if "Lila" in n][:1] + [
        v for n, v in boxes(shown).items() if "Anne" in n
    ][:1]
    world.ended(company.lila)
    told = page.post(address, toggled(sent, both))
    text = text_of(told)
    assert "Vérifiez ce changement" in text
    assert "1 impossible" in text
    assert "Impossible :" in text
    assert page.post(*confirmation(told)).status_code == 302
    assert company.held() == set()
    assert len(company.held(company.chief)) == 1


def test_where_nothing_is_possible_there_is_nothing_to_apply(company: Company) -> None:
    page = browser(company.chief)
    shown = page.get(ROOT)
    address, sent = page_form(shown)
    world.ended(company.lila)
    told = page.post(address, toggled(sent, [v for n, v in boxes(shown).items() if "Lila" in n][:1]))
    assert "Aucun de ces changements n’est possible" in text_of(told)
    assert "Appliquer" not in text_of(told)


def test_all_filtered_lines_of_every_page_at_once(db: None) -> None:
    big = Company(places=60)
    page = browser(big.chief)
    shown = page.get(f"{ROOT}?personne={big.lila.pk}")
    assert "Donner à toutes les lignes filtrées (60)" in text_of(shown)
    told = page.post(f"{CHECK}?personne={big.lila.pk}", {"tout": "1", "declaration": "dsn", "sens": "donner"})
    text = text_of(told)
    assert "Vérifiez ces 60 changements" in text
    assert "et 50 autres établissements" in text
    answer = page.post(*confirmation(told), follow=True)
    assert "60 droits donnés." in text_of(answer)
    assert len(big.held()) == 60
    assert big.held(big.chief) == set()
    taken = page.post(
        f"{CHECK}?personne={big.lila.pk}", {"tout": "1", "declaration": "dsn", "sens": "retirer"}
    )
    assert "60 droits vont être retirés." in text_of(taken)


@pytest.mark.parametrize(
    "typed",
    [
        {"tout": "1", "declaration": "dsn"},
        {"tout": "1", "declaration": "dsn", "sens": "voler"},
        {"tout": "1", "declaration": "inconnue", "sens": "donner"},
        {"tout": "1", "sens": "donner"},
        {"changements": "+1"},
        {"lignes": "x"},
    ],
)
def test_what_can_not_be_read_changes_nothing(company: Company, typed: dict[str, str]) -> None:
    assert browser(company.chief).post(CHECK, typed).status_code == 422
    assert not Changement.objects.exists()


def test_more_lines_than_the_limit_are_refused(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guichet.espaces.declarant.rights.check.MOST_LINES", 5)
    assert MOST_LINES > 10_000
    answer = browser(company.chief).post(CHECK, {"tout": "1", "declaration": "dsn", "sens": "donner"})
    assert answer.status_code == 422
    assert "6 lignes" in text_of(answer)


def test_people_of_another_company_get_no_right_and_are_not_named(company: Company) -> None:
    other = Company()
    other.apply(other.wanted())
    forged = f"+{other.lila.pk}.{company.sirets[0]}.dsn -{other.lila.pk}.{other.sirets[0]}.dsn"
    page = browser(company.chief)
    told = page.post(CHECK, {"changements": forged})
    text = text_of(told)
    assert "Lila Rosemonde" not in text
    assert "Appliquer" not in text
    stamped = {"changements": forged, "empreinte": confirmation(told)[1]["empreinte"]}
    page.post(CHECK, stamped)
    assert other.held() == {(other.sirets[0], "dsn")}
    assert Habilitation.objects.count() == 1


def test_another_companys_etablissement_or_declaration_is_impossible(company: Company) -> None:
    other = Company()
    forged = f"+{company.lila.pk}.{other.sirets[0]}.dsn +{company.lila.pk}.{company.sirets[0]}.ducs"
    told = browser(company.chief).post(CHECK, {"changements": forged})
    assert "Aucun de ces changements n’est possible" in text_of(told)


def test_ten_thousand_and_one_cells_are_refused_in_words(company: Company) -> None:
    forged = " ".join(f"+{number}.{company.sirets[0]}.dsn" for number in range(1, 10_002))
    answer = browser(company.chief).post(CHECK, {"changements": forged})
    assert answer.status_code in {413, 422}
    assert not Changement.objects.exists()
    many = browser(company.chief).post(CHECK, {"lignes": "", "c": ["0.0"] * 10_001})
    assert many.status_code == 400
    assert "n’a pas pu lire" in text_of(many)


def test_a_declarant_opens_neither_grid_nor_changes(company: Company) -> None:
    page = browser(company.lila)
    for answer in (
        page.get(ROOT),
        page.post(CHECK, {"changements": ""}),
        page.get(f"{ROOT}changements/"),
        page.get(f"{ROOT}qui-pouvait/"),
    ):
        assert answer.status_code == 403
        assert "Anne Chef" in text_of(answer)  # whom to ask
    assert page.post(f"{ROOT}changements/1/annuler/").status_code == 403


def test_another_companys_change_can_not_be_undone(company: Company) -> None:
    other = Company()
    made = other.apply(other.wanted())
    page = browser(company.chief)
    for number in (made.pk, 10**15, 10**30):
        assert page.post(f"{ROOT}changements/{number}/annuler/").status_code == 404
    assert other.held()
    assert f"fait={made.pk}" not in text_of(page.get(f"{ROOT}?fait={made.pk}"))
    assert "1 droit donné" not in text_of(page.get(f"{ROOT}?fait={made.pk}"))


def test_lines_that_can_not_be_restored_are_named(company: Company) -> None:
    made = company.apply(company.wanted(), company.wanted(place=1))
    company.apply(company.wanted(False))
    answer = browser(company.chief).post(f"{ROOT}changements/{made.pk}/annuler/")
    text = text_of(answer)
    assert answer.status_code == 200
    assert "Changement annulé en partie" in text
    assert "1 droit n’a pas été rétabli" in text
    assert "Lila Rosemonde" in text
    assert company.sirets[0] in html_of(answer).replace('</span><span class="g-digits">', "")


def test_two_of_one_name_are_told_apart(company: Company) -> None:
    world.declarant(
        company.inscription, "Lila Rosemonde", siret=company.sirets[1], email="l2@entreprise.example"
    )
    shown = browser(company.chief).get(ROOT)
    names = boxes(shown)
    assert len(names) == 3 * 3 * 2  # no two boxes of one name
    assert any("Lila Rosemonde (l2@entreprise.example)" in name for name in names)


def test_no_name_becomes_markup(company: Company) -> None:
    evil = '"><script>alert(1)</script>'
    company.lila.account.profile |= {"name": evil}
    company.lila.account.save()
    company.apply(company.wanted())
    page = browser(company.chief)
    shown = page.get(ROOT)
    answers = [
        shown,
        page.post(CHECK, {"changements": f"-{company.lila.pk}.{company.sirets[0]}.dsn"}),
        page.get(f"{ROOT}recapitulatif/"),
        page.get(f"{ROOT}historique/"),
        page.get(f"{ROOT}qui-peut/?personne={company.lila.pk}&declaration=dsn&siret={company.sirets[0]}"),
        page.get(f"{ROOT}?etablissement=%22%3E%3Cscript%3Ealert(1)"),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert b"<script>alert" not in answer.content


def test_the_filters_stay_in_the_address(company: Company) -> None:
    page = browser(company.chief)
    shown = page.get(
        f"{ROOT}?personne={company.lila.pk}&etablissement={company.sirets[1]}&declaration=dsn&droits=sans"
    )
    assert len(boxes(shown)) == 1
    address, _ = page_form(shown)
    for part in (
        f"personne={company.lila.pk}",
        f"etablissement={company.sirets[1]}",
        "declaration=dsn",
        "droits=sans",
    ):
        assert part in address
    nothing = page.get(f"{ROOT}?etablissement=nulle-part")
    assert "Aucune ligne ne répond à ce filtre." in text_of(nothing)
    odd = page.get(
        f"{ROOT}?personne=x&personne={'9' * 40}&declaration=%00&droits=tout&page=-1&etablissement=%00"
    )
    assert odd.status_code == 200


def test_a_person_who_does_not_declare_has_no_box_and_a_way_to_change_that(company: Company) -> None:
    boss = world.administrateur(company.inscription, "Paul Bureau", declarant=False)
    shown = browser(company.chief).get(f"{ROOT}?personne={boss.pk}")
    assert not boxes(shown)
    assert "n’est pas déclarante" in text_of(shown)
    assert "Changer son rôle" in text_of(shown)


def test_a_declaration_that_opens_later_may_be_given_already(db: None) -> None:
    young = Company(opens_after=dt.timedelta(days=8))
    shown = browser(young.chief).get(ROOT)
    assert boxes(shown)
    assert "à partir du" in text_of(shown)
    made = young.apply(young.wanted())
    told = text_of(browser(young.chief).get(f"{ROOT}?fait={made.pk}"))
    opens = young.inscription.declarations.get(code="dsn").opens_at
    assert f"dès son ouverture, au plus tard le {in_words(opens.astimezone(clock.PARIS).date())}" in told
    assert "en vigueur dès maintenant" not in told
    with clock.travel(dt.timedelta(days=8, seconds=1)):
        told = text_of(browser(young.chief).get(f"{ROOT}?fait={made.pk}"))
    assert "C’est en vigueur dès maintenant" in told


@pytest.fixture
def codes(settings: Settings, tmp_path: Path) -> list[str]:
    """Twenty-one declarations, as an operator's file may have them."""
    numbers = range(21 - len(catalogue.declarations()))
    sector = _SECTOR.format(codes=", ".join(f'"essai_{n}"' for n in numbers))
    more = "".join(_MORE.format(n=n) for n in numbers) + sector
    settings.DECLARATIONS = str(tmp_path / "declarations.toml")
    Path(settings.DECLARATIONS).write_text(catalogue.OURS.read_text() + more)
    return list(catalogue.declarations())


def test_a_page_of_fifty_by_twenty_is_small_and_asks_little(
    db: None, codes: list[str], assert_queries: Any
) -> None:
    big = Company(places=60, declarations=codes[:20])
    big.apply(*[big.wanted(place=place, code=code) for place in range(60) for code in codes[::2]])
    page = browser(big.chief)
    with assert_queries(QUERIES):
        shown = page.get(f"{ROOT}?personne={big.lila.pk}")
    assert len(boxes(shown)) == 1_000
    assert len(gzip.compress(shown.content)) < 30_000
    address, sent = page_form(shown)
    every = page.post(address, toggled(sent, boxes(shown).values()))
    assert "Vérifiez ces 1000 changements" in text_of(every)
    assert len(gzip.compress(every.content)) < 30_000
    done = page.post(*confirmation(every), follow=True)
    assert "500 droits donnés, 500 retirés." in text_of(done)
    with assert_queries(QUERIES):  # as many, whatever the page holds
        page.get(f"{ROOT}?personne={big.lila.pk}&page=2")


def test_more_than_twenty_declarations_are_shown_twenty_at_a_time(db: None, codes: list[str]) -> None:
    wide = Company(places=1, declarations=codes)
    page = browser(wide.chief)
    shown = page.get(f"{ROOT}?personne={wide.lila.pk}")
    assert len(boxes(shown)) == 20
    assert "Vingt déclarations sont montrées à la fois" in text_of(shown)
    other = page.get(f"{ROOT}?personne={wide.lila.pk}&declaration={codes[20]}")
    assert len(boxes(other)) == 1
    assert "Vingt déclarations" not in text_of(other)


def test_the_preview_of_ten_thousand_stays_small(db: None) -> None:
    big = Company(places=200)
    for number in range(48):
        world.declarant(big.inscription, f"Lila Rosemonde-{chr(65 + number // 26)}{chr(65 + number % 26)}")
    told = browser(big.chief).post(CHECK, {"tout": "1", "declaration": "dsn", "sens": "donner"})
    assert "Vérifiez ces 10000 changements" in text_of(told)
    assert len(gzip.compress(told.content)) < 30_000
