"""What the door of professionals decides (002, steps 1 to 4; 004, steps 1 to 4)."""

import datetime as dt
from collections.abc import Mapping

from guichet.accounts.definitions import (
    Codes,
    Espace,
    Identifier,
    Lifetimes,
    PasswordPolicy,
    SessionPolicy,
)
from guichet.accounts.models import Account
from guichet.accounts.questions import TRUST_QUESTIONS
from guichet.accounts.rules import subscriber_number
from guichet.adhesions.operations import colleagues
from guichet.kernel.email_address import EmailAddress, InvalidEmail
from guichet.kernel.refusals import N_
from guichet.kernel.service import Service

MAX_EMAIL = 100  # characters (004, step 2)
ACTIVATION = dt.timedelta(hours=48)
RECOVERY = dt.timedelta(hours=2)
EMAIL_CHANGE = dt.timedelta(hours=48)
IDLE = dt.timedelta(hours=1)
TERMS_VERSION = "abonne-2026-11"


class EmailOverHundred(InvalidEmail):
    """Longer than this door takes (004, step 2). Params: ``count``, ``maximum``."""

    code = "over_hundred"
    message = N_(
        "Cette adresse électronique compte {count} caractères ; votre identifiant ne peut pas dépasser "
        "{maximum} caractères. Utilisez une adresse plus courte."
    )


def parse_address(text: str) -> str:
    """The address as it is known here: one mailbox, one espace, whatever the case it is typed in.

    Raises ``InvalidEmail``, and its ``EmailOverHundred`` beyond ``MAX_EMAIL`` characters.
    """
    address = EmailAddress.parse(text).lower()
    if len(address) > MAX_EMAIL:
        raise EmailOverHundred(count=len(address), maximum=MAX_EMAIL)
    return address


def _display(address: str, profile: Mapping[str, object]) -> str:  # noqa: ARG001 - others look at it
    return EmailAddress(address).display


def _siren(identifier: str, profile: Mapping[str, object]) -> str:  # noqa: ARG001 - others look at it
    """The company where one works; none where it is foreign."""
    return str(profile.get("siren", ""))


def _activated(account: Account) -> None:
    """Those of the same firm learn that somebody claims it."""
    colleagues.present(account=account)


SERVICE = Service(
    name=N_("Assistance aux professionnels (démonstration)"),
    address=("1 place du Guichet", "99999 Villefictive"),
    email="professionnels@guichet.example",
    phone="0199000002",
)

ABONNE = Espace(
    code="abonne",
    label=N_("Professionnels et cabinets"),
    summary=N_(
        "Entreprises, cabinets et leurs collaborateurs : un seul espace abonné pour toutes les entreprises "
        "de votre portefeuille clients."
    ),
    identifier=Identifier(
        label=N_("Votre identifiant"),
        hint=N_("L’adresse électronique que vous avez donnée en vous inscrivant"),
        parse=parse_address,
        display=_display,
        inputmode="email",
        max_length=MAX_EMAIL,
        is_email=True,
    ),
    lifetimes=Lifetimes(activation=ACTIVATION, recovery=RECOVERY, email_change=EMAIL_CHANGE),
    service=SERVICE,
    terms_version=TERMS_VERSION,
    home_url="abonne:home",
    register_url="abonne:register",
    sign_in_url="abonne:sign_in",
    # 8 to 20 letters and digits (004, step 2): too short for the four words that earn a 3. With a 2 (a
    # million guesses and more) somebody who may try ten times in a quarter of an hour needs years; a copy of
    # the table is guarded by Argon2. An operator who wants more makes a second factor obligatory.
    password=PasswordPolicy(min_length=8, max_length=20, alphanumeric=True, min_score=2),
    session=SessionPolicy(idle=IDLE),
    codes=Codes(),
    trust_questions=TRUST_QUESTIONS,
    number=subscriber_number,
    second_factor_offered=True,
    certificates=True,
    siren=_siren,
    activated=_activated,
)
