"""An authority for tests: it issues client certificates of every kind, and says which ones it revoked."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from guichet.accounts.rules import Presented
from guichet.kernel import clock
from guichet.web.certificates import CERTIFICATE, PROOF, VERIFY

SECRET = "un-secret-d-essai-de-quarante-signes-0123"
PROXY = "192.0.2.1"
YEAR = dt.timedelta(days=365)
CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH
Key = CertificateIssuerPrivateKeyTypes


def new_key() -> ec.EllipticCurvePrivateKey:
    """A key pair."""
    return ec.generate_private_key(ec.SECP256R1())


def key_hash(key: Key) -> str:
    """What an account is bound to: the SHA-256 of the SubjectPublicKeyInfo."""
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(public).hexdigest()


def a_name(common: str, *more: x509.NameAttribute[str]) -> x509.Name:
    """A name of a person or of an authority."""
    return x509.Name([*more, x509.NameAttribute(NameOID.COMMON_NAME, common)])


class Authority:
    """One authority, whose own certificate is ``certificate``."""

    def __init__(self, name: str = "Autorité d’essai") -> None:
        self.key, self.name = new_key(), a_name(name)
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
            decipher_only=False,
        )  # fmt: skip
        builder = self._builder(self.name, self.key, clock.now() - YEAR, clock.now() + YEAR)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate = builder.add_extension(usage, critical=True).sign(self.key, hashes.SHA256())
        self.revoked: list[int] = []

    def issue(
        self,
        holder: str | x509.Name = "Camille Exemple",
        *,
        key: Key | None = None,
        begins: dt.timedelta = -dt.timedelta(days=1),
        ends: dt.timedelta = YEAR,
        usage: x509.ObjectIdentifier = CLIENT,
    ) -> x509.Certificate:
        """A certificate from ``begins`` to ``ends``, both counted from now."""
        subject = a_name(holder) if isinstance(holder, str) else holder
        builder = self._builder(subject, key or new_key(), clock.now() + begins, clock.now() + ends)
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def revoke(self, certificate: x509.Certificate) -> None:
        """Put it on the next list."""
        self.revoked.append(certificate.serial_number)

    def revocations(self, *, ends: dt.timedelta = dt.timedelta(days=7)) -> bytes:
        """The list of what was revoked (PEM)."""
        now = clock.now()
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.name)
        builder = builder.last_update(now - YEAR).next_update(now + ends)
        for serial in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
            builder = builder.add_revoked_certificate(entry.build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def _builder(
        self, subject: x509.Name, key: Key, begins: dt.datetime, ends: dt.datetime
    ) -> x509.CertificateBuilder:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name)
        builder = builder.serial_number(x509.random_serial_number()).public_key(key.public_key())
        return builder.not_valid_before(begins).not_valid_after(ends)


def pem(certificate: x509.Certificate) -> str:
    """As a file holds it."""
    return certificate.public_bytes(Encoding.PEM).decode()


def save(folder: Path, name: str, certificate: x509.Certificate, key: Key) -> tuple[str, str]:
    """The files of a certificate and of its key, as a TLS client wants them."""
    (folder / f"{name}.crt").write_text(pem(certificate))
    form = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / f"{name}.key").write_bytes(form)
    return str(folder / f"{name}.crt"), str(folder / f"{name}.key")


def headers(certificate: x509.Certificate | None = None, **changes: str) -> dict[str, str]:
    """What the server before the portal sets once it has verified ``certificate``."""
    known = {VERIFY: "SUCCESS" if certificate else "NONE", PROOF: SECRET}
    if certificate:
        known[CERTIFICATE] = quote(pem(certificate))
    return known | changes


def presented(**changes: Any) -> Presented:
    """A certificate that was presented, as the operations see it."""
    known = {
        "key": "a" * 64,
        "serial": "1f",
        "issuer": "CN=Autorité d’essai",
        "subject": "CN=Camille Exemple",
        "not_after": clock.now() + YEAR,
    }
    return Presented(**{**known, **changes})
