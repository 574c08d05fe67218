"""What the door of people, farmers and employers decides (001, « Modalités d'accès »).

Passwords follow the CNIL's recommendation 2022-100, as every espace does by default: 12 characters at least,
and a strength of 3 that is computed with the person's own words forbidden.
"""

import datetime as dt
from collections.abc import Mapping

from guichet.accounts.definitions import Espace, Identifier, Lifetimes, Retention, SessionPolicy
from guichet.kernel.email_address import EmailAddress
from guichet.kernel.refusals import N_
from guichet.kernel.service import Service

ACTIVATION = dt.timedelta(hours=48)
RECOVERY = dt.timedelta(hours=2)
EMAIL_CHANGE = dt.timedelta(hours=48)
IDLE = dt.timedelta(hours=1)
FILING = dt.timedelta(days=5 * 365)
TERMS_VERSION = "prive-2026-11"
FILE_NUMBER = "file_number"  # of a profile: sealed


def parse_address(text: str) -> str:
    """The address as it is known here: one mailbox, one espace, whatever the case it is typed in.

    Raises ``InvalidEmail``.
    """
    return EmailAddress.parse(text).lower()


def _display(address: str, profile: Mapping[str, object]) -> str:  # noqa: ARG001 - others look at it
    return EmailAddress(address).display


def _siren(identifier: str, profile: Mapping[str, object]) -> str:  # noqa: ARG001 - others look at it
    """The undertaking of an exploitant or employeur; a particulier has none."""
    return str(profile.get("siren", ""))


SERVICE = Service(
    name=N_("Caisse de démonstration"),
    address=("1 place du Guichet", "99999 Villefictive"),
    email="documents@guichet.example",
    phone="0199000003",
)

PRIVE = Espace(
    code="prive",
    label=N_("Particuliers, exploitants et employeurs"),
    summary=N_(
        "Envoyez un document à votre caisse, photographié avec votre téléphone s’il le faut, et lisez ses "
        "messages."
    ),
    identifier=Identifier(
        label=N_("Adresse électronique"),
        hint=N_("Celle que vous avez donnée en créant votre espace"),
        parse=parse_address,
        display=_display,
        inputmode="email",
        max_length=254,
        is_email=True,
    ),
    lifetimes=Lifetimes(activation=ACTIVATION, recovery=RECOVERY, email_change=EMAIL_CHANGE),
    service=SERVICE,
    terms_version=TERMS_VERSION,
    home_url="prive:home",
    register_url="prive:register",
    sign_in_url="prive:sign_in",
    session=SessionPolicy(idle=IDLE),
    # What is paid wrongly can be claimed back for five years (Code civil, art. 2224).
    retention=Retention(filing=FILING),
    second_factor_offered=True,
    siren=_siren,
    mailbox=True,
    sealed=(FILE_NUMBER,),
)
