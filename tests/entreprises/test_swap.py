"""Readers during an import: they see the former register or the new one, whole, and never wait for long."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from django.db import connection, transaction

from guichet.entreprises import queries, register
from guichet.entreprises.operations import ImportRunning, import_sirene
from guichet.entreprises.register import RegisterBusy
from guichet.journal import operations as journal
from tests.entreprises import files

T = TypeVar("T")

pytestmark = pytest.mark.django_db(transaction=True)

SIZES = {"NANTES": 300, "BREST": 500}  # each register is known by its city
READ = """
    SELECT count(*), count(DISTINCT u."denominationUniteLegale"), min(u."denominationUniteLegale"),
        count(DISTINCT e."libelleCommuneEtablissement"), min(e."libelleCommuneEtablissement")
    FROM sirene.unite u LEFT JOIN sirene.etablissement e ON e.siret = u.siren || u."nicSiegeUniteLegale"
"""


@pytest.fixture(autouse=True)
def _empty_register_afterwards() -> Iterator[None]:
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE sirene.unite, sirene.etablissement, sirene.nom")


@pytest.fixture
def registers(tmp_path: Path) -> dict[str, tuple[Path, Path]]:
    return {city: _register(tmp_path, city, size) for city, size in SIZES.items()}


def _register(folder: Path, city: str, size: int) -> tuple[Path, Path]:
    units = [files.unite(rank, city) for rank in range(size)]
    places = [files.etablissement(rank, libelleCommune=city) for rank in range(size)]
    return files.write(folder / f"u{city}.csv", units), files.write(folder / f"e{city}.csv", places)


def _import(register_files: tuple[Path, Path]) -> None:
    import_sirene(unites=register_files[0], etablissements=register_files[1])


def _reader(*, prepared: bool, done: threading.Event) -> int:
    """Read until ``done``; how many reads. Fails on a register that is not whole."""
    reads = 0
    with psycopg.connect(**_parameters(), autocommit=True) as reader:
        while not done.is_set():
            row = reader.execute(READ, prepare=prepared).fetchone()
            assert row
            assert row == (SIZES[row[2]], 1, row[2], 1, row[2])
            reads += 1
    return reads


def _django_reader(done: threading.Event) -> int:
    reads = 0
    try:
        while not done.is_set():
            unit = queries.unite(siren=files.siren(7))
            assert unit
            assert unit.siege
            assert unit.siege.city == unit.name
            assert queries.search(text="nantes") is not None
            reads += 1
    finally:
        connection.close()
    return reads


def _parameters() -> dict[str, Any]:
    values = connection.get_connection_params()
    return {key: values[key] for key in ("dbname", "user", "password", "host", "port") if key in values}


def test_readers_see_one_whole_register_at_any_moment(registers: dict[str, tuple[Path, Path]]) -> None:
    _import(registers["NANTES"])
    done = threading.Event()
    with ThreadPoolExecutor() as pool:
        readers = [
            pool.submit(_reader, prepared=True, done=done),
            pool.submit(_reader, prepared=False, done=done),
            pool.submit(_django_reader, done),
        ]
        try:
            for city in ("BREST", "NANTES") * 4:
                _import(registers[city])
        finally:
            done.set()
    assert all(reader.result() > 5 for reader in readers)


def test_a_reader_without_an_end_is_not_waited_for_for_ever(
    registers: dict[str, tuple[Path, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _import(registers["NANTES"])
    monkeypatch.setattr(register, "LOCK_TIMEOUT", "20ms")
    monkeypatch.setattr(register, "SWAP_ATTEMPTS", 2)
    monkeypatch.setattr(register, "PAUSE", 0.0)
    with psycopg.connect(**_parameters()) as reader:
        reader.execute(READ)  # and its transaction stays open, as that of a backup
        with pytest.raises(RegisterBusy):
            _import(registers["BREST"])
    unit = queries.unite(siren=files.siren(7))
    assert unit
    assert unit.name == "NANTES"


def test_a_reader_that_ends_is_waited_for(
    registers: dict[str, tuple[Path, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _import(registers["NANTES"])
    monkeypatch.setattr(register, "LOCK_TIMEOUT", "20ms")
    monkeypatch.setattr(register, "PAUSE", 0.05)
    waited = threading.Event()
    real_execute = register.execute

    def execute(statement: Any) -> int:
        if "pg_sleep" in str(statement):
            waited.set()
        return real_execute(statement)

    monkeypatch.setattr(register, "execute", execute)
    with psycopg.connect(**_parameters()) as reader, ThreadPoolExecutor() as pool:
        reader.execute(READ)
        swapped = pool.submit(_in_thread, lambda: _import(registers["BREST"]))
        assert waited.wait(20)
        reader.commit()
        swapped.result()
    unit = queries.unite(siren=files.siren(7))
    assert unit
    assert unit.name == "BREST"


def test_what_is_sealed_does_not_wait_for_a_swap_that_waits(
    registers: dict[str, tuple[Path, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _import(registers["NANTES"])
    sealed: list[bool] = []
    real_execute = register.execute

    def execute(statement: Any) -> int:
        if "pg_sleep" in str(statement):
            reader.commit()
            with ThreadPoolExecutor() as pool:
                sealed.append(pool.submit(_in_thread, journal.seal).result() is not None)
        return real_execute(statement)

    monkeypatch.setattr(register, "LOCK_TIMEOUT", "20ms")
    monkeypatch.setattr(register, "PAUSE", 0.0)
    monkeypatch.setattr(register, "execute", execute)
    with psycopg.connect(**_parameters()) as reader:
        reader.execute(READ)
        _import(registers["BREST"])
    assert sealed == [True]  # the event of the first import, while the second one waited


def test_a_filing_that_a_seal_waits_for_may_still_read_the_register(
    registers: dict[str, tuple[Path, Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The seal waits for the filing, new events wait behind the seal: the swap must not wait among them."""
    _import(registers["NANTES"])
    again = threading.Event()
    real_execute = register.execute

    def execute(statement: Any) -> int:
        if "pg_sleep" in str(statement):
            again.set()
        return real_execute(statement)

    monkeypatch.setattr(register, "execute", execute)
    monkeypatch.setattr(register, "PAUSE", 0.1)
    with (
        psycopg.connect(**_parameters()) as filing,
        psycopg.connect(**_parameters()) as seal,
        ThreadPoolExecutor() as pool,
    ):
        filing.execute("LOCK TABLE journal_event IN ROW EXCLUSIVE MODE")  # it has written an event
        sealed = pool.submit(seal.execute, "LOCK TABLE journal_event IN SHARE MODE")
        _until_it_waits(seal)
        swapped = pool.submit(_in_thread, lambda: _import(registers["BREST"]))
        assert again.wait(20)
        filing.execute(READ)
        filing.commit()
        sealed.result()
        seal.commit()
        swapped.result()
    unit = queries.unite(siren=files.siren(7))
    assert unit
    assert unit.name == "BREST"


