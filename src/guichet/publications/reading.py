"""What the search and the export have in common: keys, words and rows."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from guichet.entreprises import queries as entreprises
from guichet.publications import statements
from guichet.publications.found import Line, line
from guichet.publications.models import Publication
from guichet.publications.rules import MAX_RESULTS, Criteria
from guichet.publications.states import State

PREFIX = 4  # letters from which on the beginning of a word finds it

Row = tuple[object, ...]


def search_key(text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sirene.search_key(%s)", [text])
        return " ".join(cursor.fetchone()[0].split())


def beginnings(words: Sequence[str]) -> list[str]:
    """For each word, itself or one of the words of names that begin so.

    They are named one by one: of a term that ends in « :* » PostgreSQL gathers all rows before it looks at
    the others, which takes ten times as long where many names have it.
    """
    with connection.cursor() as cursor:
        cursor.execute(statements.BEGINNINGS, {"words": [word for word in words if len(word) >= PREFIX]})
        found: dict[str, list[str]] = dict(cursor.fetchall())
    return [_any([word, *found.get(word, [])]) for word in words]


def alike(words: Sequence[str]) -> list[str]:
    """For each word, itself, one of those that begin so, or one of those that are alike."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statements.SET_SIMILARITY)
        cursor.execute(statements.ALIKE, {"words": list(words)})
        found: dict[str, list[str]] = dict(cursor.fetchall())
    begun = beginnings(words)
    return [
        f"({start} | {_any(found[word])})" if found[word] else start
        for word, start in zip(words, begun, strict=True)
    ]


def tsquery(parts: Sequence[str], criteria: Criteria) -> str:
    narrowed = [_lexeme(f"d:{criteria.department}")] if criteria.department else []
    narrowed += [_lexeme(f"y:{criteria.year}")] if criteria.year else []
    return " & ".join([*parts, *narrowed])


def _lexeme(word: str) -> str:
    quoted = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'"


def _any(words: Sequence[str]) -> str:
    return "(" + " | ".join(_lexeme(word) for word in dict.fromkeys(words)) + ")"


def found(
    criteria: Criteria, params: Mapping[str, Any], *, limit: int = MAX_RESULTS, offset: int = 0
) -> tuple[int, list[tuple[str, int]], list[tuple[int, int]], list[int]]:
    """What a name or a number finds: how many, by department, by year, and the ids asked for, in order."""
    with connection.cursor() as cursor:
        bounds = {"limit": limit, "offset": offset}
        cursor.execute(statements.found(criteria), {"key": "", **params, **bounds})
        total, departments, years, ids = cursor.fetchone()
    return total, _json(departments) or [], _json(years) or [], ids


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def numbered(criteria: Criteria) -> dict[str, Any]:
    number = criteria.siren or criteria.rna
    # Whoever withholds an RNA number is not found by it either.
    withheld = _withheld_of_rna(number) if criteria.rna else []
    return {"number": number, "withheld": withheld} | narrowed(criteria)


def _withheld_of_rna(rna: str) -> list[str]:
    found = Publication.objects.filter(state=State.EN_VIGUEUR, rna=rna).values_list("siren", flat=True)
    return sorted(entreprises.withholding(sirens=list(found.distinct())))


def narrowed(criteria: Criteria) -> dict[str, Any]:
    return {"department": criteria.department, "year": criteria.year}


def read(ids: Sequence[int]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statements.LINES, {"ids": list(ids)})
        return list(cursor.fetchall())


def lines(rows: Sequence[Row]) -> list[Line]:
    withheld = entreprises.withholding(sirens=[str(row[1]) for row in rows]) if rows else frozenset()
    return [line(row, withheld) for row in rows]
