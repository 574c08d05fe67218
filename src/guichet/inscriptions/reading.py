"""The catalogue's file is read, and refused where it does not hold, with what is wrong and where."""

import datetime as dt
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from guichet.inscriptions.rules import MOST_DELAY
from guichet.inscriptions.values import Branch, Complement, Contents, Declaration, Filed, Profile, Tree

NOTHING = re.compile(r"\Z")
CODE = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")
CODE_OF_RIGHTS = 16  # signs that a right keeps of a declaration's code
PAGE = re.compile(r"[a-z_]+:[a-z_]+\Z")
ADDRESS = re.compile(r"https://[^\s/\"'<>\\@]+(?:/[^\s\"'<>\\]*)?\Z")
EXTENSION = re.compile(r"[a-z0-9]{1,8}\Z")
PERIODS = ("mois", "trimestre", "annee", "")
PLACES = ("tous", "sien", "aucun")
COLOURS = (
    *("green-tilleul-verveine", "green-bourgeon", "green-emeraude", "green-menthe", "green-archipel"),
    *("blue-ecume", "blue-cumulus", "purple-glycine", "pink-macaron", "pink-tuile", "yellow-tournesol"),
    *("yellow-moutarde", "orange-terre-battue", "brown-cafe-creme", "brown-caramel", "brown-opera"),
    "beige-gris-galet",
)
QUESTIONS = ("vous_etes", "lies_a", "secteurs")

One = TypeVar("One")
Fields = Mapping[str, tuple[type, Any]]  # the type of each, and what it is without a word (``...``: told)
DECLARATION: Fields = {
    "code": (str, ...),
    "label": (str, ...),
    "organism": (str, ...),
    "summary": (str, ...),
    "colour": (str, ...),
    "delay_days": (int, MOST_DELAY.days),
    "filed": (str, Filed.FILE.value),
    "charter": (str, ""),
    "address": (str, ""),
    "periods": (str, "mois"),
    "extensions": (list, []),
    "services": (list, []),
    "retired": (bool, False),
}
BRANCH: Fields = {"code": (str, ...), "label": (str, ...), "hint": (str, "")}
LATER: Fields = {**BRANCH, "under": (list, ...)}
LAST: Fields = {**LATER, "declarations": (list, ...)}
PROFILE: Fields = {
    "code": (str, ...),
    "label": (str, ...),
    "summary": (str, ...),
    "declarations": (list, []),
    "places": (str, "tous"),
}
COMPLEMENT: Fields = dict.fromkeys(("code", "label", "summary", "kind", "address"), (str, ...))
KINDS: Mapping[str, Fields] = {
    "declarations": DECLARATION,
    "vous_etes": BRANCH,
    "lies_a": LATER,
    "secteurs": LAST,
    "profiles": PROFILE,
    "complements": COMPLEMENT,
}
NAMES = {str: "un texte", int: "un nombre entier", list: "une liste de textes", bool: "true ou false"}


class CatalogueInvalid(ValueError):  # noqa: N818 - says what is wrong, in French, to the operator
    """The operator's file can't be used; its text says what is wrong, and where."""