def _until_it_waits(waiting: psycopg.Connection[Any]) -> None:
    pause = threading.Event()
    with psycopg.connect(**_parameters(), autocommit=True) as other:
        for _ in range(200):
            row = other.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %s", [waiting.info.backend_pid]
            ).fetchone()
            if row and row[0]:
                return
            pause.wait(0.05)
    raise AssertionError("it never waited")


def test_two_imports_at_once_are_one_too_many(registers: dict[str, tuple[Path, Path]]) -> None:
    started, go_on = threading.Event(), threading.Event()

    def pause(_stage: str, _done: int, _total: int) -> None:
        started.set()
        assert go_on.wait(20)

    with ThreadPoolExecutor() as pool:
        first = pool.submit(_in_thread, lambda: import_sirene(unites=registers["NANTES"][0], progress=pause))
        assert started.wait(20)
        try:
            with pytest.raises(ImportRunning):
                _import(registers["BREST"])
        finally:
            go_on.set()
        first.result()
    assert queries.unite(siren=files.siren(7))


def test_an_import_that_dies_on_the_way_leaves_the_former_register(
    registers: dict[str, tuple[Path, Path]],
) -> None:
    _import(registers["NANTES"])

    def die(stage: str, _done: int, _total: int) -> None:
        if stage == "etablissement":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_sirene(unites=registers["BREST"][0], etablissements=registers["BREST"][1], progress=die)
    with transaction.atomic():
        unit = queries.unite(siren=files.siren(7))
    assert unit
    assert unit.name == "NANTES"
    _import(registers["BREST"])


def test_a_new_register_is_read_by_whoever_was_given_the_right(
    registers: dict[str, tuple[Path, Path]],
) -> None:
    _rights("GRANT SELECT ON TABLES TO PUBLIC")
    try:
        _import(registers["BREST"])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*), string_agg(DISTINCT privilege_type, ' ')"
                " FROM information_schema.table_privileges"
                " WHERE table_schema = 'sirene' AND grantee = 'PUBLIC'"
            )
            assert cursor.fetchone() == (3, "SELECT")
    finally:
        _rights("REVOKE SELECT ON TABLES FROM PUBLIC")


def _rights(change: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA sirene_next {change}")


def _in_thread(work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        connection.close()
