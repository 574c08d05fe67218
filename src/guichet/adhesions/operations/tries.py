"""Wrong codes of letters, counted by company and by address; no address is kept in the clear."""

import math

from guichet.accounts.operations import tallies
from guichet.accounts.rules import Client
from guichet.adhesions.rules import TELEPROCEDURE, TRIES_PER_ADDRESS, TRIES_PER_SIREN, TRIES_WINDOW
from guichet.depots.definitions import teleprocedure
from guichet.journal import operations as journal
from guichet.kernel.refusals import N_, Refusal

_PURPOSE = "guichet.adhesions.attempts"


class LetterCodesLockedOut(Refusal):
    """Too many wrong codes. Params: ``retry_after`` (seconds), ``minutes``."""

    code = "letter_codes_locked_out"
    message = N_(
        "Trop de codes inexacts. Réessayez dans {minutes} min ; votre code reste valable. Vous pouvez aussi "
        "répondre par courrier, comme la lettre l’explique."
    )
    status = 429

    def __init__(self, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(retry_after=retry_after, minutes=math.ceil(retry_after / 60))


def count_try(*, siren: str, client: Client) -> None:
    """Count a try before its code is looked at, so that many at once gain nothing.

    Counts the same whatever is asked of the company, or not. Raises ``LetterCodesLockedOut``.
    """
    # The address first: one that is locked out makes no rows for companies.
    limits = {_address(client): TRIES_PER_ADDRESS, _company(siren): TRIES_PER_SIREN}
    if wait := tallies.count(limits, window=TRIES_WINDOW, locked=_locked):
        raise LetterCodesLockedOut(retry_after=wait)


def forgive(*, siren: str, client: Client) -> None:
    """The code was right: lift the company's count, and take this try back from the address."""
    tallies.forget(_company(siren))
    tallies.take_back(_address(client))


def _locked(limit: int) -> None:
    subject, data = f"espace:{teleprocedure(TELEPROCEDURE).espace}", {"limit": limit}
    journal.record(subject=subject, kind="adhesion.codes_locked_out", actor="anonymous", data=data)


def _address(client: Client) -> str:
    return tallies.address_key(_PURPOSE, client)


def _company(siren: str) -> str:
    return tallies.key(_PURPOSE, "siren", siren)
