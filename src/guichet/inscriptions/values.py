"""What ``declarations.toml`` holds: declarations, the questions that lead to them, profiles, services."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


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
