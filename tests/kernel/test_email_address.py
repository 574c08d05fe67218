"""E-mail addresses as people type and paste them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guichet.kernel.email_address import EmailAddress, InvalidEmail


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("nom@exemple.fr", "nom@exemple.fr"),
        ("  nom@exemple.fr\u00a0\n", "nom@exemple.fr"),
        ("\u200bnom@exemple.fr\ufeff", "nom@exemple.fr"),
        ("Prenom.Nom+depot@EXEMPLE.FR", "Prenom.Nom+depot@exemple.fr"),
        ("o'neil@exemple.fr", "o'neil@exemple.fr"),
        ("contact@théâtre.fr", "contact@xn--thtre-4qa2c.fr"),
        ("contact@xn--thtre-4qa2c.fr", "contact@xn--thtre-4qa2c.fr"),
        ("a@b.c.exemple.fr", "a@b.c.exemple.fr"),
        ("a" * 64 + "@exemple.fr", "a" * 64 + "@exemple.fr"),
    ],
)
def test_addresses_that_can_be_written_to(typed: str, address: str) -> None:
    assert EmailAddress.parse(typed) == address


def test_an_accented_domain_is_shown_as_its_owner_writes_it() -> None:
    assert EmailAddress.parse("contact@Théâtre.fr").display == "contact@théâtre.fr"
    assert EmailAddress("contact@xn--a.fr").display == "contact@xn--a.fr"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "empty"),
        (" \u200b ", "empty"),
        ("nom.exemple.fr", "at"),
        ("Camille <nom@exemple.fr>", "display_name"),
        ("nom@exemple.fr <nom@exemple.fr>", "display_name"),
        ("nom@exemple.fr, autre@exemple.fr", "several"),
        ("nom@exemple.fr;autre@exemple.fr", "several"),
        ("nom@autre@exemple.fr", "several"),
        ("no m@exemple.fr", "blank"),
        ("nom@exemple.fr\nBcc:x", "blank"),
        ("é@exemple.fr", "local"),
        ("a..b@exemple.fr", "local"),
        (".a@exemple.fr", "local"),
        ("@exemple.fr", "local"),
        ("a" * 65 + "@exemple.fr", "local"),
        ("nom@", "domain"),
        ("nom@exemple", "domain"),
        ("nom@exemple..fr", "domain"),
        ("nom@-exemple.fr", "domain"),
        ("nom@192.0.2.1", "domain"),
        ("nom@[192.0.2.1]", "domain"),
        ("nom@exem_ple.fr", "domain"),
        ("nom@" + "a" * 64 + ".fr", "domain"),
        ("a" * 300 + "@exemple.fr", "too_long"),
    ],
)
def test_each_wrong_address_gets_its_own_refusal(typed: str, code: str) -> None:
    with pytest.raises(InvalidEmail) as caught:
        EmailAddress.parse(typed)
    assert caught.value.code == code
    assert str(caught.value)


def test_the_address_inside_a_display_name_is_offered() -> None:
    with pytest.raises(InvalidEmail, match=r"nom@exemple\.fr"):
        EmailAddress.parse("Camille Exemple <nom@exemple.fr>")


def test_254_characters_are_the_most() -> None:
    domain = ".".join(["a" * 62] * 3) + ".fr"
    longest = "c" * (254 - len(domain) - 1) + f"@{domain}"
    assert EmailAddress.parse(longest) == longest
    with pytest.raises(InvalidEmail, match="255 caractères"):
        EmailAddress.parse("c" + longest)


@given(st.text())
def test_whatever_is_typed_gets_an_address_or_a_refusal(text: str) -> None:
    try:
        address = EmailAddress.parse(text)
    except InvalidEmail:
        return
    assert address.isascii()
    assert EmailAddress.parse(address) == address
    assert not {"\r", "\n", " ", "<", ">"} & set(address)
