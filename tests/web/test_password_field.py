"""A new password with its criteria and its gauge, as the page shows them and the portal answers (003, 2)."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.accounts.definitions import PasswordPolicy, espace
from guichet.accounts.rules import criteria
from guichet.web import forms
from guichet.web.account_forms import ChangePasswordForm, NewPasswordForm
from guichet.web.live_password import try_out
from tests.web.companies import PASSWORD, PROFILE, a_declarant, come_in
from tests.web.people import text_of

DOOR = espace("declarant")
POLICY = DOOR.password
PAGE = "/declarant/mot-de-passe/"


def tried(password: str, door: str = "declarant") -> dict[str, Any]:
    answer = try_out(password, door=espace(door), own_data=map(str, PROFILE.values()))
    found: dict[str, Any] = json.loads(answer.content)
    return found


def shown(policy: PasswordPolicy = POLICY) -> str:
    class Form(forms.PortalForm):
        password = forms.NewPasswordField(policy)

    return str(Form()).replace("\u00a0", " ")


def test_every_criterion_is_listed_and_the_obligatory_ones_bear_an_asterisk() -> None:
    page = shown()
    lines = page.split("<li ")[1:]
    assert len(lines) == len(criteria(POLICY))
    for line, one in zip(lines, criteria(POLICY), strict=True):
        assert f'data-criterion="{one.code}"' in line
        assert one.label in line
        assert ('<span class="g-required">*</span>' in line) == one.obligatory
        assert "<strong data-met hidden> respecté</strong>" in line
    assert "astérisque (*) sont obligatoires" in page


def test_the_list_describes_the_field_and_one_region_alone_speaks() -> None:
    page = shown()
    assert 'aria-describedby="id_password_helptext"' in page
    assert '<div class="g-criteria" id="id_password_helptext">' in page
    assert page.count('role="status"') + page.count("aria-live") == 1
    assert '<div class="g-gauge" data-gauge hidden>' in page  # without scripts there is no empty gauge
    assert 'role="meter"' in page
    assert "Afficher le mot de passe" in page
    assert 'autocomplete="new-password"' in page


def test_the_signs_that_are_accepted_are_listed_as_text() -> None:
    page = shown(PasswordPolicy(min_letters=1, signs="é<&"))
    assert "Quels caractères sont acceptés ?" in page
    assert '<p class="g-key">é&lt;&amp;</p>' in page
    assert "Quels caractères sont acceptés ?" not in shown(PasswordPolicy(min_letters=1))


@pytest.mark.parametrize("form", [NewPasswordForm, ChangePasswordForm])
def test_a_policy_with_criteria_lists_them_and_others_keep_their_hint(form: type[NewPasswordForm]) -> None:
    listed, hinted = form(policy=POLICY), form(policy=espace("association").password)
    assert isinstance(listed.fields["password"], forms.NewPasswordField)
    assert "web/criteria.js" in listed.scripts
    assert "web/password.js" in listed.scripts
    assert "web/criteria.js" not in hinted.scripts
    assert not isinstance(hinted.fields["password"], forms.NewPasswordField)
    assert list(listed.fields) == list(hinted.fields)


@pytest.mark.parametrize(
    ("password", "level", "word"),
    [
        ("a", 1, "faible"),
        ("Abcdef12", 1, "faible"),
        ("Truelle58", 2, "moyen"),
        ("Lavande47Trombone", 3, "fort"),
    ],
)
def test_the_gauge_is_a_level_and_a_word(password: str, level: int, word: str) -> None:
    answer = tried(password)
    assert (answer["level"], answer["word"]) == (level, word)
    assert answer["holds"] == (level > 1)


def test_what_is_spoken_is_the_gauge_then_all_that_misses() -> None:
    spoken = tried("abc1")["spoken"]
    assert spoken.startswith("Mot de passe faible. ")
    for miss in ("lettre", "chiffre", "majuscule"):
        assert miss in spoken
    assert tried(PASSWORD)["spoken"] == "Mot de passe fort. Ce mot de passe convient."


def test_ones_own_name_makes_no_password() -> None:
    answer = tried("Dupont-Martin75")
    assert answer["level"] == 1
    assert not answer["holds"]
    assert "letters" in answer["met"]


def test_blanks_that_pasting_brings_count_for_nothing() -> None:
    assert tried(f" {PASSWORD}\u00a0\n") == tried(PASSWORD)


def test_where_a_hint_says_it_all_the_answer_is_as_it_was() -> None:
    assert set(tried("court", "association")) == {"holds", "sentence"}


@given(st.text(max_size=30))
def test_a_password_that_holds_meets_every_obligatory_criterion(password: str) -> None:
    answer = tried(password)
    wanted = {one.code for one in criteria(POLICY) if one.obligatory}
    if answer["holds"]:
        assert wanted <= set(answer["met"])
        assert answer["level"] > 1
    else:
        assert answer["level"] == 1


@pytest.mark.django_db
def test_the_page_answers_while_one_types_and_changes_nothing() -> None:
    account = a_declarant()
    client = come_in(account)
    answer = client.post(PAGE, {"live": "1", "password": "Dupont-Martin75"})
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["level"] == 1
    assert "no-store" in answer["Cache-Control"]
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


@pytest.mark.django_db
def test_the_servers_error_names_all_that_misses() -> None:
    client = come_in(a_declarant())
    answer = client.post(PAGE, {"current": PASSWORD, "password": "abc1"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "<title>Erreur : " in page
    assert 'href="#id_password"' in page
    assert 'aria-describedby="id_password_helptext id_password_error"' in page
    for miss in ("lettre", "chiffre", "majuscule"):
        assert miss in page.split('id="id_password_error"')[1].split("</p>")[0]
    assert "abc1" not in page


@pytest.mark.django_db
def test_the_page_loads_what_its_field_wants_and_nothing_else() -> None:
    page = text_of(come_in(a_declarant()).get(PAGE))
    assert "/criteria." in page
    assert "/new_password." not in page
