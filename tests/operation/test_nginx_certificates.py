"""Client certificates through Debian's nginx, with the howto's very files and an authority of our own."""

import os
import re
import signal
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from guichet.web.certificates import CERTIFICATE, PROOF, VERIFY
from tests.operation import test_nginx
from tests.operation.doors import (
    ANSWER,
    DAY,
    HOWTO,
    RENEW,
    SIGN_IN,
    Doors,
    Subscriber,
    a_code,
    is_signed_in,
    register,
    running,
    sign_in,
    subscribed,
    title_of,
)
from tests.web.authority import SECRET, Key, new_key, pem, save

PATIENCE = 10  # seconds for nginx to read its lists again

pytestmark = test_nginx.pytestmark


@pytest.fixture(scope="module")
def doors() -> Iterator[Doors]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def subscriber(doors: Doors) -> Subscriber:
    return subscribed(doors)


def test_who_registered_with_a_certificate_signs_in_and_lands_at_the_ordinary_door(
    doors: Doors, subscriber: Subscriber
) -> None:
    person = doors.person(subscriber.certificate, subscriber.key)
    shown = person.get(SIGN_IN)
    assert "Camille Exemple" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    policy = shown.headers["Content-Security-Policy"]
    assert f"form-action 'self' {doors.base};" in f"{policy};"  # else browsers would stop the way back
    page = sign_in(doors, person)
    assert str(page.url).startswith(doors.base), page.text
    assert is_signed_in(doors, person)
    assert all("Domain" not in cookie and "Secure" in cookie for cookie in person.set_cookies)


def test_a_certificate_renewed_for_the_same_key_just_signs_in(doors: Doors, subscriber: Subscriber) -> None:
    renewed = doors.authority.issue("Camille Exemple", key=subscriber.key)
    person = doors.person(renewed, subscriber.key)
    sign_in(doors, person)
    assert is_signed_in(doors, person)
    page = person.get("/abonne/votre-certificat/").text
    assert f"<dd>{renewed.serial_number:X}</dd>" in page.replace(" ", "")


def test_a_new_key_is_bound_by_code_and_answer_and_ends_the_former(doors: Doors) -> None:
    former_key, new = new_key(), new_key()
    former = doors.authority.issue("Alex Exemple", key=former_key)
    email = "alex@cabinet.example"
    register(doors, doors.person(former, former_key), email)

    person = doors.person(doors.authority.issue("Alex Exemple", key=new), new)
    refused = sign_in(doors, person)
    assert (refused.status_code, title_of(refused)) == (403, "Ce certificat n’ouvre aucun espace")
    person.get(RENEW)
    page = person.post(RENEW, {"identifier": email})
    assert page.url.path == f"{RENEW}code/", page.text
    page = person.post(page.url.path, {"code": a_code(doors, email, "relier un certificat")})
    assert "cantine" in page.text  # the question is shown to who reads the mailbox alone
    page = person.post(page.url.path, {"answer": ANSWER})
    assert title_of(page) == "Votre certificat est relié", page.text
    sign_in(doors, person)
    assert is_signed_in(doors, person)

    late = sign_in(doors, doors.person(former, former_key))
    assert (late.status_code, title_of(late)) == (403, "Ce certificat n’ouvre plus votre espace")
    assert "précédent" in doors.post.expect(email, "remplacé").text


def test_the_former_certificate_binds_the_new_one_with_one_button(doors: Doors) -> None:
    former_key, new = new_key(), new_key()
    person = doors.person(doors.authority.issue("Dominique Exemple", key=former_key), former_key)
    register(doors, person, "dominique@cabinet.example")
    sign_in(doors, person)
    after = doors.person(doors.authority.issue("Dominique Exemple", key=new), new)
    after.cookies = person.cookies  # the same browser, with another card
    page = after.get(RENEW)
    assert "sera" not in title_of(page)
    page = after.post(RENEW, {})
    assert title_of(page) == "Votre certificat est relié", page.text
    assert is_signed_in(doors, after)
    again = doors.person(doors.authority.issue("Dominique Exemple", key=new), new)
    sign_in(doors, again)
    assert is_signed_in(doors, again)


def refusals(doors: Doors) -> dict[str, tuple[tuple[x509.Certificate, Key] | None, str]]:
    """What nginx does not accept, and the heading of the page that says why."""
    key = new_key()
    revoked = doors.authority.issue("Révoqué", key=key)
    doors.authority.revoke(revoked)
    issue = doors.authority.issue
    expired = issue("Expirée", key=key, begins=-2 * DAY, ends=-DAY)
    return {
        "none": (None, "Aucun certificat n’a été présenté"),
        "expired": ((expired, key), "Votre certificat a expiré"),
        "early": ((issue("Tôt", key=key, begins=DAY), key), "Votre certificat n’est pas encore valable"),
        "revoked": ((revoked, key), "Votre certificat a été révoqué"),
        "unknown": (
            (doors.strangers.issue("Inconnue", key=key), key),
            "L’émetteur de votre certificat n’est pas accepté",
        ),
        "self-signed": (
            (doors.strangers.certificate, doors.strangers.key),
            "L’émetteur de votre certificat n’est pas accepté",
        ),
        "server": (
            (issue("Serveur", key=key, usage=ExtendedKeyUsageOID.SERVER_AUTH), key),
            "Votre certificat n’est pas fait pour s’authentifier",
        ),
    }


