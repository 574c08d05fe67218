"""The codes that letters carry: what is kept of them. What they say stands in the letter alone."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.crypto import salted_hmac


def code_hash(purpose: str, siren: str, code: str) -> str:
    """What is kept of a code: a keyed hash that covers its SIREN, so that it is worth nothing elsewhere."""
    return _hash(purpose, siren, code, settings.SECRET_KEY)


def code_hashes(purpose: str, siren: str, code: str) -> Sequence[str]:
    """The same under the present key and the former ones: letters outlive a change of the key."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [_hash(purpose, siren, code, key) for key in keys]


def _hash(purpose: str, siren: str, code: str, key: str) -> str:
    return salted_hmac(purpose, f"{siren}\0{code}", secret=key, algorithm="sha256").hexdigest()
