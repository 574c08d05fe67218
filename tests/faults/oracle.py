"""Who says whether a promise was broken: from what pages told the filers, what mail came, and what is there.

It reads the database and the store behind the portal's back, with none of the portal's own queries; receipts
and journal are verified by the portal's own commands, which are what a third party has too.
"""

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.faults.filer import Filed
from tests.faults.world import World

Row = dict[str, Any]
EVENTS_ONCE = ("depot.submitted", "depot.confirmed", "depot.receipt_issued", "depot.published")
COUNTS = ("confirme", "publie")
EXPECTED = {"confirme": 3, "publie": 4}  # how many of these events, by the filing's state
MESSAGES = {"publie": 2}  # that name the filing, by its state
PERIODIC = {"jobs.rescue", "jobs.forget", "journal.seal"}
ROOT = Path(__file__).resolve().parent.parent.parent
REFERENCE = re.compile(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b")
RECEIVED, PUBLISHED = "received", "published"

_DEPOTS = """
SELECT d.id::text AS depot, d.reference, d.siren, d.unique_key, d.state, r.stored_id AS receipt
FROM depots_depot d LEFT JOIN depots_receipt r ON r.depot_id = d.id WHERE d.submitted_at IS NOT NULL
"""
_FILES = "SELECT depot_id::text AS depot, kind, stored_id AS sha256, size FROM depots_depotfile"
_STORED = "SELECT sha256, size FROM files_storedfile"
_COURRIERS = """
SELECT id, status, template, recipient, about, attempts.n AS attempts,
  '<courrier.' || id || '.' || (extract(epoch FROM created_at) * 1000000)::bigint || '@' AS number
FROM courriers_courrier c,
  LATERAL (SELECT count(*) AS n FROM courriers_courrierattempt a WHERE a.courrier_id = c.id) attempts
WHERE c.kind = 'email'
"""
_EVENTS = "SELECT subject, kind FROM journal_event"
_PUBLICATIONS = "SELECT depot_id::text AS depot, state, stored_id AS sha256 FROM publications_publication"
_LINES = "SELECT lot_id::text AS lot, asked_for::text AS depot, outcome, sentence FROM instruction_lotline"
_JOBS = "SELECT id, task_name, status::text AS status FROM procrastinate_jobs"


@dataclass
class Findings:
    """``broken``: each promise that does not hold, in words. ``figures``: what was counted."""

    broken: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)


@dataclass
class Facts:
    """What stands in the database."""

    depots: list[Row]
    files: list[Row]
    stored: list[Row]
    courriers: list[Row]
    events: list[Row]
    jobs: list[Row]
    publications: list[Row]
    lines: list[Row]


@dataclass
class Case:
    """What was acknowledged, and what is there. ``lots``: the filings of each, by its id."""

    world: World
    filed: Sequence[Filed]
    lots: Mapping[str, Sequence[str]]
    facts: Facts
    read: Callable[[str], bytes | None]


def case(world: World, filed: Sequence[Filed], lots: Mapping[str, Sequence[str]]) -> Case:
    """Take everything down. The portal must be quiet."""
    return Case(world, filed, lots, _facts(world), _reader(world))


def examine(found: Case) -> Findings:
    """Hold what was acknowledged against what is there, in every way."""
    checks = (
        filings, nothing_twice, contents, mails, jobs, receipts, decisions, publications, journal,
    )  # fmt: skip
    return Findings([words for check in checks for words in check(found)], _figures(found))


def is_quiet(world: World) -> bool:
    """Whether nothing is on its way any more: no job to do, no message to send."""
    with world.database() as connection:
        row = connection.execute(
            "SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing'))"
            " + (SELECT count(*) FROM courriers_courrier WHERE status = 'pending')"
        ).fetchone()
    return row == (0,)


def _facts(world: World) -> Facts:
    with world.database() as connection:

        def rows(statement: str) -> list[Row]:
            cursor: Any = connection.cursor(row_factory=psycopg.rows.dict_row)
            return list(cursor.execute(statement.encode()).fetchall())

        return Facts(
            *map(rows, (_DEPOTS, _FILES, _STORED, _COURRIERS, _EVENTS, _JOBS, _PUBLICATIONS, _LINES))
        )


