"""The import of the Sirene register, beside PostgreSQL's COPY of the same files and nothing else."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bench.report import table
from bench.world import world

LINES = 300_000  # of each of the two files
ROUNDS = 5
CHUNK = 1 << 18


def measure() -> None:
    """Print the table of this measure."""
    with world() as place:
        from bench import sirene_files
        from guichet.cli import prepare
        from guichet.cli.portal import portal

        with portal(owner=True):
            prepare.migrate()
            paths = sirene_files.write(place.var, LINES)
            floors, reports = [], []
            for _ in range(ROUNDS):
                floors.append(sum(_copied(path) for path in paths))
                reports.append(_imported(*paths))
            megabytes = sum(path.stat().st_size for path in paths) / 1e6
    _print(floors, reports, megabytes)


def _copied(path: Path) -> float:
    """Seconds of a COPY into a table that has the file's columns, as text, and no index."""
    from django.db import connection, transaction
    from psycopg.sql import SQL, Identifier

    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor, path.open("rb") as file:
        names = file.readline().decode().strip().split(",")
        columns = SQL(", ").join(SQL("{} text").format(Identifier(name)) for name in names)
        cursor.execute(SQL("CREATE TABLE bench_copy ({})").format(columns))
        with cursor.copy("COPY bench_copy FROM STDIN (FORMAT csv)") as copy:
            while chunk := file.read(CHUNK):
                copy.write(chunk)
    seconds = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_copy")
    return seconds


def _imported(unites: Path, etablissements: Path) -> dict[str, float]:
    """What ``bench.importer`` tells, and ``wall``: the whole command, Python's start included."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "bench.importer", str(unites), str(etablissements)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    report: dict[str, float] = json.loads(told)
    return report | {"wall": time.perf_counter() - began}


def _print(floors: list[float], reports: list[dict[str, float]], megabytes: float) -> None:
    floor = statistics.median(floors)
    served = statistics.median(report["seconds"] for report in reports)
    searched = statistics.median(report["seconds"] + report["search_seconds"] for report in reports)
    peak = max(report["peak"] for report in reports)
    rows = [
        (name, seconds, 2 * LINES / seconds, f"{floor / seconds:.0%}", target)
        for name, seconds, target in (
            ("COPY of both files", floor, ""),
            ("register in service", served, "60 %"),
            ("names searched, too", searched, ""),
        )
    ]
    title = f"Sirene, {LINES:,} units and {LINES:,} établissements, {megabytes:.0f} MB"
    table(title, ("what", "s", "lines/s", "of COPY's speed", "target"), rows)
    table("Peak memory of the importer", ("MB", "target"), [(peak, "under 200")])
