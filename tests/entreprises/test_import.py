"""Importing INSEE's files: what is read, and that a bad file changes nothing."""

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from guichet.entreprises import queries
from guichet.entreprises.operations import EmptyRegister, import_sirene
from guichet.entreprises.register import BrokenLine, MissingColumns, NumberTwice, RepeatedColumn
from guichet.entreprises.source import (
    BrokenArchive,
    EmptyFile,
    NotOneCsv,
    UnreadableFile,
    WrongDelimiter,
    WrongEncoding,
)
from guichet.journal import queries as journal
from guichet.kernel.refusals import Refusal
from tests.entreprises import files

SHARED = Path(__file__).resolve().parents[2] / "../shared/data/sirene/csv"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the sample files are not beside the checkout")

pytestmark = pytest.mark.django_db


@pytest.fixture
def unites(tmp_path: Path) -> Path:
    return files.write(tmp_path / "StockUniteLegale.csv", [files.unite(1, "LES AMIS DU PHARE")])


def _name(rank: int = 1) -> str | None:
    found = queries.unite(siren=files.siren(rank))
    return found.name if found else None


def _zip(path: Path, *members: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            archive.write(member, member.name)
    return path


def _gzip(path: Path, source: Path) -> Path:
    path.write_bytes(gzip.compress(source.read_bytes()))
    return path


def test_both_files_make_a_register(tmp_path: Path, unites: Path) -> None:
    places = files.write(tmp_path / "StockEtablissement.csv", [files.etablissement(1)])
    report = import_sirene(unites=unites, etablissements=places)
    assert report.unites.lines == 1
    assert report.etablissements
    assert report.etablissements.lines == 1
    found = queries.unite(siren=files.siren(1))
    assert found
    assert found.siege
    assert found.siege.address == ("12 B AVENUE DES LILAS",)
    assert (found.siege.postcode, found.siege.city) == ("44000", "NANTES")


@pytest.mark.parametrize("kind", ["zip", "gz", "bom", "crlf", "quoted"])
def test_a_file_is_read_however_it_is_wrapped(tmp_path: Path, unites: Path, kind: str) -> None:
    plain = unites.read_bytes()
    wrapped: dict[str, Callable[[Path], object]] = {
        "zip": lambda path: _zip(path, unites),
        "gz": lambda path: _gzip(path, unites),
        "bom": lambda path: path.write_bytes(b"\xef\xbb\xbf" + plain),
        "crlf": lambda path: path.write_bytes(plain.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")),
        "quoted": lambda path: path.write_bytes(
            plain.replace(b"LES AMIS DU PHARE", b'"LES AMIS, ""DU PHARE"""')
        ),
    }
    wrapped[kind](tmp_path / "wrapped")
    import_sirene(unites=tmp_path / "wrapped")
    assert _name() == ('LES AMIS, "DU PHARE"' if kind == "quoted" else "LES AMIS DU PHARE")


def test_columns_are_found_by_name_in_any_order_among_any_others(tmp_path: Path) -> None:
    columns = ["nouvelle;colonne", *reversed(files.UNITE), "siren2", "siren2"]
    path = files.write(tmp_path / "u.csv", [files.unite(1, "A L'ENVERS")], columns)
    import_sirene(unites=path)
    assert _name() == "A L'ENVERS"


def test_the_former_establishments_stay_where_none_are_given(tmp_path: Path, unites: Path) -> None:
    import_sirene(unites=unites, etablissements=files.write(tmp_path / "e.csv", [files.etablissement(1)]))
    assert import_sirene(unites=unites).etablissements is None
    assert queries.etablissement(siret=files.siret(1))


def test_a_new_register_replaces_the_former_one(tmp_path: Path, unites: Path) -> None:
    import_sirene(unites=unites)
    import_sirene(unites=files.write(tmp_path / "v.csv", [files.unite(2, "LE SUIVANT")]))
    assert _name(1) is None
    assert _name(2) == "LE SUIVANT"
    assert [unit.name for unit in queries.search(text="le suivant")] == ["LE SUIVANT"]
    assert not queries.search(text="amis du phare")


def test_an_import_is_told_in_the_journal(unites: Path) -> None:
    import_sirene(unites=unites)
    (event,) = journal.history(subject="sirene")
    assert event.data == {"unite_lines": 1, "unite_skipped": 0}


def test_lines_with_a_malformed_number_are_left_out_and_counted(tmp_path: Path) -> None:
    wrong = ["12345678", "1234567890", "12345678X", "", "１２３４５６７８２"]
    lines = [files.unite(1, "JUSTE"), *(files.unite(2, siren=number) for number in wrong)]
    places = [files.etablissement(1), files.etablissement(2, siret=files.siret(3))]
    report = import_sirene(
        unites=files.write(tmp_path / "u.csv", lines),
        etablissements=files.write(tmp_path / "e.csv", places),
    )
    assert (report.unites.lines, report.unites.skipped) == (1, 5)
    assert report.etablissements
    assert (report.etablissements.lines, report.etablissements.skipped) == (1, 1)


def test_progress_goes_from_the_first_byte_to_the_last(unites: Path) -> None:
    told: list[tuple[str, int, int]] = []
    import_sirene(unites=unites, progress=lambda *step: told.append(step))
    size = unites.stat().st_size
    assert ("unite", size, size) in told
    assert told[-1] == ("search", 2, 2)


def _bad(path: Path, good: Path) -> dict[str, tuple[bytes, type[Refusal]]]:
    plain = good.read_bytes()
    header, line = plain.splitlines(keepends=True)
    return {
        "empty": (b"", EmptyFile),
        "blank": (b"\r\n\r\n", EmptyFile),
        "bom_only": (b"\xef\xbb\xbf", EmptyFile),
        "header_only": (header, EmptyRegister),
        "no_good_line": (header + line.replace(files.siren(1).encode(), b"none"), EmptyRegister),
        "semicolons": (plain.replace(b",", b";"), WrongDelimiter),
        "tabs": (plain.replace(b",", b"\t"), WrongDelimiter),
        "latin1": (plain.replace(b"AMIS", "ÉLÈVES".encode("latin-1")), WrongEncoding),
        "latin1_header": (plain.replace(b"siren", b"siren\xe9", 1), WrongEncoding),
        "utf16": (plain.decode().encode("utf-16"), WrongEncoding),
        "nul": (plain.replace(b"AMIS", b"A\0IS"), WrongEncoding),
        "missing": (plain.replace(b"denominationUniteLegale", b"denomination", 1), MissingColumns),
        "twice": (plain.replace(b"pseudonymeUniteLegale", b"siren", 1), RepeatedColumn),
        "cut_line": (plain[: len(header) + 40], BrokenLine),
        "long_line": (header + line.rstrip() + b",\r\n", BrokenLine),
        "open_quote": (plain.replace(b"LES AMIS", b'"LES AMIS'), BrokenLine),
        "duplicate": (plain + line, NumberTwice),
        "cut_zip": (_zip(path, good).read_bytes()[:-30], BrokenArchive),
        "damaged_zip": (_damaged(_zip(path, good).read_bytes()), BrokenArchive),
        "two_in_a_zip": (_two(path, good), NotOneCsv),
        "cut_gzip": (gzip.compress(plain)[:-20], BrokenArchive),
        "damaged_gzip": (_damaged(gzip.compress(plain)), BrokenArchive),
        "parquet": (b"PAR1\x15\x04\x15\x00\xff\xfe", WrongEncoding),
    }


def _damaged(content: bytes) -> bytes:
    place = 120
    return (
        content[:place] + bytes(byte ^ 0xFF for byte in content[place : place + 40]) + content[place + 40 :]
    )


def _two(path: Path, good: Path) -> bytes:
    other = good.with_name("other.csv")
    other.write_bytes(good.read_bytes())
    return _zip(path, good, other).read_bytes()


KINDS = [
    "empty",
    "blank",
    "bom_only",
    "header_only",
    "no_good_line",
    "semicolons",
    "tabs",
    "latin1",
    "latin1_header",
    "utf16",
    "nul",
    "missing",
    "twice",
    "cut_line",
    "long_line",
    "open_quote",
    "duplicate",
    "cut_zip",
    "damaged_zip",
    "two_in_a_zip",
    "cut_gzip",
    "damaged_gzip",
    "parquet",
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_bad_file_changes_nothing_and_says_what_is_wrong(tmp_path: Path, unites: Path, kind: str) -> None:
    import_sirene(unites=unites)
    content, refusal = _bad(tmp_path / "archive", unites)[kind]
    bad = tmp_path / "bad"
    bad.write_bytes(content)
    with pytest.raises(refusal, match=r"Rien n’a été changé"):
        import_sirene(unites=bad)
    assert _name() == "LES AMIS DU PHARE"
    assert len(journal.history(subject="sirene")) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'sirene_next'")
        assert cursor.fetchone() == (0,)


def test_a_bad_second_file_leaves_the_first_out_too(tmp_path: Path, unites: Path) -> None:
    with pytest.raises(MissingColumns, match="siret"):
        import_sirene(unites=unites, etablissements=unites)
    assert queries.is_empty()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"absent\.csv"):
        import_sirene(unites=tmp_path / "absent.csv")
    with pytest.raises(UnreadableFile):
        import_sirene(unites=tmp_path)


def test_every_missing_column_is_named(tmp_path: Path) -> None:
    columns = [name for name in files.UNITE if name not in {"dateDebut", "nomUsageUniteLegale"}]
    path = files.write(tmp_path / "old.csv", [files.unite(1)], columns)
    with pytest.raises(MissingColumns, match=r"old\.csv.* : dateDebut, nomUsageUniteLegale\."):
        import_sirene(unites=path)


def test_the_line_that_is_broken_is_named(tmp_path: Path, unites: Path) -> None:
    with unites.open("a") as file:
        file.write("123456782,O\r\n")
    with pytest.raises(BrokenLine, match="La ligne 3"):
        import_sirene(unites=unites)


@pytest.mark.shared
@needs_shared
def test_real_files_of_legal_persons() -> None:
    report = import_sirene(
        unites=SHARED / "StockUniteLegale_extrait_personnes_morales.csv",
        etablissements=SHARED / "StockEtablissement_extrait_personnes_morales.csv",
    )
    assert (report.unites.lines, report.unites.skipped) == (56, 0)
    found = queries.unite(siren="130025265")
    assert found
    assert (found.name, found.sigle) == ("DIRECTION INTERMINISTERIELLE DU NUMERIQUE", "DINUM")
    assert found.siege
    assert found.siege.city == "PARIS"
    assert queries.search(text="DINUM")[0].siren == "130025265"
    assert queries.search(text="enfnat bleu")[0].name == "L'ENFANT BLEU"


@pytest.mark.shared
@needs_shared
def test_real_layouts_of_several_years(unites: Path) -> None:
    import_sirene(
        unites=SHARED / "signaux-faibles__sireneULTestData.csv",
        etablissements=SHARED / "sirene_as_api__sample_etablissements.csv.gz",
    )
    assert queries.etablissement(siret="00588003400011")
    with pytest.raises(MissingColumns, match=" : nic\\."):
        import_sirene(
            unites=unites,
            etablissements=SHARED / "sirene_as_api__sample_etablissements_KO_missing_header.csv",
        )
