"""What the door of companies and tiers déclarants decides (003, chapters 2, 3 and 5)."""

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress

from guichet.accounts.definitions import (
    Espace,
    Identifier,
    Lifetimes,
    Part,
    PasswordPolicy,
    Provisionals,
    Retention,
    SessionPolicy,
)
from guichet.accounts.models import Account
from guichet.accounts.questions import TRUST_QUESTIONS
from guichet.habilitations import operations as habilitations
from guichet.inscriptions.operations import CannotBegin
from guichet.inscriptions.rules import Choice
from guichet.kernel.identifiers import Siret
from guichet.kernel.names import clean_name, folded_name
from guichet.kernel.refusals import N_, Refusal
from guichet.kernel.service import Service

ACTIVATION = dt.timedelta(hours=48)
RECOVERY = dt.timedelta(hours=2)
EMAIL_CHANGE = dt.timedelta(hours=48)
IDLE = dt.timedelta(hours=1)
FILING = dt.timedelta(days=6 * 365)
TERMS_VERSION = "declarant-2026-11"
MAX_NAME = 60
CHOSEN = "inscription"  # where a profile keeps the choice until the account is activated
# Accepted beside unaccented letters and digits (003, chapter 2: « la liste des caractères autorisés »).
SIGNS = "àâäçéèêëîïôöùûüÿÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸ!#$%&()*+,-./:;=?@[]_{}~"


class NamesMissing(Refusal):
    """Only a SIRET, where nom and prénom belong to it."""

    code = "names_missing"
    message = N_("Votre identifiant se compose du SIRET, du nom et du prénom : saisissez les trois.")


def parse_name(text: str) -> str:
    """A nom or prénom as it counts: its letters. Raises ``kernel.names.InvalidName``, ``NamesMissing``."""
    folded = folded_name(clean_name(text, max_length=MAX_NAME))
    if not folded:
        raise NamesMissing
    return folded


def parse_siret(text: str) -> str:
    """Fourteen digits. Raises ``kernel.identifiers.InvalidSiret``."""
    return str(Siret.parse(text))


def join(values: Mapping[str, str]) -> str:
    """« 12345678200010 DUPONTMARTIN JEANPIERRE »."""
    return f"{values['siret']} {values['last_name']} {values['first_name']}"


def split(identifier: str) -> dict[str, str]:
    """The three of « 12345678200010 DUPONTMARTIN JEANPIERRE », by their names."""
    return dict(zip(("siret", "last_name", "first_name"), identifier.split(" "), strict=True))


def parse(text: str) -> str:
    """The whole identifier in one text, as a command line and an address give it."""
    siret, _, names = text.strip().partition(" ")
    last_name, _, first_name = names.strip().partition(" ")
    parsed = {"siret": parse_siret(siret), "last_name": parse_name(last_name)}
    return join({**parsed, "first_name": parse_name(first_name)})


def _display(identifier: str, profile: Mapping[str, object]) -> str:
    siret, last_name, first_name = identifier.split(" ")
    typed = (profile.get("last_name") or last_name, profile.get("first_name") or first_name)
    return " ".join((Siret(siret).grouped, *map(str, typed)))


def _siren(identifier: str, profile: Mapping[str, object]) -> str:  # noqa: ARG001 - others look at it
    return identifier[:9]


def _activated(account: Account) -> None:
    """What was chosen while registering counts now: the company is inscribed, or a candidature begins.

    Whether it has an inscription is decided now, not when it was chosen. What can't begin any more (the
    établissement closed meanwhile) leaves an account that acts for nobody: its home leads to the choice.
    """
    if CHOSEN not in account.profile:  # an account that an administrateur gave
        return
    choice = Choice.from_json(account.profile.pop(CHOSEN))
    account.save(update_fields=["profile"])
    with suppress(CannotBegin):
        habilitations.begin(account=account, choice=choice)


SERVICE = Service(
    name=N_("Assistance aux déclarants (démonstration)"),
    address=("1 place du Guichet", "99999 Villefictive"),
    email="declarants@guichet.example",
    phone="0199000004",
)

DECLARANT = Espace(
    code="declarant",
    label=N_("Entreprises et tiers déclarants"),
    summary=N_(
        "Déclarations sociales de votre entreprise, de ses établissements ou de vos clients : vos "
        "collaborateurs, leurs droits, vos dépôts."
    ),
    identifier=Identifier(
        label=N_("Vos données de connexion"),
        hint=N_("Le SIRET de votre établissement, votre nom et votre prénom"),
        parse=parse,
        display=_display,
        max_length=140,
        parts=(
            Part(
                name="siret",
                label=N_("SIRET"),
                hint=N_("Les 14 chiffres de l’établissement où vous êtes inscrit"),
                missing=N_("Saisissez le SIRET de votre établissement : 14 chiffres."),
                parse=parse_siret,
                inputmode="numeric",
                max_length=30,
            ),
            Part(
                name="last_name",
                label=N_("Nom"),
                hint=N_("Accents, majuscules, traits d’union et espaces ne comptent pas"),
                missing=N_("Saisissez votre nom."),
                parse=parse_name,
                autocomplete="family-name",
                max_length=MAX_NAME,
            ),
            Part(
                name="first_name",
                label=N_("Prénom"),
                hint=N_("Celui qui a été donné à votre inscription"),
                missing=N_("Saisissez votre prénom."),
                parse=parse_name,
                autocomplete="given-name",
                max_length=MAX_NAME,
            ),
        ),
        join=join,
        split=split,
    ),
    lifetimes=Lifetimes(activation=ACTIVATION, recovery=RECOVERY, email_change=EMAIL_CHANGE),
    service=SERVICE,
    terms_version=TERMS_VERSION,
    home_url="declarant:home",
    register_url="declarant:register",
    sign_in_url="declarant:sign_in",
    password=PasswordPolicy(
        min_length=8,
        max_length=20,
        min_letters=6,
        min_digits=2,
        both_cases=True,
        signs=SIGNS,
        min_score=2,
    ),
    session=SessionPolicy(idle=IDLE),
    # Contributions can be claimed for three years, and what proves them is kept as long again (CSS, L244-3).
    retention=Retention(filing=FILING),
    trust_questions=TRUST_QUESTIONS,
    question_label=N_("Question secrète"),  # as 003 calls it
    provisionals=Provisionals(),
    second_factor_offered=True,
    siren=_siren,
    mailbox=True,
    activated=_activated,
    helpers_url="declarant:helpers",
)
