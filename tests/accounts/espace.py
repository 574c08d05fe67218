"""A second door, where people choose their own password and sign in with an e-mail address; and one like
that of companies, where nothing else begins with an account."""

import datetime as dt
from dataclasses import replace

from guichet.accounts.definitions import (
    Espace,
    Identifier,
    Lifetimes,
    Lockout,
    PasswordPolicy,
    SessionPolicy,
    nothing_more,
)
from guichet.espaces.declarant.definition import DECLARANT
from guichet.kernel.service import Service

PORTE = Espace(
    code="porte",
    label="Porte d’essai",
    identifier=Identifier(
        label="Adresse",
        hint="",
        parse=str.lower,
        display=lambda identifier, _profile: identifier,
        autocomplete="email",
    ),
    lifetimes=Lifetimes(
        activation=dt.timedelta(days=3), recovery=dt.timedelta(hours=1), email_change=dt.timedelta(days=1)
    ),
    service=Service(
        name="Service d’essai & Cie", address=("1 rue Vide",), email="s@essai.example", phone="0199"
    ),
    terms_version="1",
    home_url="home",
    register_url="register",
    sign_in_url="sign_in",
    password=PasswordPolicy(min_length=10, min_score=3),
    session=SessionPolicy(idle=dt.timedelta(minutes=30), absolute=dt.timedelta(hours=2)),
    lockout=Lockout(
        per_account=3,
        per_address=5,
        messages_per_account=3,
        messages_per_address=8,
        window=dt.timedelta(minutes=10),
    ),
)

SOCIETE = replace(DECLARANT, code="societe", activated=nothing_more)
