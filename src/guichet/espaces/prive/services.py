"""The online services for declarations, where the first two buttons of the sending lead (001, step 1).

``services.toml`` beside this module, or the file that ``GUICHET_PRIVE_SERVICES`` names.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings

from guichet.accounts.models import Account
from guichet.espaces.prive.kinds import KINDS, kind_of

OURS = Path(__file__).with_name("services.toml")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
ADDRESS = re.compile(r"https://[^\s/\"'<>\\@]+(?:/[^\s\"'<>\\]*)?\Z")
FIELDS = ("slug", "label", "summary", "address")
EACH = 2  # buttons for each kind, before « d'autres documents »


class ServicesInvalid(ValueError):  # noqa: N818 - says what is wrong, in French, to the operator
    """The operator's file can't be used; its text says what is wrong, and where."""


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """An online service. ``address``: where it is; empty where this portal only says whom to ask."""

    slug: str
    label: str
    summary: str
    address: str = ""


Services = Mapping[str, Sequence[Declaration]]


def declarations(account: Account) -> Sequence[Declaration]:
    """The two that ``account`` is offered, by its kind, in the order of the file."""
    return current()[kind_of(account).code]


def declaration(account: Account, slug: str) -> Declaration | None:
    """The one that an address names, where it is offered to ``account``."""
    return next((one for one in declarations(account) if one.slug == slug), None)


def current() -> Services:
    """What is offered here. Raises ``ServicesInvalid``."""
    return read(Path(settings.PRIVE_SERVICES) if settings.PRIVE_SERVICES else OURS)


@cache
def read(path: Path) -> Services:
    """The services of a file, by kind. Raises ``ServicesInvalid``."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ServicesInvalid(f"{path} : le fichier ne peut pas être lu ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ServicesInvalid(f"{path} : ce n’est pas un fichier TOML en UTF-8 ({error})") from None
    if unknown := sorted(set(content) - set(KINDS)):
        raise ServicesInvalid(f"{path} : « {unknown[0]} » est inconnu ; attendu : {', '.join(KINDS)}")
    return MappingProxyType({kind: _of_kind(path, kind, content.get(kind)) for kind in KINDS})


def _of_kind(path: Path, kind: str, rows: Any) -> Sequence[Declaration]:
    found = [
        _one(f"{path}, {kind} n° {rank}", row)
        for rank, row in enumerate(rows if isinstance(rows, list) else [], start=1)
    ]
    if len(found) != EACH:
        raise ServicesInvalid(f"{path} : il faut {EACH} éléments [[{kind}]], et non {len(found)}")
    if len({one.slug for one in found}) != EACH:
        raise ServicesInvalid(f"{path}, {kind} : deux éléments ont le même « slug »")
    return tuple(found)


def _one(where: str, row: Any) -> Declaration:
    if not isinstance(row, dict) or set(row) - set(FIELDS):
        raise ServicesInvalid(f"{where} : seuls {', '.join(FIELDS)} sont connus")
    texts = {name: row.get(name, "") for name in FIELDS}
    if not all(isinstance(text, str) for text in texts.values()):
        raise ServicesInvalid(f"{where} : {', '.join(FIELDS)} sont des textes")
    if not SLUG.match(texts["slug"]):
        raise ServicesInvalid(f"{where} : slug invalide « {texts['slug']} » (minuscules, chiffres, tirets)")
    if not texts["label"].strip() or not texts["summary"].strip():
        raise ServicesInvalid(f"{where} : « label » et « summary » sont obligatoires")
    if texts["address"] and not ADDRESS.match(texts["address"]):
        raise ServicesInvalid(f"{where} : l’adresse « {texts['address']} » ne commence pas par https://")
    return Declaration(**{name: text.strip() for name, text in texts.items()})