@cache
def read(path: Path) -> Contents:
    """The catalogue of a file, read once in a process. Raises ``CatalogueInvalid``."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogueInvalid(f"{path} : le fichier ne peut pas être lu ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueInvalid(f"{path} : ce n’est pas un fichier TOML en UTF-8 ({error})") from None
    if unknown := sorted(set(content) - set(KINDS)):
        raise CatalogueInvalid(f"{path} : « {unknown[0]} » est inconnu ; attendu : {', '.join(KINDS)}")
    found = Contents(
        _entries(path, "declarations", content, _declaration),
        Tree(*(tuple(_entries(path, name, content, _branch).values()) for name in QUESTIONS)),
        _entries(path, "profiles", content, _profile),
        _entries(path, "complements", content, _complement),
    )
    _holds_together(path, found)
    return found


def _entries(
    path: Path, kind: str, content: Mapping[str, Any], made: Callable[[str, dict[str, Any]], One]
) -> Mapping[str, One]:
    """The entries of a kind, by code, at least one. Raises ``CatalogueInvalid``."""
    found: dict[str, One] = {}
    rows = content.get(kind)
    for rank, row in enumerate(rows if isinstance(rows, list) else [], start=1):
        values = _values(f"{path}, {kind} n° {rank}", row, KINDS[kind])
        where = f"{path}, {kind}, « {values['code']} »"
        if values["code"] in found:
            raise CatalogueInvalid(f"{where} : ce code y est déjà")
        found[values["code"]] = made(where, values)
    if not found:
        raise CatalogueInvalid(f"{path} : il n’y a aucun élément [[{kind}]]")
    return MappingProxyType(found)


def _values(where: str, row: Any, fields: Fields) -> dict[str, Any]:
    """What a table says, each field of its type; what it does not say is what it is by default."""
    if not isinstance(row, dict) or set(row) - set(fields):
        raise CatalogueInvalid(f"{where} : seuls {', '.join(fields)} sont connus")
    values = {
        name: _value(f"{where}, {name}", row.get(name, default), kind)
        for name, (kind, default) in fields.items()
    }
    if lacking := [name for name, (_kind, default) in fields.items() if default is ... and not values[name]]:
        raise CatalogueInvalid(f"{where} : « {lacking[0]} » manque")
    if not CODE.match(values["code"]):
        raise CatalogueInvalid(
            f"{where} : code invalide « {values['code']} » (minuscules, chiffres et tirets bas)"
        )
    return values


def _value(where: str, value: Any, kind: type) -> Any:
    if value is ...:
        return ""
    if type(value) is not kind or not all(isinstance(one, str) for one in _items(value)):
        raise CatalogueInvalid(f"{where} : {NAMES[kind]} est attendu")
    if kind is list:
        return tuple(_items(value))
    return str(value).strip() if kind is str else value


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _declaration(where: str, values: dict[str, Any]) -> Declaration:
    if len(values["code"]) > CODE_OF_RIGHTS:
        raise CatalogueInvalid(f"{where} : le code a plus de {CODE_OF_RIGHTS} signes")
    days = values.pop("delay_days")
    if not 0 <= days <= MOST_DELAY.days:
        raise CatalogueInvalid(f"{where} : « delay_days » va de 0 à {MOST_DELAY.days} jours")
    _one_of(where, "colour", values["colour"], COLOURS)
    _one_of(where, "periods", values["periods"], PERIODS)
    _one_of(where, "filed", values["filed"], [way.value for way in Filed])
    _leads(where, Filed(values["filed"]), values["address"])
    _takes_files(where, Filed(values["filed"]), values["extensions"])
    return Declaration(**{**values, "filed": Filed(values["filed"]), "delay": dt.timedelta(days=days)})


def _leads(where: str, filed: Filed, address: str) -> None:
    expected: dict[Filed, tuple[re.Pattern[str], str]] = {
        Filed.FILE: (NOTHING, "rien : elle se dépose ici"),
        Filed.SERVICE: (PAGE, "le nom d’une page du portail"),
        Filed.LINK: (ADDRESS, "une adresse https://"),
    }
    pattern, words = expected[filed]
    if not pattern.match(address):
        raise CatalogueInvalid(f"{where} : « address » est « {address} » ; attendu : {words}")


def _takes_files(where: str, filed: Filed, extensions: tuple[str, ...]) -> None:
    if bool(extensions) is not (filed is Filed.FILE):
        raise CatalogueInvalid(f"{where} : « extensions » nomme les fichiers d’une déclaration « fichier »")
    if wrong := [one for one in extensions if not EXTENSION.match(one)]:
        raise CatalogueInvalid(f"{where} : extension invalide « {wrong[0]} » (minuscules, sans point)")


def _branch(_where: str, values: dict[str, Any]) -> Branch:
    return Branch(**values)


def _profile(where: str, values: dict[str, Any]) -> Profile:
    _one_of(where, "places", values["places"], PLACES)
    return Profile(**values)


def _complement(where: str, values: dict[str, Any]) -> Complement:
    if not PAGE.match(values["address"]) and not ADDRESS.match(values["address"]):
        raise CatalogueInvalid(
            f"{where} : « {values['address']} » n’est ni une adresse https:// ni le nom d’une page du portail"
        )
    return Complement(**values)


def _one_of(where: str, name: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        listed = ", ".join(one or "(rien)" for one in known)
        raise CatalogueInvalid(f"{where} : « {name} » est « {value} » ; attendu : {listed}")


def _holds_together(path: Path, found: Contents) -> None:
    """Every code that is named exists, every answer leads to a declaration, and each of those is reached."""
    tree, offered = found.tree, {code for code, one in found.declarations.items() if not one.retired}
    named = [
        *_named("declarations", found.declarations.values(), "services", found.complements),
        *_named("lies_a", tree.lies_a, "under", [one.code for one in tree.vous_etes]),
        *_named("secteurs", tree.secteurs, "under", [one.code for one in tree.lies_a]),
        *_named("secteurs", tree.secteurs, "declarations", found.declarations),
        *_named("profiles", found.profiles.values(), "declarations", found.declarations),
    ]
    if named:
        raise CatalogueInvalid(f"{path}, {named[0]}")
    for question, after in ((tree.vous_etes, tree.lies_a), (tree.lies_a, tree.secteurs)):
        _leads_on(path, question, {code for one in after for code in one.under})
    _leads_on(path, tree.secteurs, {one.code for one in tree.secteurs if offered & {*one.declarations}})
    if lost := sorted(offered - {code for one in tree.secteurs for code in one.declarations}):
        raise CatalogueInvalid(f"{path} : aucun élément [[secteurs]] ne propose « {lost[0]} »")


def _named(kind: str, entries: Iterable[Any], field: str, known: Iterable[str]) -> list[str]:
    codes = {*known}
    return [
        f"{kind}, « {one.code} » : « {field} » nomme « {code} », qui n’existe pas"
        for one in entries
        for code in getattr(one, field)
        if code not in codes
    ]


def _leads_on(path: Path, question: Iterable[Branch], codes: set[str]) -> None:
    if dead := [one.code for one in question if one.code not in codes]:
        raise CatalogueInvalid(f"{path} : la réponse « {dead[0]} » ne mène à aucune déclaration")
