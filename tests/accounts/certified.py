"""People with client certificates, and what they do with them."""

import datetime as dt
import re
from typing import Any

from django.contrib.auth.hashers import make_password

from guichet.accounts import operations
from guichet.accounts.models import (
    Account,
    Session,
    TrustAnswer,
)
from guichet.accounts.rules import Presented, folded_answer
from guichet.journal import queries as journal
from guichet.kernel import clock
from tests.accounts.people import HERE, an_account, mail
from tests.web.authority import presented

EMAIL = "camille@cabinet.example"
DOOR = "abonne"
ANSWER = "Le clafoutis"
OTHER = "b" * 64
CODE = re.compile(r"^[A-Za-z0-9]{12}$", re.MULTILINE)
SECOND = dt.timedelta(seconds=1)


def a_subscriber(identifier: str = EMAIL, *, answer: str = ANSWER, **values: Any) -> Account:
    """Somebody with an espace and a question of trust."""
    account = an_account(identifier, espace=DOOR, **{"email": identifier, **values})
    if answer:
        kept = {"question": "hated_dish", "answer": make_password(folded_answer(answer))}
        TrustAnswer.objects.create(account=account, chosen_at=clock.now(), **kept)
    return account


def bind(account: Account, **changes: Any) -> Presented:
    """Bind a certificate to ``account``, as its activation would."""
    found = presented(**changes)
    operations.bind_certificate(account=account, presented=found)
    return found


def sign_in(certificate: Presented, client: operations.Client = HERE) -> Account:
    return operations.sign_in_by_certificate(espace=DOOR, presented=certificate, client=client)


def a_session(account: Account, key: str) -> None:
    now = clock.now()
    Session.objects.create(
        session_key=key, session_data="", account=account, created_at=now, last_seen_at=now,
        expire_date=now + dt.timedelta(hours=1),
    )  # fmt: skip


def kinds(account: Account) -> list[str]:
    return [event.kind for event in journal.history(subject=account.subject)]


def code() -> str:
    """The code of the last message."""
    found = CODE.search(mail("code_de_certificat").body)
    assert found
    return found[0]


def opened(identifier: str = EMAIL, *, typed: str = "", client: operations.Client = HERE) -> Account:
    return operations.open_renewal(espace=DOOR, identifier=identifier, code=typed or code(), client=client)


def ask(identifier: str = EMAIL, client: operations.Client = HERE) -> None:
    operations.ask_renewal(espace=DOOR, identifier=identifier, client=client)
