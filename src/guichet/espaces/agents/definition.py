"""What the door of agents decides. Their accounts are given by a gestionnaire: nobody registers here."""

import datetime as dt
from collections.abc import Mapping

from guichet.accounts.definitions import (
    Espace,
    Identifier,
    Lifetimes,
    PasswordPolicy,
    Retention,
    SessionPolicy,
)
from guichet.kernel.email_address import EmailAddress
from guichet.kernel.refusals import N_
from guichet.kernel.service import Service

INVITATION = dt.timedelta(days=7)
RECOVERY = dt.timedelta(hours=1)
EMAIL_CHANGE = dt.timedelta(days=2)
IDLE, ABSOLUTE = dt.timedelta(minutes=30), dt.timedelta(hours=10)
TERMS_VERSION = "2026-11"


def _address(text: str) -> str:
    """One person, one account: case tells no two mailboxes apart."""
    return EmailAddress.parse(text).lower()


def _display(address: str, profile: Mapping[str, object]) -> str:  # noqa: ARG001 - others look at it
    return EmailAddress(address).display


SERVICE = Service(
    name=N_("Assistance aux agents (démonstration)"),
    address=("1 place du Guichet", "99999 Villefictive"),
    email="assistance-agents@guichet.example",
    phone="0199000001",
)

AGENTS = Espace(
    code="agents",
    label=N_("Agents de l’administration"),
    identifier=Identifier(
        label=N_("Adresse électronique"),
        hint=N_("Celle à laquelle vous avez reçu votre invitation"),
        parse=_address,
        display=_display,
        inputmode="email",
        max_length=254,
        is_email=True,
    ),
    lifetimes=Lifetimes(
        activation=INVITATION, recovery=RECOVERY, email_change=EMAIL_CHANGE, invitation=INVITATION
    ),
    service=SERVICE,
    terms_version=TERMS_VERSION,
    home_url="desk:queue",
    sign_in_url="agents:sign_in",
    # CNIL, deliberation 2022-100: 12 signs of every kind, or as hard to guess; and zxcvbn says what is.
    password=PasswordPolicy(min_length=12, min_score=3),
    session=SessionPolicy(idle=IDLE, absolute=ABSOLUTE),
    # Accounts are given: managers suspend them, and what an agent decided keeps its author.
    retention=Retention(idle_account=None, closed_by_person=False),
    second_factor=True,
    public=False,
)
