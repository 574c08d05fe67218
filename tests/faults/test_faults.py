"""A short storm, with another seed each time; and whether the oracle would have noticed."""

import os
import secrets
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.faults import oracle
from tests.faults.filer import Filed
from tests.faults.plan import plan
from tests.faults.report import report
from tests.faults.storm import Run, findings, storm

FILINGS, CLIENTS = 32, 4
pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    seed = int(os.environ.get("SEED") or secrets.randbelow(1_000_000))
    planned = plan(seed=seed, filings=FILINGS)
    with storm(planned, tmp_path_factory.mktemp("faults"), CLIENTS) as found:
        yield found


@pytest.fixture
def case(run: Run) -> oracle.Case:
    return oracle.case(run.world, list(run.seen.filed), run.agent.lots)


def test_every_promise_is_kept(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    found = findings(run)
    told = report(run, found)
    with capsys.disabled():
        print(f"\n{told}")
    if found.broken:
        pytest.fail(f"{told}\n\n{run.world.log()[-5000:]}", pytrace=False)


def words(check: Any, case: oracle.Case) -> str:
    return "\n".join(check(case))


def test_a_lost_file_is_noticed(case: oracle.Case) -> None:
    lost, read = case.filed[0].sha256, case.read
    blind = replace(case, read=lambda sha256: None if sha256 == lost else read(sha256))
    assert words(oracle.contents, blind) == f"content {lost[:8]}: not in the store"


def test_one_altered_byte_is_noticed_where_it_lies(run: Run, case: oracle.Case) -> None:
    altered = case.filed[0].sha256
    content = case.read(altered)
    assert content
    _put(run, altered, bytes([content[0] ^ 1]) + content[1:])
    try:
        assert (
            words(oracle.contents, oracle.case(run.world, case.filed, case.lots))
            == f"content {altered[:8]}: altered"
        )
    finally:
        _put(run, altered, content)
    assert words(oracle.contents, oracle.case(run.world, case.filed, case.lots)) == ""


def test_a_dropped_message_is_noticed(run: Run, case: oracle.Case) -> None:
    arrived = run.world.post.arrived
    victim = next(mail for mail in arrived if case.filed[0].reference in mail.text)
    run.world.post.drop(victim.number)
    try:
        told = words(oracle.mails, case)
    finally:
        run.world.post.restore(arrived)
    assert "(depots/validation_de_depot): it never arrived" in told
    assert f"{case.filed[0].reference}: 1 different messages" in told  # that of its publication is left


def test_a_message_written_twice_is_noticed(run: Run, case: oracle.Case) -> None:
    arrived = run.world.post.arrived
    victim = next(mail for mail in arrived if case.filed[0].reference in mail.text)
    run.world.post.restore([*arrived, replace(victim, number="<courrier.0.0@guichet.example>")])
    try:
        told = words(oracle.mails, case)
    finally:
        run.world.post.restore(arrived)
    assert f"{case.filed[0].reference}: 3 different messages" in told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reference": "AAAA-AAAA-AAAA"}, "AAAA-AAAA-AAAA: acknowledged, and not there"),
        ({"sha256": "0" * 64}, "one file was sent (00000000), and 1 are there"),
        ({"receipt": "0" * 64}, "another receipt than the one that was handed out"),
    ],
)
def test_a_filing_that_is_not_what_was_acknowledged_is_noticed(
    case: oracle.Case, change: dict[str, str], told: str
) -> None:
    first: Filed = replace(case.filed[0], **change)  # type: ignore[arg-type] # texts all
    assert told in words(oracle.filings, replace(case, filed=[first, *case.filed[1:]]))


def test_a_filing_that_nobody_was_told_of_is_noticed(case: oracle.Case) -> None:
    told = words(oracle.nothing_twice, replace(case, filed=case.filed[1:]))
    assert told == f"{case.filed[0].reference}: nobody filed it"


def test_a_second_filing_for_the_same_year_is_noticed(case: oracle.Case) -> None:
    twin = case.facts.depots[0] | {"depot": "twin"}
    doubled = replace(case, facts=replace(case.facts, depots=[*case.facts.depots, twin]))
    assert ": 2 filings" in words(oracle.nothing_twice, doubled)


def test_a_lost_or_altered_receipt_is_noticed(case: oracle.Case) -> None:
    first, second = [depot for depot in case.facts.depots if depot["receipt"]][:2]
    read = case.read

    def spoilt(sha256: str) -> bytes | None:
        if sha256 == first["receipt"]:
            return None
        content = read(sha256)
        if sha256 == second["receipt"] and content:
            return content[:2000] + bytes([content[2000] ^ 1]) + content[2001:]
        return content

    told = words(oracle.receipts, replace(case, read=spoilt))
    assert f"{first['reference']}: confirmed, and without a receipt" in told
    assert f"{second['reference']}: its receipt does not verify" in told


def test_a_publication_that_is_lost_doubled_or_of_another_file_is_noticed(case: oracle.Case) -> None:
    first, second, third, *rest = case.facts.publications
    wrong = third | {"sha256": "0" * 64}
    facts = replace(case.facts, publications=[second, second, wrong, *rest])
    told = words(oracle.publications, replace(case, facts=facts))
    assert f"filing {first['depot']}: publie, and published 0 times" in told
    assert f"filing {second['depot']}: publie, and published 2 times" in told
    assert f"filing {third['depot']}: another document than its own is published" in told


def test_a_lot_that_was_lost_is_noticed(case: oracle.Case) -> None:
    lot, depots = next(iter(case.lots.items()))
    lines = [line for line in case.facts.lines if line["lot"] != lot]
    told = words(oracle.decisions, replace(case, facts=replace(case.facts, lines=lines)))
    assert f"lot {lot}: filing {depots[0]} has no result" in told


def test_a_forged_event_is_noticed(run: Run, case: oracle.Case) -> None:
    forge = "UPDATE journal_event SET actor = %s WHERE id = (SELECT max(id) FROM journal_event)"
    with run.world.database() as connection:
        last = connection.execute("SELECT actor FROM journal_event ORDER BY id DESC LIMIT 1").fetchone()
        assert last
        for actor, intact in (("operator-forged", False), (last[0], True)):
            connection.execute("ALTER TABLE journal_event DISABLE TRIGGER USER")
            connection.execute(forge.encode(), [actor])
            connection.execute("ALTER TABLE journal_event ENABLE TRIGGER USER")
            assert (words(oracle.journal, case) == "") is intact


def _put(run: Run, sha256: str, content: bytes) -> None:
    """Write over a content behind the portal's back."""
    key = f"{sha256[:2]}/{sha256[2:4]}/{sha256}"
    if run.world.store_wire:
        run.world.bucket().Object(key).put(Body=content)
    else:
        (run.world.var / "files" / key).write_bytes(content)
