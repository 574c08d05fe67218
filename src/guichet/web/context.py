"""What every page knows of the portal."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from guichet.accounts.definitions import espace
from guichet.web.requests import account_of

PAGES = ("home", "help", "plan", "accessibility", "legal", "privacy", "terms", "verify")


def portal(request: HttpRequest) -> dict[str, Any]:
    """The portal's name and brand, the links of every page, and who is signed in."""
    account = account_of(request)
    return {
        "portal_name": settings.PORTAL_NAME,
        "official_brand": settings.OFFICIAL_BRAND,
        "demo": settings.DEMO,
        "links": links(),
        "account": account,
        "account_links": espace_links(account.espace) if account else {},
        "unread": getattr(request, "unread", 0),  # ``access`` counts them: nothing is asked for here
    }


@cache
def links() -> dict[str, str]:
    """The addresses of the shared pages, looked up once."""
    found = {name: reverse(f"web:{name}") for name in PAGES}
    found["publications"] = reverse("public:search")
    if settings.DEMO:
        found["mailbox"] = reverse("demo:mailbox")
    return found


@cache
def espace_links(code: str) -> dict[str, str]:
    """Where somebody who is signed in at the espace ``code`` goes for their own affairs."""
    door = espace(code)
    names = ("sign_out", "profile", "email", "password", "factor", "sessions", "data", "close")
    mailbox = ("messages",) if door.mailbox else ()
    return {
        "home": reverse(door.home_url),
        **{name: reverse(f"{code}:{name}") for name in (*names, *mailbox)},
    }
