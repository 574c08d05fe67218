"""The links that messages carry: short enough that no mail program cuts them (000, step 3)."""

from typing import Literal

from django.conf import settings

from guichet.courriers.rules import WIDTH

# What each letter opens: account, new password, change of e-mail address, confirmation of a filing,
# provisional password.
Kind = Literal["a", "m", "e", "c", "p"]


class LinkTooLong(ValueError):  # noqa: N818 - says what is wrong
    """``BASE_URL`` is so long that a mail program would cut the links."""


def link(kind: Kind, token: str) -> str:
    """``{BASE_URL}/{kind}/{token}``, at most 75 characters. Raises ``LinkTooLong``."""
    address = f"{settings.BASE_URL.rstrip('/')}/{kind}/{token}"
    if len(address) > WIDTH:
        raise LinkTooLong(f"BASE_URL leaves links of {len(address)} characters: {WIDTH} at most")
    return address
