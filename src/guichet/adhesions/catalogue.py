"""What one may ask to do for a company, and in what capacity: a file, so that an operator can change it.

``services.toml`` beside this module, or the file that ``GUICHET_ADHESION_SERVICES`` names.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings

OURS = Path(__file__).with_name("services.toml")
CODE = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")
KINDS = ("services", "capacities")
FLAGS = ("retired", "own")
KEYS = {"code", "label", "hint", *FLAGS}


class CatalogueInvalid(ValueError):  # noqa: N818 - says what is wrong, in French, to the operator
    """The operator's file can't be used; its text says what is wrong, and where."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service that one may ask for, or a capacity in which one may act.

    ``own``: in this capacity one asks for one's own company as well.
    """

    code: str
    label: str
    hint: str
    retired: bool = False
    own: bool = False


@dataclass(frozen=True)
class Catalogue:
    """All that was ever offered, by code; what is retired as well."""

    services: Mapping[str, Service]
    capacities: Mapping[str, Service]


def services() -> Mapping[str, Service]:
    """The services that are offered, by their codes, in the order of the file."""
    return _offered(_current().services)


def capacities() -> Mapping[str, Service]:
    """The capacities that are offered, by their codes, in the order of the file."""
    return _offered(_current().capacities)


def service_label(code: str) -> str:
    """A service in words: a retired one has its own, one that the operator's file lost ours, or its code."""
    return _label(code, _current().services, read(OURS).services)


def capacity_label(code: str) -> str:
    """A capacity in words, as ``service_label`` gives them."""
    return _label(code, _current().capacities, read(OURS).capacities)


@cache
def read(path: Path) -> Catalogue:
    """The catalogue of a file. Raises ``CatalogueInvalid``."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogueInvalid(f"{path} : le fichier ne peut pas être lu ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueInvalid(f"{path} : ce n’est pas un fichier TOML en UTF-8 ({error})") from None
    if unknown := sorted(set(content) - set(KINDS)):
        raise CatalogueInvalid(f"{path} : « {unknown[0]} » est inconnu ; attendu : {', '.join(KINDS)}")
    return Catalogue(*(_entries(path, kind, content.get(kind)) for kind in KINDS))


def _current() -> Catalogue:
    return read(Path(settings.ADHESION_SERVICES) if settings.ADHESION_SERVICES else OURS)


def _entries(path: Path, kind: str, rows: Any) -> Mapping[str, Service]:
    found: dict[str, Service] = {}
    for rank, row in enumerate(rows if isinstance(rows, list) else [], start=1):
        where = f"{path}, {kind} n° {rank}"
        entry = _entry(where, row)
        if entry.code in found:
            raise CatalogueInvalid(f"{where} : le code « {entry.code} » y est déjà")
        found[entry.code] = entry
    if not _offered(found):
        raise CatalogueInvalid(f"{path} : aucun élément [[{kind}]] n’est proposé")
    return MappingProxyType(found)


def _entry(where: str, row: Any) -> Service:
    if not isinstance(row, dict) or (set(row) - KEYS):
        raise CatalogueInvalid(f"{where} : seuls {', '.join(sorted(KEYS))} sont connus")
    code, label, hint = (row.get(name, "") for name in ("code", "label", "hint"))
    if not isinstance(code, str) or not CODE.match(code):
        raise CatalogueInvalid(f"{where} : code invalide « {code} » (minuscules, chiffres et tirets bas)")
    if not isinstance(label, str) or not label.strip() or not isinstance(hint, str):
        raise CatalogueInvalid(f"{where} : « label » manque, ou n’est pas un texte")
    flags = {name: row.get(name, False) for name in FLAGS}
    if not all(isinstance(flag, bool) for flag in flags.values()):
        raise CatalogueInvalid(f"{where} : {' et '.join(FLAGS)} valent true ou false")
    return Service(code=code, label=label.strip(), hint=hint.strip(), **flags)


def _offered(entries: Mapping[str, Service]) -> Mapping[str, Service]:
    return {code: entry for code, entry in entries.items() if not entry.retired}


def _label(code: str, *known: Mapping[str, Service]) -> str:
    return next((entries[code].label for entries in known if code in entries), code)
