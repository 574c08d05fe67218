"""What the queries of this room give: plain data for the pages."""

import datetime as dt
from dataclasses import dataclass

from guichet.inscriptions.models import Acteur
from guichet.inscriptions.rules import Role, Voie
from guichet.inscriptions.values import Filed


@dataclass(frozen=True, kw_only=True)
class Somebody:
    """One of the people of a company. ``created_by``: a name, or empty (the portal, or themselves).

    ``roles``: codes of ``rules.Role``, whose words are ``rules.ROLES``. ``provisional``: until when their
    provisional password lives; ``None``: they have none, or have chosen their own.
    """

    acteur: Acteur
    name: str
    email: str
    roles: tuple[Role, ...]
    siret: str
    since: dt.datetime | None
    created_by: str
    provisional: dt.datetime | None

    @property
    def acteur_id(self) -> int:
        """What addresses name them by."""
        return self.acteur.pk


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody who asks to be administrateur. ``days_left``: begun days until ``lapses_at``, from 15 to 1.

    ``key_sent_at``: when the letter with their activation key was written.
    """

    acteur: Acteur
    name: str
    email: str
    asked_at: dt.datetime
    lapses_at: dt.datetime
    days_left: int
    voie: Voie
    key_sent_at: dt.datetime | None = None

    @property
    def acteur_id(self) -> int:
        """What addresses name them by."""
        return self.acteur.pk


@dataclass(frozen=True, kw_only=True)
class Inscrite:
    """A declaration that a company chose. ``days_left``: begun days until it opens; 0: it is open."""

    code: str
    label: str
    summary: str
    colour: str
    filed: Filed
    address: str
    added_at: dt.datetime
    opens_at: dt.datetime
    is_open: bool
    days_left: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """An établissement of a company. ``name``, ``address`` as the register has them today (one line each).

    ``new``: it appeared in the register lately, and nobody has ticked it since.
    """

    siret: str
    name: str
    address: str
    is_siege: bool
    ticked: bool
    closed: bool
    new: bool
    closed_at: dt.datetime | None = None
    resilie_at: dt.datetime | None = None
