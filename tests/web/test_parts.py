"""An identifier that is typed in several fields: each with its own error, one identifier of them all."""

import pytest
from django.template import Context, Template
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.web.account_forms import IdentifierForm, SignInForm, typed_as
from tests.web.companies import IDENTIFIER, PASSWORD, SIRET, TYPED, a_declarant
from tests.web.people import text_of

DOOR = espace("declarant")
SIGN_IN = "/declarant/connexion/"
NAMES = st.sampled_from(["Jean-Pierre", "jean pierre", "JEAN  PIERRE", "Jéan-Piêrre", " Jean'Pierre "])
WHOLE = st.sampled_from(["Dupont-Martin", "DUPONT MARTIN", "dupont’martin", "Dupônt-Martîn"])
BLANKS = st.sampled_from([SIRET, "732 829 320 00082", " 732829320 00082 ", "7328293200 0082\u00a0"])


def identifier_of(**typed: str) -> IdentifierForm:
    return IdentifierForm({**TYPED, **typed}, door=DOOR)


@given(siret=BLANKS, last_name=WHOLE, first_name=NAMES)
def test_however_it_is_typed_it_is_one_identifier(siret: str, last_name: str, first_name: str) -> None:
    form = identifier_of(siret=siret, last_name=last_name, first_name=first_name)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"identifier": IDENTIFIER}


@pytest.mark.parametrize(
    ("part", "typed", "said"),
    [
        ("siret", "", "Saisissez le SIRET de votre établissement : 14 chiffres."),
        ("siret", "7328293200008", "14"),
        ("siret", "73282932000083", "SIRET"),
        ("last_name", "", "Saisissez votre nom."),
        ("last_name", "123", "du SIRET, du nom et du prénom"),
        ("first_name", " ", "Saisissez votre prénom."),
        ("first_name", "A" * 61, "60"),
    ],
)
def test_each_part_has_its_own_error(part: str, typed: str, said: str) -> None:
    form = identifier_of(**{part: typed})
    assert list(form.errors) == [part]
    assert said in str(form.errors[part])
    assert "identifier" not in form.cleaned_data


def test_the_sign_in_gives_one_identifier_and_the_password() -> None:
    form = SignInForm({**TYPED, "password": " secret "}, door=DOOR)
    assert form.is_valid()
    assert form.cleaned_data == {"identifier": IDENTIFIER, "password": "secret"}


def test_a_door_with_one_field_keeps_it() -> None:
    form = IdentifierForm({"identifier": "732 829 320"}, door=espace("association"))
    assert form.is_valid()
    assert form.cleaned_data == {"identifier": "732829320"}
    assert list(form.fields) == ["identifier"]


@pytest.mark.parametrize("nonsense", ["", "x", "73282932000082", "73282932000082 DUPONT", "%00", "a b c d"])
def test_an_address_that_names_nobody_fills_nothing_in(nonsense: str) -> None:
    assert typed_as(DOOR, nonsense) == {}
    assert not IdentifierForm(door=DOOR, known=nonsense).initial


def test_an_identifier_that_the_address_names_is_shown_in_its_fields() -> None:
    page = text_of(Client().get(SIGN_IN, {"identifiant": IDENTIFIER}))
    for value in (SIRET, "DUPONTMARTIN", "JEANPIERRE"):
        assert f'value="{value}"' in page


def test_what_an_address_names_is_what_signs_in() -> None:
    assert identifier_of(**typed_as(DOOR, IDENTIFIER)).is_valid()


def test_every_part_is_a_field_with_its_label_and_hint() -> None:
    page = text_of(Client().get(SIGN_IN))
    for part in DOOR.identifier.parts:
        assert f'for="id_{part.name}"' in page
        assert part.label in page
        assert part.hint in page
    assert 'name="identifier"' not in page
    assert 'autocomplete="family-name"' in page
    assert 'inputmode="numeric"' in page


@pytest.mark.django_db
def test_a_wrong_part_is_named_and_all_that_was_typed_stays() -> None:
    sent = {**TYPED, "siret": "7328293200", "password": PASSWORD}
    answer = Client().post(SIGN_IN, sent)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "<title>Erreur : " in page
    assert 'href="#id_siret"' in page
    for value in ("7328293200", "Dupont-Martin", "Jean-Pierre"):
        assert f'value="{value}"' in page
    assert PASSWORD not in page


@pytest.mark.django_db
def test_signing_in_by_three_fields() -> None:
    a_declarant()
    client = Client()
    typed = {"siret": "732 829 320 00082", "last_name": "dupont martin", "first_name": "JEAN-PIERRE"}
    answer = client.post(SIGN_IN, {**typed, "password": PASSWORD})
    assert answer.status_code == 302, text_of(answer)
    assert client.get("/declarant/compte/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changed", [{"first_name": "Jeanne"}, {"siret": "73282932000074"}, {"password": "x"}]
)
def test_one_part_that_differs_is_somebody_else(changed: dict[str, str]) -> None:
    a_declarant()
    answer = Client().post(SIGN_IN, {**TYPED, "password": PASSWORD, **changed})
    assert answer.status_code == 422


@pytest.mark.django_db
def test_the_account_reads_its_identifier_with_the_names_as_they_were_typed() -> None:
    template = Template("{{ account|known_as }}")
    shown = template.render(Context({"account": a_declarant()})).replace("\u00a0", " ")
    assert shown == "732 829 320 00082 Dupont-Martin Jean-Pierre"
    mallory = Account(espace="declarant", identifier=IDENTIFIER, profile={"last_name": "<b>Martin</b>"})
    assert "&lt;b&gt;Martin" in template.render(Context({"account": mallory}))
