"""The lines of a request, as they were read, into a temporary table.

``judging.judge``, later in the same transaction, writes each of them once, with its verdict.
"""

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from itertools import chain, islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from guichet.files.queries import local_path
from guichet.files.stores import Missing
from guichet.files.tables import opened
from guichet.imports.models import Demande
from guichet.imports.operations.copying import Reader, Suspects, etablissements, habilitations, rows_for_copy
from guichet.imports.operations.progress import Tell
from guichet.imports.queries import reverting
from guichet.imports.queries.naming import Directory
from guichet.imports.rules import ColumnUnknown, Head, NoLines, closest, head_of
from guichet.imports.states import Kind
from guichet.inscriptions import catalogue
from guichet.inscriptions.models import DeclarationInscrite
from guichet.kernel.refusals import Refusal
from guichet.kernel.tables import Row, Table

CHUNK = 1_000  # lines that are given to the database at a time

_TABLE = """
DROP TABLE IF EXISTS pg_temp.imports_lue;
CREATE TEMPORARY TABLE imports_lue (
    numero integer NOT NULL, typed text[] NOT NULL, siret text NOT NULL, acteur_id bigint, cliente_id bigint,
    codes text[] NOT NULL, given boolean[] NOT NULL, notes text[] NOT NULL, problem text NOT NULL
) ON COMMIT DROP
"""
_COPY = "COPY imports_lue FROM STDIN"

# The portfolio itself, which is to contain it, then its clients: as if a first line had named the columns.
_CLIENTES = """
INSERT INTO imports_lue
SELECT row_number() OVER (ORDER BY id IS NOT NULL, sort_key, id), ARRAY[siren, name], '', NULL, id,
    ARRAY[%(code)s], ARRAY[%(adds)s], '{}', ''
FROM (
    SELECT NULL AS id, '' AS siren, name, '' AS sort_key
    FROM portefeuilles_portefeuille WHERE id = %(portefeuille)s
    UNION ALL
    SELECT id, siren, name, sort_key
    FROM portefeuilles_cliente WHERE portefeuille_id = %(portefeuille)s AND closed_at IS NULL
) about
"""
_AGAIN = """
INSERT INTO imports_lue
SELECT numero, typed, siret, acteur_id, cliente_id, codes, given, notes, problem
FROM imports_ligne WHERE demande_id = %(demande)s
"""


def stage(demande: Demande, tell: Tell, path: Path | None = None) -> None:
    """Read the lines of a request anew, and set ``head``, ``columns``, ``problem``, ``remarks``, ``total``.

    ``path``: the file itself, where the store has none. With a ``problem`` there are no lines. Outside of a
    transaction the lines are gone at once.
    """
    demande.problem, demande.remarks, demande.head, demande.columns = None, [], [], []
    demande.total = 0
    execute(_TABLE)
    if demande.kind == Kind.DECLARATION:
        known = {"code": demande.declaration, "adds": demande.adds, "portefeuille": demande.portefeuille_id}
        demande.total = execute(_CLIENTES, known)
    elif demande.kind == Kind.ANNULATION:
        source = reverting.lines(demande)
        demande.total = execute(f"INSERT INTO imports_lue {source.sql}", source.params)
    else:
        _stage_file(demande, tell, path)


def read_again(demande: Demande) -> None:
    """The lines of a file, as they were read before."""
    execute(_TABLE)
    execute(_AGAIN, {"demande": demande.pk})


def execute(statement: str, params: Mapping[str, Any] | None = None) -> int:
    """Run a statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return int(cursor.rowcount)


def _stage_file(demande: Demande, tell: Tell, path: Path | None) -> None:
    try:
        with (
            transaction.atomic(),  # a COPY that is given up spoils what it runs in
            nullcontext(path) if path else local_path(sha256=demande.file_sha256) as found,
            opened(found, name=demande.file_name) as table,
        ):
            _stage_table(demande, tell, table)
    except Missing:
        demande.problem = {"code": "file_missing", "params": {}}
    except Refusal as refusal:
        demande.problem = {"code": refusal.code, "params": refusal.params}
    if demande.problem is not None:
        demande.total = 0
        execute(_TABLE)


def _stage_table(demande: Demande, tell: Tell, table: Table) -> None:
    kind, declarations = Kind(demande.kind), _declarations(demande)
    head = head_of(table.head, kind=kind, declarations=declarations)
    demande.head, demande.columns = list(head.names), list(head.columns)
    rows = chain([Row(1, table.head)], table.rows) if head.is_data else table.rows
    suspects = Suspects(head)
    demande.total = _copy(rows_for_copy(suspects.watch(rows), head, _reader(demande, head)), tell)
    if suspects.found:
        name = head.names[suspects.found[0]]
        raise ColumnUnknown(column=name, known=closest(name, kind=kind, declarations=declarations))
    if not demande.total:
        raise NoLines
    demande.remarks = [{"code": one.code, "params": one.params} for one in table.remarks]
    left = [head.names[place] for place in head.unknown]
    if left:
        demande.remarks.append({"code": "columns_left", "params": {"columns": ", ".join(left)}})


def _copy(lines: Iterable[str], tell: Tell) -> int:
    """Give ``lines`` to the database; how many."""
    done = 0
    following = iter(lines)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        while chunk := list(islice(following, CHUNK)):
            copy.write("".join(chunk))
            done += len(chunk)
            tell(done, 0)
    return done


def _reader(demande: Demande, head: Head) -> Reader:
    if demande.kind == Kind.ETABLISSEMENTS:
        return etablissements(head)
    return habilitations(head, Directory(demande.inscription_id))


def _declarations(demande: Demande) -> Mapping[str, str]:
    """The declarations that a column may name: code → label. What is offered, and what the firm has still."""
    kept = DeclarationInscrite.objects.filter(inscription=demande.inscription_id, removed_at=None)
    offered = {code: one.label for code, one in catalogue.declarations().items()}
    return {**offered, **{code: catalogue.label(code) for code in kept.values_list("code", flat=True)}}
