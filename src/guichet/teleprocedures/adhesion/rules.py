"""What a request for membership must say to be filed (004, end of step 3). Pure Python.

An answer is stored as text: the SIREN as nine digits, the services as codes joined by commas, the capacity
as a code. What the register says of the company is not asked here: it is asked when the company is typed, and
again when the request is filed.
"""

from collections.abc import Callable, Collection, Mapping

from guichet.adhesions.rules import BETWEEN, QUALITE, SERVICES, SIREN
from guichet.kernel.identifiers import Siren
from guichet.kernel.refusals import N_, Refusal


class NoService(Refusal):
    """A membership of nothing."""

    code = "no_service"
    message = N_(
        "Choisissez au moins un service : cochez ceux que vous voulez utiliser pour cette entreprise."
    )
    field = "services"


class UnknownService(Refusal):
    """A service that the catalogue does not hold (any more)."""

    code = "unknown_service"
    message = N_("Un des services choisis n’est plus proposé. Revenez à la liste et choisissez de nouveau.")
    field = "services"


class UnknownCapacity(Refusal):
    """None of the capacities in which one may act."""

    code = "unknown_capacity"
    message = N_("Choisissez en quelle qualité vous agissez pour cette entreprise.")
    field = "qualite"


def siren(text: str) -> str:
    """The company's number: nine digits. Raises the refusals of ``Siren.parse``."""
    return str(Siren.parse(text))


def services(text: str, known: Collection[str]) -> str:
    """The services that are asked for, each once, in the order of the catalogue ``known``.

    Raises ``NoService``, ``UnknownService``.
    """
    asked = chosen(text)
    if not asked:
        raise NoService
    if not asked <= set(known):
        raise UnknownService
    return BETWEEN.join(code for code in known if code in asked)


def chosen(text: str) -> frozenset[str]:
    """The codes that an answer holds."""
    return frozenset(code.strip() for code in text.split(BETWEEN) if code.strip())


def capacity(text: str, known: Collection[str]) -> str:
    """The code of the capacity in which one acts. Raises ``UnknownCapacity``."""
    if text not in known:
        raise UnknownCapacity
    return text


def clean(
    data: Mapping[str, str], *, catalogue: Collection[str], capacities: Collection[str]
) -> tuple[dict[str, str], dict[str, Refusal]]:
    """The answers that hold, and by field the refusals of those that don't."""
    rules: dict[str, Callable[[str], str]] = {
        SIREN: siren,
        SERVICES: lambda text: services(text, catalogue),
        QUALITE: lambda text: capacity(text, capacities),
    }
    good: dict[str, str] = {}
    bad: dict[str, Refusal] = {}
    for field, rule in rules.items():
        try:
            good[field] = rule(data.get(field, ""))
        except Refusal as refusal:
            bad[field] = refusal
    return good, bad
