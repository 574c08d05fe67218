"""The cards on the home of an espace: what may be filed there, what was, and what must not be forgotten."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guichet.accounts.models import Account
from guichet.depots import queries as depots
from guichet.depots.definitions import Teleprocedure, Way, teleprocedures
from guichet.depots.states import State
from guichet.instruction import queries as instruction


@dataclass(frozen=True)
class Card:
    """One card: words that are translated already, the address of its page, what waits there."""

    title: str
    summary: str
    address: str
    to_do: tuple[str, ...] = ()


def ways(account: Account) -> list[Card]:
    """What ``web/filing/ways.html`` shows of every téléprocédure of the account's espace."""
    procedures = [one for one in teleprocedures().values() if one.espace == account.espace]
    asked = Counter(instruction.unanswered(account=account).values())
    corrects = any(one.instruction.correctable for one in procedures)
    filings = depots.of_account(account=account) if corrects else []
    refused = Counter(one.teleprocedure for one in depots.to_correct(account=account, filings=filings))
    cards: list[Card] = []
    for one in procedures:
        waiting = depots.waiting(account=account, teleprocedure=one.code)
        to_do = _to_do(waiting, asked[one.code], refused[one.code])
        cards += _cards(one, to_do, alone=len(procedures) == 1)
    return cards


def _cards(procedure: Teleprocedure, to_do: tuple[str, ...], *, alone: bool) -> list[Card]:
    first, *others = procedure.ways or (_filings(procedure, alone=alone),)
    return [
        Card(
            _(procedure.invitation or procedure.label),
            _translated(procedure.summary),
            reverse(procedure.start_url),
        ),
        Card(_(first.label), _translated(first.summary), reverse(first.url), to_do),
        *(Card(_(way.label), _translated(way.summary), reverse(way.url)) for way in others),
    ]


def _filings(procedure: Teleprocedure, *, alone: bool) -> Way:
    namespace = procedure.start_url.partition(":")[0]
    filings = _(procedure.noun.listed)
    return Way(
        label=filings if alone else f"{filings} : {_(procedure.label)}",
        summary=_("Où ils en sont, ce qu’il reste à faire, et vos accusés de réception."),
        url=f"{namespace}:depots",
    )


def _translated(text: str) -> str:
    return _(text) if text else ""


def _to_do(waiting: Mapping[State, int], asked: int, refused: int) -> tuple[str, ...]:
    """What must not be forgotten, in words."""
    confirm, drafts = waiting.get(State.A_CONFIRMER, 0), waiting.get(State.BROUILLON, 0)
    said = [
        (asked, ngettext("{n} question du service", "{n} questions du service", asked)),
        (refused, ngettext("{n} dépôt refusé à corriger", "{n} dépôts refusés à corriger", refused)),
        (confirm, ngettext("{n} dépôt à confirmer", "{n} dépôts à confirmer", confirm)),
        (drafts, ngettext("{n} brouillon à terminer", "{n} brouillons à terminer", drafts)),
    ]
    return tuple(words.format(n=n) for n, words in said if n)
