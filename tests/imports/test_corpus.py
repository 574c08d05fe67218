"""The real CSV files beside the checkout, as requests of both kinds: each ends in the verdict that is told
here, in less than 10 s.

Their column « actif » stands for a declaration. One of their people is a colleague; no SIRET of theirs stands
in the register of the tests.
"""

import time
from pathlib import Path

import pytest

from guichet.imports.models import Demande, Ligne
from guichet.imports.operations import judging, staging
from guichet.imports.states import Kind
from tests.imports import world as imports
from tests.inscriptions import world as companies
from tests.portefeuilles import world

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "csv"
SECONDS = 10

# A refusal, or how many lines there are of each reason.
Verdict = str | dict[str, int]
# The five people that most of the derived files hold, however they are written: three are to come, one is to
# go, and « O » may be a zero.
SAME: tuple[Verdict, Verdict] = (
    {"not_in_register": 3, "not_there": 1, "unreadable_wish": 1},
    {"etablissement_unknown": 1, "person_unknown": 4},
)
FOREIGN = ("columns_missing", "columns_missing")  # about something else
TABLE: dict[str, tuple[Verdict, Verdict]] = {
    "csv-detective/b_test_file.csv": FOREIGN,
    "csv-detective/c_test_file.csv": FOREIGN,
    "csv-detective/csv_file": FOREIGN,
    "csv-detective/file.xls": FOREIGN,
    "csv-test-data/all-empty.csv": ("table_empty", "table_empty"),
    "csv-test-data/bad-header-less-fields.csv": FOREIGN,
    "csv-test-data/bad-header-no-header.csv": ("table_empty", "table_empty"),
    "csv-test-data/bad-header-wrong-header.csv": FOREIGN,
    "csv-test-data/bad-quotes-with-unescaped-quote.csv": FOREIGN,
    "csv-test-data/bad-unescaped-quote.csv": FOREIGN,
    "csv-test-data/empty-one-column.csv": FOREIGN,
    "csv-test-data/header-no-rows.csv": FOREIGN,
    "csv-test-data/leading-space.csv": FOREIGN,
    "csv-test-data/one-column.csv": FOREIGN,
    "csv-test-data/quotes-with-comma.csv": FOREIGN,
    "csv-test-data/quotes-with-escaped-quote.csv": FOREIGN,
    "csv-test-data/quotes-with-space.csv": FOREIGN,
    "csv-test-data/simple-crlf.csv": FOREIGN,
    "csv-test-data/trailing-newline-one-field.csv": FOREIGN,
    "csv-test-data/trailing-newline.csv": FOREIGN,
    "csv-test-data/utf8.csv": FOREIGN,
    "derived_droits/all_quoted.csv": SAME,
    "derived_droits/bom_only.csv": ("table_empty", "table_empty"),
    "derived_droits/booleans.csv": (
        {"contradiction": 9, "no_wish": 1, "unreadable_wish": 3},
        {"person_unknown": 13},
    ),
    "derived_droits/control_and_bidi.csv": SAME,
    "derived_droits/cp1252_crlf_semicolon.csv": SAME,
    "derived_droits/dates_formats.csv": ({"not_in_register": 10}, {"person_unknown": 10}),
    "derived_droits/double_bom.csv": SAME,
    "derived_droits/duplicates_conflicting.csv": (
        {"not_in_register": 5, "not_there": 1, "unreadable_wish": 1},
        {"etablissement_unknown": 3, "person_unknown": 4},
    ),
    "derived_droits/email_variants.csv": ({"not_in_register": 12}, {"person_unknown": 12}),
    "derived_droits/empty.csv": ("table_empty", "table_empty"),
    "derived_droits/formula_injection.csv": (
        {"not_in_register": 3},
        {"name_missing": 1, "person_unknown": 2},
    ),
    "derived_droits/header_case_accents.csv": SAME,
    "derived_droits/homoglyph_email.csv": SAME,
    "derived_droits/index.csv": FOREIGN,
    "derived_droits/latin1_semicolon.csv": SAME,
    "derived_droits/latin9_semicolon.csv": SAME,
    "derived_droits/leading_zeros_lost.csv": ({"not_in_register": 2}, {"person_unknown": 2}),
    "derived_droits/macroman_cr.csv": SAME,
    "derived_droits/mixed_utf8_latin1.csv": (
        {"not_in_register": 3, "unreadable_wish": 1},
        {"etablissement_unknown": 1, "person_unknown": 3},
    ),
    "derived_droits/nul_bytes.csv": SAME,
    "derived_droits/quoted_newline.csv": SAME,
    "derived_droits/rows_20000.csv": ({"not_in_register": 20000}, {"person_unknown": 20000}),
    "derived_droits/siret_bad_keys.csv": ({"siret_key": 5}, {"person_unknown": 4, "siret_key": 1}),
    "derived_droits/sirets_float.csv": SAME,
    "derived_droits/sirets_scientific_en.csv": (
        {"siret_rounded": 5},
        {"person_unknown": 4, "siret_rounded": 1},
    ),
    "derived_droits/tab.csv": SAME,
    "derived_droits/unbalanced_quote.csv": (
        {"not_in_register": 4, "not_there": 1, "unreadable_wish": 1},
        {"etablissement_unknown": 1, "person_unknown": 5},
    ),
    "derived_droits/unicode_nfd.csv": SAME,
    "derived_droits/unknown_profile.csv": SAME,
    "derived_droits/utf16be_bom_tab.csv": SAME,
    "derived_droits/utf16le_bom_tab.csv": SAME,
    "derived_droits/utf16le_no_bom.csv": SAME,
    "derived_droits/utf8_bom_crlf_semicolon.csv": SAME,
    "derived_droits/utf8_double_encoded.csv": SAME,
    "derived_droits/utf8_lf_semicolon.csv": SAME,
    "derived_droits/very_long_field.csv": (
        {"not_in_register": 3, "not_there": 1, "unreadable_wish": 1},
        {"person_unknown": 5},
    ),
    "derived_droits/zip_renamed.csv": ("table_archive", "table_archive"),
    "signaux-faibles/debitCorrompuTestData.csv": FOREIGN,
    "signaux-faibles/debitTestData.csv": FOREIGN,
}

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.shared,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/data/csv is not beside the checkout"),
]


