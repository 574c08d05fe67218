"""What is read of a client certificate, from whom it is believed, and why it is refused."""

import datetime as dt
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from guichet.accounts.rules import Presented
from guichet.kernel import clock
from guichet.web import certificates
from guichet.web.certificates import (
    CERTIFICATE,
    PROOF,
    VERIFY,
    CertificateExpired,
    CertificateMissing,
    CertificateNotYetValid,
    CertificateRefused,
    CertificateRevoked,
    CertificateUnreadable,
    CertificateUnsuitable,
    IssuerUnknown,
    RevocationUnknown,
    presented,
)
from tests.web.authority import PROXY, SECRET, Authority, a_name, headers, key_hash, new_key, pem

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _door(settings: Settings) -> None:
    settings.CERTIFICATE_PROXIES = [PROXY]
    settings.CERTIFICATE_SECRET = SECRET
    settings.CERTIFICATE_URL = "https://guichet.example:8443"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def a_request(sent: dict[str, str], *, peer: str = PROXY) -> HttpRequest:
    return RequestFactory(REMOTE_ADDR=peer).get("/abonne/certificat/connexion/", headers=sent)


def test_what_counts_of_a_certificate(authority: Authority) -> None:
    key = new_key()
    certificate = authority.issue("Camille Exemple", key=key)
    assert presented(a_request(headers(certificate))) == Presented(
        key=key_hash(key),
        serial=f"{certificate.serial_number:x}",
        issuer="CN=Autorité d’essai",
        subject="CN=Camille Exemple",
        not_after=certificate.not_valid_after_utc,
    )


def test_the_same_key_in_another_certificate_is_the_same(authority: Authority) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    one, other = (
        presented(a_request(headers(authority.issue(name, key=key)))) for name in ("Camille", "C. Exemple")
    )
    assert one
    assert other
    assert one.key == other.key == key_hash(key)
    assert one.serial != other.serial


NOBODY: list[tuple[str, dict[str, str]]] = [
    ("192.0.2.2", {}),  # the secret from another address
    ("", {}),
    (PROXY, {PROOF: ""}),  # the right address without the secret
    (PROXY, {PROOF: SECRET[:-1]}),
    (PROXY, {PROOF: SECRET + "4"}),
    (PROXY, {PROOF: SECRET.upper()}),
    (PROXY, {PROOF: f"{SECRET},{SECRET}"}),  # twice, as the web server joins them
    (PROXY, {PROOF: "é" * 40}),
    ("192.0.2.2", {"X-Forwarded-For": PROXY}),
    ("192.0.2.2", {"X-Real-IP": PROXY, "Forwarded": f"for={PROXY}"}),
]


@pytest.mark.parametrize(("peer", "changes"), NOBODY)
def test_nobody_else_is_believed(authority: Authority, peer: str, changes: dict[str, str]) -> None:
    sent = headers(authority.issue(), **changes)
    assert presented(a_request(sent, peer=peer)) is None


@pytest.mark.parametrize("said", ["FAILED:certificate revoked", "NONE", "SUCCESS"])
def test_a_strangers_headers_change_nothing_whatever_they_say(said: str) -> None:
    assert presented(a_request({VERIFY: said, CERTIFICATE: "x", PROOF: "y"}, peer="198.51.100.9")) is None


@pytest.mark.parametrize(("name", "value"), [("CERTIFICATE_SECRET", ""), ("CERTIFICATE_PROXIES", [])])
def test_where_nothing_is_set_nobody_is_believed(
    settings: Settings, authority: Authority, name: str, value: object
) -> None:
    setattr(settings, name, value)
    sent = headers(authority.issue())
    assert presented(a_request({**sent, PROOF: settings.CERTIFICATE_SECRET})) is None


def test_a_trusted_proxy_is_not_the_one_that_verifies_certificates(
    settings: Settings, authority: Authority
) -> None:
    settings.TRUSTED_PROXIES = ["198.51.100.1"]
    assert presented(a_request(headers(authority.issue()), peer="198.51.100.1")) is None


