"""Pairs of a key and its certificate, as PEM files: made, written, read."""

import datetime as dt
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


class SealKeyError(Exception):
    """The key or certificate of the seal is missing or is not what it should be; the operator must act."""


@dataclass(frozen=True)
class SealKey:
    """A key that signs, and the certificate that tells whose it is."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the certificate in DER, in hexadecimal."""
        return fingerprint(self.certificate)

    def sign(self, content: bytes) -> bytes:
        """ECDSA with SHA-256 over ``content``, in DER."""
        return self.key.sign(content, ec.ECDSA(hashes.SHA256()))


def fingerprint(certificate: x509.Certificate) -> str:
    """The SHA-256 of ``certificate`` in DER, in hexadecimal."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def read_pair(key: Path, certificate: Path, *others: Path) -> SealKey:
    """The pair that two PEM files make. ``others``: where the certificate stands if not in ``certificate``.

    Raises ``SealKeyError``.
    """
    private = _read_key(key)
    found = [read_certificate(certificate), *(read_certificate(path) for path in others if path.exists())]
    for one in found:
        if one.public_key() == private.public_key():
            return SealKey(private, one)
    raise SealKeyError(f"{key.parent}: {key.name} and {certificate.name} do not belong together")


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise SealKeyError(f"{path}: {error}") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SealKeyError(f"{path}: an EC P-256 key is expected")
    return key


def read_certificate(path: Path) -> x509.Certificate:
    """The certificate in a PEM file. Raises ``SealKeyError``."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SealKeyError(f"{path}: {error}") from error


def is_valid_now(certificate: x509.Certificate) -> bool:
    """Whether it may be used today: it belongs to the real time, not to the clock that tests move."""
    return certificate.not_valid_before_utc <= dt.datetime.now(dt.UTC) < certificate.not_valid_after_utc


def new_pair(name: x509.Name, validity: dt.timedelta) -> SealKey:
    """A new key, and a certificate that it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    return SealKey(key, _self_signed(key, name, validity))


def write_key(path: Path, pair: SealKey) -> None:
    """The key in PEM, without a password, as the folder's rights protect it. Whole, or not at all."""
    form = serialization.PrivateFormat.PKCS8
    _write(path, pair.key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))


def write_certificate(path: Path, certificate: x509.Certificate) -> None:
    """The certificate in PEM. Whole and on disk, or not at all."""
    _write(path, certificate.public_bytes(serialization.Encoding.PEM))


def _write(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        _give_to_the_portal(handle, path.parent)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(path)
    sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """A folder for its owner alone, unless it is there."""
    if not path.exists():
        path.mkdir(mode=0o700)
        _give_to_the_portal(path, path.parent)


def _give_to_the_portal(what: int | Path, folder: Path) -> None:
    """What root writes must be readable by the portal, whose ``folder`` it is."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(what, owner.st_uid, owner.st_gid)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable, as a rename alone is not."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _self_signed(
    key: ec.EllipticCurvePrivateKey, name: x509.Name, validity: dt.timedelta
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)  # a certificate belongs to the real time, not to the clock that tests move
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + validity)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
