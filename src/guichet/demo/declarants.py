"""The demonstration's companies that declare: one with branches and people of each role, one tiers déclarant.

All but the passwords is made by the operations that everybody's inscriptions are made by.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction

from guichet.accounts.definitions import espace
from guichet.accounts.models import Account, Provisional
from guichet.accounts.operations import answers
from guichet.accounts.rules import TrustChoice
from guichet.demo import register
from guichet.entreprises import queries
from guichet.habilitations import operations as rights
from guichet.habilitations.operations import hiring
from guichet.inscriptions.models import Acteur, DeclarationInscrite
from guichet.inscriptions.rules import Choice, Genre, Person
from guichet.journal import operations as journal
from guichet.kernel import clock
from guichet.kernel.refusals import N_

ESPACE = "declarant"
QUESTION, ANSWER = "lost_object", "cerf-volant"
OPEN_ALREADY = ("dsn",)  # the others show their countdown


@dataclass(frozen=True)
class Declarant:
    """Somebody who signs in for the company of that ``rank`` in the register."""

    label: str
    rank: int
    first_name: str
    last_name: str
    password: str

    @property
    def siret(self) -> str:
        """Where they sign in."""
        return register.siret(self.rank)

    @property
    def identifier(self) -> str:
        """What they sign in with, in one text."""
        return espace(ESPACE).identifier.parse(f"{self.siret} {self.last_name} {self.first_name}")

    @property
    def shown(self) -> str:
        """The same, as they read it."""
        return espace(ESPACE).identifier.display(self.identifier, self.profile)

    @property
    def profile(self) -> Mapping[str, str]:
        """What the account knows of them."""
        return {
            "name": f"{self.first_name} {self.last_name}",
            "last_name": self.last_name,
            "first_name": self.first_name,
            "siret": self.siret,
            "phone": "0199000000",
        }

    @property
    def email(self) -> str:
        """Their mailbox."""
        return f"{self.first_name}.{self.last_name}@declarant-exemple.example".lower()


BOSS = Declarant(
    N_("Administratrice d’une entreprise de 4 établissements (réponse secrète : cerf-volant)"),
    register.CARRIER, "Maya", "Exemple", "Remorque42Perle",
)  # fmt: skip
COLLEAGUE = Declarant(
    N_("Déclarant de la même entreprise"),
    register.CARRIER, "Hugo", "Modele", "Gravier57Tulipe",
)  # fmt: skip
CANDIDATE = Declarant(
    N_("Candidate, que l’administratrice doit accepter"),
    register.CARRIER, "Lou", "Specimen", "Bocage63Violon",
)  # fmt: skip
FIRM = Declarant(
    N_("Tiers déclarant : un cabinet comptable"),
    register.FIRM, "Alix", "Fictif", "Verger81Lanterne",
)  # fmt: skip
ASSISTANT = Declarant(
    N_("Déclarante du même cabinet, pour une partie des clients"),
    register.FIRM, "Zoe", "Imaginaire", "Clairiere29Cuivre",
)  # fmt: skip
DECLARANTS = (BOSS, COLLEAGUE, CANDIDATE, FIRM, ASSISTANT)
TO_REGISTER = register.GROCER


def open_accounts() -> None:
    """The companies and people that are missing; none where somebody imported a register of their own."""
    there = set(
        Account.objects.filter(
            espace=ESPACE, identifier__in=[one.identifier for one in DECLARANTS]
        ).values_list("identifier", flat=True)
    )
    if BOSS.identifier not in there and _is_ours(register.CARRIER):
        _company()
    if FIRM.identifier not in there and _is_ours(register.FIRM):
        _firm()


def _is_ours(rank: int) -> bool:
    return queries.etablissement(siret=register.siret(rank)) is not None


@transaction.atomic
def _company() -> None:
    places = tuple(register.siret(register.CARRIER, place) for place in range(1, register.CARRIER_PLACES - 1))
    boss = rights.begin(
        account=_account(BOSS),
        choice=Choice(
            genre=Genre.MULTI,
            vous_etes="prive",
            declarations=("dsn", "pasrau", "c3s"),
            charters=("dsn",),
            sirets=places,
        ),
    )
    _open_some(boss)
    _hire(boss, COLLEAGUE, profile="paie")
    rights.begin(account=_account(CANDIDATE), choice=Choice())


def _open_some(boss: Acteur) -> None:
    """What opens later shows its countdown; what people are to try is open."""
    DeclarationInscrite.objects.filter(inscription=boss.inscription, code__in=OPEN_ALREADY).update(
        opens_at=clock.now()
    )


def _hire(boss: Acteur, one: Declarant, *, profile: str = "") -> None:
    person = Person(last_name=one.last_name, first_name=one.first_name, email=one.email)
    acteur, _ = hiring.hire(by=boss, person=person, siret=one.siret, profile=profile)
    account = acteur.account
    account.password = make_password(one.password)
    account.save(update_fields=["password"])
    Provisional.objects.filter(account=account).delete()
    _answer(account)


@transaction.atomic
def _firm() -> None:
    choice = Choice(
        genre=Genre.TIERS,
        vous_etes="prive",
        declarations=("dsn", "pasrau", "c3s"),
        charters=("dsn",),
        sirets=(FIRM.siret,),
    )
    boss = rights.begin(account=_account(FIRM), choice=choice)
    _open_some(boss)
    _hire(boss, ASSISTANT)


def _account(one: Declarant) -> Account:
    account = Account.objects.create(
        espace=ESPACE,
        identifier=one.identifier,
        email=one.email,
        password=make_password(one.password),
        profile=dict(one.profile),
        siren=one.siret[:9],
        terms_version=espace(ESPACE).terms_version,
        terms_accepted_at=clock.now(),
        created_at=clock.now(),
    )
    _answer(account)
    journal.record(subject=account.subject, kind="account.activated", actor="operator", data={"demo": True})
    return account


def _answer(account: Account) -> None:
    answers.keep(account, answers.hashed(espace(ESPACE), TrustChoice(QUESTION, ANSWER)))
