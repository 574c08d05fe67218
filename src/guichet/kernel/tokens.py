"""Secrets that travel in links: 128 bits, typed without doubt, stored only as a hash."""

import hashlib
import secrets

# Without look-alikes; and no sign at which a mail program would end a link.
_ALPHABET = "23456789abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"
TOKEN_LENGTH = 23  # 57 ** 23 > 2 ** 128


def new_token() -> str:
    """A fresh secret of at least 128 bits, as ``TOKEN_LENGTH`` letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(TOKEN_LENGTH))


def token_hash(token: str) -> str:
    """What is stored of a token: its SHA-256 in hexadecimal (the token is random, so no salt is needed)."""
    return hashlib.sha256(token.strip().encode()).hexdigest()
