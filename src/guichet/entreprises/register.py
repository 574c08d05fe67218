"""The register's tables: loaded beside those that serve, then put in their place at once."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from django.db import IntegrityError, OperationalError, connection, transaction
from psycopg.sql import SQL, Composable, Identifier

from guichet.entreprises.source import Source, WrongEncoding
from guichet.kernel.refusals import N_, Refusal

LOCK_TIMEOUT = "300ms"  # no reader waits longer behind a swap that itself waits for a slow reader
SWAP_ATTEMPTS = 30
PAUSE = 2.0  # seconds between two attempts, in which readers pass freely
LIVE, NEXT = "sirene", "sirene_next"

# Lines whose number has not the right form are left out. Keys are INSEE's affair: it knows its exceptions.
_WRONG_NUMBER = {
    "unite": "(octet_length(siren) = 9 AND btrim(siren, '0123456789') = '') IS NOT TRUE",
    "etablissement": """
        (octet_length(siret) = 14 AND btrim(siret, '0123456789') = '' AND siret = siren || nic) IS NOT TRUE
    """,
}


class MissingColumns(Refusal):
    """Params: ``file``, ``columns``, ``expected``."""

    code = "missing_columns"
    message = N_(
        "Il manque à {file} ces colonnes : {columns}. Prenez le fichier {expected} que l’Insee diffuse. "
        "Rien n’a été changé."
    )


class RepeatedColumn(Refusal):
    """Params: ``file``, ``column``."""

    code = "repeated_column"
    message = N_("{file} contient plusieurs fois la colonne {column}. Rien n’a été changé.")


class BrokenLine(Refusal):
    """A line with too few or too many fields, or an open quotation mark. Params: ``file``, ``line``."""

    code = "broken_line"
    message = N_(
        "La ligne {line} de {file} est coupée ou mal formée : le fichier est sans doute incomplet. "
        "Téléchargez-le de nouveau. Rien n’a été changé."
    )


class NumberTwice(Refusal):
    """Params: ``number``."""

    code = "number_twice"
    message = N_("Le numéro {number} figure deux fois dans le fichier. Rien n’a été changé.")


class RegisterBusy(Refusal):
    """Something, a backup perhaps, reads the register without an end."""

    code = "register_busy"
    message = N_(
        "Le répertoire est lu sans interruption, par une sauvegarde peut-être : relancez l’import plus tard. "
        "Rien n’a été changé."
    )
    status = 409


def execute(statement: str | Composable) -> int:
    """Run one statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def load(table: str, source: Source, *, expected: str, tell: Callable[[], None]) -> int:
    """Fill a new ``table`` with the lines of ``source``; how many. ``expected`` is INSEE's name of the file.

    PostgreSQL parses the CSV into the file's own columns, as a second copy would cost a third of the time.
    Raises ``MissingColumns``, ``RepeatedColumn``, ``BrokenLine``, ``WrongEncoding``.
    """
    names = _column_names(source, _columns(table), expected)
    columns = SQL(", ").join(SQL('{} text COLLATE "C"').format(Identifier(name)) for name in names)
    create(table, columns)
    lines = _copy(table, source, tell)
    spare = [SQL("DROP COLUMN {}").format(Identifier(name)) for name in names if name.startswith("_")]
    if spare:
        execute(SQL("ALTER TABLE {} {}").format(Identifier(NEXT, table), SQL(", ").join(spare)))
    return lines


def create(table: str, columns: Composable) -> None:
    """Make a new ``table``, in the place of one that an interrupted import may have left."""
    execute(SQL("DROP TABLE IF EXISTS {}").format(Identifier(NEXT, table)))
    execute(SQL("CREATE TABLE {} ({})").format(Identifier(NEXT, table), columns))


