"""Recap, history, « qui pouvait », « qui peut »: words, edges, and who sees whom."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from guichet.espaces.declarant.rights import forms
from guichet.habilitations.models import Habilitation
from guichet.habilitations.queries.naming import label_of
from guichet.kernel.clock import PARIS
from tests.espaces.declarant.rights.company import ROOT, Company, browser
from tests.inscriptions import world
from tests.web.people import text_of

RECAP, HISTORY, WHO, MAY = (
    f"{ROOT}{name}/" for name in ("recapitulatif", "historique", "qui-pouvait", "qui-peut")
)
DAY = dt.date(2026, 3, 12)


def at(hour: int, minute: int = 0, second: int = 0, *, day: dt.date = DAY) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=PARIS)


def a_right(company: Company, since: dt.datetime, until: dt.datetime | None, place: int = 0) -> None:
    """A right of Lila's that began and ended at these moments."""
    made = company.apply(company.wanted(place=place))
    if until:
        company.apply(company.wanted(False, place=place))
    Habilitation.objects.filter(opened_in=made).update(opened_at=since, closed_at=until)
    company.inscription.declarations.update(
        added_at=at(0, day=dt.date(2026, 1, 1)), opens_at=at(0, day=dt.date(2026, 1, 1))
    )


def asked(company: Company, hour: str = "", day: str = "12/03/2026", **changes: str) -> str:
    """The answer to « Qui pouvait transmettre la DSN pour le siège ce jour-là ? »."""
    query = {"declaration": "dsn", "siret": company.sirets[0], "le": day, "heure": hour, **changes}
    return text_of(browser(company.chief).get(WHO, query))


def test_a_declarante_sees_her_own_rights_alone(company: Company) -> None:
    company.apply(company.wanted(), company.wanted(acteur=company.chief, place=1))
    for page in (RECAP, HISTORY):
        for query in (
            "",
            f"?personne={company.chief.pk}",
            f"?personne={company.chief.pk}&personne={company.lila.pk}",
        ):
            text = text_of(browser(company.lila).get(f"{page}{query}"))
            assert "1 droit<" in text
            assert 'name="personne"' not in text
        everybody = text_of(browser(company.chief).get(page))
        assert "2 droits<" in everybody
        assert "Lila Rosemonde" in everybody


def test_the_recap_says_since_when_and_by_whom(company: Company) -> None:
    company.apply(company.wanted())
    text = text_of(browser(company.lila).get(RECAP))
    assert "Mes droits" in text
    assert label_of("dsn") in text
    assert "Anne Chef" in text  # who gave it


def test_empty_lists_say_how_to_begin(company: Company) -> None:
    assert "Demandez-en à l’administrateur" in text_of(browser(company.lila).get(RECAP))
    assert "Donner des droits" in text_of(browser(company.chief).get(RECAP))
    assert "Aucun droit n’a encore été donné" in text_of(browser(company.lila).get(HISTORY))
    assert "Donner des droits" in text_of(browser(company.chief).get(f"{ROOT}changements/"))
    assert "Tout afficher" in text_of(browser(company.chief).get(f"{RECAP}?etablissement=nulle-part"))


def test_the_history_keeps_what_ended(company: Company) -> None:
    company.apply(company.wanted())
    company.apply(company.wanted(False))
    text = text_of(browser(company.lila).get(HISTORY))
    assert "1 droit<" in text
    assert "retiré par Anne Chef" in text
    assert "Vous n’avez pas encore de droit." in text_of(browser(company.lila).get(RECAP))


def test_lists_turn_their_pages(db: None) -> None:
    big = Company(places=60)
    big.apply(*[big.wanted(place=place) for place in range(60)])
    page = browser(big.lila)
    for address in (RECAP, HISTORY):
        first = text_of(page.get(address))
        assert "60 droits, page 1 sur 2" in first
        assert "personne=" not in first  # a déclarante's address names nobody
        assert "page 2 sur 2" in text_of(page.get(f"{address}?page=2"))
        assert "page 2 sur 2" in text_of(page.get(f"{address}?page=99"))


def test_changes_are_listed_with_a_way_back(company: Company) -> None:
    company.apply(company.wanted(), company.wanted(place=1))
    company.apply(company.wanted(False))
    text = text_of(browser(company.chief).get(f"{ROOT}changements/"))
    assert "2 droits donnés" in text
    assert "1 droit retiré" in text
    assert text.count("<button") >= 2
    assert "Anne Chef" in text


@pytest.mark.parametrize(
    ("hour", "could"),
    [("14:04", False), ("14:05", True), ("15:29", True), ("15h30", False), ("15:31", False)],
)
def test_a_right_counts_from_its_moment_until_the_one_that_ends_it(
    company: Company, hour: str, could: bool
) -> None:
    a_right(company, at(14, 5), at(15, 30))
    assert ("1 personne pouvait transmettre" in asked(company, hour)) is could
    assert ("Lila Rosemonde" in asked(company, hour)) is could


