"""The verdicts of a request's lines, and its counts: before it is validated, and again when it is applied."""

from django.db import connection

from guichet.imports.models import Demande, Ligne
from guichet.imports.operations.staging import execute
from guichet.imports.queries import stakes
from guichet.imports.queries.judging import CELLS, REWRITTEN, WRITTEN, judged
from guichet.imports.rules import MOST_RIGHTS, TooManyRights
from guichet.imports.states import Kind

MEMORY = "SET LOCAL work_mem = '48MB'"  # 100,000 lines are sorted and joined without files
COUNTS = ("lignes", "ajouts", "suppressions", "deja", "impossibles")


def judge(demande: Demande) -> None:
    """Judge the lines that ``staging`` has read in this transaction; write them, or what changed of them.

    Sets ``counts`` (rights included: what they would be) and, where more than ``MOST_RIGHTS`` would change,
    ``problem``.
    """
    fresh = demande.kind not in (Kind.ETABLISSEMENTS, Kind.HABILITATIONS)
    if fresh:
        Ligne.objects.filter(demande=demande)._raw_delete(using=connection.alias)
    execute(MEMORY)
    execute("ANALYZE imports_lue")
    execute(CELLS)
    source = judged(demande)
    execute(source.sql, source.params)
    execute("ANALYZE imports_jugee")
    known = Ligne.objects.filter(demande=demande).exists()
    demande.counts = dict(zip(COUNTS, _written(demande, REWRITTEN if known else WRITTEN), strict=True))
    _count_rights(demande)


def _written(demande: Demande, statement: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"demande": demande.pk})
        return [int(number) for number in cursor.fetchone()]


def _count_rights(demande: Demande) -> None:
    found = stakes.of(demande)
    demande.counts |= {
        "droits_ouverts": found.opened,
        "droits_fermes": found.closed,
        "personnes": found.people,
    }
    if found.rights > MOST_RIGHTS:
        params = {"number": found.rights, "most": MOST_RIGHTS, "people": found.people}
        demande.problem = {"code": TooManyRights.code, "params": params}
