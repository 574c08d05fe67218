"""Who is signed in, without a query of its own: the session was loaded with its account."""

from typing import cast

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject

from guichet.accounts.models import Account
from guichet.accounts.sessions import FACTOR_KEY, SessionStore, factor_wanted


class AccountMiddleware(AuthenticationMiddleware):
    """Django's, but for where the account comes from."""

    def process_request(self, request: HttpRequest) -> None:
        """Give the request its ``user``, read at its first use."""
        request.user = cast("Account", SimpleLazyObject(lambda: _user(request)))


def _user(request: HttpRequest) -> Account | AnonymousUser:
    session = cast("SessionStore", request.session)
    account = session.account
    return account if account and _still_signed_in(session, account) else AnonymousUser()


def _still_signed_in(session: SessionStore, account: Account) -> bool:
    if account.suspended_at or (factor_wanted(account) and not session.get(FACTOR_KEY)):
        return False  # opened meanwhile, or before the espace or the person asked for a second factor
    # A session that was being opened with the old password while a new one was set ends here.
    hashes = [account.get_session_auth_hash(), *account.get_session_auth_fallback_hash()]
    return any(constant_time_compare(session.get(HASH_SESSION_KEY, ""), known) for known in hashes)