@pytest.mark.parametrize(
    ("since", "until", "could"),
    [
        (at(14, 5), at(14, 6), True),  # a minute of the day
        (at(23, 59, 59), None, True),
        (at(0, day=DAY + dt.timedelta(days=1)), None, False),
        (at(8, day=DAY - dt.timedelta(days=9)), at(0), False),  # ended as the day began
        (at(8, day=DAY - dt.timedelta(days=9)), at(0, 0, 1), True),
        (at(0), None, True),
    ],
)
def test_without_an_hour_any_moment_of_the_day_counts(
    company: Company, since: dt.datetime, until: dt.datetime | None, could: bool
) -> None:
    a_right(company, since, until)
    assert ("Lila Rosemonde" in asked(company)) is could


def test_nobody_could_before_the_declaration_opened(company: Company) -> None:
    a_right(company, at(8), None)
    company.inscription.declarations.update(opens_at=at(12))
    assert "Personne n’avait ce droit." in asked(company, "11:59")
    assert "Lila Rosemonde" in asked(company, "12:00")
    assert "Lila Rosemonde" in asked(company)
    company.inscription.declarations.update(opens_at=at(0, day=DAY + dt.timedelta(days=1)))
    assert "Personne n’avait ce droit." in asked(company)


def test_who_says_until_when_and_who_gave_it(company: Company) -> None:
    a_right(company, at(14, 5), at(15, 30))
    text = asked(company, "15:00")
    assert "depuis le 12 mars 2026 à 14 h 05" in text
    assert "jusqu’au 12 mars 2026 à 15 h 30" in text
    assert "Droit donné par Anne Chef" in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"day": "31/12/2999"}, "Cette date est à venir"),
        ({"day": "32/01/2026"}, "janvier 2026 n’a que 31 jours"),
        ({"day": ""}, "Saisissez une date"),
        ({"hour": "25:00"}, "Saisissez l’heure sous la forme"),
        ({"hour": "midi"}, "Saisissez l’heure sous la forme"),
        ({"siret": "123"}, "SIRET"),
        ({"declaration": "inconnue"}, "Choisissez dans la liste"),
    ],
)
def test_a_question_that_does_not_hold_says_what_to_correct(
    company: Company, changes: dict[str, str], sentence: str
) -> None:
    text = asked(company, **changes)
    assert "Erreur :" in text
    assert sentence in text


def test_another_companys_etablissement_names_nobody(company: Company) -> None:
    other = Company()
    a_right(other, at(8), None)
    assert "Personne n’avait ce droit." in asked(company, siret=other.sirets[0])


def may(acteur: Any, company: Company, **changes: Any) -> Any:
    query = {"declaration": "dsn", "siret": company.sirets[0], **changes}
    return browser(acteur).get(MAY, query)


def test_one_asks_of_oneself(company: Company) -> None:
    company.apply(company.wanted())
    text = text_of(may(company.lila, company))
    assert "Oui" in text
    assert "donné par Anne Chef" in text
    text = text_of(may(company.lila, company, siret=company.sirets[1]))
    assert "Non" in text
    assert "Anne Chef" in text  # whom to ask


def test_a_declarante_asks_of_nobody_else(company: Company) -> None:
    company.apply(company.wanted(acteur=company.chief))
    answer = may(company.lila, company, personne=company.chief.pk)
    assert ">Non<" in text_of(answer)  # it is about herself


def test_an_administrateur_asks_of_anybody_and_is_led_to_the_remedy(company: Company) -> None:
    text = text_of(may(company.chief, company, personne=company.lila.pk))
    assert "Non" in text
    assert (
        f"{ROOT}?personne={company.lila.pk}&etablissement={company.sirets[0]}&declaration=dsn"
        in text.replace("&amp;", "&")
    )
    company.apply(company.wanted())
    assert ">Oui<" in text_of(may(company.chief, company, personne=company.lila.pk))


def test_an_administrateur_who_does_not_declare_is_led_to_the_role(company: Company) -> None:
    boss = world.administrateur(company.inscription, "Paul Bureau", declarant=False)
    assert "Changer le rôle de cette personne" in text_of(may(company.chief, company, personne=boss.pk))


def test_nobody_asks_of_people_elsewhere(company: Company) -> None:
    other = Company()
    answer = may(company.chief, company, personne=other.lila.pk)
    assert answer.status_code == 422
    assert "Choisissez dans la liste" in text_of(answer)


@pytest.mark.parametrize("text", ["0:00", "9:05", "09h05", "14 h 05", "23:59", "8h", "8"])
def test_hours_as_people_type_them(text: str) -> None:
    assert forms.parse_hour(text).tzinfo is None


@pytest.mark.parametrize("text", ["24:00", "12:60", "12:5", "-1", "١٢:٠٠", "12:00:00"])
def test_what_is_no_hour(text: str) -> None:
    with pytest.raises(forms.InvalidHour):
        forms.parse_hour(text)


@pytest.mark.parametrize("name", ["who", "may_file"])
@pytest.mark.parametrize(("genre", "proposed"), [("mono", True), ("multi", False)])
def test_the_only_etablissement_is_filled_in(db: None, name: str, genre: str, proposed: bool) -> None:
    chief = world.administrateur(world.company(genre))
    page = text_of(browser(chief).get(reverse(f"declarant:{name}")))
    assert (f'name="siret" value="{chief.inscription.siret}"' in page) is proposed
