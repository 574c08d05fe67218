"""The limit of a day, held exactly: of two requests of a firm at once, one waits for the other."""

import datetime as dt
import math

from django.db import connection

from guichet.accounts.models import Account
from guichet.adhesions.queries.allowance import Allowance, allowance
from guichet.adhesions.rules import firm_key
from guichet.kernel import clock
from guichet.kernel.dates import moment_in_words
from guichet.kernel.refusals import N_, Refusal


class EnoughForToday(Refusal):
    """The firm has sent what may go out in a day. Params: ``most``, ``again`` (in words), ``retry_after``."""

    code = "enough_for_today"
    message = N_(
        "{most} demandes ont été envoyées aujourd’hui au nom de votre entreprise : il ne peut pas en partir "
        "plus en un jour. Vous pourrez envoyer celle-ci à partir du {again}."
    )
    status = 429

    def __init__(self, allowed: Allowance) -> None:
        self.again: dt.datetime = allowed.again
        seconds = math.ceil((allowed.again - clock.now()).total_seconds())
        super().__init__(most=allowed.most, again=moment_in_words(allowed.again), retry_after=seconds)


class EnoughAtFirst(EnoughForToday):
    """The same, of an account that is new."""

    code = "enough_at_first"
    message = N_(
        "Votre compte est récent : tant qu’il n’a pas 7 jours, et qu’aucune entreprise n’a accepté votre "
        "demande, {most} demandes au plus partent en un jour au nom de votre entreprise. Vous pourrez "
        "envoyer celle-ci à partir du {again}."
    )


def take_one(account: Account) -> None:
    """See that one more request of ``account`` may go out today, and keep others of its firm from it until
    the caller's transaction ends. Locked after the filing. Raises ``EnoughForToday``, ``EnoughAtFirst``."""
    with connection.cursor() as cursor:
        key = f"adhesions.letters:{firm_key(account)}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
    allowed = allowance(account=account)
    if allowed.left == 0:
        raise EnoughAtFirst(allowed) if allowed.at_first else EnoughForToday(allowed)
