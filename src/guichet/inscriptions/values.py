"""What ``declarations.toml`` holds (declarations, questions, profiles, services), and what queries give."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from guichet.inscriptions.models import Acteur
from guichet.inscriptions.rules import Role, Voie


class Filed(StrEnum):
    """How a declaration is filed."""

    FILE = "fichier"  # a file, kept as it came, with a receipt
    SERVICE = "service"  # a page of this portal: ``address`` is its name
    LINK = "lien"  # elsewhere: ``address`` is https


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """Something that companies declare. ``colour``: a name of the design system's palette; never alone.

    ``delay``: how long a first administrateur waits. ``charter``: the text to accept, or nothing.
    ``periods``: what one says of the period that is declared, ``mois``, ``trimestre``, ``annee`` or nothing.
    ``extensions``: of the files that are taken. ``services``: codes of the complementary services it brings.
    """

    code: str
    label: str
    organism: str
    summary: str
    colour: str
    delay: dt.timedelta
    filed: Filed
    charter: str = ""
    address: str = ""
    periods: str = "mois"
    extensions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    retired: bool = False


@dataclass(frozen=True, kw_only=True)
class Branch:
    """An answer of the registration's questions; ``under``: the answers to the question before
    that lead to it. ``declarations``: those that it proposes (the last question's alone).
    """

    code: str
    label: str
    hint: str = ""
    under: tuple[str, ...] = ()
    declarations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tree:
    """« Vous êtes », « Vous souhaitez utiliser les services liés à… », « Régime ou secteur »."""

    vous_etes: tuple[Branch, ...]
    lies_a: tuple[Branch, ...]
    secteurs: tuple[Branch, ...]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One of the five profiles. ``declarations`` empty: all; ``places``: ``tous``, ``sien``, ``aucun``."""

    code: str
    label: str
    summary: str
    declarations: tuple[str, ...] = ()
    places: str = "tous"


@dataclass(frozen=True, kw_only=True)
class Complement:
    """A complementary service. ``kind``: one of the headings of 003, chapter 3 (« Outils de contrôle »…).

    ``address``: https, elsewhere, or the name of a page of this portal.
    """

    code: str
    label: str
    summary: str
    kind: str
    address: str


@dataclass(frozen=True)
class Contents:
    """All that a file holds, by code and in its order; what is retired as well."""

    declarations: Mapping[str, Declaration]
    tree: Tree
    profiles: Mapping[str, Profile]
    complements: Mapping[str, Complement]


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


@dataclass(frozen=True, kw_only=True)
class Help:
    """Somebody who asked an administrateur for a new provisional password, and had none since."""

    acteur_id: int
    name: str
    email: str
    asked_at: dt.datetime
