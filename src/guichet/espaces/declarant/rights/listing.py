"""Lists of rights: whose they may be, and how a right is told, on the pages and in the files alike."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from guichet.espaces.declarant.access import ActeurRequest
from guichet.espaces.declarant.rights.pages import Place, names_of
from guichet.habilitations.values import Right


@dataclass(frozen=True, kw_only=True)
class Line:
    """A right in words. ``until`` and ``ended_by``: empty of one that is still held."""

    name: str
    siret: str
    place: str
    label: str
    since: dt.datetime
    until: dt.datetime | None
    given_by: str
    ended_by: str
    origine: str


def own_place(request: ActeurRequest) -> Place:
    """The place of the address; who is no administrateur sees themselves, whomever the address names."""
    place = Place.of(request.GET)
    if request.acteur.administrateur:
        return place
    return replace(place, filters=replace(place.filters, personnes=(request.acteur.pk,)))


def names_for(request: ActeurRequest) -> dict[int, str]:
    """The people whose rights are listed, for who may know them; a déclarant's own name is in each line."""
    return names_of(request.acteur) if request.acteur.administrateur else {}


def lines_of(rights: Iterable[Right], names: Mapping[int, str]) -> Iterator[Line]:
    """``rights``, one after the other, as they are told."""
    for right in rights:
        yield Line(
            name=names.get(right.acteur_id, right.name),
            siret=right.siret,
            place=right.place,
            label=right.label,
            since=right.since,
            until=right.until,
            given_by=right.given_by,
            ended_by=right.ended_by,
            origine=right.origine,
        )
