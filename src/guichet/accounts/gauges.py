"""What an operator watches of the accounts: numbers alone."""

from guichet.accounts.models import Session
from guichet.kernel import clock


def sessions() -> int:
    """How many browsers are signed in."""
    return Session.objects.filter(account__isnull=False, expire_date__gt=clock.now()).count()