def test_what_is_not_accepted_is_refused_with_its_reason(doors: Doors) -> None:
    wanted = refusals(doors)
    doors.lists()
    read_again(doors, wanted["revoked"][0])
    for what, (shown, heading) in wanted.items():
        person = doors.person(*(shown or (None, None)))
        page = person.get(SIGN_IN)
        assert (page.status_code, title_of(page)) == (403, heading), what
        assert "Que faire maintenant" in page.text
        assert person.post(SIGN_IN, {}).status_code == 403
        assert not is_signed_in(doors, person)


def read_again(
    doors: Doors, refused: tuple[x509.Certificate, Key] | None, *, status: int = 403
) -> httpx.Response:
    """nginx reads its lists again: the page that ``refused`` gets from its new processes."""
    master = int((doors.folder / "nginx.pid").read_text())
    former = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    os.kill(master, signal.SIGHUP)
    assert refused
    deadline, pause = time.monotonic() + PATIENCE, threading.Event()
    while any(Path(f"/proc/{process}").exists() for process in former):
        assert time.monotonic() < deadline, "nginx did not read its lists again"
        pause.wait(0.1)
    page = doors.person(*refused).get(SIGN_IN)
    assert page.status_code == status
    return page


def test_a_certificate_that_is_revoked_later_opens_nothing_any_more(doors: Doors) -> None:
    key = new_key()
    certificate = doors.authority.issue("Andrea Exemple", key=key)
    register(doors, doors.person(certificate, key), "andrea@cabinet.example")
    person = doors.person(certificate, key)
    sign_in(doors, person)
    assert is_signed_in(doors, person)
    doors.authority.revoke(certificate)
    doors.lists()
    page = read_again(doors, (certificate, key))
    assert title_of(page) == "Votre certificat a été révoqué"


def test_lists_that_are_out_of_date_are_our_fault_and_say_so(doors: Doors, subscriber: Subscriber) -> None:
    shown = (subscriber.certificate, subscriber.key)
    doors.lists(ends=-DAY)
    try:
        page = read_again(doors, shown, status=503)
        assert "La faute est de notre côté" in page.text
        assert "CRL has expired" in (doors.folder / "portal.log").read_text()
        assert doors.person().get("/abonne/connexion/").status_code == 200  # nobody else is affected
    finally:
        doors.lists()
        read_again(doors, shown, status=200)


# Forged


def forged(subscriber: Subscriber) -> dict[str, str]:
    """What nginx would set for the subscriber, with the secret and all."""
    return {VERIFY: "SUCCESS", CERTIFICATE: quote(pem(subscriber.certificate)), PROOF: SECRET}


def test_the_ordinary_door_passes_no_such_header_on(doors: Doors, subscriber: Subscriber) -> None:
    person = doors.person()
    person.headers = forged(subscriber) | {"X_Client_Cert": "x", "X-Client-Cert": "x"}
    page = person.get(SIGN_IN)  # on to the door of certificates, which asks for one
    assert (page.status_code, title_of(page)) == (403, "Aucun certificat n’a été présenté")
    answer = person.client.get(f"{doors.base}{SIGN_IN}", headers=forged(subscriber))
    assert answer.status_code == 302
    assert "Camille" not in answer.text


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {PROOF: ""},
        {PROOF: "x" * len(SECRET)},
        {PROOF: SECRET, "X-Forwarded-For": "127.0.0.1"},  # the secret, from another address
    ],
)
def test_the_portal_believes_nobody_else(doors: Doors, subscriber: Subscriber, sent: dict[str, str]) -> None:
    """Straight at the portal: from the proxy's address without its secret, and the other way round."""
    source = "127.0.0.2" if sent.get(PROOF) == SECRET else "127.0.0.1"
    host = {"Host": doors.base.removeprefix("https://"), "X-Forwarded-Proto": "https"}
    headers = {VERIFY: "SUCCESS", CERTIFICATE: forged(subscriber)[CERTIFICATE], **sent, **host}
    with httpx.Client(transport=httpx.HTTPTransport(local_address=source)) as client:
        answer = client.get(f"{doors.direct}{SIGN_IN}", headers=headers)
    assert "Camille" not in answer.text
    assert answer.status_code in (301, 302)  # from elsewhere, not even that it came by HTTPS
    assert answer.headers["Location"].startswith("https://")


def test_the_portal_s_own_door_can_be_opened_by_its_proxy_alone(doors: Doors, subscriber: Subscriber) -> None:
    """What the tests above would see if the headers were believed."""
    host = {"Host": doors.door.removeprefix("https://"), "X-Forwarded-Proto": "https"}
    answer = httpx.get(f"{doors.direct}{SIGN_IN}", headers=forged(subscriber) | host)
    assert "Camille Exemple" in answer.text


