"""Is this PDF a receipt of ours, exactly as it was signed? Answered from its bytes alone.

The signature of a receipt covers the whole file except itself, which fills one hexadecimal string. So nothing
of the PDF has to be parsed, and no trick of one PDF reader against another can matter: either the file is,
byte for byte, what the seal signed, or it is not genuine.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from guichet.journal import sealing
from guichet.kernel.reference import InvalidReference, Reference
from guichet.kernel.refusals import N_

MAX_SIZE = 5_000_000  # bytes; a receipt is a hundred times smaller

_SIGNATURE = re.compile(rb"/Contents (<([0-9A-F]+)>)\s+/ByteRange \[0 (\d{1,9}) (\d{1,9}) (\d{1,9})\]")
_REFERENCE = re.compile(rb"reference=([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})")


class Verdict(StrEnum):
    """What a file turned out to be."""

    GENUINE = "genuine"
    ALTERED = "altered"
    FOREIGN = "foreign"


MESSAGES = {
    Verdict.GENUINE: N_(
        "Cet accusé de réception est authentique : il porte le cachet de ce guichet et n’a pas été modifié."
    ),
    Verdict.ALTERED: N_(
        "Ce fichier n’est pas un accusé authentique : il se présente comme un accusé de ce guichet, mais "
        "il a été modifié depuis sa signature, ou n’a jamais été signé. Demandez le fichier d’origine "
        "au déposant."
    ),
    Verdict.FOREIGN: N_(
        "Ce fichier n’est pas un accusé de réception de ce guichet : il n’en porte pas le cachet."
    ),
}


@dataclass(frozen=True, kw_only=True)
class ReceiptReport:
    """``reference`` is proved when the verdict is genuine, and no more than claimed otherwise.

    ``certificate`` is the SHA-256 of the seal's certificate, in hexadecimal, of a genuine receipt.
    """

    verdict: Verdict
    reference: str | None
    certificate: str | None = None

    @property
    def ok(self) -> bool:
        """Whether the receipt is genuine."""
        return self.verdict == Verdict.GENUINE

    @property
    def message(self) -> str:
        """The verdict in a French sentence (a gettext msgid)."""
        return MESSAGES[self.verdict]


def verify(pdf_bytes: bytes) -> ReceiptReport:
    """Whether ``pdf_bytes`` is a receipt signed by the seal, in use or former, and unchanged since."""
    if len(pdf_bytes) > MAX_SIZE:
        return ReceiptReport(verdict=Verdict.FOREIGN, reference=None)
    reference, known = _reference(pdf_bytes), sealing.certificates()
    place = _SIGNATURE.search(pdf_bytes)
    signature = (
        _Signature.read(bytes.fromhex(place[2].decode())) if place and len(place[2]) % 2 == 0 else None
    )
    if place is None or signature is None:
        return ReceiptReport(verdict=Verdict.ALTERED if reference else Verdict.FOREIGN, reference=reference)
    signers = list(signature.claimed(known))
    if not signers:
        return ReceiptReport(verdict=Verdict.FOREIGN, reference=reference)
    digest = _covered(pdf_bytes, place)
    if digest and reference and signature.holds(known[signers[0]], digest):
        return ReceiptReport(verdict=Verdict.GENUINE, reference=reference, certificate=signers[0])
    return ReceiptReport(verdict=Verdict.ALTERED, reference=reference)


def _reference(pdf: bytes) -> str | None:
    for found in _REFERENCE.finditer(pdf):
        with suppress(InvalidReference):
            return str(Reference.parse(found[1].decode()))
    return None


def _covered(pdf: bytes, place: re.Match[bytes]) -> bytes | None:
    """The SHA-256 of all but the signature; ``None`` where the signature does not cover all the rest."""
    before, after, rest = (int(number) for number in place.groups()[2:])
    if (before, after) != place.span(1) or after + rest != len(pdf):
        return None
    return hashlib.sha256(pdf[:before] + pdf[after:]).digest()


@dataclass(frozen=True)
class _Signature:
    """A CMS signature such as pyHanko makes for us: one signer, its certificate, nothing unsigned."""

    raw: bytes
    content: cms.SignedData

    @classmethod
    def read(cls, raw: bytes) -> "_Signature | None":
        try:
            info = cms.ContentInfo.load(raw)
            content = info["content"]
            # Everything is decoded here (it is lazy otherwise), so that nothing fails later.
            return cls(raw, content) if content.native and len(content["signer_infos"]) == 1 else None
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            return None

    def claimed(self, known: Mapping[str, x509.Certificate]) -> Iterator[str]:
        """The fingerprints of our certificates that the signature holds, or names by their number."""
        held = {hashlib.sha256(each.dump()).hexdigest() for each in self.content["certificates"] or ()}
        identifier = self.content["signer_infos"][0]["sid"].chosen.dump()
        for fingerprint, certificate in known.items():
            ours = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
            if fingerprint in held or identifier == _number(ours).dump():
                yield fingerprint

    def holds(self, certificate: x509.Certificate, digest: bytes) -> bool:
        """Whether it is our signature over ``digest``, and nothing but it."""
        signer = self.content["signer_infos"][0]
        ours = asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
        try:
            if self.raw != _as_we_write(signer, ours).ljust(len(self.raw), b"\0"):
                return False
            return bool(validate_sig_integrity(signer, ours, "data", digest) == (True, True))
        except (SignatureValidationError, ValueError, TypeError):
            return False


def _as_we_write(signer: cms.SignerInfo, ours: asn1_x509.Certificate) -> bytes:
    """The CMS that holds this signature in the one form that we give it.

    A CMS has parts that its signature does not cover; comparing it with this leaves no byte free to change.
    """
    sha256 = cms.DigestAlgorithm({"algorithm": "sha256", "parameters": core.Null()})
    rebuilt = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier("issuer_and_serial_number", _number(ours)),
            "digest_algorithm": sha256,
            "signed_attrs": signer["signed_attrs"],
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": signer["signature"].native,
        }
    )
    content = {
        "version": "v1",
        "digest_algorithms": [sha256],
        "encap_content_info": {"content_type": "data"},
        "certificates": [ours],
        "signer_infos": [rebuilt],
    }
    info = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(content)})
    dumped: bytes = info.dump()
    return dumped


def _number(certificate: asn1_x509.Certificate) -> cms.IssuerAndSerialNumber:
    return cms.IssuerAndSerialNumber(
        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    )