def test_the_verifying_server_may_be_one_of_a_network(settings: Settings, authority: Authority) -> None:
    settings.CERTIFICATE_PROXIES = ["10.1.0.0/16", "2001:db8::/32"]
    sent = headers(authority.issue())
    assert presented(a_request(sent, peer="10.1.2.3"))
    assert presented(a_request(sent, peer="::ffff:10.1.2.3"))
    assert presented(a_request(sent, peer="2001:db8::7"))
    assert presented(a_request(sent, peer="10.2.0.1")) is None


def test_no_spelling_of_a_header_is_taken_for_another() -> None:
    """The web server reads « X_Client » as « X-Client »: these names hold neither."""
    for name in (VERIFY, CERTIFICATE, PROOF):
        assert name.isalpha()


# What nginx and OpenSSL 3 say, word for word.
REASONS: list[tuple[str, type[CertificateRefused], int]] = [
    ("NONE", CertificateMissing, 403),
    ("FAILED:certificate has expired", CertificateExpired, 403),
    ("FAILED:certificate is not yet valid", CertificateNotYetValid, 403),
    ("FAILED:certificate revoked", CertificateRevoked, 403),
    ("FAILED:unable to get local issuer certificate", IssuerUnknown, 403),
    ("FAILED:unable to get issuer certificate", IssuerUnknown, 403),
    ("FAILED:unable to verify the first certificate", IssuerUnknown, 403),
    ("FAILED:self-signed certificate", IssuerUnknown, 403),
    ("FAILED:self signed certificate", IssuerUnknown, 403),
    ("FAILED:self-signed certificate in certificate chain", IssuerUnknown, 403),
    ("FAILED:certificate signature failure", IssuerUnknown, 403),
    ("FAILED:certificate chain too long", IssuerUnknown, 403),
    ("FAILED:unsuitable certificate purpose", CertificateUnsuitable, 403),
    ("FAILED:unable to get certificate CRL", IssuerUnknown, 403),
    ("FAILED:CRL has expired", RevocationUnknown, 503),
    ("FAILED:CRL is not yet valid", RevocationUnknown, 503),
    ("FAILED:EE certificate key too weak", CertificateRefused, 403),
    ("FAILED:", CertificateRefused, 403),
    ("", CertificateUnreadable, 400),
    ("SUCCESS,SUCCESS", CertificateUnreadable, 400),
    ("success", CertificateUnreadable, 400),
]


@pytest.mark.parametrize(("said", "refusal", "status"), REASONS)
def test_each_refusal_has_its_reason(
    authority: Authority, said: str, refusal: type[CertificateRefused], status: int
) -> None:
    sent = headers(authority.issue()) | {VERIFY: said}
    with pytest.raises(CertificateRefused) as refused:
        presented(a_request(sent))
    assert (type(refused.value), refused.value.status) == (refusal, status)


def test_every_refusal_says_something_of_its_own() -> None:
    kinds: list[type[CertificateRefused]] = [CertificateRefused, *CertificateRefused.__subclasses__()]
    assert len({kind.message for kind in kinds}) == len(kinds)
    assert len({kind.code for kind in kinds}) == len(kinds)


def test_an_operator_reads_what_only_an_operator_can_mend(caplog: pytest.LogCaptureFixture) -> None:
    for reason in ("CRL has expired", "unable to get certificate CRL", "EE certificate key too weak"):
        caplog.clear()
        with pytest.raises(CertificateRefused):
            presented(a_request(headers() | {VERIFY: f"FAILED:{reason}"}))
        assert reason in caplog.text
    caplog.clear()
    with pytest.raises(CertificateExpired):
        presented(a_request(headers() | {VERIFY: "FAILED:certificate has expired"}))
    assert not caplog.text


def unreadable(authority: Authority) -> dict[str, str]:
    whole, another = pem(authority.issue()), pem(authority.issue())
    return {
        "nothing": "",
        "no certificate": "illisible",
        "not base64": quote(whole.replace("MII", "é!I", 1)),
        "cut": quote(whole[:200]),
        "cut inside": quote(whole.replace(whole[100:300], "")),
        "two": quote(whole + another),
        "two headers": f"{quote(whole)},{quote(another)}",
        "text before": quote("subject=CN=Alex\n" + whole),
        "a key": quote(whole.replace("CERTIFICATE", "PRIVATE KEY")),
        "not escaped, so its signs + are blanks": whole.replace("\n", " "),
        "endless": quote("-----BEGIN CERTIFICATE-----\n" + "A" * 20_000 + "\n-----END CERTIFICATE-----\n"),
        "a NUL": quote(whole.replace("MII", "M\0I", 1)),
    }


