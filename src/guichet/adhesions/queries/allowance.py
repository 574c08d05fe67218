"""How many requests may still go out today: each is a letter, which costs, and reaches somebody's home."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from guichet.accounts.models import Account
from guichet.adhesions.models import Demande
from guichet.adhesions.rules import NEW_FOR, firm_key
from guichet.depots.states import State
from guichet.kernel import clock

ACCEPTED = (State.ACCEPTE, State.TERMINE)


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """``most`` requests of one firm a day in Paris (``None``: no limit), ``sent`` of which are gone; the
    next day begins at ``again``. ``at_first``: the account is new, and its limit lower."""

    most: int | None
    sent: int
    again: dt.datetime
    at_first: bool

    @property
    def left(self) -> int | None:
        """How many may still go out today; ``None``: as many as one likes."""
        return None if self.most is None else max(0, self.most - self.sent)


def allowance(*, account: Account) -> Allowance:
    """What the firm of ``account`` may still ask today, if it is ``account`` who asks.

    All that went out in the name of the firm counts, whoever of it asked. Whose account is younger than
    ``NEW_FOR`` and has had no request accepted yet, may send less: anybody may claim a SIREN, and a
    newcomer's letters must not be what a firm's good name allows. 0 in a setting: no limit.
    """
    today = clock.today()
    at_first = _is_new(account)
    limits = [settings.ADHESION_LETTERS_A_DAY, *([settings.ADHESION_LETTERS_AT_FIRST] if at_first else [])]
    most = min((limit for limit in limits if limit), default=None)
    firm = Demande.objects.filter(firm=firm_key(account), asked_at__gte=_midnight(today))
    return Allowance(
        most=most,
        sent=firm.count() if most is not None else 0,
        again=_midnight(today + dt.timedelta(days=1)),
        at_first=at_first and most == settings.ADHESION_LETTERS_AT_FIRST,
    )


def _is_new(account: Account) -> bool:
    if account.created_at <= clock.now() - NEW_FOR:
        return False
    return not Demande.objects.filter(depot__account=account, depot__state__in=ACCEPTED).exists()


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=clock.PARIS)