def verdict(demande: Demande) -> Verdict:
    """Why a request is refused, or what is said of its lines."""
    staging.stage(demande, lambda _done, _total: None)
    if demande.problem is not None:
        return str(demande.problem["code"])
    judging.judge(demande)
    said: dict[str, int] = {}
    for (reason,) in Ligne.objects.filter(demande=demande).values_list("reasons"):
        said[reason[0]] = said.get(reason[0], 0) + 1
    assert demande.counts["lignes"] == sum(said.values())
    return _by_code(said)


def _by_code(said: dict[str, int]) -> dict[str, int]:
    """Without what stands after a code: the number of another line."""
    counts: dict[str, int] = {}
    for reason, number in sorted(said.items()):
        code = reason.partition(":")[0]
        counts[code] = counts.get(code, 0) + number
    return counts


def names() -> list[str]:
    """Every file that is no description of another one."""
    found = (path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*") if path.is_file())
    return sorted(name for name in found if not name.endswith(".json"))


@pytest.mark.parametrize("name", names())
def test_every_file_ends_in_its_verdict(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "_declarations", lambda _demande: {"dsn": "Actif"})
    cabinet = world.tiers()
    companies.declarant(cabinet.inscription, "Camille Dupond")
    portefeuille = world.portefeuille(cabinet.inscription)
    content = (SAMPLES / name).read_bytes()
    found = []
    for kind in (Kind.ETABLISSEMENTS, Kind.HABILITATIONS):
        stored, shown = imports.stored(content), Path(name).name
        demande = imports.demande(portefeuille, cabinet.administrateur, kind, stored=stored, file_name=shown)
        began = time.monotonic()
        found.append(verdict(demande))
        assert time.monotonic() - began < SECONDS
    assert tuple(found) == TABLE.get(name)


def test_the_table_names_every_file() -> None:
    assert sorted(TABLE) == names()
