"""Gives back what was typed into a form that came too late for its session or for its secret.

It waits sealed: the number of somebody's file may be among it, and a comment.
"""

import base64
import json
from collections.abc import Iterable, Mapping

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from guichet.accounts import vault
from guichet.accounts.models import Account
from guichet.accounts.sessions import former_account

SESSION_KEY = "resume"
MAX_SIZE = 20_000  # characters kept in a session
_PURPOSE = "web.resume"
_SECRET = ("password", "current", "csrfmiddlewaretoken")  # a test holds every password's name to these

Fields = list[tuple[str, str]]


def kept(data: QueryDict) -> Fields:
    """The fields of ``data`` that may be given back: all but passwords, codes and the form's secret."""
    pairs = ((name, value) for name, values in data.lists() for value in values)
    return [(name, str(value)) for name, value in pairs if not _is_secret(name)]


def _is_secret(name: str) -> bool:
    return name in ("code", "passkey") or any(word in name for word in _SECRET)


def keep(request: HttpRequest, espace: str) -> None:
    """Keep in the session what ``request`` posts to a page of ``espace``, until its sender signs in again.

    Whoever signs in next on this browser may be somebody else: it is kept for the account whose session is
    over, and where nothing tells which one that was, for those of its espace.
    """
    if "begin" in request.POST:
        return  # a script's question (``views.passkeys``), which nobody typed
    fields = kept(request.POST)
    if fields and sum(len(value) for _name, value in fields) <= MAX_SIZE:
        known = {"espace": espace, "owner": str(former_account(request) or "")}
        sealed = base64.b64encode(vault.seal(json.dumps(fields), purpose=_PURPOSE)).decode()
        # ``data`` is what a former release, which may run beside this one, takes up.
        request.session[SESSION_KEY] = {
            "path": request.get_full_path(), "sealed": sealed, "data": [], **known
        }  # fmt: skip


def waits_at(request: HttpRequest, espace: str) -> bool:
    """Whether something is kept for somebody who is about to sign in to ``espace``."""
    found = request.session.get(SESSION_KEY)
    return found is not None and found.get("espace") == espace


def waits_for(request: HttpRequest, account: Account) -> bool:
    """Whether something is kept for ``account``; what is kept for somebody else is forgotten."""
    found = request.session.get(SESSION_KEY)
    if found and not _belongs(found, account):
        del request.session[SESSION_KEY]
        return False
    return bool(found)


def take(request: HttpRequest, account: Account) -> tuple[str, Fields] | None:
    """What ``keep`` kept for ``account`` (path, fields), forgotten from now on; None: nothing."""
    if not waits_for(request, account):
        return None
    found = request.session.pop(SESSION_KEY)
    fields = _opened(found["sealed"]) if "sealed" in found else found["data"]
    return (found["path"], [(name, value) for name, value in fields]) if fields else None


def _opened(sealed: str) -> Fields:
    """What was kept; nothing where the portal's key was replaced since."""
    try:
        fields: Fields = json.loads(vault.open_sealed(base64.b64decode(sealed), purpose=_PURPOSE))
    except vault.CannotOpen:
        return []
    return fields


def _belongs(found: Mapping[str, object], account: Account) -> bool:
    if found.get("owner"):
        return found["owner"] == str(account.pk)
    return found.get("espace") == account.espace


def offer(
    request: HttpRequest, *, path: str, data: Iterable[tuple[str, str]], status: int = 200
) -> HttpResponse:
    """A page with one button that sends ``data`` again to ``path``."""
    return render(request, "web/resume.html", {"path": path, "fields": list(data)}, status=status)
