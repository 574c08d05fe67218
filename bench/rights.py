"""Rights: a copy of 4,000 from one person to another, what 100,000 more cost with and without the trigger
that refuses overlapping periods; then ``may_file`` among five million."""

import os
import random
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from bench.report import percentile, table
from bench.world import world

FEW, COMPANIES, PEOPLE, PLACES = 40, int(os.environ.get("BENCH_COMPANIES", "1250")), 10, 100
CODES = ("dsn", "pasrau", "c3s", "ducs")
RIGHTS = COMPANIES * PEOPLE * PLACES * len(CODES)  # 5,000,000 where nothing else is said
COPIED = 4_000  # of a company with a thousand établissements
INSERTED = 100_000
ASKED = 1_000
ROUNDS, INSERTIONS = 7, 3
ONE_OPEN = "habilitation_one_open"
TRIGGERS = "ALTER TABLE habilitations_habilitation {} TRIGGER USER"  # no foreign key's

_FILL = """
CREATE TEMPORARY TABLE company AS SELECT n, gen_random_uuid() AS id FROM generate_series({first}, {last}) n;
INSERT INTO inscriptions_inscription (id, siren, siret, genre, choix, began_at, ended_because)
    SELECT id, lpad(n::text, 9, '0'), lpad(n::text, 9, '0') || '00001', 'multi', '{{}}', now(), ''
    FROM company;
INSERT INTO inscriptions_declarationinscrite (inscription_id, code, added_at, added_by, opens_at, removed_by)
    SELECT id, code, now(), 'system', now() - interval '1 day', '' FROM company, unnest({codes}) code;
INSERT INTO inscriptions_etablissementinscrit (inscription_id, siret, found_at, ticked_at)
    SELECT id, lpad(n::text, 9, '0') || lpad(p::text, 5, '0'), now(), now()
    FROM company, generate_series(1, CASE n WHEN 1 THEN {most} ELSE {places} END) p;
INSERT INTO accounts_account
        (id, password, espace, identifier, email, profile, terms_version, created_at, siren)
    SELECT gen_random_uuid(), '', 'declarant', n || ' EXEMPLE ' || p, n || '-' || p || '@entreprise.example',
        jsonb_build_object('name', 'Personne ' || p), '1', now(), lpad(n::text, 9, '0')
    FROM company, generate_series(1, {people}) p;
INSERT INTO inscriptions_acteur (inscription_id, account_id, siret, administrateur, declarant, created_at,
        created_by, began_at, ended_by)
    SELECT c.id, a.id, a.siren || '00001', a.email LIKE '%-1@%', true, now(), 'system', now(), ''
    FROM accounts_account a JOIN company c ON a.siren = lpad(c.n::text, 9, '0');
INSERT INTO habilitations_changement (inscription_id, at, by, origine, opened, closed)
    SELECT id, now() - interval '1 hour', 'system', 'inscription', {places}, 0 FROM company;
INSERT INTO habilitations_habilitation (acteur_id, siret, declaration, opened_at, opened_in_id)
    SELECT a.id, e.siret, d.code, c.at, c.id
    FROM inscriptions_acteur a
    JOIN company k ON k.id = a.inscription_id
    JOIN habilitations_changement c USING (inscription_id)
    JOIN inscriptions_etablissementinscrit e USING (inscription_id)
    JOIN inscriptions_declarationinscrite d USING (inscription_id)
    WHERE right(e.siret, 5)::int <= {places};
INSERT INTO habilitations_habilitation (acteur_id, siret, declaration, opened_at, opened_in_id)
    SELECT a.id, e.siret, d.code, c.at, c.id
    FROM (
        SELECT id, inscription_id FROM inscriptions_acteur WHERE siret = '00000000100001' ORDER BY id LIMIT 1
    ) a
    JOIN habilitations_changement c USING (inscription_id)
    JOIN inscriptions_etablissementinscrit e USING (inscription_id)
    JOIN inscriptions_declarationinscrite d USING (inscription_id)
    JOIN company k ON k.id = a.inscription_id
    WHERE right(e.siret, 5)::int > {places};
DROP TABLE company;
"""
_BARE = """
INSERT INTO habilitations_habilitation (acteur_id, siret, declaration, opened_at, opened_in_id)
SELECT %s, siret, declaration, now(), opened_in_id FROM habilitations_habilitation
WHERE acteur_id = %s AND closed_at IS NULL
"""


