"""A hostile place for code: what must not happen in a test fails there, wherever it comes from.

No way out to the network, no sleeping instead of waiting for something, no query from a template, no
undefined variable in a template, nothing left behind in the temporary folder, no clock left travelling.
"""

import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NoReturn
from unittest import mock

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.template.backends.django import Template

from guichet.courriers import rendering
from guichet.kernel import clock

# They wait for real processes, which give no sign when they are ready.
MAY_SLEEP = ("guichet.cli.", "tests.cli.", "tests.parcours.", "tests.faults.", "tests.bench")
OUR_OWN = ("guichet.", "tests.")


class Forbidden(AssertionError):  # noqa: N818 - it is a failed assertion
    """Something that no test, and nothing under test, may do."""


def close_the_network() -> None:
    """From now on, this process reaches nothing but its own machine."""
    real_connect, real_lookup = socket.socket.connect, socket.getaddrinfo

    def connect(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_loopback(address[0]):
            raise Forbidden(f"a connection to {address!r}")
        real_connect(self, address)

    def lookup(host: Any, *arguments: Any, **options: Any) -> Any:
        if host is not None and not _is_loopback(host):
            raise Forbidden(f"the address of {host!r} was asked for")
        return real_lookup(host, *arguments, **options)

    mock.patch.object(socket.socket, "connect", connect).start()
    mock.patch.object(socket, "getaddrinfo", lookup).start()


def forbid_sleep() -> None:
    """From now on, ``time.sleep`` fails where the house's own code or its tests call it."""
    real_sleep: Callable[[float], None] = time.sleep

    def sleep(seconds: float) -> None:
        caller = str(sys._getframe(1).f_globals.get("__name__", ""))
        if caller.startswith(OUR_OWN) and not caller.startswith(MAY_SLEEP):
            raise Forbidden(f"{caller} sleeps: move kernel.clock, or wait for an event")
        real_sleep(seconds)

    mock.patch.object(time, "sleep", sleep).start()


def forbid_queries_in_templates() -> None:
    """From now on, a template that queries fails: views hand over plain data."""
    real_render = Template.render

    def render(self: Template, *arguments: Any, **options: Any) -> Any:
        with connection.execute_wrapper(_refuse_query(str(self.template.name))):
            return real_render(self, *arguments, **options)

    mock.patch.object(Template, "render", render).start()


class _Undefined(str):
    """What Django would write for an undefined variable."""

    def __mod__(self, variable: object) -> NoReturn:
        raise Forbidden(f"a message names an undefined variable: {variable}")


def forbid_undefined_in_messages() -> None:
    """From now on, a message with an undefined variable fails, as pages do (FAIL_INVALID_TEMPLATE_VARS)."""
    rendering._engine().engine.string_if_invalid = _Undefined("%s")


def let_the_flush_pass() -> None:
    """Transactional tests end with a TRUNCATE of every table, which the journal refuses to all others."""
    real_flush = DatabaseOperations.execute_sql_flush

    def flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        switch = 'ALTER TABLE "{}" {} TRIGGER USER'
        off = [switch.format(table, "DISABLE") for table in settings.APPEND_ONLY_TABLES]
        on = [switch.format(table, "ENABLE") for table in settings.APPEND_ONLY_TABLES]
        # Django does not know procrastinate's tables for its own.
        jobs = "TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE"
        real_flush(self, [*off, *sql_list, jobs, *on])

    mock.patch.object(DatabaseOperations, "execute_sql_flush", flush).start()


def _refuse_query(name: str) -> Callable[..., NoReturn]:
    def refuse(_execute: Any, sql: str, *_: Any) -> NoReturn:
        raise Forbidden(f"the template {name} queries: {sql}")

    return refuse


def _is_loopback(host: str | bytes) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in ("", "localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


@contextmanager
def nothing_left(folders: list[Path]) -> Iterator[None]:
    """Fail if the block leaves a file in one of ``folders``, or the clock away from the present."""
    yield
    left = [path for folder in folders if folder.exists() for path in folder.iterdir()]
    left = [path for path in left if not path.name.startswith(("pytest-of-", "playwright"))]
    for path in left:
        path.unlink(missing_ok=True) if path.is_file() else None
    if left:
        raise Forbidden(f"left behind: {left}")
    if clock._offset or clock._file:
        raise Forbidden("the clock was left travelling")


def words_of(output: str) -> str:
    """What a command said, whatever the width of the terminal did to it: no frame, single blanks."""
    return " ".join(output.translate(str.maketrans("│╭╮╰╯─", "      ")).split())
