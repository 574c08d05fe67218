"""Forgetting what is no longer needed."""

import datetime as dt

from django.db import transaction

from guichet.accounts.models import Attempts, PendingRegistration, Provisional, Token
from guichet.accounts.sessions import POSSESSION_WITHIN, SessionStore
from guichet.kernel import clock

EXPLAINED_FOR = dt.timedelta(
    days=30
)  # how long a late link is still answered by « expiré », without personal data


@transaction.atomic
def purge_expired() -> None:
    """Delete what has ended: registrations, what links carried, counts, provisional
    passwords, sessions. Hourly job."""
    now = clock.now()
    PendingRegistration.objects.filter(expires_at__lte=now).delete()
    Token.objects.filter(expires_at__lte=now).exclude(payload={}).update(payload={})
    Token.objects.filter(expires_at__lte=now - EXPLAINED_FOR).delete()
    Attempts.objects.filter(until__lte=now).delete()
    # Whoever gave theirs in time is choosing a password.
    Provisional.objects.filter(expires_at__lte=now - POSSESSION_WITHIN).delete()
    SessionStore.clear_expired()
