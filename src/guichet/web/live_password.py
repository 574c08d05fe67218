"""What the portal says of a new password while it is being typed; nothing is kept of it."""

from collections.abc import Iterable
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext

from guichet.accounts.definitions import Espace
from guichet.accounts.models import Account
from guichet.accounts.operations.passwords import check_new, gauge_new, own_data_of
from guichet.accounts.rules import Gauge, criteria, pasted
from guichet.kernel.refusals import N_, Refusal
from guichet.web.forms import has_criteria
from guichet.web.messages import sentence

WORDS = {Gauge.WEAK: N_("faible"), Gauge.MIDDLING: N_("moyen"), Gauge.STRONG: N_("fort")}
LEVELS = (Gauge.WEAK, Gauge.MIDDLING, Gauge.STRONG)  # from 1 on, as the gauge of the page counts
HOLDS = N_("Ce mot de passe convient.")


def try_out(password: str, *, door: Espace, own_data: Iterable[str]) -> JsonResponse:
    """``holds`` and its ``sentence``; where there are criteria, those that are ``met``, the ``level`` of the
    gauge from 1 to 3, its ``word``, and what is ``spoken``: the gauge, then what misses.

    ``own_data``: what the person is known by, which a password may not be made of.
    """
    known = tuple(own_data)
    holds, said = _verdict(password, door, known)
    answer: dict[str, Any] = {"holds": holds, "sentence": said}
    if has_criteria(door.password):
        answer |= _measured(password, door, known, said)
    return JsonResponse(answer)


def try_out_of(account: Account, password: str, *, door: Espace) -> JsonResponse:
    """The same of somebody who has an account."""
    return try_out(password, door=door, own_data=own_data_of(account))


def _verdict(password: str, door: Espace, own_data: tuple[str, ...]) -> tuple[bool, str]:
    try:
        check_new(password, door, own_data=own_data)
    except Refusal as refusal:
        return False, sentence(refusal)
    return True, gettext(HOLDS)


def _measured(password: str, door: Espace, own_data: tuple[str, ...], said: str) -> dict[str, Any]:
    gauge = gauge_new(password, door, own_data=own_data)
    word = gettext(WORDS[gauge])
    met = [one.code for one in criteria(door.password) if one.holds(pasted(password))]
    spoken = gettext("Mot de passe {word}. {sentence}").format(word=word, sentence=said)
    return {"met": met, "level": LEVELS.index(gauge) + 1, "word": word, "spoken": spoken}
