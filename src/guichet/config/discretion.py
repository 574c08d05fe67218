"""What the log may say: of our code everything, of people nothing.

What a person sends can stand in the text of any exception, so that text is kept for those kinds alone that
speak of the code, of the database's schema or of another server.
"""

import logging
import re
import traceback
from collections.abc import Iterator
from typing import get_args

import psycopg
from botocore.exceptions import BotoCoreError, ClientError

from guichet.courriers.links import Kind
from guichet.kernel import traces
from guichet.kernel.refusals import Refusal
from guichet.kernel.tokens import TOKEN_LENGTH

# The links that messages carry are keys: whoever reads the log must not hold them.
_SECRET_LINK = re.compile(rf"/({'|'.join(get_args(Kind))})/\w{{{TOKEN_LENGTH},}}")
_GROUPS = "[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*"
_PERSONAL = re.compile(
    r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"  # IPv4, IPv6
    rf"|(?<![\w:])(?:(?:[0-9a-f]{{1,4}}:){{7}}[0-9a-f]{{1,4}}|(?:{_GROUPS})?::(?:{_GROUPS})?)(?![\w:])"
    r"|(?<=\?)[\w%.-]+=\S*",  # a query
    re.IGNORECASE,
)
# PostgreSQL's classes of errors whose text speaks of the server or the schema, and not of values.
_SCHEMA_CLASSES = ("08", "25", "40", "42", "53", "55", "57", "58")
_OF_CODE = (AttributeError, BotoCoreError, ImportError, NameError, NotImplementedError, TypeError)
_CUT = re.compile(r" - |: |'|\"")


def scrubbed(text: str) -> str:
    """``text`` without addresses of people or machines, queries and the secrets of links."""
    return _PERSONAL.sub("…", _SECRET_LINK.sub(r"/\1/…", text))


def message(record: logging.LogRecord) -> str:
    """What ``record`` says. Of Django's words about a request, those that are Django's own, and the route."""
    request = getattr(record, "request", None)
    if request is None or not record.name.startswith("django."):
        return scrubbed(record.getMessage())
    said = record.args[0] if isinstance(record.args, tuple) and record.args else record.msg
    return scrubbed(f"{_CUT.split(str(said))[0]} ({request.method} {traces.route(request)})")


def told(error: BaseException) -> str:
    """The traceback of ``error`` and of what caused it, each with its kind, and text where it may be."""
    parts = []
    for one in reversed(list(_chain(error))):
        kind = f"{type(one).__module__}.{type(one).__qualname__}".removeprefix("builtins.")
        text = _text(one)
        parts += [*traceback.format_tb(one.__traceback__), f"{kind}: {text}\n" if text else f"{kind}\n"]
    return scrubbed("".join(parts).rstrip("\n"))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _text(error: BaseException) -> str:
    if isinstance(error, psycopg.Error):
        return _database(error)
    if isinstance(error, ClientError):
        return f"{error.operation_name} {error.response.get('Error', {}).get('Code', '')}"
    if isinstance(error, OSError) and error.errno is not None:
        return " ".join(str(part) for part in (error.strerror, error.filename) if part)
    if isinstance(error, Refusal):
        return error.code
    return str(error) if isinstance(error, _OF_CODE) else ""


def _database(error: psycopg.Error) -> str:
    if error.sqlstate is None:
        return str(error) if isinstance(error, psycopg.OperationalError) else ""
    said = error.diag.message_primary if error.sqlstate.startswith(_SCHEMA_CLASSES) else None
    parts = (error.sqlstate, said, error.diag.table_name, error.diag.column_name, error.diag.constraint_name)
    return " ".join(part for part in parts if part)
