"""Closing sessions, one or all the others."""

from django.db import transaction
from django.db.models import QuerySet

from guichet.accounts.models import Account, Session
from guichet.accounts.sessions import row_key
from guichet.journal import operations as journal


@transaction.atomic
def close_session(*, account: Account, session_id: str) -> None:
    """Close one session of ``account`` (``queries.SessionLine.id``), if it is still open."""
    known = session_id.replace("\0", "")  # PostgreSQL can't even compare it
    _close(account, Session.objects.filter(account=account, pk=known))


@transaction.atomic
def close_other_sessions(*, account: Account, keep: str) -> int:
    """Close every session of ``account`` but the one whose key is ``keep``; how many there were."""
    return _close(account, Session.objects.filter(account=account).exclude(pk=row_key(keep)))


def _close(account: Account, sessions: QuerySet[Session]) -> int:
    closed, _ = sessions.delete()
    if closed:
        data = {"closed_sessions": closed}
        journal.record(
            subject=account.subject, kind="account.sessions_closed", actor=account.subject, data=data
        )
    return closed
