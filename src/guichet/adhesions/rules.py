"""What holds for a request to act for a company (004, end of step 3). Pure Python.

Addresses keep the filters of « Mes dossiers » under French names (``PARAMETERS``); whatever does not hold in
one is left out, so that an old or mistyped address still shows a list.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from guichet.kernel.reference import InvalidReference, Reference
from guichet.kernel.refusals import N_, Refusal

TELEPROCEDURE = "adhesion"
SIREN, SERVICES, QUALITE = "siren", "services", "qualite"  # the answers of such a filing
BETWEEN = ","  # joins the codes of its services
LAPSES_AFTER = dt.timedelta(days=21)
REMIND_BEFORE = dt.timedelta(days=7)
LATELY = dt.timedelta(days=90)  # how long one who asks again is told that the company had refused
PAGE_SIZE = 50
# Wrong codes: 51 bits against so few tries need no lock that anybody could close on a company for long.
TRIES_PER_SIREN = 20
TRIES_PER_ADDRESS = 50
TRIES_WINDOW = dt.timedelta(minutes=15)
LIST_UNSENT = dt.timedelta(days=30)  # how long a list that nobody sent is kept,
LIST_SENT = dt.timedelta(days=90)  # and one that was sent
BATCH = 100  # lines that one job sends
MOST_FAILURES = 3  # malfunctions of one line, after which it is given up and says so
NEW_FOR = dt.timedelta(days=7)  # how long an account that no company trusted yet may send less
MAX_REASON = 1000  # characters of the reason that a company or a firm gives


class Firm(Protocol):
    """What of an account says which firm it belongs to."""

    @property
    def pk(self) -> UUID: ...
    @property
    def siren(self) -> str: ...


def firm_key(account: Firm) -> str:
    """Who asks, as there may be one request of each firm: its SIREN, or the account's id where it has none
    (a foreign company)."""
    return account.siren or str(account.pk)


class CodeRefused(Refusal):
    """One sentence whatever is wrong: nobody learns for which company something is asked."""

    code = "code_refused"
    message = N_(
        "Aucune demande ne correspond à ce numéro SIREN et à ce code. Vérifiez-les sur la dernière lettre "
        "reçue : une lettre plus récente remplace les précédentes."
    )
    field = "code"


def new_code() -> str:
    """The code of a letter: twelve signs without look-alikes, « K7RM-3VXP-9QTC »; the last shows a slip."""
    return str(Reference.new())


def parse_code(text: str) -> str:
    """A code as it was typed from a letter: case, blanks and dashes are forgiven. Raises ``CodeRefused``."""
    try:
        return str(Reference.parse(text))
    except InvalidReference:
        raise CodeRefused from None


class ReasonTooLong(Refusal):
    """Longer than a letter should carry. Params: ``count``, ``most``."""

    code = "reason_too_long"
    message = N_("Ce motif compte {count} caractères, {most} au plus sont possibles. Raccourcissez-le.")
    field = "reason"


def clean_reason(text: str) -> str:
    """A reason without what no letter shows; « » for none. Raises ``ReasonTooLong``."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in lines if sign == "\n" or sign.isprintable()).strip()
    if len(kept) > MAX_REASON:
        raise ReasonTooLong(count=len(kept), most=MAX_REASON)
    return kept


class Code(StrEnum):
    """The verdict on one company, or on one line of a list; those of ``GOOD`` are sent."""

    OK = "ok"
    REFUSED_LATELY = "refused_lately"
    UNREADABLE = "unreadable"
    ROUNDED = "rounded"
    SHORT = "short"
    BAD_KEY = "bad_key"
    DOUBLE = "double"
    OWN_FIRM = "own_firm"
    UNKNOWN = "unknown"
    CLOSED = "closed"
    NO_ADDRESS = "no_address"
    IN_FORCE = "in_force"
    IN_FORCE_BY_COLLEAGUE = "in_force_by"
    ASKED = "asked"
    ASKED_BY_COLLEAGUE = "asked_by"


GOOD = (Code.OK, Code.REFUSED_LATELY)

SENTENCES: Mapping[Code, str] = {
    Code.OK: N_("La demande peut être envoyée."),
    Code.REFUSED_LATELY: N_(
        "La demande peut être envoyée. Cette entreprise en a refusé une récemment : parlez-lui-en d’abord."
    ),
    Code.UNREADABLE: N_("Aucun numéro SIREN sur cette ligne : il en faut un, à 9 chiffres."),
    Code.ROUNDED: N_(
        "Le tableur a arrondi ce numéro. Mettez la colonne au format « Texte », puis saisissez-le de nouveau."
    ),
    Code.SHORT: N_(
        "Ce numéro ne compte pas 9 chiffres. Un tableur a pu effacer des zéros au début : nous ne les "
        "devinons pas, saisissez-les."
    ),
    Code.BAD_KEY: N_("Ce numéro comporte une erreur de saisie : vérifiez chaque chiffre."),
    Code.DOUBLE: N_("Ce numéro est déjà plus haut dans la liste : il ne sera envoyé qu’une fois."),
    Code.OWN_FIRM: N_("C’est le numéro de votre propre entreprise : saisissez celui d’un client."),
    Code.UNKNOWN: N_("Ce numéro n’existe pas dans le registre des entreprises."),
    Code.CLOSED: N_("Cette entreprise est fermée."),
    Code.NO_ADDRESS: N_(
        "Le registre ne donne pas d’adresse où écrire à cette entreprise. Demandez-lui de mettre à jour son "
        "inscription, ou écrivez au service."
    ),
    Code.IN_FORCE: N_("Vous agissez déjà pour cette entreprise."),
    Code.IN_FORCE_BY_COLLEAGUE: N_("{who} agit déjà pour cette entreprise."),
    Code.ASKED: N_("Vous avez déjà une demande en attente pour cette entreprise."),
    Code.ASKED_BY_COLLEAGUE: N_("{who} a déjà une demande en attente pour cette entreprise."),
}
SOMEBODY = N_("Une personne qui se dit de votre cabinet")  # nobody has recognised her as a colleague


class Sort(StrEnum):
    """The order of « Mes dossiers »."""

    NEWEST = "recents"
    OLDEST = "anciens"
    NAME = "nom"
    ENDING = "echeance"


STATES = ("confirme", "accepte", "refuse", "caduc", "termine")
PARAMETERS = {"text": "q", "state": "etat", "service": "service", "sort": "tri"}


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What « Mes dossiers » shows: a reference, a SIREN or a part of a name; a state; a service; an order."""

    text: str = ""
    state: str = ""
    service: str = ""
    sort: Sort = Sort.NEWEST

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> "Filters":
        """The filters that an address keeps."""
        said = {name: query.get(parameter, "").strip() for name, parameter in PARAMETERS.items()}
        return cls(
            text="".join(sign for sign in said["text"] if sign.isprintable())[:100].strip(),
            state=said["state"] if said["state"] in STATES else "",
            service=said["service"][:32] if said["service"].isalnum() or "_" in said["service"] else "",
            sort=Sort(said["sort"]) if said["sort"] in list(Sort) else Sort.NEWEST,
        )

    def query(self) -> dict[str, str]:
        """The parameters of an address that ``parse`` reads back; those that choose nothing are left out."""
        said = {"text": self.text, "state": self.state, "service": self.service}
        said["sort"] = "" if self.sort == Sort.NEWEST else self.sort.value
        return {PARAMETERS[name]: value for name, value in said.items() if value}
