"""Client certificates, as the server before the portal hands them over once it has verified them (ADR 0020).

That server sets three headers. Their names hold no dash: nothing that a client sends can be taken for them by
a server that reads « X_Client » as « X-Client ».
"""

import datetime as dt
import hashlib
import logging
import re
from urllib.parse import unquote, urlsplit

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from guichet.accounts.rules import Presented
from guichet.kernel import clock
from guichet.kernel.refusals import N_, Refusal
from guichet.web.requests import is_from

VERIFY = "XClientVerify"  # SUCCESS, NONE, or FAILED:reason, as nginx and OpenSSL say it
CERTIFICATE = "XClientCert"  # PEM, escaped as in an address
PROOF = "XClientCertProof"  # settings.CERTIFICATE_SECRET
MAX_SIGNS = 16_384  # of the escaped certificate
MAX_NAME = 500  # signs of a subject or an issuer that are kept
KEPT_FOR = dt.timedelta(hours=2)  # how long a registration may take
_SESSION_KEY = "certificate"
_ONE_PEM = re.compile(r"-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n*")

logger = logging.getLogger(__name__)


class CertificateRefused(Refusal):
    """The server before the portal did not accept the certificate; the subclasses say why."""

    code = "certificate_refused"
    title = N_("Votre certificat est refusé")
    message = N_(
        "Votre certificat n’a pas pu être vérifié. Réessayez avec un autre certificat, ou demandez à "
        "l’organisme qui vous l’a délivré s’il permet de s’authentifier sur un site."
    )
    status = 403


class CertificateMissing(CertificateRefused):
    """The browser showed none."""

    code = "certificate_missing"
    title = N_("Aucun certificat n’a été présenté")
    message = N_(
        "Votre navigateur n’a présenté aucun certificat. Branchez votre clé ou insérez votre carte, fermez "
        "toutes les fenêtres du navigateur, rouvrez cette page et choisissez votre certificat."
    )


class CertificateExpired(CertificateRefused):
    """Past its end."""

    code = "certificate_expired"
    title = N_("Votre certificat a expiré")
    message = N_(
        "La date de fin de votre certificat est passée. Demandez-en un nouveau à l’organisme qui vous l’a "
        "délivré, puis présentez-le par « Renouvelez / réactivez votre accès à l’espace abonné avec "
        "certificat »."
    )


class CertificateNotYetValid(CertificateRefused):
    """Before its beginning."""

    code = "certificate_not_yet_valid"
    title = N_("Votre certificat n’est pas encore valable")
    message = N_(
        "La date de début de votre certificat n’est pas encore atteinte. Attendez cette date, ou utilisez "
        "votre certificat précédent s’il est encore valable."
    )


class CertificateRevoked(CertificateRefused):
    """On the list of its issuer (CRL)."""

    code = "certificate_revoked"
    title = N_("Votre certificat a été révoqué")
    message = N_(
        "L’organisme qui a délivré ce certificat l’a révoqué : il ne sert plus, nulle part. Demandez-en un "
        "nouveau, puis présentez-le par « Renouvelez / réactivez votre accès à l’espace abonné avec "
        "certificat ». Vous n’avez pas demandé cette révocation ? Prévenez cet organisme."
    )


class IssuerUnknown(CertificateRefused):
    """Signed by nobody whom the portal accepts."""

    code = "issuer_unknown"
    title = N_("L’émetteur de votre certificat n’est pas accepté")
    message = N_(
        "Ce certificat ne vient pas d’un organisme que ce portail accepte. Si vous en avez plusieurs, fermez "
        "toutes les fenêtres du navigateur, rouvrez cette page et choisissez-en un autre."
    )


class CertificateUnsuitable(CertificateRefused):
    """Made for something else: signing documents, a server."""

    code = "certificate_unsuitable"
    title = N_("Votre certificat n’est pas fait pour s’authentifier")
    message = N_(
        "Ce certificat sert à autre chose, par exemple à signer des documents. Choisissez votre certificat "
        "d’authentification : fermez toutes les fenêtres du navigateur, puis rouvrez cette page."
    )


class RevocationUnknown(CertificateRefused):
    """The lists of revoked certificates are missing or out of date: the fault is ours."""

    code = "revocation_unknown"
    title = N_("Les certificats ne peuvent pas être vérifiés en ce moment")
    message = N_(
        "La faute est de notre côté : la liste des certificats révoqués n’est pas à jour, et nous ne pouvons "
        "pas savoir si le vôtre est encore valable. Réessayez dans une heure."
    )
    status = 503


class CertificateUnreadable(CertificateRefused):
    """Not one certificate, or none that can be read."""

    code = "certificate_unreadable"
    title = N_("Votre certificat est illisible")
    message = N_(
        "Le portail n’a pas pu lire votre certificat. Réessayez ; si cela se répète, demandez à l’organisme "
        "qui vous l’a délivré s’il est conforme à la norme X.509."
    )
    status = 400


class DoorMisconfigured(CertificateRefused):
    """At the door of certificates, and nothing that its server says can be believed: the fault is ours."""

    code = "certificate_door_misconfigured"
    title = N_("Les certificats ne peuvent pas être vérifiés en ce moment")
    message = N_(
        "La faute est de notre côté : le portail ne reconnaît pas le serveur qui vérifie les certificats. "
        "Réessayez plus tard, ou connectez-vous avec votre mot de passe."
    )
    status = 503


