"""Forgetting what is no longer needed."""

import datetime as dt

from django.db import transaction

from guichet.accounts.models import Attempts, PendingRegistration, Token
from guichet.accounts.sessions import SessionStore
from guichet.kernel import clock

EXPLAINED_FOR = dt.timedelta(
    days=30
)  # how long a late link is still answered by « expiré », without personal data


@transaction.atomic
def purge_expired() -> None:
    """Delete what has ended: registrations, what links carried, counts, sessions. Hourly job."""
    now = clock.now()
    PendingRegistration.objects.filter(expires_at__lte=now).delete()
    Token.objects.filter(expires_at__lte=now).exclude(payload={}).update(payload={})
    Token.objects.filter(expires_at__lte=now - EXPLAINED_FOR).delete()
    Attempts.objects.filter(until__lte=now).delete()
    SessionStore.clear_expired()
