"""Settings that a production portal could have: ``make check`` and the tests of the checks use them."""

import datetime as dt
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).resolve().parent.parent.parent
PASSED_ON = ("PATH", "HOME", "LANG")


def make_seal(folder: Path, *, days: int = 365) -> None:
    """A key and a certificate that is good for ``days``."""
    folder.mkdir(mode=0o700, parents=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Cachet d’essai")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    start, end = now - dt.timedelta(days=400), now + dt.timedelta(days=days)
    certificate = builder.not_valid_before(start).not_valid_after(end).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    (folder / "seal.key").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
    (folder / "seal.crt").write_bytes(certificate.public_bytes(pem))


def environment(folder: Path) -> dict[str, str]:
    """The whole environment of a production portal whose files are in ``folder``."""
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return passed_on | {
        "GUICHET_VAR": str(folder / "var"),
        "GUICHET_SEAL_DIR": str(folder / "seal"),
        "GUICHET_SECRET_KEY": secrets.token_urlsafe(48),
        "GUICHET_BASE_URL": "https://depot.administration.fr",
        "GUICHET_HOSTS": "depot.administration.fr",
        "GUICHET_TRUSTED_PROXIES": "127.0.0.1",
        "GUICHET_SMTP_URL": "smtp://portail:secret@courrier.administration.fr:587",
        "GUICHET_SENDER": "depot@administration.fr",
    }


def check(env: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """Run ``guichet check`` under ``env``."""
    command = [sys.executable, "-m", "guichet.cli.main", "check", *options]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)


def main() -> int:
    """``make check``: the settings as they are pass their own checks, in production and in the demo."""
    with tempfile.TemporaryDirectory() as name:
        make_seal(Path(name) / "seal")
        done = check(environment(Path(name)), "--deploy")
    sys.stderr.write(done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