@pytest.mark.parametrize("what", list(unreadable(Authority())))
def test_what_is_no_single_certificate_is_unreadable(authority: Authority, what: str) -> None:
    with pytest.raises(CertificateUnreadable):
        presented(a_request(headers() | {VERIFY: "SUCCESS", CERTIFICATE: unreadable(authority)[what]}))


def test_dates_hold_by_our_own_clock_to_the_second(authority: Authority, monkeypatch: Any) -> None:
    certificate = authority.issue(begins=HOUR, ends=2 * HOUR)
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    second = dt.timedelta(seconds=1)
    for moment, refusal in (
        (begins - second, CertificateNotYetValid),
        (begins, None),
        (ends - second, None),
        (ends, CertificateExpired),
    ):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        if refusal is None:
            assert presented(a_request(headers(certificate)))
        else:
            with pytest.raises(refusal):
                presented(a_request(headers(certificate)))


def test_names_can_be_kept_and_shown_whatever_they_hold(authority: Authority) -> None:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Cabinet, Fils & Cie <b>")
    unseen = x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "0002\u202e\n123456782")
    certificate = authority.issue(a_name("Exemple, Camille", organisation, unseen))
    found = presented(a_request(headers(certificate)))
    assert found
    assert found.subject.isprintable()
    assert certificates.holder(found.subject) == "Exemple, Camille"
    assert Presented.from_json(found.to_json()) == found


def test_a_name_is_cut_and_still_shown(authority: Authority) -> None:
    units = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"{rank:060}") for rank in range(12)]
    found = presented(a_request(headers(authority.issue(a_name("Camille", *units)))))
    assert found
    assert len(found.subject) == certificates.MAX_NAME
    assert certificates.holder(found.subject)
    assert certificates.holder("O=Cabinet") == "O=Cabinet"


def test_a_certificate_for_something_else_is_read_all_the_same(authority: Authority) -> None:
    """What it may be used for is the verifying server's affair, which refuses it (see the nginx test)."""
    assert presented(a_request(headers(authority.issue(usage=ExtendedKeyUsageOID.EMAIL_PROTECTION))))


def a_session(request: HttpRequest) -> HttpRequest:
    request.session = {}  # type: ignore[assignment]  # what a session is here: something that keeps
    return request


def test_what_was_presented_is_kept_for_the_registration_and_no_longer(
    authority: Authority, monkeypatch: Any
) -> None:
    request = a_session(a_request({}))
    assert certificates.kept(request) is None
    found = presented(a_request(headers(authority.issue())))
    assert found
    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start)
    certificates.keep(request, found)
    monkeypatch.setattr(clock, "now", lambda: start + certificates.KEPT_FOR - dt.timedelta(seconds=1))
    assert certificates.kept(request) == found
    monkeypatch.setattr(clock, "now", lambda: start + certificates.KEPT_FOR)
    assert certificates.kept(request) is None
    monkeypatch.setattr(clock, "now", lambda: start)
    certificates.forget(request)
    assert certificates.kept(request) is None


def test_what_expires_meanwhile_is_kept_no_longer(authority: Authority, monkeypatch: Any) -> None:
    request = a_session(a_request({}))
    found = presented(a_request(headers(authority.issue(ends=HOUR))))
    assert found
    certificates.keep(request, found)
    monkeypatch.setattr(clock, "now", lambda: found.not_after)
    assert certificates.kept(request) is None


@pytest.mark.parametrize(
    ("host", "there"),
    [("guichet.example:8443", True), ("guichet.example", False), ("autre.example:8443", False)],
)
def test_which_door_was_addressed(settings: Settings, host: str, there: bool) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    request = RequestFactory().get("/", headers={"Host": host})
    assert certificates.is_at_door(request) is there
    settings.CERTIFICATE_URL = ""
    assert certificates.is_at_door(request) is False
