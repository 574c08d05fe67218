"""An attacker who owns the database: writes what the triggers refuse to everybody else."""

from django.db import connection


def tamper(sql: str, *values: str | int) -> None:
    """Run ``sql`` with the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            cursor.execute(sql, values)
        finally:
            cursor.execute("SET session_replication_role = origin")