_MORE = """
INSERT INTO habilitations_habilitation (acteur_id, siret, declaration, opened_at, opened_in_id)
SELECT acteur_id, siret, 'more_' || declaration, opened_at, opened_in_id FROM habilitations_habilitation
LIMIT %s
"""
_KEPT_BY = """
SELECT 'ALTER TABLE habilitations_habilitation DROP CONSTRAINT ' || conname,
    'ALTER TABLE habilitations_habilitation ADD CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE conrelid = 'habilitations_habilitation'::regclass AND contype = 'f'
UNION ALL
SELECT 'DROP INDEX ' || indexname, indexdef
FROM pg_indexes WHERE tablename = 'habilitations_habilitation' AND indexname NOT IN
    (SELECT conname FROM pg_constraint WHERE conrelid = 'habilitations_habilitation'::regclass)
"""


def measure() -> None:
    """Print the tables of this measure."""
    with world():
        from guichet.cli import prepare
        from guichet.cli.portal import portal

        with portal(owner=True):
            prepare.migrate()
            _fill(1, FEW)
            copied, inserted, sizes = _copy(), _insert(), _sizes()
            _fill_without_constraints(FEW + 1, COMPANIES)
            asked = _ask()
            sizes += [(f"{name}, with all", size) for name, size in _sizes()]
    _print(asked, copied, inserted, sizes)


def _fill(first: int, last: int) -> None:
    """Companies of these numbers and their people's rights, with all that the table holds to."""
    from django.db import connection

    codes, most = f"ARRAY{list(CODES)}", COPIED // len(CODES)
    with connection.cursor() as cursor:
        cursor.execute(
            _FILL.format(first=first, last=last, people=PEOPLE, places=PLACES, most=most, codes=codes)
        )
        cursor.execute("VACUUM ANALYZE")


