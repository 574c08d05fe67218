"""A million fictitious associations and what they published, made by the database: the same every time.

Names are drawn so that some words stand in a third of all names, and most in a few: a search meets both.
"""

from typing import Any

ASSOCIATIONS, PUBLICATIONS = 1_000_000, 1_500_000
_KINDS = (
    "ASSOCIATION",
    "ASSOCIATION SPORTIVE",
    "ASSOCIATION DES PARENTS D'ELEVES",
    "ASSOCIATION DES AMIS",
    "COMITE DES FETES",
    "CLUB",
    "CLUB NAUTIQUE",
    "UNION SPORTIVE",
    "LES AMIS",
    "FOYER RURAL",
    "CHORALE",
    "HARMONIE",
    "ENTRAIDE",
    "FEDERATION",
    "ECOLE DE CIRQUE",
    "JARDINS PARTAGES",
)
_THEMES = (
    "",
    "",
    "",
    "DE LA FORET",
    "DU PATRIMOINE",
    "DE L'ECOLE",
    "DES CHASSEURS",
    "DU MOULIN",
    "DE LA MUSIQUE",
    "DES ARTS",
    "DU TENNIS",
    "DE PETANQUE",
    "DES RETRAITES",
    "DE LA LECTURE",
    "DU THEATRE",
    "DES JARDINS",
)
_SYLLABLES = (
    "VAL",
    "MONT",
    "ROCHE",
    "BRU",
    "SAN",
    "LE",
    "PON",
    "CHA",
    "TER",
    "GUI",
    "FON",
    "MAR",
    "OR",
    "BEL",
)

_NAMES = """
    CREATE UNLOGGED TABLE bench_unit AS
    SELECT n AS rank, lpad(n::text, 9, '0') AS siren,
        btrim(concat_ws(' ', kinds[1 + floor(random() ^ 2 * 16)::int],
            themes[1 + floor(random() * 16)::int], 'DE',
            s[1 + floor(random() * 14)::int] || s[1 + floor(random() * 14)::int]
            || s[1 + floor(random() * 14)::int] || s[1 + floor(random() ^ 2 * 14)::int])) AS name,
        departments[1 + floor(random() ^ 2 * array_length(departments, 1))::int] AS department
    FROM generate_series(1, %(units)s) n,
        (SELECT %(kinds)s::text[] AS kinds, %(themes)s::text[] AS themes, %(syllables)s::text[] AS s,
                %(departments)s::text[] AS departments) lists
"""
_ROWS = """
    INSERT INTO publications_publication (depot_id, teleprocedure, label, siren, rna, name, category_code,
        postcode, city, department, closing_date, closing_year, version, filed_on, published_at, state,
        reason, stored_id, size, pages)
    SELECT gen_random_uuid(), 'comptes_annuels', 'Comptes annuels', siren, 'W' || siren, name,
        '9220', '44000', 'VILLE', department, make_date(year, 12, 31), year, 0, make_date(year + 1, 6, 30),
        make_date(year + 1, 6, 30) + random() * interval '150 days', 'en_vigueur', '', repeat('0', 64), 1, 1
    FROM (
        SELECT siren, name, department, 2025 - (n / %(units)s) * 3 - floor(random() * 3)::int AS year
        FROM generate_series(0, %(publications)s - 1) n JOIN bench_unit ON rank = 1 + n %% %(units)s
    ) drawn
"""
_REST = (
    "INSERT INTO publications_tally (department, year, change, at)"
    " SELECT department, closing_year, count(*), now() FROM publications_publication GROUP BY 1, 2",
    "INSERT INTO publications_word SELECT DISTINCT unnest(string_to_array(sirene.search_key(name), ' '))"
    " FROM bench_unit ON CONFLICT DO NOTHING",
    "DROP TABLE bench_unit",
)
_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'publications_publication'
    AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
_FOREIGN = """
    SELECT conname FROM pg_constraint WHERE conrelid = 'publications_publication'::regclass AND contype = 'f'
"""


def load() -> None:
    """Fill the tables of publications; filings and files that nobody reads here are not made."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.2026)")
        for name in _column(cursor, _FOREIGN):
            cursor.execute(f'ALTER TABLE publications_publication DROP CONSTRAINT "{name}"')
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(_NAMES, _lists())
        cursor.execute(_ROWS, _lists())
        for statement in (*_REST, *(definition for _name, definition in indexes)):
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE publications_publication, publications_tally, publications_word")


def _lists() -> dict[str, Any]:
    from guichet.publications.territories import DEPARTMENTS

    return {
        "kinds": list(_KINDS),
        "themes": list(_THEMES),
        "syllables": list(_SYLLABLES),
        "departments": ["75", "59", "69", "13", *DEPARTMENTS],
        "units": ASSOCIATIONS,
        "publications": PUBLICATIONS,
    }


def _column(cursor: Any, statement: str) -> list[str]:
    cursor.execute(statement)
    return [row[0] for row in cursor.fetchall()]
