"""Secrets that have to be read again, encrypted at rest: AES-256-GCM, its key derived from ``SECRET_KEY``.

What is sealed for one purpose or account opens for no other. Former keys (``SECRET_KEY_FALLBACKS``) open too.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_NONCE = 12  # bytes


class CannotOpen(Exception):  # noqa: N818 - says what is wrong
    """Sealed under a key that nobody has any more, for something else, or damaged."""


def seal(text: str, *, purpose: str) -> bytes:
    """``text`` as nobody reads it without the key; ``purpose`` says whose and what for."""
    nonce = os.urandom(_NONCE)
    return nonce + _cipher(settings.SECRET_KEY).encrypt(nonce, text.encode(), purpose.encode())


def open_sealed(sealed: bytes, *, purpose: str) -> str:
    """What ``seal`` was given. Raises ``CannotOpen``."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode()).decode()
        except (InvalidTag, ValueError):
            continue
    raise CannotOpen(purpose)


def _cipher(key: str) -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"guichet.accounts.vault")
    return AESGCM(derived.derive(key.encode()))
