"""What has to be done before the portal can serve: tables, rights, the demo's data."""

from dataclasses import dataclass
from typing import Any, Protocol

LOCK_TIMEOUT = "10s"  # of a migration: whoever waits for a table makes everybody else wait behind it


class SignIn(Protocol):
    """How to come in to the demo."""

    label: str
    url: str
    identifier: str
    password: str


@dataclass(frozen=True)
class Pending:
    """Migrations that the database has not seen yet."""

    names: tuple[str, ...]


def pending() -> Pending:
    """What ``migrate`` would do."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Pending(tuple(f"{migration.app_label}.{migration.name}" for migration, _ in plan))


def migrate(*, verbosity: int = 0) -> Pending:
    """Bring the tables up to date, give the portal's role its rights and the agents their first reasons.

    As the tables' owner.
    """
    from django.core.management import call_command
    from django.db import connection

    todo = pending()
    if todo.names:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [LOCK_TIMEOUT])
        call_command("migrate", interactive=False, verbosity=verbosity)
    grant()
    _seed()
    return todo


def _seed() -> None:
    from guichet.instruction.operations import seed_motifs

    seed_motifs()


def grant() -> None:
    """Let the portal's role read and write rows, only add to the tables that are append-only, and only read
    what stands in schemas of its own (the register). A restored database has none of these rights.

    Nothing to do where the owner and the portal are one role (a server with a single role for both).
    """
    from django.conf import settings
    from django.db import connection, transaction

    role = settings.RUNTIME_ROLE
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user = %s OR NOT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role] * 2
        )
        if (row := cursor.fetchone()) and row[0]:
            return
        _grant(cursor, role, settings.APPEND_ONLY_TABLES)
        _grant_reading(cursor, role)


def _grant(cursor: Any, role: str, append_only: list[str]) -> None:
    from psycopg.sql import SQL, Identifier

    name = Identifier(role)
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
    ):
        cursor.execute(SQL(statement).format(role=name))
    for table in append_only:
        revoke = SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}")
        cursor.execute(revoke.format(table=Identifier(table), role=name))


def _grant_reading(cursor: Any, role: str) -> None:
    from psycopg.sql import SQL, Identifier

    cursor.execute(
        "SELECT nspname FROM pg_namespace WHERE nspowner = current_user::regrole AND nspname <> 'public'"
    )
    for (schema,) in cursor.fetchall():
        for statement in (
            "GRANT USAGE ON SCHEMA {schema} TO {role}",
            "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}",
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT ON TABLES TO {role}",
        ):
            cursor.execute(SQL(statement).format(schema=Identifier(schema), role=Identifier(role)))


def load_demo() -> list[SignIn]:
    """Load the demo's data where they are missing, and tell how to come in."""
    from django.conf import settings
    from django.utils.module_loading import import_string

    sign_ins: list[SignIn] = import_string(settings.DEMO_LOADER)()
    return sign_ins
