"""Contrôle SIRET: whether a SIRET holds, is known to the register, and open. One, or a list of 500."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from guichet.entreprises import queries
from guichet.entreprises.rules import NON_DIFFUSIBLE, Etablissement, UniteLegale
from guichet.kernel.identifiers import Siret, compact
from guichet.kernel.refusals import N_, Refusal
from guichet.web.messages import sentence

MOST = 500  # numbers of one list
LENGTH = 14
MAX_TYPED = 30  # signs that are shown of what is no number
_BETWEEN = re.compile(r"[\n\r;,\t]+")
_DIGITS = re.compile(r"[0-9]+\Z")


class Standing(StrEnum):
    """What became of one number."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    INVALID = "invalid"


STATES = {
    Standing.OPEN: N_("Connu, ouvert"),
    Standing.CLOSED: N_("Connu, fermé"),
    Standing.UNKNOWN: N_("Inconnu du répertoire"),
    Standing.INVALID: N_("Numéro faux"),
}
BADGES = {
    Standing.OPEN: "success",
    Standing.CLOSED: "warning",
    Standing.UNKNOWN: "error",
    Standing.INVALID: "error",
}


class NoNumber(Refusal):
    """Nothing that could be a number."""

    code = "no_number"
    message = N_("Saisissez au moins un SIRET : 14 chiffres, avec ou sans espaces.")
    field = "sirets"


class TooManyNumbers(Refusal):
    """Params: ``count``, ``most``."""

    code = "too_many_numbers"
    message = N_(
        "Votre liste compte {count} numéros, {most} au plus sont possibles. Partagez-la en plusieurs."
    )
    field = "sirets"


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One number: as it is read (in groups where it holds), where it stands, and what that means."""

    number: str
    standing: Standing
    name: str
    place: str
    explained: str

    @property
    def state(self) -> str:
        """Where it stands, in words."""
        return _(STATES[self.standing])

    @property
    def badge(self) -> str:
        """The class of the badge that says it."""
        return BADGES[self.standing]


def numbers(text: str) -> list[str]:
    """What a person typed or pasted, each number once, in its order, without blanks.

    One a line, or with semicolons, commas or tabs between; several on a line where each has its 14 digits.
    Raises ``NoNumber``, ``TooManyNumbers``.
    """
    parts = [compact(part) for part in _BETWEEN.split(text)]
    found = list(dict.fromkeys(number for part in parts for number in _several(part)))
    if not found:
        raise NoNumber
    if len(found) > MOST:
        raise TooManyNumbers(count=len(found), most=MOST)
    return found


def _several(part: str) -> Iterable[str]:
    if len(part) > LENGTH and len(part) % LENGTH == 0 and _DIGITS.match(part):
        return [part[at : at + LENGTH] for at in range(0, len(part), LENGTH)]
    return [part] if part else []


def check(found: Sequence[str]) -> list[Checked]:
    """Each number, in the same order; two queries, however many there are."""
    read = {number: _parsed(number) for number in found}
    sirets = [str(one) for one in read.values() if isinstance(one, Siret)]
    places = queries.etablissements_of(sirets=sirets)
    units = queries.unites(sirens=sorted({siret[:9] for siret in sirets}))
    return [_checked(number, read[number], places, units) for number in found]


def _parsed(number: str) -> Siret | Refusal:
    try:
        return Siret.parse(number)
    except Refusal as refusal:
        return refusal


def _checked(
    number: str,
    read: Siret | Refusal,
    places: Mapping[str, Etablissement],
    units: Mapping[str, UniteLegale],
) -> Checked:
    if isinstance(read, Refusal):
        shown = number if len(number) <= MAX_TYPED else f"{number[:MAX_TYPED]}…"
        return _line(shown, Standing.INVALID, explained=sentence(read))
    place, unit = places.get(str(read)), units.get(str(read.siren))
    if place is None:
        return _line(read.grouped, Standing.UNKNOWN, unit=unit, explained=_unknown(unit))
    standing = Standing.CLOSED if place.is_closed else Standing.OPEN
    told = (
        _("L’établissement est fermé : n’y déclarez plus que ce qui précède sa fermeture.")
        if place.is_closed
        else _("Vous pouvez l’employer dans vos déclarations.")
    )
    return _line(read.grouped, standing, unit=unit, place=place, explained=told)


def _where(place: Etablissement, *, withheld: bool) -> str:
    return place.city if withheld else ", ".join(place.envelope or (place.city,))


def _unknown(unit: UniteLegale | None) -> str:
    if unit is None:
        return _(
            "Le numéro est bien formé, mais le répertoire n’a ni cet établissement ni cette entreprise. "
            "Vérifiez-le ; une création récente peut tarder de quelques jours."
        )
    return _(
        "L’entreprise est connue, mais pas cet établissement : vérifiez les cinq derniers chiffres. Une "
        "création récente peut tarder de quelques jours."
    )


def _line(
    number: str,
    standing: Standing,
    *,
    explained: str,
    unit: UniteLegale | None = None,
    place: Etablissement | None = None,
) -> Checked:
    """As a public page would show it: what refuses diffusion is withheld, of the company as of the place."""
    withheld = (unit is not None and not unit.diffusible) or (place is not None and not place.diffusible)
    where = _where(place, withheld=withheld) if place else ""
    name = _(NON_DIFFUSIBLE) if withheld else (place.name if place else "") or (unit.name if unit else "")
    return Checked(number=number, standing=standing, name=name, place=where, explained=explained)