def raw(doors: Doors, subscriber: Subscriber, lines: list[str], key: Key, own: x509.Certificate) -> str:
    """The answer of the door of certificates to a request that no client library would send."""
    context = ssl.create_default_context(cafile=doors.folder / "tls.crt")
    context.load_cert_chain(*save(doors.folder, "own", own, key))
    port = int(doors.door.rpartition(":")[2])
    head = [f"GET {SIGN_IN} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Connection: close", *lines]
    with (
        socket.create_connection(("127.0.0.1", port)) as line,
        context.wrap_socket(line, server_hostname="127.0.0.1") as secure,
    ):
        secure.sendall("\r\n".join([*head, "", ""]).encode())
        return b"".join(iter(lambda: secure.recv(65_536), b"")).decode()


def test_who_has_a_certificate_presents_no_other_one_whatever_the_spelling(
    doors: Doors, subscriber: Subscriber
) -> None:
    key = new_key()
    own = doors.authority.issue("Sacha Fraude", key=key)
    theirs = forged(subscriber)[CERTIFICATE]
    dashed = [
        f"{name}: {theirs}" for name in ("X-Client-Cert", "X_Client_Cert", "X_ClientCert", "HTTP_XClientCert")
    ]
    same = [f"{name}: {theirs}" for name in (CERTIFICATE, CERTIFICATE.upper(), CERTIFICATE.lower())]
    odd = [f"{CERTIFICATE} : {theirs}", f"{CERTIFICATE}\t: {theirs}"]
    for lines in (dashed, same, [same[0]] * 2, [*same, *dashed]):
        answer = raw(doors, subscriber, lines, key, own)
        assert answer.startswith("HTTP/1.1 200"), answer[:200]
        assert "Sacha Fraude" in answer
        assert "Camille" not in answer
    for line in odd:
        assert "Camille" not in raw(doors, subscriber, [line], key, own)


def test_a_refused_certificate_is_not_saved_by_a_header(doors: Doors, subscriber: Subscriber) -> None:
    key = new_key()
    stranger = doors.strangers.issue("Camille Exemple", key=key)
    lines = [f"{name}: {value}" for name, value in forged(subscriber).items()]
    answer = raw(doors, subscriber, lines, key, stranger)
    assert answer.startswith("HTTP/1.1 403")
    assert "émetteur" in answer


# The doors


def test_nobody_is_asked_for_a_certificate_at_the_ordinary_door(doors: Doors) -> None:
    for door, asks in ((doors.base, False), (doors.door, True)):
        host, _, port = door.removeprefix("https://").partition(":")
        assert asks_for_certificate(host, int(port)) is asks


def asks_for_certificate(host: str, port: int) -> bool:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # whose handshake names its messages in the clear
    asked: list[str] = []
    context._msg_callback = lambda *told: asked.append(getattr(told[4], "name", ""))  # type: ignore[attr-defined]  # the only way to see the handshake's messages
    with socket.create_connection((host, port)) as line, context.wrap_socket(line):
        return "CERTIFICATE_REQUEST" in asked


def test_other_pages_are_at_the_ordinary_door(doors: Doors, subscriber: Subscriber) -> None:
    for files in ((subscriber.certificate, subscriber.key), (None, None)):
        client = doors.person(*files).client
        for path in ("/", "/abonne/", "/association/connexion/?suite=/x", "/metrics", "/readyz"):
            answer = client.get(f"{doors.door}{path}")
            assert (answer.status_code, answer.headers["Location"]) == (302, f"{doors.base}{path}")
        style = re.search(r'href="(/static/[^"]+\.css)"', client.get(f"{doors.door}{SIGN_IN}").text)
        assert style
        assert client.get(f"{doors.door}{style[1]}").status_code == 200


def test_plain_http_at_the_door_of_certificates_leads_to_https(doors: Doors) -> None:
    answer = httpx.get(f"{doors.door.replace('https', 'http')}{SIGN_IN}?x=1")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{doors.door}{SIGN_IN}?x=1")


def test_the_howto_names_all_that_is_to_be_replaced() -> None:
    page = (HOWTO.parent / "certificates.md").read_text()
    wanted = set(re.findall(r"@[A-Z_]+@", HOWTO.read_text()))
    assert wanted == set(re.findall(r"@[A-Z_]+@", page))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_no_connection_is_resumed_without_showing_the_certificate(
    doors: Doors, subscriber: Subscriber, version: ssl.TLSVersion
) -> None:
    context = ssl.create_default_context(cafile=doors.folder / "tls.crt")
    context.minimum_version = context.maximum_version = version
    context.load_cert_chain(*save(doors.folder, "resumed", subscriber.certificate, subscriber.key))
    port, session = int(doors.door.rpartition(":")[2]), None
    for _ in range(2):
        with (
            socket.create_connection(("127.0.0.1", port)) as line,
            context.wrap_socket(line, server_hostname="127.0.0.1", session=session) as secure,
        ):
            secure.sendall(f"GET {SIGN_IN} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
            assert secure.recv(20)
            assert not secure.session_reused
            session = secure.session
