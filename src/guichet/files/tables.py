"""Tables that people send: CSV, and spreadsheets' own formats, which are read in a confined child."""

import json
import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from guichet.files.checks import ChecksUnavailable
from guichet.files.sandbox.client import Unavailable, Zygote
from guichet.files.sandbox.confinement import Limits as ChildLimits
from guichet.kernel.refusals import N_
from guichet.kernel.tables import (
    USUAL,
    CompressedTable,
    Limits,
    NotATable,
    Table,
    TableRefused,
    TableTooBig,
    read_table,
)

MOST_AT_ONCE = 2
SEPARATOR = "\t"  # what the child writes between cells
# The file is judged by its own work (``cpu``), not by how busy the machine is.
CHILD = ChildLimits(wall=25, cpu=9, memory=512, output=200)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")

logger = logging.getLogger(__name__)
_zygote = Zygote("guichet.files.sandbox.workbooks", at_once=MOST_AT_ONCE)


class ProtectedWorkbook(TableRefused):
    """It has a password."""

    code = "table_password"
    message = N_(
        "Ce classeur est protégé par un mot de passe. Retirez la protection dans votre tableur, "
        "enregistrez-le, puis envoyez-le à nouveau."
    )


class UnreadableWorkbook(TableRefused):
    """It is damaged, or of a version that nobody writes any more."""

    code = "table_workbook"
    message = N_(
        "Ce classeur ne peut pas être lu : il est abîmé, ou d’une version trop ancienne. "
        "Ouvrez-le dans votre tableur, enregistrez-le au format CSV, puis envoyez ce nouveau fichier."
    )


class HeavyWorkbook(TableRefused):
    """Reading it takes more time or memory than any table of ours."""

    code = "table_heavy"
    message = N_(
        "Ce classeur est trop lourd à lire. Supprimez les feuilles inutiles et les cellules isolées loin du "
        "tableau, ou enregistrez-le au format CSV, puis envoyez ce nouveau fichier."
    )


class EmptySheet(TableRefused):
    """The first visible sheet says nothing. Params: ``sheet``."""

    code = "table_empty_sheet"
    message = N_(
        "La feuille « {sheet} », la première du classeur, est vide. "
        "Placez le tableau dans la première feuille, puis envoyez le classeur à nouveau."
    )


class NoSheet(UnreadableWorkbook):
    """Every sheet is hidden, or a chart."""

    message = N_(
        "Aucune feuille de ce classeur n’est visible. Affichez celle du tableau, enregistrez le classeur, "
        "puis envoyez-le à nouveau."
    )


_REASONS: dict[str, type[TableRefused]] = {
    "archive": CompressedTable,
    "not_table": NotATable,
    "password": ProtectedWorkbook,
    "unreadable": UnreadableWorkbook,
    "no_sheet": NoSheet,
}


@contextmanager
def opened(path: Path, *, name: str = "", limits: Limits = USUAL) -> Iterator[Table]:
    """The table in the file at ``path``, whose rows are read while the context lasts.

    What it is follows from its content; ``name`` is what its owner calls it, and only tells a remark. Of a
    spreadsheet the first visible sheet is read, with 9 s of work at most. Raises ``TableRefused``, also while
    rows are read, and ``ChecksUnavailable``.
    """
    with path.open("rb") as file:
        if not file.read(8).startswith(_WORKBOOKS):
            yield read_table(file, limits=limits)
            return
        if path.stat().st_size > limits.size:
            raise TableTooBig(size=limits.size)
        with tempfile.TemporaryFile() as text:
            yield _of_workbook(file, cast(BinaryIO, text), name, limits)


def _of_workbook(file: BinaryIO, text: BinaryIO, name: str, limits: Limits) -> Table:
    told = _unfolded(file, text)
    if reason := told["reason"]:
        raise EmptySheet(sheet=told["sheet"]) if reason == "empty" else _REASONS[reason]
    text.seek(0)
    table = read_table(text, limits=limits, encoding=told["format"], separator=SEPARATOR)
    if name.lower().endswith((".csv", ".txt")):
        table.remark("spreadsheet")
    if told["others"]:
        table.remark("sheets", about=told["sheet"])
    return table


def _unfolded(file: BinaryIO, text: BinaryIO) -> dict[str, Any]:
    file.seek(0)
    try:
        result = _zygote.run("rows", {}, [file.fileno(), text.fileno()], CHILD)
    except Unavailable:
        raise ChecksUnavailable from None
    if not result.ended_well:
        logger.warning("a workbook: %s", result.story)
        raise HeavyWorkbook
    told: dict[str, Any] = json.loads(result.answer)
    return told
