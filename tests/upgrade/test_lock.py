"""A migration that waits for a table holds up everybody behind it: it gives up, and says what to do."""

import pytest
from django.core import management
from django.db import connection
from django.db.utils import OperationalError
from psycopg.errors import LockNotAvailable

from guichet.cli import main, prepare


@pytest.mark.django_db
def test_a_migration_waits_for_ten_seconds_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def migrates(*_: object, **__: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            seen.extend(cursor.fetchone() or ())

    monkeypatch.setattr(prepare, "pending", lambda: prepare.Pending(("depots.0002",)))
    monkeypatch.setattr(management, "call_command", migrates)
    prepare.migrate()
    assert seen == ["10s"]
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


def test_what_it_says() -> None:
    error = OperationalError()
    error.__cause__ = LockNotAvailable()
    assert "moment plus calme" in str(main._sentence(error))
