"""Rights: ``may_file`` among five million of them, and a copy of 4,000 from one person to another."""

import os
import random
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from bench.report import percentile, table
from bench.world import world

COMPANIES, PEOPLE, PLACES = int(os.environ.get("BENCH_COMPANIES", "1250")), 10, 100
CODES = ("dsn", "pasrau", "c3s", "ducs")
RIGHTS = COMPANIES * PEOPLE * PLACES * len(CODES)  # 5,000,000 where nothing else is said
COPIED = 4_000  # of a company with a thousand établissements
ASKED = 2_000
ROUNDS = 7

_FILL = """
CREATE TEMPORARY TABLE company AS SELECT n, gen_random_uuid() AS id FROM generate_series(1, {companies}) n;
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
    JOIN habilitations_changement c USING (inscription_id)
    JOIN inscriptions_etablissementinscrit e USING (inscription_id)
    JOIN inscriptions_declarationinscrite d USING (inscription_id)
    WHERE right(e.siret, 5)::int <= {places};
INSERT INTO habilitations_habilitation (acteur_id, siret, declaration, opened_at, opened_in_id)
    SELECT a.id, e.siret, d.code, c.at, c.id
    FROM (SELECT min(id) AS id FROM inscriptions_acteur WHERE siret = '00000000100001') a
    JOIN inscriptions_acteur USING (id)
    JOIN habilitations_changement c USING (inscription_id)
    JOIN inscriptions_etablissementinscrit e USING (inscription_id)
    JOIN inscriptions_declarationinscrite d USING (inscription_id)
    WHERE right(e.siret, 5)::int > {places};
"""
_BARE = """
INSERT INTO habilitations_habilitation (acteur_id, siret, declaration, opened_at, opened_in_id)
SELECT %s, siret, declaration, now(), opened_in_id FROM habilitations_habilitation
WHERE acteur_id = %s AND closed_at IS NULL
"""


def measure() -> None:
    """Print both tables of this measure."""
    with world():
        from guichet.cli import prepare
        from guichet.cli.portal import portal

        with portal(owner=True):
            prepare.migrate()
            _fill()
            asked = _ask()
            copied = _copy()
            sizes = _sizes()
    _print(asked, copied, sizes)


def _fill() -> None:
    """The rows, without the constraints' indexes, which are made again afterwards as they were."""
    from django.db import connection

    codes = f"ARRAY{list(CODES)}"
    sql = _FILL.format(
        companies=COMPANIES, people=PEOPLE, places=PLACES, most=COPIED // len(CODES), codes=codes
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = 'habilitations_habilitation'::regclass AND contype = 'x'"
        )
        (name, definition) = cursor.fetchone()
        cursor.execute(f"ALTER TABLE habilitations_habilitation DROP CONSTRAINT {name}")
        cursor.execute(sql)
        cursor.execute("SET maintenance_work_mem = '256MB'")
        cursor.execute(f"ALTER TABLE habilitations_habilitation ADD CONSTRAINT {name} {definition}")
        cursor.execute("VACUUM ANALYZE")


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
    return found


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
    asked: dict[str, list[float]], copied: dict[str, list[float]], sizes: list[tuple[str, str]]
) -> None:
    bare = statistics.median(asked["SELECT 1"])
    rows = [
        (name, percentile(each, 0.5), percentile(each, 0.95), statistics.median(each) / bare)
        for name, each in asked.items()
    ]
    table(f"may_file among {RIGHTS} rights", ("asked", "p50 µs", "p95 µs", "× SELECT 1"), rows)
    floor = statistics.median(copied["bare"])
    lines = [
        (name, statistics.median(each), min(each), max(each), statistics.median(each) / floor)
        for name, each in copied.items()
    ]
    table(f"A copy of {COPIED} rights", ("", "median ms", "least", "most", "× bare"), lines)
    table("Its indexes", ("index", "size"), sizes)
