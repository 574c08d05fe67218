"""What the register says of the company that a request is about: for whoever asks, and for an agent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guichet.adhesions.values import WITHHELD, shown_name
from guichet.depots.definitions import Comparison, Data, Subject
from guichet.entreprises import queries
from guichet.entreprises.rules import UniteLegale
from guichet.kernel.dates import in_words
from guichet.kernel.identifiers import Siren
from guichet.kernel.refusals import N_


@dataclass(frozen=True, kw_only=True)
class Company:
    """A company as one who is not the company itself may see it. ``city`` with its postcode, or empty."""

    siren: str
    name: str
    city: str


def company(siren: str) -> Company:
    """The company of that number; where the register has none, its number stands for its name."""
    return seen(siren, queries.unite(siren=siren))


def seen(siren: str, unite: UniteLegale | None) -> Company:
    """``unite`` as others may see it (diffusion « P »: neither name nor address, as INSEE does)."""
    if unite is None:
        return Company(siren=siren, name=f"SIREN {Siren(siren).grouped}", city="")
    shown = unite.masked()
    siege = shown.siege
    city = f"{siege.postcode} {siege.city}".strip() if siege else ""
    return Company(siren=siren, name=shown_name(shown.name), city=city)


def compare(subject: Subject, data: Data, profile: Mapping[str, object]) -> Sequence[Comparison]:  # noqa: ARG001
    """What the register says of the company, and who asks: an agent sees both.

    The firm is the one that the account's person named; nobody has checked that they work there.
    """
    unite, firm = queries.unite(siren=subject.siren), _firm(profile)
    return (
        Comparison(
            label=N_("Nom de l’entreprise"),
            typed=subject.name,
            register=unite.name if unite else "",
            differs=unite is not None and subject.name not in (unite.name, WITHHELD),
        ),
        Comparison(
            label=N_("Adresse où la lettre est envoyée"), typed="", register=_address(unite), differs=False
        ),
        _standing(N_("Situation de l’entreprise"), unite),
        # No register: it would confirm a name that came from there, by a number that anybody can type.
        Comparison(
            label=N_("Personne qui demande"), typed=str(profile.get("name") or ""), register="", differs=False
        ),
        Comparison(
            label=N_("Son cabinet ou son entreprise, selon elle (non vérifié)"),
            typed=str(profile.get("company") or ""),
            register="",
            differs=False,
        ),
        _standing(N_("Situation de ce cabinet ou de cette entreprise"), firm),
    )


def _firm(profile: Mapping[str, object]) -> UniteLegale | None:
    siren = str(profile.get("siren") or "")
    return queries.unite(siren=siren) if siren else None


def _address(unite: UniteLegale | None) -> str:
    siege = unite.siege if unite else None
    return "\n".join([*siege.address, f"{siege.postcode} {siege.city}".strip()]) if siege else ""


def _standing(label: str, unite: UniteLegale | None) -> Comparison:
    if unite is None:
        return Comparison(label=label, typed="", register=N_("Inconnue du répertoire"), differs=True)
    if not unite.is_closed:
        return Comparison(label=label, typed="", register=N_("En activité"), differs=False)
    closed = f"Cessée le {in_words(unite.closed_on)}" if unite.closed_on else N_("Cessée")
    return Comparison(label=label, typed="", register=closed, differs=True)
