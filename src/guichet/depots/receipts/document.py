"""From what a receipt says to a signed PDF: typst makes it (PDF/A-2u, tagged), pyHanko signs it (PAdES)."""

import datetime as dt
import io
from functools import cache
from pathlib import Path

from asn1crypto import keys, x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

from guichet.depots.receipts.content import Content
from guichet.files.typesetting import Layout
from guichet.journal.sealing import SealKey

LAYOUT = Layout(Path(__file__).with_name("receipt.typ"), "a-2u")
# Room for the signature: 1.3 kB with a self-signed certificate. Fixing it spares pyHanko a trial signature.
SIGNATURE_BYTES = 8192


def make(content: Content, *, moment: dt.datetime) -> bytes:
    """The receipt as a PDF, not signed yet; its date is ``moment``."""
    return LAYOUT.pdf(content, moment=moment)


def sign(pdf: bytes, key: SealKey) -> bytes:
    """``pdf`` with the portal's seal over all of it (PAdES, ECDSA with SHA-256)."""
    metadata = PdfSignatureMetadata(
        field_name="Cachet",
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        reason="Accusé de réception",
    )
    signed: io.BytesIO = PdfSigner(metadata, _signer(key)).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), bytes_reserved=SIGNATURE_BYTES
    )
    return signed.getvalue()


def warm_up(key: SealKey) -> None:
    """Read the layout and the fonts, and try the key."""
    said = {
        "keywords": [],
        "opening": [],
        "moments": [],
        "sections": [],
        "qr": '<svg xmlns="http://www.w3.org/2000/svg"/>',
    }
    words = (
        "title",
        "subtitle",
        "author",
        "description",
        "reference",
        "footer",
        "qr_alt",
        "reference_label",
        "page_label",
    )
    sign(make(said | dict.fromkeys(words, "…"), moment=dt.datetime.now(dt.UTC)), key)


@cache
def _signer(key: SealKey) -> SimpleSigner:
    pkcs8 = key.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    der = key.certificate.public_bytes(serialization.Encoding.DER)
    return SimpleSigner(
        signing_cert=x509.Certificate.load(der),
        signing_key=keys.PrivateKeyInfo.load(pkcs8),
        cert_registry=SimpleCertificateStore(),
    )
