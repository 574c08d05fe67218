"""What the door of associations and foundations decides (000, steps 1 to 5)."""

import datetime as dt
from collections.abc import Mapping

from guichet.accounts.definitions import Espace, Identifier, Lifetimes, PasswordPolicy, SessionPolicy
from guichet.kernel.identifiers import Siren
from guichet.kernel.refusals import N_
from guichet.kernel.service import Service

ACTIVATION = dt.timedelta(days=15)
RECOVERY = dt.timedelta(hours=2)
EMAIL_CHANGE = dt.timedelta(days=2)
IDLE = dt.timedelta(hours=1)
TERMS_VERSION = "2026-11"


def _grouped(siren: str, profile: Mapping[str, object]) -> str:  # noqa: ARG001 - others look at the profile
    return Siren(siren).grouped


def _siren(siren: str, profile: Mapping[str, object]) -> str:  # noqa: ARG001 - others look at the profile
    return siren


SERVICE = Service(
    name=N_("Service des comptes annuels (démonstration)"),
    address=("1 place du Guichet", "99999 Villefictive"),
    email="comptes-annuels@guichet.example",
    phone="0199000000",
)

ASSOCIATION = Espace(
    code="association",
    label=N_("Associations et fondations"),
    summary=N_("Associations, fondations et fonds de dotation : déposez ou rectifiez vos comptes annuels."),
    identifier=Identifier(
        label=N_("Numéro SIREN"),
        hint=N_("9 chiffres, avec ou sans espaces. Exemple : 732 829 320"),
        parse=Siren.parse,
        display=_grouped,
        inputmode="numeric",
    ),
    lifetimes=Lifetimes(activation=ACTIVATION, recovery=RECOVERY, email_change=EMAIL_CHANGE),
    service=SERVICE,
    terms_version=TERMS_VERSION,
    home_url="association:home",
    register_url="association:register",
    sign_in_url="association:sign_in",
    password=PasswordPolicy(generated=True),
    session=SessionPolicy(idle=IDLE),
    siren=_siren,
    is_unite=True,
)
