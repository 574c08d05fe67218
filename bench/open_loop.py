"""Filers who come when they come, whatever the portal does: ``python -m bench.open_loop``.

The order is one line of JSON on the standard input: ``port``, ``rate`` (arrivals a second), ``patience``
(seconds), ``document`` (a path) and ``filers``, each with ``cookie``, ``documents``, ``check`` and ``filed``.
Each arrival is timed from the moment at which it was due, not from when the client got round to it: a server
that stops is not spared the time in which nobody could come (coordinated omission).
"""

import asyncio
import json
import resource
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.document import copy
from bench.forms import BOUNDARY, TOKEN, multipart


@dataclass
class Hour:
    """What became of the filers: seconds of those who were acknowledged, and a count of every outcome."""

    acknowledged: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    late: float = 0.0  # the longest that the client itself came late


class Refused(Exception):  # noqa: N818 - an answer, not a malfunction
    """Another status than the one that acknowledges."""


async def _post(port: int, path: str, cookie: str, media_type: str, body: bytes, location: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nConnection: close\r\n"
            f"Content-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = (await reader.read()).partition(b"\r\n\r\n")[0].decode("latin-1").lower()
    finally:
        writer.close()
    status = answer[9:12] or "closed"
    if status != "302" or f"location: {location}" not in answer:
        raise Refused(status)


async def _file(order: dict[str, Any], filer: dict[str, str], number: int, content: bytes) -> None:
    upload = multipart(copy(content, number))
    port, cookie = order["port"], filer["cookie"]
    form = f"multipart/form-data; boundary={BOUNDARY}"
    await _post(port, filer["documents"], cookie, form, upload, filer["documents"])
    terms = f"csrfmiddlewaretoken={TOKEN}&accepted_terms=on".encode()
    await _post(port, filer["check"], cookie, "application/x-www-form-urlencoded", terms, filer["filed"])


async def _arrive(
    order: dict[str, Any], filer: dict[str, str], number: int, content: bytes, due: float, hour: Hour
) -> None:
    await asyncio.sleep(max(0.0, due - time.perf_counter()))
    hour.late = max(hour.late, time.perf_counter() - due)
    try:
        await asyncio.wait_for(_file(order, filer, number, content), order["patience"])
    except Refused as refused:
        hour.outcomes[str(refused)] += 1
    except TimeoutError:
        hour.outcomes["gave up"] += 1
    except OSError as error:
        hour.outcomes[type(error).__name__] += 1
    else:
        hour.outcomes["acknowledged"] += 1
        hour.acknowledged.append(time.perf_counter() - due)


async def _all(order: dict[str, Any]) -> tuple[Hour, float]:
    content, hour = Path(order["document"]).read_bytes(), Hour()
    began = time.perf_counter()
    await asyncio.gather(
        *(
            _arrive(order, filer, 1_000_000 + number, content, began + number / order["rate"], hour)
            for number, filer in enumerate(order["filers"])
        )
    )
    return hour, time.perf_counter() - began


def _main() -> None:
    hour, seconds = asyncio.run(_all(json.loads(sys.stdin.readline())))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "seconds": seconds,
        "cpu": usage.ru_utime + usage.ru_stime,
        "late": hour.late,
        "acknowledged": hour.acknowledged,
        "outcomes": dict(hour.outcomes),
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    _main()
