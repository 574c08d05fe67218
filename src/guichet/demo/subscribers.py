"""The demonstration’s professionals: a firm of two, and the clients that they act for.

All of it is made by the operations that everybody's requests are made by.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account
from guichet.accounts.operations import answers, numbers
from guichet.accounts.rules import TrustChoice
from guichet.adhesions import operations as adhesions
from guichet.adhesions.models import Demande, Liste
from guichet.adhesions.operations import colleagues
from guichet.adhesions.rules import LAPSES_AFTER, TELEPROCEDURE, firm_key
from guichet.adhesions.values import Answerer
from guichet.demo import register
from guichet.depots import operations as depots
from guichet.depots.models import Depot
from guichet.entreprises import queries
from guichet.instruction import operations as instruction
from guichet.instruction.models import Agent
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_

ESPACE = "abonne"
QUESTION, ANSWER = "lost_object", "cerf-volant"
ASKED = 0  # the rank of an association that has an account, and is asked there and by letter
# Ranks of companies of the register, by what becomes of the request.
WAITING, IN_FORCE, REFUSED, BY_AGENT, LAPSED, TAKEN_BACK, ENDED = 31, (32, 58, 72), 83, 85, 98, 114, 118
LISTED, TO_LIST = range(200, 212), range(212, 224)


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """Somebody with an espace abonné."""

    label: str
    email: str
    civility: str
    first_name: str
    last_name: str
    password: str

    @property
    def name(self) -> str:
        """As it is shown."""
        return f"{self.first_name} {self.last_name}"


SUBSCRIBERS = (
    Subscriber(
        label=N_("Cabinet comptable, clients dans tous les états (réponse de confiance : cerf-volant)"),
        email="lila.rosemonde@cabinet-exemple.example",
        civility="madame",
        first_name="Lila",
        last_name="Rosemonde",
        password="Registre7Tilleul",
    ),
    Subscriber(
        label=N_("Collègue du même cabinet"),
        email="omar.specimen@cabinet-exemple.example",
        civility="monsieur",
        first_name="Omar",
        last_name="Specimen",
        password="Lanterne4Verger",
    ),
)


def open_accounts() -> None:
    """The accounts that are missing, each with its number and its question of trust."""
    emails = [one.email for one in SUBSCRIBERS]
    there = Account.objects.filter(espace=ESPACE, identifier__in=emails).values_list("identifier", flat=True)
    for one in SUBSCRIBERS:
        if one.email not in there:
            _open(one)


@transaction.atomic
def _open(one: Subscriber) -> None:
    door = espace(ESPACE)
    account = Account.objects.create(
        espace=ESPACE,
        identifier=one.email,
        email=one.email,
        password=make_password(one.password),
        profile=_profile(one),
        siren=register.siren(register.FIRM),
        number=numbers.next_number(door),
        terms_version=door.terms_version,
        terms_accepted_at=clock.now(),
        created_at=clock.now(),
    )
    answers.keep(account, answers.hashed(door, TrustChoice(QUESTION, ANSWER)))
    journal.record(subject=account.subject, kind="account.activated", actor="operator", data={"demo": True})


def fill() -> int:
    """Requests of the first subscriber, and what became of them; how many were made now. Idempotent.

    Each in a transaction of its own, as those of people are: none waits long for another, or for an import of
    the register, and one that was stopped goes on where it was. None where somebody imported a register of
    their own: it does not hold these companies.
    """
    first, second = (
        Account.objects.filter(espace=ESPACE, identifier=one.email).first() for one in SUBSCRIBERS
    )
    if first is None or second is None or queries.unite(siren=register.siren(register.FIRM)) is None:
        return 0
    _recognise(first, second)
    made = sum(_make(first, rank, become) for rank, become in _wanted().items())
    adhesions.lapse_overdue()
    _lists(first)
    return made


def _recognise(first: Account, second: Account) -> None:
    colleagues.present(account=first)
    colleagues.present(account=second)
    colleagues.recognise(account=first, colleague_id=second.pk)


def _wanted() -> dict[int, Callable[[Account, Demande], object]]:
    """Whom the firm asks, by rank, and what becomes of it."""
    return {
        ASKED: _nothing_yet,
        WAITING: _nothing_yet,
        **dict.fromkeys(IN_FORCE, _accepted),
        REFUSED: _refused,
        BY_AGENT: _refused_by_agent,
        LAPSED: _lapsed,
        TAKEN_BACK: _taken_back,
        ENDED: _ended,
    }


@transaction.atomic
def _make(account: Account, rank: int, become: Callable[[Account, Demande], object]) -> bool:
    """One request and what became of it, both or none; ``False`` where it is there already."""
    there = Demande.objects.filter(firm=firm_key(account), siren=register.siren(rank))
    if there.exists():
        return False
    become(account, _ask(account, rank))
    return True


def _nothing_yet(account: Account, demande: Demande) -> None:
    """The company has not answered."""


def _accepted(account: Account, demande: Demande) -> None:  # noqa: ARG001 - others are the account's own act
    adhesions.answer(demande_id=demande.pk, by=_company(demande), accept=True)


def _refused(account: Account, demande: Demande) -> None:  # noqa: ARG001 - as above
    reason = "Nous changeons de cabinet."
    adhesions.answer(demande_id=demande.pk, by=_company(demande), accept=False, reason=reason)


def _taken_back(account: Account, demande: Demande) -> None:
    adhesions.cancel(account=account, demande_id=demande.pk)


def _ended(account: Account, demande: Demande) -> None:
    _accepted(account, demande)
    adhesions.end(demande_id=demande.pk, by=_company(demande))


def _ask(account: Account, rank: int) -> Demande:
    said = {"siren": register.siren(rank), "services": "tva,is,cfe", "qualite": "expert_comptable"}
    depot = depots.file_at_once(
        account=account, teleprocedure=TELEPROCEDURE, answers=said, accepted_terms=True
    )
    return Demande.objects.get(pk=depot.pk)


def _company(demande: Demande) -> Answerer:
    """Whoever holds the letter."""
    return Answerer(code_hash=demande.code_hash)


def _refused_by_agent(account: Account, demande: Demande) -> None:  # noqa: ARG001 - as above
    agent = Agent.objects.order_by("pk").first()
    text = "L’entreprise nous a écrit qu’elle ne connaît pas ce cabinet."
    if agent:
        instruction.refuse(agent=agent, depot_id=demande.pk, motif_id=None, text=text)


def _lapsed(account: Account, demande: Demande) -> None:  # noqa: ARG001 - as above
    """Nobody answered in time: the request is moved into the past, as nobody waits for 21 days here."""
    ago = LAPSES_AFTER + dt.timedelta(hours=1)
    names = ("created_at", "submitted_at", "confirmed_at", "expires_at")
    Depot.objects.filter(pk=demande.pk).update(**{name: F(name) - ago for name in names})
    Demande.objects.filter(pk=demande.pk).update(asked_at=F("asked_at") - ago, lapses_at=F("lapses_at") - ago)


@transaction.atomic
def _lists(account: Account) -> None:
    """One list that is sent, some lines of which were left out, and one that waits to be sent."""
    if Liste.objects.filter(account=account).exists():
        return
    sirens = [register.siren(rank) for rank in LISTED]
    text = "\n".join([*sirens, sirens[0], register.siren(REFUSED - 1), "12345678"])
    sent = adhesions.prepare_list(account=account, text=text, services=["tva"], qualite="expert_comptable")
    adhesions.send_list(account=account, liste_id=sent.pk, accepted_terms=True)
    waiting = "\n".join(register.siren(rank) for rank in (*TO_LIST, WAITING))
    adhesions.prepare_list(account=account, text=waiting, services=["cfe", "tf"], qualite="expert_comptable")


def _profile(one: Subscriber) -> dict[str, object]:
    return {
        "name": one.name,
        "civility": one.civility,
        "first_name": one.first_name,
        "last_name": one.last_name,
        "siren": register.siren(register.FIRM),
        "company": register.FIRM_NAME,
        "phone": "01 99 00 00 00",
        "street_number": "3",
        "street_kind": "Rue",
        "street_name": "des Lilas",
        "address_extra": "",
        "postcode": "37000",
        "city": "Tours",
        "country": "France",
    }
