"""Forms: what people type, and what the page says of it."""

import datetime as dt
from typing import Any

import pytest
from django.test import RequestFactory

from guichet.kernel.refusals import Refusal
from guichet.web import forms


class Everything(forms.EmailTwice, forms.PortalForm):
    """One field of each kind."""

    siren = forms.SirenField()
    email = forms.EmailField()
    email_again = forms.EmailField(label="Encore")
    name = forms.NameField(label="Nom", missing="Dites votre nom.")
    postcode = forms.PostcodeField()
    phone = forms.PhoneField(required=False)
    closing = forms.DateField(label="Clôture")
    password = forms.PasswordField()
    kind = forms.ChoiceField(
        label="Type", choices=[("a", "Initial"), ("b", "Rectificatif")], help_text="Un seul"
    )
    terms = forms.ConsentField(label="J’accepte")


GOOD = {
    "siren": "732 829 320",
    "email": "Anne@Exemple.FR",
    "email_again": "Anne@exemple.fr",
    "name": "  Anne   Exemple ",
    "postcode": "37 000",
    "phone": "",
    "closing": "31/12/2025",
    "password": "\u00a0Secret-Secret \n",
    "kind": "a",
    "terms": "on",
}


def _form(**changes: str) -> Everything:
    return Everything({**GOOD, **changes})


def _errors(**changes: str) -> dict[str, Any]:
    form = _form(**changes)
    form.is_valid()
    return {name: list(map(str, errors)) for name, errors in form.errors.items()}


def test_what_was_typed_is_normalised() -> None:
    form = _form()
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "siren": "732829320",
        "email": "Anne@exemple.fr",
        "email_again": "Anne@exemple.fr",
        "name": "Anne Exemple",
        "postcode": "37000",
        "phone": "",
        "closing": dt.date(2025, 12, 31),
        "password": "Secret-Secret",
        "kind": "a",
        "terms": True,
    }


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("siren", "7328293", "9 chiffres"),
        ("siren", "7328293201", "9 chiffres"),
        ("siren", "732829321", "erreur de saisie"),
        ("siren", "73282932O", "« O »"),
        ("siren", "", "Saisissez le numéro SIREN"),
        ("email", "Anne <anne@exemple.fr>", "anne@exemple.fr"),
        ("email", "a" * 300 + "@exemple.fr", "caractères"),
        ("name", "Anne 🙂", "🙂"),
        ("name", "<script>", "<"),
        ("name", "Anne\u202eenna", "invisible"),
        ("name", "", "Dites votre nom."),
        ("postcode", "3700", "5 chiffres"),
        ("postcode", "2A004", "5 chiffres"),
        ("closing", "31/02/2026", "28 jours"),
        ("closing", "hier", "31/12/2025"),
        ("kind", "", "Choisissez"),
        ("kind", "c", "Choisissez"),
        ("terms", "", "Cochez"),
        ("password", "", "Saisissez votre mot de passe"),
    ],
)
def test_each_mistake_has_its_sentence(field: str, typed: str, said: str) -> None:
    errors = _errors(**{field: typed})
    assert said in " ".join(errors[field])


@pytest.mark.parametrize(
    "typed",
    ["01 23 45 67 89", "0123456789", "+32 2 555 12 12", "0032 2 555 12 12", "(0)1.23.45.67.89", "40 50 60"],
)
def test_telephones_of_here_and_elsewhere(typed: str) -> None:
    if typed.startswith("(0)"):
        assert forms.parse_phone(typed) == typed
    else:
        assert forms.parse_phone(f" {typed} ") == typed


@pytest.mark.parametrize(
    "typed", ["12", "01 23 45 67 8", "01 23 45 67 89 0", "+", "anne", "++33123456789", "00 00 00 00 00"]
)
def test_what_is_no_telephone(typed: str) -> None:
    with pytest.raises(forms.InvalidPhone):
        forms.parse_phone(typed)


def test_two_addresses_that_differ_are_told_at_the_second() -> None:
    errors = _errors(email_again="ane@exemple.fr")
    assert list(errors) == ["email_again"]
    assert "identiques" in errors["email_again"][0]


def test_one_wrong_address_is_not_told_twice() -> None:
    assert list(_errors(email="anne")) == ["email"]


def test_hint_and_error_are_both_read_out_with_the_field() -> None:
    html = str(_form(siren="12"))
    assert 'aria-describedby="id_siren_helptext id_siren_error"' in html
    assert 'id="id_siren_helptext"' in html
    assert 'id="id_siren_error"' in html
    assert 'aria-invalid="true"' in html


def test_the_radio_group_names_its_hint_and_its_error() -> None:
    html = str(_form(kind=""))
    assert 'aria-labelledby="id_kind_legend id_kind_helptext id_kind_error"' in html


def test_what_is_mandatory_is_said_in_words() -> None:
    html = str(Everything())
    assert html.count("(obligatoire)") == len(Everything.base_fields) - 1
    assert html.count("(facultatif)") == 1  # the telephone


def test_nothing_typed_is_lost_but_a_password_is_not_given_back() -> None:
    html = str(_form(siren="12", password="Secret-Secret", email="<b>@x", kind="b"))
    assert 'value="12"' in html
    assert 'value="&lt;b&gt;@x"' in html
    assert 'value="31/12/2025"' in html
    assert "Secret" not in html
    assert (
        'value="b" checked' in " ".join(html.split())
        or 'value="b" id="id_kind_1" checked' in html
        or "checked" in html
    )


def test_a_browser_cuts_nothing_that_is_pasted() -> None:
    assert "maxlength" not in str(Everything())


def test_browsers_may_fill_in_what_they_know() -> None:
    html = str(Everything())
    for name in ("email", "postal-code", "tel", "current-password"):
        assert f'autocomplete="{name}"' in html


def test_a_date_is_shown_as_one_types_it() -> None:
    assert 'value="31/12/2025"' in str(Everything(initial={"closing": dt.date(2025, 12, 31)}))


def test_the_summary_links_to_each_field() -> None:
    form = _form(siren="12", kind="")
    assert [target for target, _sentence in form.summary()] == ["id_siren", "id_kind_0"]


class _Late(Refusal):
    code = "late"
    message = "Trop tard de {days} jours."
    field = "closing"
    status = 409


class _Wait(Refusal):
    code = "wait"
    message = "Attendez."
    status = 429


def test_a_refusal_stands_at_its_field() -> None:
    form = _form()
    assert form.is_valid()
    form.refuse(_Late(days=3))
    assert form.summary() == [("id_closing", "Trop tard de 3 jours.")]


def test_a_refusal_without_field_stands_above_the_form() -> None:
    form = _form()
    form.refuse(_Wait())
    assert form.summary() == [("", "Attendez.")]


def test_scripts_are_those_that_the_fields_want() -> None:
    assert Everything().scripts == ["web/date.js", "web/password.js"]
    assert forms.PortalForm().scripts == []


@pytest.mark.parametrize(
    ("form", "status"),
    [(Everything(), 200), (_form(), 200), (_form(siren="1"), 422)],
    ids=["opened", "good", "bad"],
)
def test_the_status_means_what_happened(form: Everything, status: int) -> None:
    answer = forms.show(RequestFactory().get("/"), "web/forms/form.html", form, {"fields": []})
    assert answer.status_code == status


def test_a_refused_operation_answers_with_its_own_status_and_wait() -> None:
    form = _form()
    form.refuse(_Wait(retry_after=90))
    answer = forms.show(RequestFactory().get("/"), "web/forms/form.html", form, {"fields": []})
    assert (answer.status_code, answer["Retry-After"]) == (429, "90")
