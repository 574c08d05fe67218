"""The search's SQL: bounded work a request, and plans that do not depend on what is looked for.

- A search by name reads one GIN index, whatever it is narrowed to, into a materialised set of at most
  ``MAX_RESULTS`` + 1 rows: order, facets and total are those of that set.
- A list without a name walks the one index that is made for its order (see the first migration), and counts
  what ``Tally`` has counted already.
"""

from guichet.publications.rules import MAX_RESULTS, Criteria, Sort

COLUMNS = """id, siren, rna, name, search_key, category_code, postcode, city, department, label, closing_date,
    version, filed_on, published_at"""

_ORDERS = {
    Sort.NEWEST: "published_at DESC, id DESC",
    Sort.CLOSING: "closing_date DESC, id DESC",
    Sort.NAME: "search_key, id DESC",
    Sort.RELEVANCE: """CASE WHEN search_key = %(key)s THEN 0 WHEN starts_with(search_key, %(key)s) THEN 1
        WHEN strpos(search_key, %(key)s) > 0 THEN 2 ELSE 3 END,
        length(search_key), published_at DESC, id DESC""",
}
_FOUND = "id, department, closing_year, closing_date, published_at, search_key"

# The parts put together here are constants of this module and of the rules.
_BY_WORDS = f"""
    (SELECT {_FOUND} FROM publications_publication
     WHERE state = 'en_vigueur' AND search_key = %(key)s AND words @@ %(words)s::tsquery
     LIMIT {MAX_RESULTS + 1})
    UNION ALL
    (SELECT {_FOUND} FROM publications_publication
     WHERE state = 'en_vigueur' AND search_key <> %(key)s AND words @@ %(words)s::tsquery
     LIMIT {MAX_RESULTS + 1})
"""

_BY_NUMBER = f"""
    SELECT {_FOUND} FROM publications_publication
    WHERE state = 'en_vigueur' AND {{column}} = %(number)s
      AND (%(department)s = '' OR department = %(department)s)
      AND (%(year)s::int IS NULL OR closing_year = %(year)s)
      AND NOT siren = ANY(%(withheld)s)
    LIMIT {MAX_RESULTS + 1}
"""


def found(criteria: Criteria) -> str:
    """Everything about what a name or a number finds: total, both facets, and the ids of a page."""
    column = "siren" if criteria.siren else "rna"
    source = _BY_WORDS if criteria.name else _BY_NUMBER.format(column=column)
    return f"""
        WITH found AS MATERIALIZED ({source})
        SELECT (SELECT count(*) FROM found),
            (SELECT json_agg(json_build_array(department, n))
             FROM (SELECT department, count(*) AS n FROM found GROUP BY 1) d),
            (SELECT json_agg(json_build_array(closing_year, n))
             FROM (SELECT closing_year, count(*) AS n FROM found GROUP BY 1) y),
            ARRAY(SELECT id FROM found ORDER BY {_ORDERS[criteria.sort]} LIMIT %(limit)s OFFSET %(offset)s)
    """


def listed(criteria: Criteria) -> str:
    """The ids of a page of a list without a name, from the index that has them in order."""
    narrowed = ["state = 'en_vigueur'"]
    narrowed += ["department = %(department)s"] if criteria.department else []
    narrowed += ["closing_year = %(year)s"] if criteria.year else []
    return f"""
        SELECT ARRAY(SELECT id FROM publications_publication WHERE {" AND ".join(narrowed)}
            ORDER BY {_ORDERS[criteria.sort]} LIMIT %(limit)s OFFSET %(offset)s)
    """


TALLIES = """
    SELECT department, year, sum(change)::int FROM publications_tally
    WHERE (%(department)s = '' OR department = %(department)s) AND (%(year)s::int IS NULL OR year = %(year)s)
    GROUP BY 1, 2
"""

LINES = f"""
    SELECT {COLUMNS} FROM publications_publication
    JOIN unnest(%(ids)s::bigint[]) WITH ORDINALITY wanted (id, rank) USING (id) ORDER BY rank
"""

# An unfinished word → the shortest words that begin so.
BEGINNINGS = """
    SELECT typed, ARRAY(
        SELECT word FROM publications_word WHERE word >= typed AND word < typed || chr(1114111)
        ORDER BY length(word), word LIMIT 20
    ) FROM unnest(%(words)s::text[]) typed
"""

# A mistyped word → the words alike.
ALIKE = """
    SELECT typed, ARRAY(
        SELECT word FROM publications_word WHERE word %% typed
        ORDER BY similarity(word, typed) DESC, word LIMIT 5
    ) FROM unnest(%(words)s::text[]) typed
"""
SET_SIMILARITY = "SELECT set_config('pg_trgm.similarity_threshold', '0.4', true)"

# The export. The first lines of what is rare come from the index of words alone; what is frequent is read in
# stretches of the table.
IDS_AFTER = f"""
    SELECT id FROM publications_publication
    WHERE state = 'en_vigueur' AND words @@ %(words)s::tsquery AND id > %(after)s LIMIT {MAX_RESULTS + 1}
"""
STRETCH = f"""
    SELECT {COLUMNS} FROM publications_publication
    WHERE state = 'en_vigueur' AND id > %(after)s AND id <= %(last)s
      AND (%(words)s::text IS NULL OR words @@ %(words)s::text::tsquery) ORDER BY id
    LIMIT %(limit)s
"""
