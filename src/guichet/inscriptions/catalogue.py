"""The declarations that may be chosen, and the questions that lead to them: an operator may change the file.

``declarations.toml`` beside this module, or the file that ``GUICHET_DECLARATIONS`` names.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from django.conf import settings

from guichet.inscriptions.reading import CatalogueInvalid, read
from guichet.inscriptions.values import Branch, Complement, Contents, Declaration, Filed, Profile, Tree

__all__ = [
    "Branch",
    "CatalogueInvalid",
    "Complement",
    "Declaration",
    "Filed",
    "Profile",
    "Tree",
    "complements",
    "declaration",
    "declarations",
    "label",
    "pages",
    "profiles",
    "proposed",
    "services",
    "tree",
]

OURS = Path(__file__).with_name("declarations.toml")


def declarations() -> Mapping[str, Declaration]:
    """Those that are offered, by code, in the order of the file. Raises ``CatalogueInvalid``."""
    return {code: one for code, one in _current().declarations.items() if not one.retired}


def declaration(code: str) -> Declaration:
    """Any that was ever offered: a retired one has its own lines, one that the operator's file lost ours.

    Raises ``KeyError``.
    """
    known = _current().declarations
    return known[code] if code in known else read(OURS).declarations[code]


def label(code: str) -> str:
    """A declaration in words, or its code where nobody knows it any more."""
    try:
        return declaration(code).label
    except KeyError:
        return code


def tree() -> Tree:
    """The three questions of the registration, in the order of the file (003, chapter 2)."""
    return _current().tree


def proposed(*, vous_etes: str, lies_a: Collection[str], secteurs: Collection[str]) -> list[Declaration]:
    """What those answers propose, in the order of the catalogue.

    An answer counts where one of those that lead to it was given: what a form adds of its own counts for
    nothing.
    """
    questions = _current().tree
    begun = _answered(questions.vous_etes, [vous_etes])
    services = [one for one in _answered(questions.lies_a, lies_a) if {*one.under} & _codes(begun)]
    sectors = [one for one in _answered(questions.secteurs, secteurs) if {*one.under} & _codes(services)]
    wanted = {code for sector in sectors for code in sector.declarations}
    return [one for code, one in declarations().items() if code in wanted]


def profiles() -> Mapping[str, Profile]:
    """The profiles of rights that a déclarant may be given, by code, in the order of the file."""
    return _current().profiles


def complements() -> Mapping[str, Complement]:
    """All complementary services, by code, in the order of the file."""
    return _current().complements


def services(codes: Iterable[str]) -> list[Complement]:
    """The complementary services that these declarations bring, each once, in the order of the file."""
    known = _current().declarations
    brought = {service for code in codes if code in known for service in known[code].services}
    return [one for code, one in complements().items() if code in brought]


def pages() -> list[str]:
    """The names of this portal's pages that the file leads to. Raises ``CatalogueInvalid``."""
    leading = [one for one in declarations().values() if one.filed is Filed.SERVICE]
    addresses = [*(one.address for one in leading), *(one.address for one in complements().values())]
    return sorted({one for one in addresses if not one.startswith("https://")})


def _current() -> Contents:
    return read(Path(settings.DECLARATIONS) if settings.DECLARATIONS else OURS)


def _answered(question: Iterable[Branch], codes: Collection[str]) -> list[Branch]:
    return [one for one in question if one.code in codes]


def _codes(branches: Iterable[Branch]) -> set[str]:
    return {one.code for one in branches}
