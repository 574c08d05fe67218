"""Sessions kept in our own table: who, since when, from where; ended by the policy of the espace.

The cookie holds the key, the table its hash. Times come from the house's clock.
"""

import datetime as dt
import hashlib
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY, login, logout, update_session_auth_hash
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.functional import cached_property

from guichet.accounts.definitions import SessionPolicy, espace
from guichet.accounts.models import Account, Provisional, Session
from guichet.accounts.rules import Client, session_end
from guichet.kernel import clock

# Before sign-in: someone who fills in a registration and comes back the next morning finds it again.
ANONYMOUS = SessionPolicy(idle=dt.timedelta(hours=24), absolute=dt.timedelta(hours=48))
SEEN_EVERY = dt.timedelta(minutes=1)  # how exact ``last_seen_at`` is: no write at every page
FACTOR_KEY = "_second_factor"  # whether this session began with one
_HALF = "_half_signed_in"
_PROVISIONAL = "_provisionally_signed_in"
POSSESSION_WITHIN = dt.timedelta(minutes=20)  # how long a provisional password waits for one's own
_CLIENT = "_client"  # where ``begin`` leaves the address and the agent for the row


def row_key(key: str) -> str:
    """The primary key of the row of the session whose cookie holds ``key``."""
    return hashlib.sha256(key.encode()).hexdigest()[:40]


def factor_wanted(account: Account) -> bool:
    """Whether no session of ``account`` is believed unless it began with a second factor."""
    return espace(account.espace).second_factor or account.factor_since is not None


def begin(request: HttpRequest, *, account: Account, client: Client, second_factor: bool = False) -> None:
    """Sign ``account`` in on this browser: a new session key, and what was typed before is kept.

    ``second_factor``: it was given; where ``factor_wanted`` says so no session is believed without it.
    Raises ``RuntimeError`` for who owes a password: that is ``begin_provisional``.
    """
    if account.by_provisional:
        raise RuntimeError("a provisional password opens no session")
    login(request, account)
    end_half(request)
    request.session[_CLIENT] = [client.address, client.agent]
    request.session[FACTOR_KEY] = second_factor


def begin_half(request: HttpRequest, *, account: Account, within: dt.timedelta) -> None:
    """Remember for a while that ``account`` gave its password, and still owes its second factor.

    Nobody is signed in by this: whoever was, at another door, is no more. Under a new key, so that nobody who
    knew the former one gains anything.
    """
    _be_nobody(request)
    until = (clock.now() + within).isoformat()
    password = account.get_session_auth_hash()
    request.session[_HALF] = {"account": str(account.pk), "password": password, "until": until}


def half_signed_in(request: HttpRequest) -> Account | None:
    """Who gave the password on this browser a short while ago, and owes the second factor."""
    half = request.session.get(_HALF)
    if not half or dt.datetime.fromisoformat(half["until"]) <= clock.now():
        return None
    account = Account.objects.filter(pk=half["account"], suspended_at=None).first()
    if account is None or not constant_time_compare(half["password"], account.get_session_auth_hash()):
        return None  # the password was changed meanwhile
    return account


def end_half(request: HttpRequest) -> None:
    """Forget that a password, or a provisional one, was given."""
    request.session.pop(_HALF, None)
    request.session.pop(_PROVISIONAL, None)


def begin_provisional(request: HttpRequest, *, account: Account) -> None:
    """Remember for ``POSSESSION_WITHIN`` that ``account`` gave its provisional password, as ``begin_half``
    does for another one: nobody is signed in by this. Raises ``Provisional.DoesNotExist``: it has ended."""
    mark = _mark(account.provisional)
    _be_nobody(request)
    until = (clock.now() + POSSESSION_WITHIN).isoformat()
    request.session[_PROVISIONAL] = {"account": str(account.pk), "provisional": mark, "until": until}


