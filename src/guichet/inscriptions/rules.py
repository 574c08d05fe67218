"""What is chosen when a company registers, and the delays of its people (003, chapter 2). Pure Python."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from guichet.kernel.refusals import N_

MOST_DELAY = dt.timedelta(days=8)  # a first administrateur waits no longer than that (003, chapter 2)
LAPSES_AFTER = dt.timedelta(days=15)  # of a candidature that nobody answers
REMINDERS = (dt.timedelta(days=5), dt.timedelta(days=12))  # after it was asked
NEW_FOR = dt.timedelta(days=60)  # how long an établissement that nobody ticked is called new


class Genre(StrEnum):
    """The three types of inscription (003, chapter 2); fixed once chosen, but by a resiliation."""

    MONO = "mono"
    MULTI = "multi"
    TIERS = "tiers"


class Voie(StrEnum):
    """How the candidate of a company that has administrateurs becomes one (003, chapter 2)."""

    COOPTATION = "cooptation"
    CLE = "cle"


class Role(StrEnum):
    """What somebody does for a company (003, chapter 1)."""

    ADMINISTRATEUR = "administrateur"
    DECLARANT = "declarant"


ROLES: Mapping[Role, str] = {
    Role.ADMINISTRATEUR: N_("Administrateur"),
    Role.DECLARANT: N_("Déclarant"),
}


def roles(*, administrateur: bool, declarant: bool) -> tuple[Role, ...]:
    """What somebody does, administrateur first."""
    held = {Role.ADMINISTRATEUR: administrateur, Role.DECLARANT: declarant}
    return tuple(role for role, is_held in held.items() if is_held)


def begun_days(moment: dt.datetime, *, now: dt.datetime) -> int:
    """How many days are left until ``moment``, a begun one counting whole; 0 from then on."""
    return max(0, -((now - moment) // dt.timedelta(days=1)))


def opens_at(*, began_at: dt.datetime, delay: dt.timedelta, now: dt.datetime) -> dt.datetime:
    """When a declaration opens for a company: the delay counts once, from its beginning (003, chapter 2)."""
    return max(now, began_at + min(delay, MOST_DELAY))


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who is to have an account: names as they are typed, a checked address and phone number."""

    last_name: str
    first_name: str
    email: str
    phone: str = ""

    @property
    def name(self) -> str:
        """« Jean Dupont-Martin »."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What somebody who registers wants for their company: codes of ``catalogue``.

    ``voie``: how to become administrateur, where the company has some already. ``charters``: the declarations
    whose charter was accepted. ``sirets``: the établissements that are ticked. ``colleagues``: déclarants to
    create with the inscription.
    """

    genre: Genre = Genre.MONO
    voie: Voie = Voie.COOPTATION
    vous_etes: str = ""
    lies_a: tuple[str, ...] = ()
    secteurs: tuple[str, ...] = ()
    declarations: tuple[str, ...] = ()
    charters: tuple[str, ...] = ()
    sirets: tuple[str, ...] = ()
    colleagues: tuple[Person, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """What a registration keeps while it waits for its link."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Choice":
        """The opposite of ``to_json``; what the former release did not know is what it is by default."""
        lists = ("lies_a", "secteurs", "declarations", "charters", "sirets")
        return cls(
            genre=Genre(kept.get("genre", Genre.MONO)),
            voie=Voie(kept.get("voie", Voie.COOPTATION)),
            vous_etes=kept.get("vous_etes", ""),
            colleagues=tuple(Person(**one) for one in kept.get("colleagues", ())),
            **{name: tuple(kept.get(name, ())) for name in lists},
        )
