"""Names of portfolios, why an établissement can't come or go, when a declaration opens for a client (003,
chapter 4). Pure Python."""

import datetime as dt
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from guichet.inscriptions.rules import opens_at
from guichet.kernel.names import clean_name
from guichet.kernel.refusals import N_

MAX_NAME = 60  # signs of a portfolio's name
PAGE_SIZE = 50  # lines of a list

_SPELT = {"Œ": "OE", "Æ": "AE", "Ø": "O", "Ł": "L"}


class Refus(StrEnum):
    """Why an établissement can't enter a portfolio; the last one: why it can't leave it."""

    NOT_IN_REGISTER = "not_in_register"
    CLOSED_IN_REGISTER = "closed_in_register"
    OWN_COMPANY = "own_company"
    ELSEWHERE = "elsewhere"
    ENDED_BY_CLIENT = "ended_by_client"
    NOT_THERE = "not_there"


class Ecart(StrEnum):
    """Why a line of a change is not taken back."""

    CHANGED_SINCE = "changed_since"
    PORTEFEUILLE_CLOSED = "portefeuille_closed"
    ENDED_BY_CLIENT = "ended_by_client"
    NOT_CONTAINED = "not_contained"
    NOT_CHOSEN = "declaration_not_chosen"
    STILL_DECLARED = "still_declared"


@dataclass(frozen=True)
class Sentence:
    """What is wrong, and what to do about it: msgids, with ``{places}``."""

    what: str
    remedy: str


# ``{siret}``: grouped; ``{portefeuille}``: the name of the other one.
REFUS: Mapping[Refus, Sentence] = {
    Refus.NOT_IN_REGISTER: Sentence(
        N_("L’établissement {siret} n’existe pas dans le répertoire Sirene de l’Insee."),
        N_(
            "Vérifiez chaque chiffre du SIRET. S’il vient d’être créé, réessayez dans quelques jours : le "
            "répertoire est mis à jour régulièrement."
        ),
    ),
    Refus.CLOSED_IN_REGISTER: Sentence(
        N_("L’établissement {siret} est inactif (fermé) dans le répertoire Sirene de l’Insee."),
        N_(
            "Vérifiez auprès de l’Insee l’information qu’il tient sur cet établissement et, si elle est "
            "fausse, demandez-en la modification."
        ),
    ),
    Refus.OWN_COMPANY: Sentence(
        N_("L’établissement {siret} est celui de votre propre entreprise : elle n’est pas votre cliente."),
        N_("Vos propres droits se donnent dans « Gestion », à « Gérer les habilitations »."),
    ),
    Refus.ELSEWHERE: Sentence(
        N_("L’entreprise de l’établissement {siret} est déjà dans votre portefeuille « {portefeuille} »."),
        N_(
            "Une entreprise est dans un seul portefeuille : transférez-la dans celui-ci, ou ajoutez "
            "l’établissement dans « {portefeuille} »."
        ),
    ),
    Refus.ENDED_BY_CLIENT: Sentence(
        N_("L’entreprise de l’établissement {siret} a mis fin à ce que vous déclariez pour elle."),
        N_(
            "Demandez à son administrateur de vous autoriser de nouveau, dans « Gestion », à « Qui déclare "
            "pour vous », puis recommencez."
        ),
    ),
    Refus.NOT_THERE: Sentence(
        N_("L’établissement {siret} n’est pas dans ce portefeuille."),
        N_("Vérifiez le SIRET, et que le portefeuille est bien celui que vous vouliez modifier."),
    ),
}

ECARTS: Mapping[Ecart, Sentence] = {
    Ecart.CHANGED_SINCE: Sentence(
        N_("Un autre changement a eu lieu depuis."),
        N_("Regardez où il en est, et modifiez-le à la main si besoin."),
    ),
    Ecart.PORTEFEUILLE_CLOSED: Sentence(
        N_("Le portefeuille a été fermé depuis."),
        N_("Ajoutez l’entreprise dans un autre portefeuille."),
    ),
    Ecart.ENDED_BY_CLIENT: Sentence(
        N_("L’entreprise a mis fin à ce que vous déclariez pour elle."),
        N_("Demandez à son administrateur de vous autoriser de nouveau."),
    ),
    Ecart.NOT_CONTAINED: Sentence(
        N_("Le portefeuille ne contient plus cette déclaration."),
        N_("Ajoutez-la d’abord au portefeuille, puis à l’entreprise."),
    ),
    Ecart.NOT_CHOSEN: Sentence(
        N_("Cette déclaration ne fait plus partie de votre inscription."),
        N_("Ajoutez-la d’abord dans « Gestion », à « Gérer les déclarations »."),
    ),
    Ecart.STILL_DECLARED: Sentence(
        N_("Des entreprises du portefeuille ont encore cette déclaration."),
        N_("Retirez-la d’abord à ces entreprises, ou retirez-la du portefeuille."),
    ),
}


def clean(name: str) -> str:
    """The name of a portfolio, ``MAX_NAME`` signs at most. Raises ``kernel.names.InvalidName``."""
    return clean_name(name, max_length=MAX_NAME)


def key_of(name: str) -> str:
    """What portfolios are told apart by: the letters and digits of the name, unaccented, in capitals.

    « Clients – Île-de-France n° 2 » is « CLIENTSILEDEFRANCEN2 »: case, accents, hyphens and blanks count for
    nothing.
    """
    spelt = "".join(_SPELT.get(sign, sign) for sign in name.upper())
    return "".join(sign for sign in unicodedata.normalize("NFKD", spelt).upper() if sign.isalnum())


def starts_at(
    *, began_at: dt.datetime, delay: dt.timedelta, opens: dt.datetime, now: dt.datetime
) -> dt.datetime:
    """When a declaration may be filed for a client that gets it ``now``.

    Its delay counts once, from the client's beginning (003, chapter 4); never before ``opens``, when it opens
    for the firm itself.
    """
    return max(opens_at(began_at=began_at, delay=delay, now=now), opens)


def pages_of(total: int, page: int, size: int = PAGE_SIZE) -> tuple[int, int]:
    """The page that is shown, the nearest to ``page`` that exists, and how many there are."""
    pages = max(1, -(-total // size))
    return min(max(page, 1), pages), pages
