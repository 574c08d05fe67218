"""What an association typed, beside what the Sirene register says of it: an agent sees both."""

import re
import unicodedata
from collections.abc import Mapping, Sequence

from guichet.depots.definitions import Comparison, Data, Subject
from guichet.entreprises import queries
from guichet.entreprises.rules import STREET_TYPES, Etablissement, UniteLegale
from guichet.kernel.dates import in_words
from guichet.kernel.refusals import N_

_SIGNS = re.compile(r"[^A-Z0-9]+")
_LAST_LINE = re.compile(r"^(\d{5})\s+(.+)$")
_CEDEX = re.compile(r" CEDEX( \d+)?$")


def compare(subject: Subject, data: Data, profile: Mapping[str, object]) -> Sequence[Comparison]:  # noqa: ARG001
    """Name, address and city as they were filed, beside those of the register, and whether the unit is open.

    The account's profile is not asked: what was filed is what was shown and confirmed.
    """
    unite = queries.unite(siren=subject.siren)
    siege = unite.siege if unite else None
    street, city = _typed(data.get("adresse", ""))
    name = unite.name if unite else ""
    return (
        _line(N_("Nom de l’association"), subject.name, name, also=[unite.sigle] if unite else []),
        _line(N_("Adresse"), street, "\n".join(siege.address) if siege else ""),
        _line(N_("Code postal et commune"), city, _city(siege)),
        _standing(unite),
    )


def _typed(address: str) -> tuple[str, str]:
    """The lines above postcode and city, and that line."""
    lines = address.splitlines()
    if lines and _LAST_LINE.match(lines[-1]):
        return "\n".join(lines[:-1]), lines[-1]
    return address, ""


def _city(siege: Etablissement | None) -> str:
    return f"{siege.postcode} {siege.city}".strip() if siege else ""


def _line(label: str, typed: str, register: str, also: Sequence[str] = ()) -> Comparison:
    same = {_key(text) for text in (register, *also) if text}
    return Comparison(label=label, typed=typed, register=register, differs=_key(typed) not in same)


def _standing(unite: UniteLegale | None) -> Comparison:
    label = N_("Situation au répertoire Sirene")
    if unite is None:
        return Comparison(label=label, typed="", register=N_("Inconnue du répertoire"), differs=True)
    if not unite.is_closed:
        return Comparison(label=label, typed="", register=N_("En activité"), differs=False)
    closed = f"Cessée le {in_words(unite.closed_on)}" if unite.closed_on else N_("Cessée")
    return Comparison(label=label, typed="", register=closed, differs=True)


def _key(text: str) -> str:
    """``text`` without accents, case, signs, cedex and the abbreviations of ways: what must not differ."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    bare = "".join(sign for sign in plain if not unicodedata.combining(sign)).upper()
    words = [STREET_TYPES.get(word, word) for word in _SIGNS.sub(" ", bare).split()]
    return _CEDEX.sub("", " ".join(words))
