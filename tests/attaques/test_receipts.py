"""Forged receipts: what is changed, added, swapped or signed by somebody else is told apart, in words."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from typer.testing import CliRunner

from guichet.cli import receipt as commands
from guichet.depots import receipts
from guichet.depots.receipts import document
from guichet.depots.receipts.verification import Verdict
from guichet.journal import sealing
from tests.depots.test_receipts import made
from tests.harness import words_of
from tests.teleprocedures.filer import a_browser
from tests.web.people import text_of


def _signed() -> bytes:
    return document.sign(made(), sealing.signer())


GENUINE, ANOTHER = _signed(), _signed()
few = settings(max_examples=40, deadline=None)
PLACES = st.integers(0, len(GENUINE) - 1)


def _signature(pdf: bytes) -> tuple[int, int]:
    start = pdf.index(b"/Contents <") + len(b"/Contents <")
    return start, pdf.index(b">", start)


def _with_the_signature_of(pdf: bytes, other: bytes) -> bytes:
    start, end = _signature(pdf)
    its_start, its_end = _signature(other)
    assert end - start == its_end - its_start
    return pdf[:start] + other[its_start:its_end] + pdf[end:]


def _updated(pdf: bytes) -> bytes:
    """An incremental update, which PDF readers show over a signature that is still « valid »."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _by_a_namesake() -> bytes:
    """Signed by a key of the forger's own, whose certificate has our names, our number and our dates."""
    ours = sealing.signer().certificate
    key = ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(
        subject_name=ours.subject,
        issuer_name=ours.issuer,
        public_key=key.public_key(),
        serial_number=ours.serial_number,
        not_valid_before=ours.not_valid_before_utc,
        not_valid_after=ours.not_valid_after_utc,
    )
    for extension in ours.extensions:
        if extension.oid not in (x509.SubjectKeyIdentifier.oid, x509.AuthorityKeyIdentifier.oid):
            builder = builder.add_extension(extension.value, critical=extension.critical)
    return document.sign(made(), sealing.SealKey(key, builder.sign(key, hashes.SHA256())))


FORGERIES: dict[str, Callable[[], bytes]] = {
    "a byte": lambda: GENUINE[:1_000] + bytes([GENUINE[1_000] ^ 1]) + GENUINE[1_001:],
    "an incremental update": lambda: _updated(GENUINE),
    "two incremental updates": lambda: _updated(_updated(GENUINE)),
    "the signature of another": lambda: _with_the_signature_of(GENUINE, ANOTHER),
    "another appended": lambda: GENUINE + ANOTHER,
    "a namesake's key": _by_a_namesake,
    "never signed": made,
    "cut": lambda: GENUINE[:-1],
}


@few
@given(place=PLACES, mask=st.integers(1, 255))
def test_any_bit_of_any_byte_changed_is_noticed(place: int, mask: int) -> None:
    changed = bytearray(GENUINE)
    changed[place] ^= mask
    assert receipts.verify(bytes(changed)).verdict != Verdict.GENUINE


@few
@given(place=PLACES, added=st.binary(min_size=1, max_size=40))
def test_anything_inserted_anywhere_is_noticed(place: int, added: bytes) -> None:
    forged = GENUINE[:place] + added + GENUINE[place:]
    assert receipts.verify(forged).verdict != Verdict.GENUINE


@few
@given(place=PLACES, length=st.integers(1, 2_000))
def test_anything_removed_is_noticed(place: int, length: int) -> None:
    assert receipts.verify(GENUINE[:place] + GENUINE[place + length :]).verdict != Verdict.GENUINE


@few
@given(place=st.integers(*_signature(GENUINE)), sign=st.sampled_from(b"0123456789ABCDEFabcdef \0"))
def test_every_sign_of_the_signature_counts(place: int, sign: int) -> None:
    """A CMS has parts that its signature does not cover, and hexadecimal two ways of writing each letter."""
    changed = bytearray(GENUINE)
    changed[place] = sign
    assert receipts.verify(bytes(changed)).ok == (changed == GENUINE)


@pytest.mark.parametrize("name", FORGERIES)
def test_the_command_and_the_page_tell_a_forgery(name: str, tmp_path: Path, db: None) -> None:
    forged = FORGERIES[name]()
    assert forged != GENUINE
    assert receipts.verify(GENUINE).ok
    file = tmp_path / "accuse.pdf"
    file.write_bytes(forged)
    told = CliRunner().invoke(commands.app, [str(file)])
    assert told.exit_code == 1
    assert "est authentique" not in words_of(told.output)
    answer = a_browser().post(
        "/verifier/", {"upload": SimpleUploadedFile("accuse.pdf", forged, "application/pdf")}
    )
    assert "Accusé authentique" not in text_of(answer)
    assert any(title in text_of(answer) for title in ("Accusé altéré", "Fichier inconnu"))


def test_the_genuine_one_is_told_so(db: None) -> None:
    answer = a_browser().post(
        "/verifier/", {"upload": SimpleUploadedFile("accuse.pdf", GENUINE, "application/pdf")}
    )
    assert "Accusé authentique" in text_of(answer)
