"""The real samples beside the checkout: each folder has its verdict, and each exception its reason."""

import csv
import time
from pathlib import Path

import pytest

from guichet.files import checks
from guichet.files.rules import Verdict
from tests.files.conftest import Rules

SAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "pdf"
SECONDS = 10

ACCEPTED = "accepted"
CLASSES: dict[str, set[str]] = {
    "A0_empty_or_not_pdf": {"empty", "not_pdf"},
    "A_encrypted_user_password": {"password_open"},
    "B_encrypted_owner_only": {"password_changes"},
    "C_damaged_unopenable": {"unreadable"},
    "D_damaged_repairable": {ACCEPTED},
    "E_truncated": {ACCEPTED},
    "F_leading_junk_or_bad_header": {ACCEPTED},
    "G_object_or_xref_streams": {ACCEPTED},
    "H_linearized": {ACCEPTED},
    "I_javascript": {"javascript"},
    "J_attachments": {"attachment"},
    "K_xfa_form": {"xfa"},
    "L_signed": {ACCEPTED},
    "M_other_actions": {"launch", "multimedia"},
    "N_pdfa_claimed": {ACCEPTED},
    "N_pdfa_or_ua_fail": {ACCEPTED},
    "N_pdfa_or_ua_pass": {ACCEPTED},
    "O_zero_pages": {"no_page"},
    "P_incremental_updates": {ACCEPTED},
    "Q_acroform_plain": {ACCEPTED},
    "Q_clean": {ACCEPTED},
    # Loops and bombs that qpdf and PDFium bear: their pages are shown. What would exhaust them is refused.
    "R_hostile_loops_bombs": {ACCEPTED, "limits"},
}
EXCEPTIONS = {
    # A static XFA form is accepted as such; these two hold JavaScript besides.
    "K_xfa_form/itou__cerfa_15059-02.pdf": "javascript",
    "K_xfa_form/pdfjs__annotation-text-widget.pdf": "javascript",
    # Its link leads into a file that is attached to it.
    "M_other_actions/pdfjs__issue18030.pdf": "attachment",
    # It holds JavaScript besides the files attached.
    "M_other_actions/verapdf__PDF_UA-1__7.11-t01-fail-a.pdf": "javascript",
}
DERIVED = {
    "ascii_mode_ftp.pdf": ACCEPTED,  # repaired
    "attachment_exe_name.pdf": "attachment",
    "attachment_path_traversal.pdf": "attachment",
    "attachment_txt.pdf": "attachment",
    "base64_body.pdf": "not_pdf",
    "count_negative.pdf": ACCEPTED,
    "enc_owner_allow_all.pdf": "password_changes",
    "enc_owner_noprint_noextract.pdf": "password_changes",
    "enc_same_user_owner_empty.pdf": "password_changes",
    "enc_user_aes256.pdf": "password_open",
    "enc_user_rc4_40.pdf": "password_open",
    "flate_bomb_100MB.pdf": "limits",
    "flate_bomb_double_100MB.pdf": "limits",
    "html_renamed.pdf": "not_pdf",
    "huge_image_dims.pdf": "limits",
    "js_in_objstm.pdf": "javascript",
    "js_openaction.pdf": "javascript",
    "leading_1100_bytes.pdf": ACCEPTED,  # few readers look that far: the copy begins where it should
    "leading_bom.pdf": ACCEPTED,
    "linearized.pdf": ACCEPTED,
    "mediabox_huge.pdf": ACCEPTED,  # « 1e9 » is no number in a PDF: readers take a sheet of the usual size
    "metadata_bad_date.pdf": ACCEPTED,
    "no_xref_at_all.pdf": ACCEPTED,
    "object_streams.pdf": ACCEPTED,
    "one_byte.pdf": "not_pdf",
    "page_tree_depth_3000.pdf": "limits",
    "polyglot_html_in_pdf.pdf": ACCEPTED,  # the copy has nothing before its header
    "polyglot_pdf_then_zip.pdf": "zip",
    "portfolio.pdf": "attachment",
    "prev_loop.pdf": ACCEPTED,
    "submitform.pdf": "launch",
    "text_starts_percent_pdf.pdf": "unreadable",
    "trailing_null_4k.pdf": ACCEPTED,
    "truncated_half.pdf": "unreadable",
    "truncated_last_200.pdf": ACCEPTED,
    "uri_openaction.pdf": ACCEPTED,  # the action is not in the copy, and that is told
    "v20.pdf": ACCEPTED,
    "v99.pdf": ACCEPTED,
    "xfa_with_entity.pdf": "xfa",
    "xref_off_by_7.pdf": ACCEPTED,
    "zero_pages.pdf": "no_page",
    "zip_renamed.pdf": "zip",
}

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SAMPLES.exists(), reason=f"the real samples are not in {SAMPLES}"),
]


def listed(index: str) -> list[str]:
    """The files that an index names."""
    path = SAMPLES / index
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as rows:
        return [row["file"] for row in csv.DictReader(rows)]


def timely(name: str) -> Verdict:
    """The verdict on a sample, which never takes longer than it may."""
    began = time.monotonic()
    said = checks.check(SAMPLES / name, rules=Rules())
    assert time.monotonic() - began < SECONDS
    return said


@pytest.mark.parametrize("name", listed("properties.csv"))
def test_each_class_has_its_verdict(name: str) -> None:
    said = timely(name)
    expected = {EXCEPTIONS[name]} if name in EXCEPTIONS else CLASSES[name.partition("/")[0]]
    assert (said.reason or said.verdict) in expected, said


@pytest.mark.parametrize("name", listed("Z_derived/index.csv"))
def test_each_derived_file_has_its_verdict(name: str) -> None:
    said = timely(f"Z_derived/{name}")
    assert (said.reason or said.verdict) == DERIVED[name], said


def test_every_folder_stands_in_the_table() -> None:
    folders = {path.name for path in SAMPLES.iterdir() if path.is_dir()}
    assert folders == {*CLASSES, "Z_derived"}


@pytest.mark.parametrize(
    "name", [n for n in listed("properties.csv") if CLASSES[n.partition("/")[0]] == {ACCEPTED}]
)
def test_the_copy_of_an_accepted_file_is_clean(name: str, tmp_path: Path) -> None:
    copy, copy_at_once = tmp_path / "copie.pdf", tmp_path / "aussitot.pdf"
    received, at_once = checks.receive(SAMPLES / name, rules=Rules(), copy_into=copy_at_once)
    report = checks.assemble([SAMPLES / name], into=copy)
    again = checks.check(copy, rules=Rules())
    assert (again.verdict, again.changes, again.pages) == (ACCEPTED, (), received.pages)
    assert report.changes == received.changes
    assert at_once == (report if received.changes else None)
    assert copy_at_once.read_bytes() == (copy.read_bytes() if received.changes else b"")
