"""What a command needs around it: settings, Django, and a database server that runs for its length."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from guichet.cli import postgres

CONNECT_SECONDS = 3


def choose_settings(*, owner: bool = False) -> None:
    """Point Django at the settings, before anything reads them. ``owner``: as the tables' owner."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")
    if owner:
        os.environ["GUICHET_AS_OWNER"] = "1"


def cluster() -> postgres.Cluster:
    """The embedded server that the settings name."""
    from django.conf import settings

    return postgres.Cluster(var=settings.VAR, socket=settings.SOCKET_DIR, archive=settings.ARCHIVE_DIR)


@contextmanager
def portal(*, owner: bool = False, database: bool = True, asked: bool = True) -> Iterator[None]:
    """Set Django up for the block; the embedded server runs for its length where the settings want it.

    Without ``database`` Django knows of none, and waits for none; unless it is ``asked``, one that is away is
    found out later. Raises ``PostgresError``.
    """
    choose_settings(owner=owner)
    import django
    from django.conf import settings

    with ExitStack() as stack:
        if not database:
            settings.DATABASES = {}
        elif settings.EMBEDDED_POSTGRES:
            stack.enter_context(postgres.running(cluster()))
        django.setup()
        if database:
            stack.callback(close_connections)
        if database and asked:
            ask_database()
        yield


def ask_database() -> None:
    """Raise ``PostgresError`` at once where the server of ``GUICHET_DATABASE_URL`` is away or refuses.

    The pool would try for ten seconds, and tell each attempt.
    """
    import psycopg
    from django.conf import settings
    from django.db import connection

    if settings.EMBEDDED_POSTGRES:
        return
    try:
        psycopg.connect(**{**connection.get_connection_params(), "connect_timeout": CONNECT_SECONDS}).close()
    except psycopg.Error as error:
        why = str(error).strip().partition("\n")[0]
        raise postgres.PostgresError(
            f"La base de données ne répond pas, ou refuse (GUICHET_DATABASE_URL) : {why}"
        ) from error


def close_connections() -> None:
    """Close every connection of this process, those that its pool keeps ready included."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # of the PostgreSQL backend
