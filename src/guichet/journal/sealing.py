"""The portal's seal: one EC P-256 key with its certificate, for the journal and for receipts.

``SEAL_DIR`` holds ``seal.key`` and ``seal.crt`` (PEM), and in ``former/*.crt`` the certificates of keys that
were in use before, so that what they signed still verifies. ``rotation`` replaces the pair; every process
sees it at its next signature.
"""

import contextlib
import datetime as dt
import fcntl
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from guichet.journal import pairs
from guichet.journal.pairs import SealKey, SealKeyError, fingerprint

__all__ = ["SealKey", "SealKeyError", "certificates", "fingerprint", "former", "is_signed", "signer"]

KEY, CERTIFICATE, FORMER = "seal.key", "seal.crt", "former"
NEXT_KEY, NEXT_CERTIFICATE = "next.key", "next.crt"  # there only while a rotation takes place
DEMO_VALIDITY = dt.timedelta(days=3650)
DEMO_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Guichet - cachet de démonstration")])
TRIES = 3  # of reading two files that a rotation replaces one after the other

Marks = tuple[tuple[int, int], ...]


def signer() -> SealKey:
    """The key in use, read again when its files are replaced. In demo and tests it is made on the spot.

    Raises ``SealKeyError`` when it is missing, when it is not EC P-256, or when key and certificate do
    not belong together.
    """
    place = folder()
    if not (place / CERTIFICATE).exists() and (settings.DEMO or settings.TESTING):
        _make(place)
    for _ in range(TRIES - 1):
        with contextlib.suppress(SealKeyError):
            return _load(place, _marks(place))
    return _load(place, _marks(place))


def certificates() -> Mapping[str, x509.Certificate]:
    """The certificates in use now and formerly, by their fingerprint."""
    found = [signer().certificate, *former()]
    return {fingerprint(certificate): certificate for certificate in found}


def former() -> list[x509.Certificate]:
    """The certificates of the keys that were in use before. Raises ``SealKeyError``."""
    return [pairs.read_certificate(path) for path in sorted((folder() / FORMER).glob("*.crt"))]


def is_signed(certificate: x509.Certificate, signature: bytes, content: bytes) -> bool:
    """Whether ``signature`` (ECDSA, SHA-256, DER) over ``content`` was made with the certificate's key."""
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(signature, content, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def folder() -> Path:
    """Where the seal stands."""
    return Path(settings.SEAL_DIR)


def _marks(place: Path) -> Marks:
    """What changes when one of the files is replaced: two calls of stat(2) a signature."""
    try:
        found = [(place / name).stat() for name in (CERTIFICATE, KEY)]
    except OSError as error:
        raise SealKeyError(f"{place}: {error}") from error
    return tuple((one.st_ino, one.st_mtime_ns) for one in found)


@lru_cache(maxsize=4)
def _load(place: Path, marks: Marks) -> SealKey:  # noqa: ARG001 - tells when to read again
    # A rotation that was cut off after the key's turn is made whole: its certificate is there already.
    return pairs.read_pair(place / KEY, place / CERTIFICATE, place / NEXT_CERTIFICATE)


def _make(place: Path) -> None:
    """Make a pair, once, even when several processes start together: the certificate is written last."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone(place):
        if not (place / CERTIFICATE).exists():
            pair = pairs.new_pair(DEMO_NAME, DEMO_VALIDITY)
            pairs.write_key(place / KEY, pair)
            pairs.write_certificate(place / CERTIFICATE, pair.certificate)


@contextlib.contextmanager
def alone(place: Path) -> Iterator[None]:
    """One process at a time changes the seal."""
    with (place / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
