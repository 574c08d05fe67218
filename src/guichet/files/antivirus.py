"""A small client of clamd: contents are streamed to it (INSTREAM), so it needs no access to the store."""

import socket
import struct
from pathlib import Path
from typing import BinaryIO, Literal

from django.conf import settings

CONNECT_TIMEOUT = 5.0  # seconds
ANSWER_TIMEOUT = 60.0  # seconds without any sign of life
CHUNK = 1 << 17
MAX_ANSWER = 4096

Scan = Literal["clean", "infected", "off"]


class Unavailable(Exception):  # noqa: N818 - says what is the case, as LookupError does not
    """clamd gave no verdict: it is down, too slow, or refused the size (its ``StreamMaxLength``)."""


def scan(path: Path, *, patience: float = ANSWER_TIMEOUT) -> Scan:
    """clamd's verdict on the file at ``path``; « off » where no ``CLAMD`` is set.

    Raises ``Unavailable``, at the latest after ``patience`` seconds without any sign of life.
    """
    if not settings.CLAMD:
        return "off"
    try:
        with path.open("rb") as content, _connect(settings.CLAMD, patience) as connection:
            return _verdict(_ask(connection, content))
    except OSError as error:
        raise Unavailable(f"clamd ({settings.CLAMD}): {error}") from error


def _connect(address: str, patience: float) -> socket.socket:
    connect_patience = min(CONNECT_TIMEOUT, patience)
    if "/" in address:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(connect_patience)
        try:
            connection.connect(address)
        except OSError:
            connection.close()
            raise
    else:
        host, _, port = address.rpartition(":")
        connection = socket.create_connection((host.strip("[]"), int(port)), connect_patience)
    connection.settimeout(patience)
    return connection


def _ask(connection: socket.socket, content: BinaryIO) -> str:
    try:
        connection.sendall(b"zINSTREAM\0")
        while chunk := content.read(CHUNK):
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # over its size limit clamd answers and hangs up before the end: its answer says so
    return _read_answer(connection)


def _read_answer(connection: socket.socket) -> str:
    answer = b""
    while b"\0" not in answer and len(answer) < MAX_ANSWER:
        chunk = connection.recv(MAX_ANSWER)
        if not chunk:
            break
        answer += chunk
    return answer.split(b"\0")[0].decode("utf-8", "replace").strip()


def _verdict(answer: str) -> Scan:
    if answer == "stream: OK":
        return "clean"
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return "infected"
    raise Unavailable(f"clamd answered {answer!r}")
