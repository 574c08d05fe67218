"""Fields of a profile that are kept encrypted (``Espace.sealed``): a copy of the table tells none of them.

They stand in the profile as base64 of what ``vault.seal`` gives, for their espace and their name.
"""

import base64
from collections.abc import Mapping

from guichet.accounts import vault
from guichet.accounts.definitions import espace as door_of
from guichet.accounts.models import Account


def seal_field(text: str, *, espace: str, name: str) -> str:
    """What the field ``name`` of a profile keeps of ``text``; nothing of nothing."""
    return base64.b64encode(vault.seal(text, purpose=_purpose(espace, name))).decode() if text else ""


def open_field(sealed: object, *, espace: str, name: str) -> str:
    """What ``seal_field`` was given; empty where there is none, or where the key is nobody's any more."""
    try:
        return vault.open_sealed(
            base64.b64decode(str(sealed or ""), validate=True), purpose=_purpose(espace, name)
        )
    except (vault.CannotOpen, ValueError):
        return ""


def opened_profile(account: Account) -> Mapping[str, object]:
    """The profile of ``account`` with its sealed fields in clear: for its own person, and for agents."""
    sealed = {
        name: open_field(account.profile[name], espace=account.espace, name=name)
        for name in door_of(account.espace).sealed
        if name in account.profile
    }
    return {**account.profile, **sealed}


def _purpose(espace: str, name: str) -> str:
    return f"profile.{espace}.{name}"