def _fill_without_constraints(first: int, last: int) -> None:
    """The same without foreign keys, triggers and indexes, which come back afterwards."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '256MB'")
        cursor.execute(_KEPT_BY)
        kept = cursor.fetchall()
        for drop, _make in kept:
            cursor.execute(drop)
        cursor.execute(TRIGGERS.format("DISABLE"))
        _fill(first, last)
        for _drop, make in reversed(kept):
            cursor.execute(make)
        cursor.execute(TRIGGERS.format("ENABLE"))
        cursor.execute("VACUUM ANALYZE habilitations_habilitation")


def _ask() -> dict[str, list[float]]:
    """Microseconds: ``SELECT 1``, who may, and who may not, in turns, of people and places at random."""
    from django.db import connection

    from guichet.habilitations.models import Habilitation
    from guichet.habilitations.queries import may_file
    from guichet.inscriptions.models import Acteur

    assert Habilitation.objects.count() >= RIGHTS
    people = list(Acteur.objects.select_related("account").order_by("?")[:ASKED])
    found: dict[str, list[float]] = {"SELECT 1": [], "may": [], "may not": [], "could, at a past moment": []}

    def bare() -> None:
        cursor.execute("SELECT 1")
        cursor.fetchone()

    with connection.cursor() as cursor:
        for acteur in people:
            siret = f"{acteur.siret[:9]}{random.randint(1, PLACES):05}"
            known: dict[str, Any] = {"account": acteur.account, "siret": siret}
            ours: dict[str, Any] = {**known, "declaration": random.choice(CODES)}
            found["SELECT 1"].append(_took(bare))
            found["may"].append(_took(partial(may_file, **ours)))
            found["may not"].append(_took(partial(may_file, **known, declaration="crpcen")))
            found["could, at a past moment"].append(_took(partial(may_file, **ours, at=acteur.created_at)))
            assert may_file(**ours).ok
        assert ONE_OPEN in _plan(partial(may_file, **ours))
    return found


def _plan(act: Callable[[], object]) -> str:
    """How PostgreSQL answers the one statement of ``act``."""
    from django.db import connection

    sent: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, *rest: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, *rest)

    with connection.execute_wrapper(note):
        act()
    [(sql, params)] = sent
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(line for (line,) in cursor.fetchall())


def _copy() -> dict[str, list[float]]:
    """Milliseconds: the copy as an administrateur makes it, and the bare statement for the next colleague."""
    from django.db import connection, transaction

    from guichet.habilitations import operations
    from guichet.habilitations.models import Habilitation
    from guichet.inscriptions.models import Acteur

    rows = Acteur.objects.filter(siret="00000000100001").order_by("pk")
    source = next(one for one in rows if one.habilitations.count() == COPIED)
    boss = rows.get(administrateur=True)
    others = [one for one in rows if one.pk not in (source.pk, boss.pk)]
    found: dict[str, list[float]] = {"bare": [], "copy": []}

    def bare(target: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_BARE, [target, source.pk])

    for turn in range(ROUNDS):
        for name, target in (("bare", others[turn % 4]), ("copy", others[4 + turn % 3])):
            Habilitation.objects.filter(acteur=target).delete()
            copy = partial(operations.copy, by=boss, source_id=source.pk, target_id=target.pk)
            act = partial(bare, target.pk) if name == "bare" else copy
            found[name].append(_took(act) / 1000)
            assert target.habilitations.count() == COPIED
    return found


def _insert() -> dict[str, list[float]]:
    """Milliseconds of one INSERT of 100,000 rights, foreign keys looked at, in turns without and with the
    trigger; each is taken back."""
    from django.db import connection, transaction

    found: dict[str, list[float]] = {"without": [], "with": []}

    def more() -> None:
        cursor.execute(_MORE, [INSERTED])
        assert cursor.rowcount == INSERTED
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    for _turn in range(INSERTIONS):
        for name, each in found.items():
            with transaction.atomic(), connection.cursor() as cursor:
                if name == "without":
                    cursor.execute(TRIGGERS.format("DISABLE"))
                each.append(_took(more) / 1000)
                transaction.set_rollback(True)
    return found


def _sizes() -> list[tuple[str, str]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexrelname, pg_size_pretty(pg_relation_size(indexrelid)) FROM pg_stat_user_indexes"
            " WHERE relname = 'habilitations_habilitation' ORDER BY indexrelname"
        )
        return list(cursor.fetchall())


def _took(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return 1_000_000 * (time.perf_counter() - began)


def _print(
    asked: dict[str, list[float]],
    copied: dict[str, list[float]],
    inserted: dict[str, list[float]],
    sizes: list[tuple[str, str]],
) -> None:
    bare = asked["SELECT 1"]
    rows = [
        (
            name,
            percentile(each, 0.5),
            percentile(each, 0.95),
            statistics.median(each) / statistics.median(bare),
            min(each),
            min(each) / min(bare),
        )
        for name, each in asked.items()
    ]
    head = ("asked", "p50 µs", "p95 µs", "× SELECT 1", "least µs", "× its least")
    table(f"may_file among {RIGHTS} rights", head, rows)
    for title, found in (
        (f"A copy of {COPIED} rights", copied),
        (f"{INSERTED} rights more, the trigger against overlaps", inserted),
    ):
        floor = statistics.median(next(iter(found.values())))
        lines = [
            (name, statistics.median(each), min(each), max(each), statistics.median(each) / floor)
            for name, each in found.items()
        ]
        table(title, ("", "median ms", "least", "most", "× the first"), lines)
    table("Its indexes", ("index", "size"), sizes)
    print(f"Load: {', '.join(f'{one:.1f}' for one in os.getloadavg())}")
