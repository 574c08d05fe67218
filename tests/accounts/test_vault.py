"""Secrets encrypted at rest, and what changing the secret key does to them."""

import pytest
from pytest_django.fixtures import Settings

from guichet.accounts import vault

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def test_what_is_sealed_is_read_again_and_shows_nothing() -> None:
    sealed = vault.seal(SECRET, purpose="x")
    assert vault.open_sealed(sealed, purpose="x") == SECRET
    assert SECRET.encode() not in sealed
    assert vault.seal(SECRET, purpose="x") != sealed


def test_it_opens_for_nothing_else() -> None:
    sealed = vault.seal(SECRET, purpose="second factor of account:1")
    with pytest.raises(vault.CannotOpen):
        vault.open_sealed(sealed, purpose="second factor of account:2")


@pytest.mark.parametrize("byte", [0, 11, 12, 30, -1])
def test_one_byte_changed_is_seen(byte: int) -> None:
    sealed = bytearray(vault.seal(SECRET, purpose="x"))
    sealed[byte] ^= 1
    with pytest.raises(vault.CannotOpen):
        vault.open_sealed(bytes(sealed), purpose="x")


@pytest.mark.parametrize("sealed", [b"", b"short", b"x" * 12, b"x" * 28])
def test_what_was_never_sealed_is_refused(sealed: bytes) -> None:
    with pytest.raises(vault.CannotOpen):
        vault.open_sealed(sealed, purpose="x")


def test_a_former_key_opens_while_it_is_named(settings: Settings) -> None:
    sealed = vault.seal(SECRET, purpose="x")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-" * 5
    assert vault.open_sealed(sealed, purpose="x") == SECRET
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(vault.CannotOpen):
        vault.open_sealed(sealed, purpose="x")
