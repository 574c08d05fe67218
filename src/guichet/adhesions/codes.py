"""The codes of letters: what is kept of them, and how often one may be wrong."""

from collections.abc import Sequence

from django.conf import settings
from django.utils.crypto import salted_hmac

PURPOSE = "guichet.adhesions.code"


def code_hash(siren: str, code: str) -> str:
    """What is kept of a code: a keyed hash that covers its SIREN, so that it is worth nothing elsewhere."""
    return _hash(siren, code, settings.SECRET_KEY)


def code_hashes(siren: str, code: str) -> Sequence[str]:
    """The same under the present key and the former ones: letters outlive a change of the key."""
    return [_hash(siren, code, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _hash(siren: str, code: str, key: str) -> str:
    return salted_hmac(PURPOSE, f"{siren}\0{code}", secret=key, algorithm="sha256").hexdigest()