def provisionally_signed_in(request: HttpRequest) -> Account | None:
    """Who gave a provisional password on this browser a short while ago, and owes one of their own.

    Nobody once it has ended: another was given, or somebody took possession.
    """
    kept = request.session.get(_PROVISIONAL)
    if not kept or dt.datetime.fromisoformat(kept["until"]) <= clock.now():
        return None
    known = Provisional.objects.select_related("account").filter(account__suspended_at=None)
    row = known.filter(account_id=kept["account"]).first()
    if row is None or not constant_time_compare(kept["provisional"], _mark(row)):
        return None
    row.account.by_provisional = True
    return row.account


def _mark(row: Provisional) -> str:
    return salted_hmac("guichet.accounts.provisional", row.hash, algorithm="sha256").hexdigest()


def _be_nobody(request: HttpRequest) -> None:
    """Whoever was signed in here is no more; under a new key, so that who knew the former gains nothing."""
    end_half(request)
    if SESSION_KEY in request.session:
        request.session.flush()
    else:
        request.session.cycle_key()


def renew(request: HttpRequest, *, account: Account) -> None:
    """Keep this browser signed in after ``change_password``, under a new key."""
    account.refresh_from_db()
    request.user = account  # read from the session now, it would be nobody: the password has changed
    update_session_auth_hash(request, account)


def strengthen(request: HttpRequest, *, account: Account) -> None:
    """This browser has just taken the account's second factor into use: its session began with it."""
    request.session[FACTOR_KEY] = True
    renew(request, account=account)


def former_account(request: HttpRequest) -> UUID | None:
    """Whose session the cookie of this browser stands for, over or not, while its row is there."""
    row = Session.objects.filter(pk=row_key(request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")))
    return row.values_list("account_id", flat=True).first()


def end(request: HttpRequest) -> None:
    """Sign out: the row and everything in it are deleted."""
    logout(request)


class SessionStore(DatabaseStore):
    """Django's sessions on our table: one query to load, and at most one write a minute to remember it."""

    _row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    @cached_property
    def model(self) -> type[Session]:
        """The table."""
        return Session

    @property
    def account(self) -> Account | None:
        """Who is signed in; loaded with the session, in the same query."""
        self._get_session()  # type: ignore[attr-defined]  # not in the stubs
        return self._row.account if self._row else None

    def _get_session_from_db(self) -> Session | None:
        rows = Session.objects.select_related("account")
        row = rows.filter(pk=row_key(self.session_key or ""), expire_date__gt=clock.now()).first()
        if row is None:
            self._session_key = None
            return None
        self._row = row
        _remember(row)
        return row

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(pk=row_key(session_key)).exists()

    def create(self) -> None:
        """A new key and a new row, which begins now: at sign-in the absolute length starts again."""
        self._row = None
        super().create()

    def delete(self, session_key: str | None = None) -> None:
        """Delete the row of ``session_key``, or of this session."""
        key = session_key or self.session_key
        if key:
            Session.objects.filter(pk=row_key(key)).delete()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row as it is to be saved."""
        now = clock.now()
        created_at = self._row.created_at if self._row else now
        address, agent = data.get(_CLIENT, ["", ""])
        account_id = UUID(data[SESSION_KEY]) if SESSION_KEY in data else None
        row = Session(
            session_key=row_key(
                self._get_or_create_session_key()  # type: ignore[attr-defined]  # not in the stubs
            ),
            session_data=self.encode(data),
            account_id=account_id,
            created_at=created_at,
            last_seen_at=now,
            address=address[:45],
            agent=agent[:300],
        )
        row.expire_date = session_end(_policy(row), created_at=created_at, seen_at=now)
        self._row = row
        return row

    @classmethod
    def clear_expired(cls) -> None:
        """Delete what has ended."""
        Session.objects.filter(expire_date__lte=clock.now()).delete()


def _policy(row: Session) -> SessionPolicy:
    return espace(row.account.espace).session if row.account else ANONYMOUS


def _remember(row: Session) -> None:
    now = clock.now()
    if now - row.last_seen_at < SEEN_EVERY:
        return
    row.last_seen_at = now
    row.expire_date = session_end(_policy(row), created_at=row.created_at, seen_at=now)
    Session.objects.filter(pk=row.pk).update(last_seen_at=now, expire_date=row.expire_date)
