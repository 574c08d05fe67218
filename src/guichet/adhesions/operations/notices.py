"""Telling the people of a firm what concerns them; each in the transaction of what it tells."""

import datetime as dt
from typing import Any

from guichet.accounts.models import Account
from guichet.accounts.operations import messages
from guichet.courriers.models import Courrier
from guichet.courriers.rules import UnusableAddress
from guichet.kernel import clock

ONCE_A = dt.timedelta(days=1)


def tell(account: Account, template: str, **context: Any) -> None:
    """Write to ``account``; the page tells the same, for whoever has no address that works."""
    try:
        messages.tell(account, f"adhesions/{template}", **context)
    except UnusableAddress:
        return


def tell_once_a_day(account: Account, template: str, **context: Any) -> None:
    """The same, once in 24 hours at most: nobody's mailbox is filled by whoever registers again and again."""
    lately = Courrier.objects.filter(
        about=account.subject,
        template__startswith=f"adhesions/{template}",
        created_at__gt=clock.now() - ONCE_A,
    )
    if not lately.exists():
        tell(account, template, **context)
