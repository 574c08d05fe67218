"""What a filing can't do without: its bytes written and fsynced, its row committed. No HTTP, no check."""

import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg


def prepare(conninfo: str) -> None:
    """Make the table of the floor."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("CREATE TABLE bench_floor (name text PRIMARY KEY, size integer)")


def run(conninfo: str, folder: Path, contents: Sequence[bytes], writers: int) -> tuple[float, list[float]]:
    """Keep ``contents`` with so many ``writers`` at once; the seconds in all, and of each."""
    folder.mkdir(parents=True)
    timings: list[float] = []
    shares = [contents[at::writers] for at in range(writers)]
    connections = [psycopg.connect(conninfo) for _ in shares]
    threads = [
        threading.Thread(target=_write, args=(connection, folder, at, share, timings))
        for at, (connection, share) in enumerate(zip(connections, shares, strict=True))
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    for connection in connections:
        connection.close()
    return seconds, timings


def _write(
    connection: "psycopg.Connection[tuple[object, ...]]",
    folder: Path,
    writer: int,
    contents: Sequence[bytes],
    timings: list[float],
) -> None:
    for at, content in enumerate(contents):
        began = time.perf_counter()
        path = folder / f"{writer}-{at}"
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _sync(folder)
        connection.execute("INSERT INTO bench_floor VALUES (%s, %s)", [str(path), len(content)])
        connection.commit()
        timings.append(time.perf_counter() - began)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
