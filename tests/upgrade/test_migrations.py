"""Every migration since the former release leaves it tables that it can work with."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser.analyser import analyse_sql_statements, get_sql_analyser_class

from tests.upgrade import previous

HOWTO = "see docs/howto/upgrade.md"


@dataclass(frozen=True)
class Migration:
    app: str
    name: str

    def __str__(self) -> str:
        return f"{self.app}.{self.name}"


def new_migrations() -> Iterator[Migration]:
    """Those of our rooms that the former release does not have."""
    for app, name in sorted(MigrationLoader(None).disk_migrations):
        module = MigrationLoader(None).disk_migrations[app, name].__module__
        if module.startswith("guichet.") and name > previous.MIGRATIONS.get(app, ""):
            yield Migration(app, name)


def problems(sql: list[str]) -> list[str]:
    analyser = get_sql_analyser_class(connection.vendor)
    errors, _, _ = analyse_sql_statements(analyser, sql)
    return [issue.code for issue in errors]


@pytest.mark.django_db
@pytest.mark.parametrize("migration", list(new_migrations()), ids=str)
def test_the_former_release_survives_it(migration: Migration) -> None:
    sql = MigrationLinter().get_sql(migration.app, migration.name)
    found = [code for code in problems(sql) if (str(migration), code) not in previous.REVIEWED]
    assert not found, HOWTO


def test_nothing_is_reviewed_that_does_not_exist() -> None:
    known = {str(migration) for migration in new_migrations()}
    assert {name for name, _ in previous.REVIEWED} <= known


BREAKS = {
    "DROP_COLUMN": 'ALTER TABLE "depots_depot" DROP COLUMN "capacity" CASCADE',
    "RENAME_COLUMN": 'ALTER TABLE "depots_depot" RENAME COLUMN "capacity" TO "quality"',
    "RENAME_TABLE": 'ALTER TABLE "depots_depot" RENAME TO "depots_filing"',
    "DROP_TABLE": 'DROP TABLE "depots_receipt" CASCADE',
    "NOT_NULL": 'ALTER TABLE "depots_depot" ADD COLUMN "channel" varchar(8) NOT NULL',
    "ALTER_COLUMN": 'ALTER TABLE "depots_depot" ALTER COLUMN "capacity" TYPE varchar(20)',
}


@pytest.mark.parametrize(("code", "sql"), BREAKS.items())
def test_what_would_break_it_is_noticed(code: str, sql: str) -> None:
    assert problems([sql + ";"]) == [code]


def test_a_column_with_a_default_in_the_database_passes() -> None:
    assert problems(['ALTER TABLE "d" ADD COLUMN "c" varchar(8) DEFAULT \'web\' NOT NULL;']) == []


@pytest.mark.django_db
def test_the_models_and_the_migrations_say_the_same() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
