"""Importing the Sirene register."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import connection, transaction
from psycopg.sql import SQL

from guichet.entreprises import register
from guichet.entreprises.source import open_source
from guichet.journal import operations as journal
from guichet.kernel.refusals import N_, Refusal

Progress = Callable[[str, int, int], None]  # stage (unite, etablissement, search), done, total

_ONE_IMPORT = 7_453_116  # the advisory lock of whoever imports
_FILES = {"unite": "StockUniteLegale", "etablissement": "StockEtablissement"}

_NAMES = """
    INSERT INTO sirene_next.nom
    SELECT siren, sirene.search_key(name) FROM (
        SELECT siren, concat_ws(' ', coalesce("denominationUniteLegale", nullif(concat_ws(' ',
            coalesce("prenomUsuelUniteLegale", "prenom1UniteLegale"),
            coalesce("nomUsageUniteLegale", "nomUniteLegale")), ''), "denominationUsuelle1UniteLegale"),
            "sigleUniteLegale") AS name
        FROM sirene.unite WHERE "statutDiffusionUniteLegale" IS DISTINCT FROM 'P'
    ) named WHERE name <> ''
"""


class EmptyRegister(Refusal):
    """Params: ``file``."""

    code = "empty_register"
    message = N_("{file} ne contient aucune ligne valable. Rien n’a été changé.")


class ImportRunning(Refusal):
    """Somebody imports at this moment."""

    code = "import_running"
    message = N_("Un autre import du répertoire Sirene est en cours : attendez qu’il se termine.")
    status = 409


@dataclass(frozen=True, kw_only=True)
class FileReport:
    """``lines`` that the register now holds of a file, and lines ``skipped`` for their malformed number."""

    lines: int
    skipped: int


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """``seconds`` until the register served, ``search_seconds`` more until its names were searched."""

    unites: FileReport
    etablissements: FileReport | None
    seconds: float
    search_seconds: float


def import_sirene(
    *, unites: Path, etablissements: Path | None = None, progress: Progress | None = None
) -> ImportReport:
    """Replace the register by INSEE's StockUniteLegale and StockEtablissement (CSV, plain, .zip or .gz).

    Without ``etablissements`` the former ones stay. Columns are found by name, in any order and number.
    Numbers and addresses serve first, all at once; names to search follow, as their index takes longer to
    build than all the rest: until then a search goes through the former names. A file that can't be used
    changes nothing, and raises ``EmptyRegister``, ``ImportRunning`` or what ``source.open_source`` and
    ``register`` raise.
    """
    tell = progress or _silent
    files = {"unite": unites} | ({"etablissement": etablissements} if etablissements else {})
    started = time.monotonic()
    with transaction.atomic():
        _alone()
        reports = {table: _load(table, path, tell) for table, path in files.items()}
        register.swap(list(reports), record=lambda: _record(reports))
    served = time.monotonic()
    refresh_search(progress=tell)
    return ImportReport(
        unites=reports["unite"],
        etablissements=reports.get("etablissement"),
        seconds=served - started,
        search_seconds=time.monotonic() - served,
    )


def refresh_search(*, progress: Progress | None = None) -> None:
    """Rebuild what a search by name goes through, and swap it in at once. Raises ``ImportRunning``."""
    tell = progress or _silent
    tell("search", 0, 2)
    with transaction.atomic():
        _alone()
        register.create("nom", SQL("LIKE sirene.nom"))
        register.execute(_NAMES)
        tell("search", 1, 2)
        register.index("nom")
        register.swap(["nom"])
    tell("search", 2, 2)


def _load(table: str, path: Path, tell: Progress) -> FileReport:
    with open_source(path) as source:
        lines = register.load(
            table, source, expected=_FILES[table], tell=lambda: tell(table, source.position, source.size)
        )
        tell(table, source.size, source.size)
    skipped = register.drop_wrong_numbers(table)
    if lines == skipped:
        raise EmptyRegister(file=path.name)
    register.index(table)
    return FileReport(lines=lines - skipped, skipped=skipped)


def _record(reports: dict[str, FileReport]) -> None:
    data = {
        f"{table}_{name}": value
        for table, report in reports.items()
        for name, value in asdict(report).items()
    }
    journal.record(subject="sirene", kind="sirene.imported", actor="operator", data=data)


def _alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_IMPORT])
        (alone,) = cursor.fetchone()
    if not alone:
        raise ImportRunning


def _silent(_stage: str, _done: int, _total: int) -> None:
    pass
