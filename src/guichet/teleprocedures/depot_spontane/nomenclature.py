"""The types of document that may be sent (001, step 4): a file, so that an operator can change it.

``nomenclature.toml`` beside this module, or the file that ``GUICHET_NOMENCLATURE`` names.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

OURS = Path(__file__).with_name("nomenclature.toml")
OTHER = "autre"  # what is none of the others: shown last, found by no search
CODE = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")  # the columns that keep a type hold 64 signs
LABEL_MAX = 60
KINDS = ("families", "types")
KEYS = {"families": {"code", "label"}, "types": {"code", "label", "family", "words", "retired"}}


class NomenclatureInvalid(ValueError):  # noqa: N818 - says what is wrong, in French, to the operator
    """The operator's file can't be used; its text says what is wrong, and of which code."""


@dataclass(frozen=True, kw_only=True)
class TypeDocument:
    """A type of document. ``family``: its code. ``words``: what people call it beside its label."""

    code: str
    label: str
    family: str
    words: tuple[str, ...] = ()
    retired: bool = False


@dataclass(frozen=True)
class Nomenclature:
    """The labels of families; all that was ever offered, what is retired as well; what is: each by code."""

    families: Mapping[str, str]
    types: Mapping[str, TypeDocument]
    offered: Mapping[str, TypeDocument]


def types() -> Mapping[str, TypeDocument]:
    """The types that are offered, by their codes, in the order of the file; ``autre`` is among them.

    Raises ``NomenclatureInvalid``.
    """
    return _current().offered


def families() -> Mapping[str, str]:
    """The labels of families, by their codes, in the order of the file. Raises ``NomenclatureInvalid``."""
    return _current().families


def type_label(code: str) -> str:
    """A type in words: a retired one has its own, one that the operator's file lost ours."""
    known = (_current().types, read(OURS).types)
    return next((each[code].label for each in known if code in each), "") or _("Type inconnu")


@cache
def read(path: Path) -> Nomenclature:
    """The nomenclature of a file, read once in a process. Raises ``NomenclatureInvalid``."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NomenclatureInvalid(f"{path} : le fichier ne peut pas être lu ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise NomenclatureInvalid(f"{path} : ce n’est pas un fichier TOML en UTF-8 ({error})") from None
    if unknown := sorted(set(content) - set(KINDS)):
        raise NomenclatureInvalid(f"{path} : « {unknown[0]} » est inconnu ; attendu : {', '.join(KINDS)}")
    families = {code: label for _where, code, label, _row in _rows(path, "families", content)}
    found = {
        code: _type(where, code, label, row, families)
        for where, code, label, row in _rows(path, "types", content)
    }
    if OTHER not in found or found[OTHER].retired:
        raise NomenclatureInvalid(f"{path} : le type « {OTHER} » manque ; il doit toujours être proposé")
    offered = {code: each for code, each in found.items() if not each.retired}
    return Nomenclature(MappingProxyType(families), MappingProxyType(found), MappingProxyType(offered))


def source() -> Path:
    """The file that counts: the operator's, else ours."""
    return Path(settings.NOMENCLATURE) if settings.NOMENCLATURE else OURS


def _current() -> Nomenclature:
    return read(source())


def _rows(path: Path, kind: str, content: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    """Where it stands, code, label and the whole of each table of a kind, no code and no label twice."""
    codes: set[str] = set()
    labels: set[str] = set()
    rows = content.get(kind)
    for rank, row in enumerate(rows if isinstance(rows, list) else [], start=1):
        where = f"{path}, {kind} n° {rank}"
        if not isinstance(row, dict):
            raise NomenclatureInvalid(f"{where} : une table [[{kind}]] est attendue")
        code = row.get("code", "")
        if not isinstance(code, str) or not CODE.match(code):
            raise NomenclatureInvalid(
                f"{where} : code invalide « {code} » (minuscules, chiffres, tirets bas)"
            )
        where = f"{path}, {kind}, « {code} »"
        label = _label(where, row.get("label"))
        if set(row) - KEYS[kind]:
            raise NomenclatureInvalid(f"{where} : seuls {', '.join(sorted(KEYS[kind]))} sont connus")
        if code in codes:
            raise NomenclatureInvalid(f"{where} : ce code y est déjà")
        if label.casefold() in labels:
            raise NomenclatureInvalid(f"{where} : le libellé « {label} » y est déjà")
        codes.add(code)
        labels.add(label.casefold())
        yield where, code, label, row


def _label(where: str, label: Any) -> str:
    if not isinstance(label, str) or not label.strip():
        raise NomenclatureInvalid(f"{where} : « label » manque, ou n’est pas un texte")
    if len(label.strip()) > LABEL_MAX:
        raise NomenclatureInvalid(f"{where} : « label » compte plus de {LABEL_MAX} caractères")
    return label.strip()


def _type(where: str, code: str, label: str, row: Any, families: Mapping[str, str]) -> TypeDocument:
    family, words, retired = row.get("family"), row.get("words", []), row.get("retired", False)
    if not isinstance(family, str) or family not in families:
        raise NomenclatureInvalid(f"{where} : la famille « {family} » n’est pas dans [[families]]")
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise NomenclatureInvalid(f"{where} : « words » n’est pas une liste de textes")
    if not isinstance(retired, bool):
        raise NomenclatureInvalid(f"{where} : « retired » vaut true ou false")
    known = tuple(word.strip() for word in words)
    return TypeDocument(code=code, label=label, family=family, words=known, retired=retired)