def _reader(world: World) -> Callable[[str], bytes | None]:
    """Reads a content by its hash, past the portal; ``None`` where there is none."""

    def key(sha256: str) -> str:
        return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"

    def from_folder(sha256: str) -> bytes | None:
        path = world.var / "files" / key(sha256)
        return path.read_bytes() if path.exists() else None

    if not world.store_wire:
        return from_folder
    bucket = world.bucket()
    there = {item.key for item in bucket.objects.all()}

    def from_bucket(sha256: str) -> bytes | None:
        return bucket.Object(key(sha256)).get()["Body"].read() if key(sha256) in there else None

    return from_bucket


def filings(case: Case) -> Iterator[str]:
    """Each acknowledged filing is there with the file that was sent, and confirmed where a page said so."""
    depots = {depot["reference"]: depot for depot in case.facts.depots}
    files = _by_depot(case.facts)
    for one in case.filed:
        depot = depots.get(one.reference)
        if depot is None or depot["depot"] != one.depot or depot["siren"] != one.siren:
            yield f"{one.reference}: acknowledged, and not there"
            continue
        if one.confirmed and depot["state"] not in COUNTS:
            yield f"{one.reference}: confirmed, and its state is {depot['state']}"
        there = [(file["sha256"], file["size"]) for file in files[depot["depot"]] if file["kind"] == RECEIVED]
        if there != [(one.sha256, one.size)]:
            yield f"{one.reference}: one file was sent ({one.sha256[:8]}), and {len(there)} are there"
        kinds = [file["kind"] for file in files[depot["depot"]]]
        if kinds.count(PUBLISHED) != 1:
            yield f"{one.reference}: {kinds.count(PUBLISHED)} documents to be published"
        if one.receipt and depot["receipt"] != one.receipt:
            yield f"{one.reference}: another receipt than the one that was handed out"


def _by_depot(facts: Facts) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {depot["depot"]: [] for depot in facts.depots}
    for file in facts.files:
        found.setdefault(file["depot"], []).append(file)
    return found


def nothing_twice(case: Case) -> Iterator[str]:
    """No filing beside the acknowledged ones, for each thing filed one filing, for each fate one event."""
    facts, known = case.facts, {one.reference for one in case.filed}
    yield from (f"{d['reference']}: nobody filed it" for d in facts.depots if d["reference"] not in known)
    places = Counter((depot["siren"], depot["unique_key"]) for depot in facts.depots)
    yield from (f"{place}: {n} filings" for place, n in places.items() if n > 1)
    events = Counter((event["subject"], event["kind"]) for event in facts.events)
    for (subject, kind), times in events.items():
        if kind in EVENTS_ONCE and times > 1:
            yield f"{subject}: {kind} {times} times"
    for depot in facts.depots:
        expected = EVENTS_ONCE[: EXPECTED.get(depot["state"], 1)]
        missing = [kind for kind in expected if not events[f"depot:{depot['depot']}", kind]]
        if missing:
            yield f"{depot['reference']}: the journal lacks {missing}"


def contents(case: Case) -> Iterator[str]:
    """Every content that a row promises is in the store, byte for byte."""
    for row in case.facts.stored:
        content = case.read(row["sha256"])
        if content is None:
            yield f"content {row['sha256'][:8]}: not in the store"
        elif hashlib.sha256(content).hexdigest() != row["sha256"] or len(content) != row["size"]:
            yield f"content {row['sha256'][:8]}: altered"