# What OpenSSL says, in the order in which it is looked for: the last thing that it found wrong.
_REASONS: tuple[tuple[str, type[CertificateRefused]], ...] = (
    # Of a chain that is whole and that nobody here trusts; or an operator has forgotten a list.
    ("unable to get certificate CRL", IssuerUnknown),
    ("CRL", RevocationUnknown),
    ("revoked", CertificateRevoked),
    ("not yet valid", CertificateNotYetValid),
    ("expired", CertificateExpired),
    ("purpose", CertificateUnsuitable),
    ("issuer", IssuerUnknown),
    ("self-signed", IssuerUnknown),
    ("self signed", IssuerUnknown),
    ("unable to verify the first certificate", IssuerUnknown),
    ("signature failure", IssuerUnknown),
    ("chain too long", IssuerUnknown),
)


def presented(request: HttpRequest) -> Presented | None:
    """The certificate with which this request came, or ``None``: it did not come through that door.

    The headers are believed from ``settings.CERTIFICATE_PROXIES`` alone, and with the shared secret. Raises
    ``CertificateRefused``: the subclasses say why, ``CertificateMissing`` where the browser showed none.
    """
    if not _is_believed(request):
        return None
    said = request.headers.get(VERIFY, "")
    if said == "NONE":
        raise CertificateMissing
    if said.startswith("FAILED:"):
        raise _refusal(said.removeprefix("FAILED:"))
    if said != "SUCCESS":
        raise CertificateUnreadable
    return _valid_now(_certificate(request.headers.get(CERTIFICATE, "")))


def is_at_door(request: HttpRequest) -> bool:
    """Whether the browser addressed the door of certificates, whoever handed the request over."""
    return bool(settings.CERTIFICATE_URL) and request.get_host() == urlsplit(settings.CERTIFICATE_URL).netloc


def keep(request: HttpRequest, certificate: Presented) -> None:
    """Remember for ``KEPT_FOR`` that this browser presented ``certificate``, as the registration goes on at
    the ordinary door, where nothing is presented."""
    until = clock.now() + KEPT_FOR
    request.session[_SESSION_KEY] = {"certificate": certificate.to_json(), "until": until.isoformat()}


def kept(request: HttpRequest) -> Presented | None:
    """The certificate that this browser presented for its registration, while that counts."""
    found = request.session.get(_SESSION_KEY)
    if not found or dt.datetime.fromisoformat(found["until"]) <= clock.now():
        return None
    certificate = Presented.from_json(found["certificate"])
    return certificate if certificate.not_after > clock.now() else None


def forget(request: HttpRequest) -> None:
    """Go on without the certificate that was presented."""
    request.session.pop(_SESSION_KEY, None)


def holder(certificate_name: str) -> str:
    """The common name of a subject or an issuer as RFC 4514 writes it, or all of it where it has none."""
    try:
        name = x509.Name.from_rfc4514_string(certificate_name)
    except ValueError:  # cut at ``MAX_NAME``, or with an attribute that has no short name
        return certificate_name
    common = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(common[-1].value) if common else certificate_name


def _is_believed(request: HttpRequest) -> bool:
    secret = settings.CERTIFICATE_SECRET
    shown = request.headers.get(PROOF, "")
    known = is_from(request, settings.CERTIFICATE_PROXIES)
    # Whatever the address, the secret is compared: how long it takes tells nothing.
    return constant_time_compare(shown, secret) and bool(secret) and known


def _refusal(reason: str) -> CertificateRefused:
    refused = next((known for words, known in _REASONS if words in reason), CertificateRefused)
    if "CRL" in reason or refused is CertificateRefused:  # an operator has to look at it
        logger.warning("a client certificate could not be verified: %s", reason[:100])
    return refused()


def _certificate(escaped: str) -> x509.Certificate:
    text = unquote(escaped, errors="replace").replace("\r\n", "\n")
    if len(escaped) > MAX_SIGNS or not _ONE_PEM.fullmatch(text):  # two headers come as one, with a comma
        raise CertificateUnreadable
    try:
        return x509.load_pem_x509_certificate(text.encode())
    except ValueError:
        raise CertificateUnreadable from None


def _valid_now(certificate: x509.Certificate) -> Presented:
    """Its dates hold by the portal's clock too: a connection may stay open past the end."""
    now = clock.now()
    found = _read(certificate)
    if certificate.not_valid_before_utc > now:
        raise CertificateNotYetValid
    if found.not_after <= now:
        raise CertificateExpired
    return found


def _read(certificate: x509.Certificate) -> Presented:
    try:
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return Presented(
            key=hashlib.sha256(key).hexdigest(),
            serial=f"{certificate.serial_number:x}",
            issuer=_plain(certificate.issuer),
            subject=_plain(certificate.subject),
            not_after=certificate.not_valid_after_utc,
        )
    except (ValueError, UnsupportedAlgorithm):
        raise CertificateUnreadable from None


def _plain(name: x509.Name) -> str:
    """A name that can be kept and shown: nothing that cannot be seen, and not endless."""
    text = name.rfc4514_string()
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)[:MAX_NAME]