def drop_wrong_numbers(table: str) -> int:
    """Leave out the lines of the new ``table`` whose number is wrong; how many."""
    wrong = SQL("FROM {} WHERE {}").format(Identifier(NEXT, table), SQL(_WRONG_NUMBER[table]))
    with connection.cursor() as cursor:  # PostgreSQL counts with all its cores, but deletes with one
        cursor.execute(SQL("SELECT count(*) {}").format(wrong))
        (count,) = cursor.fetchone()
    return execute(SQL("DELETE {}").format(wrong)) if count else 0


def index(table: str) -> None:
    """Give the new ``table`` the indexes of the one that serves. Raises ``NumberTwice``."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '128MB'")
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = %s AND tablename = %s ORDER BY 1",
            [LIVE, table],
        )
        definitions = [row[0] for row in cursor.fetchall()]
    for definition in definitions:
        try:
            execute(definition.replace(f" ON {LIVE}.", f" ON {NEXT}.", 1))
        except IntegrityError as error:
            number = re.search(r"=\(([^)]*)\)", str(error))
            raise NumberTwice(number=number[1] if number else "?") from None
    execute(SQL("ANALYZE {}").format(Identifier(NEXT, table)))


def swap(tables: Sequence[str], *, record: Callable[[], object] = lambda: None) -> None:
    """Put the new ``tables`` in the place of those that serve, which are dropped. Raises ``RegisterBusy``.

    Near the end of a transaction: readers wait from here to its commit, and then see all of the new tables.
    ``record`` writes what happened to the journal. It belongs to the attempt at the lock: a seal that waits
    for a filing holds new events back, and that filing might be waiting for these tables.
    """
    _lock(tables, record)
    for table in tables:
        execute(SQL("DROP TABLE {}").format(Identifier(LIVE, table)))
        execute(SQL("ALTER TABLE {} SET SCHEMA {}").format(Identifier(NEXT, table), Identifier(LIVE)))


def _lock(tables: Sequence[str], record: Callable[[], object]) -> None:
    locked = SQL(", ").join(Identifier(LIVE, table) for table in tables)
    execute(SQL("SET LOCAL lock_timeout = {}").format(LOCK_TIMEOUT))
    for _attempt in range(SWAP_ATTEMPTS):
        try:
            with transaction.atomic():
                execute(SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(locked))
                record()
        except OperationalError as error:
            if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                raise
            execute(SQL("SELECT pg_sleep({})").format(PAUSE))
        else:
            execute("SET LOCAL lock_timeout TO DEFAULT")  # what follows waits for nobody who reads
            return
    raise RegisterBusy


def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
            " ORDER BY ordinal_position",
            [LIVE, table],
        )
        return [row[0] for row in cursor.fetchall()]


def _column_names(source: Source, needed: list[str], expected: str) -> list[str]:
    """A name for each column of the file: INSEE's where it is needed, « _17 » where it is not."""
    missing = [name for name in needed if name not in source.columns]
    if missing:
        raise MissingColumns(file=source.name, columns=", ".join(missing), expected=expected)
    repeated = [name for name in needed if source.columns.count(name) > 1]
    if repeated:
        raise RepeatedColumn(file=source.name, column=repeated[0])
    return [name if name in needed else f"_{number}" for number, name in enumerate(source.columns)]


def _copy(table: str, source: Source, tell: Callable[[], None]) -> int:
    statement = SQL("COPY {} FROM STDIN (FORMAT csv, ENCODING 'UTF8')").format(Identifier(NEXT, table))
    with connection.cursor() as cursor:
        try:
            with cursor.copy(statement) as copy:
                for chunk in source.chunks():
                    copy.write(chunk)
                    tell()
        except psycopg.errors.CharacterNotInRepertoire:
            raise WrongEncoding(file=source.name) from None
        except psycopg.errors.BadCopyFileFormat as error:
            raise BrokenLine(file=source.name, line=_line(error)) from None
        return int(cursor.rowcount)


def _line(error: Any) -> int:
    """The line of the file, counted from 1 with its header, that PostgreSQL stumbled over."""
    found = re.search(r"line (\d+)", error.diag.context or "")
    return int(found[1]) + 1 if found else 2