def mails(case: Case) -> Iterator[str]:
    """Every e-mail that was written has arrived at its recipient; each filing has had its own, and one."""
    facts, post = case.facts, case.world.post.arrived
    came = {(mail.number.partition("@")[0] + "@", mail.to) for mail in post}
    for courrier in facts.courriers:
        if courrier["status"] != "sent":
            yield f"message {courrier['id']} ({courrier['template']}): {courrier['status']}"
        if (courrier["number"], courrier["recipient"]) not in came:
            yield f"message {courrier['id']} ({courrier['template']}): it never arrived"
    written = {courrier["number"] for courrier in facts.courriers}
    yield from (f"message {number}: it came from nowhere" for number, _ in came if number not in written)
    texts: dict[str, set[str]] = {one.reference: set() for one in case.filed}
    for mail in post:
        for reference in REFERENCE.findall(mail.text):
            texts.get(reference, set()).add(mail.number)
    states = {depot["reference"]: depot["state"] for depot in facts.depots}
    for reference, numbers in texts.items():
        if len(numbers) != MESSAGES.get(states.get(reference, ""), 1):
            yield f"{reference}: {len(numbers)} different messages"


def jobs(case: Case) -> Iterator[str]:
    """No job was given up, but those of the calendar, which come again by themselves."""
    for job in case.facts.jobs:
        if job["status"] == "failed" and job["task_name"] not in PERIODIC:
            yield f"job {job['id']} ({job['task_name']}): failed"


def receipts(case: Case) -> Iterator[str]:
    """Every confirmed filing has its receipt, which verifies and names it."""
    confirmed = {one.reference for one in case.filed if one.confirmed}
    with tempfile.TemporaryDirectory() as folder:
        for depot in case.facts.depots:
            content = case.read(depot["receipt"]) if depot["receipt"] else None
            if content is not None:
                (Path(folder) / f"{depot['reference']}.pdf").write_bytes(content)
            elif depot["reference"] in confirmed:
                yield f"{depot['reference']}: confirmed, and without a receipt"
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.receipts", folder],
            env=case.world.env, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        yield f"receipts could not be verified: {done.stderr[-1000:]}"
    for line in done.stdout.splitlines():
        name, ok, reference = json.loads(line)
        if not ok or f"{reference}.pdf" != name:
            yield f"{name.removesuffix('.pdf')}: its receipt does not verify"


def decisions(case: Case) -> Iterator[str]:
    """What an agent was told is under way has been done."""
    states = {depot["depot"]: depot["state"] for depot in case.facts.depots}
    lines = {(line["lot"], line["depot"]): line for line in case.facts.lines}
    for lot, depots in case.lots.items():
        for depot in depots:
            line = lines.get((lot, depot))
            if line is None or line["outcome"] == "waiting":
                yield f"lot {lot}: filing {depot} has no result"
            if states.get(depot) != "publie":
                yield f"lot {lot}: filing {depot} is {states.get(depot)}: {line and line['sentence']}"


def publications(case: Case) -> Iterator[str]:
    """What is published is published once, with its own document."""
    facts, files = case.facts, _by_depot(case.facts)
    published = Counter(publication["depot"] for publication in facts.publications)
    for depot in facts.depots:
        if published[depot["depot"]] != (depot["state"] == "publie"):
            times = published[depot["depot"]]
            yield f"filing {depot['depot']}: {depot['state']}, and published {times} times"
    for publication in facts.publications:
        there = [file["sha256"] for file in files[publication["depot"]] if file["kind"] == PUBLISHED]
        if there != [publication["sha256"]]:
            yield f"filing {publication['depot']}: another document than its own is published"


def journal(case: Case) -> Iterator[str]:
    """The portal's own verification holds."""
    status, said = case.world.guichet("journal", "verify")
    if status:
        yield f"guichet journal verify: {said}"


def _figures(case: Case) -> dict[str, int]:
    facts, filed, times = case.facts, case.filed, case.world.post.times()
    return {
        "filings acknowledged": len(filed),
        "filings confirmed": sum(one.confirmed for one in filed),
        "filings published": len(facts.publications),
        "lots of an agent": len(case.lots),
        "receipts": sum(depot["receipt"] is not None for depot in facts.depots),
        "contents re-hashed": len(facts.stored),
        "events of the journal": len(facts.events),
        "messages written": len(facts.courriers),
        "attempts at sending them": sum(courrier["attempts"] for courrier in facts.courriers),
        "messages that came more than once": sum(n > 1 for n in times.values()),
        "jobs done": sum(job["status"] == "succeeded" for job in facts.jobs),
    }
