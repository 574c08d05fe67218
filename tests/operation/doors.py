"""The door of certificates beside the ordinary one, behind a real nginx, and people who come through both."""

import contextlib
import re
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from cryptography import x509

from tests.config.production import make_seal
from tests.conftest import ROOT, RUN
from tests.operation import portal, test_nginx
from tests.parcours.mailbox import Mailbox
from tests.smtp import free_port
from tests.web.authority import SECRET, Authority, Key, new_key, pem, save

HOWTO = ROOT / "docs" / "howto" / "nginx-certificates.conf"
SIGN_IN, RENEW = "/abonne/certificat/connexion/", "/abonne/certificat/renouvellement/"
ANSWER = "Le clafoutis"
DAY = timedelta(days=1)
CODE = re.compile(r"^\s*([A-Za-z0-9]{12})\s*$", re.MULTILINE)


class Person(portal.Browser):
    """A browser that goes from one door to the other with its cookies, and its certificate if it has one."""

    def _onwards(self, answer: httpx.Response) -> httpx.Response:
        while answer.status_code in (302, 303):
            parts = urlsplit(answer.headers["Location"])
            if parts.netloc:
                self.url, self.host = f"{parts.scheme}://{parts.netloc}", parts.netloc
            answer = self._send("GET", parts.path + (f"?{parts.query}" if parts.query else ""))
        return answer


@dataclass
class Doors:
    """``base``: the ordinary door; ``door``: that of certificates; ``direct``: the portal itself."""

    base: str
    door: str
    direct: str
    folder: Path
    post: Mailbox
    authority: Authority
    strangers: Authority

    def client(self, files: tuple[str, str] | None = None, source: str = "127.0.0.1") -> httpx.Client:
        """A TLS client, with a certificate and its key, or without; from the address ``source``."""
        context = ssl.create_default_context(cafile=self.folder / "tls.crt")
        if files:
            context.load_cert_chain(*files)
        return httpx.Client(transport=httpx.HTTPTransport(verify=context, local_address=source), timeout=60)

    def person(self, certificate: x509.Certificate | None = None, key: Key | None = None) -> Person:
        """Somebody whose browser shows ``certificate``, at the ordinary door."""
        files = (
            save(self.folder, f"{certificate.serial_number:x}", certificate, key)
            if certificate and key
            else None
        )
        return Person(self.client(files), self.base, self.base.removeprefix("https://"))

    def lists(self, **ends: timedelta) -> None:
        """What nginx holds certificates against: the authority, and whom it revoked."""
        (self.folder / "authorities.crt").write_text(pem(self.authority.certificate))
        (self.folder / "revoked.crl").write_bytes(self.authority.revocations(**ends))


@contextlib.contextmanager
def running() -> Iterator[Doors]:
    """nginx with both files of the howto, and a whole portal behind it."""
    folder = Path(tempfile.mkdtemp(prefix="certificates-", dir=RUN))
    ports = {name: free_port() for name in ("http", "https", "certificates", "portal")}
    base, door = (f"https://127.0.0.1:{ports[name]}" for name in ("https", "certificates"))
    with ExitStack() as stack:
        post = stack.enter_context(Mailbox())
        database = stack.enter_context(portal.own_database("certificates"))
        tls = test_nginx.self_signed(folder)
        settings = {"URL": door, "PROXIES": "127.0.0.1", "SECRET": SECRET}
        env = portal.environment(
            folder, port=ports["portal"], base_url=base, database=database, smtp=post.port,
            **{f"CERTIFICATE_{name}": value for name, value in settings.items()},
        )  # fmt: skip
        make_seal(folder / "seal")
        direct = f"http://127.0.0.1:{ports['portal']}"
        found = Doors(base, door, direct, folder, post, Authority(), Authority("Autorité inconnue"))
        found.lists()
        more = {
            "CERTIFICATE_LISTEN": f"127.0.0.1:{ports['certificates']}",
            "CERTIFICATE_HOST": door.removeprefix("https://"),
            "CERTIFICATE_SECRET": SECRET,
            "AUTHORITIES": str(folder / "authorities.crt"),
            "CRL": str(folder / "revoked.crl"),
        }
        stack.enter_context(portal.running(env, folder / "portal.log", "run"))
        stack.enter_context(test_nginx.nginx(folder, ports, tls, beside=HOWTO, more=more))
        portal.wait_until_ready(direct, folder / "portal.log")
        yield found
    assert "Traceback" not in (folder / "portal.log").read_text()


def register(doors: Doors, person: Person, email: str) -> None:
    """« Abonnez-vous à votre espace » with the certificate of ``person``, up to the number."""
    page = person.get("/abonne/certificat/inscription/")
    assert "Vous n’aurez pas de mot de passe" in page.text or "vous n’aurez pas de mot de passe" in page.text
    page = person.post("/abonne/certificat/inscription/", {})
    assert str(page.url).startswith(f"{doors.base}/abonne/inscription/"), page.text
    page = person.post(page.url.path, {"accepted": "on"})
    assert "password" not in page.text
    page = person.post(page.url.path, {"email": email, "email_again": email})
    details = {
        "civility": "madame", "last_name": "Exemple", "first_name": "Camille", "phone": "01 99 00 12 34",
        "city": "Bruxelles", "country": "BELGIQUE", "foreign": "on", "company_number": "BE 0123.456.749",
        "company_name": "Cabinet Exemple", "company_country": "BELGIQUE", "question": "hated_dish",
        "answer": ANSWER,
    }  # fmt: skip
    choices = re.findall(r'name="civility" value="(\w+)"', page.text)
    page = person.post(page.url.path, details | {"civility": choices[0]})
    assert page.status_code == 200, page.text
    page = person.post(page.url.path, {})
    assert page.status_code == 200, page.text
    page = person.post("/abonne/activation/", {"email": email, "code": a_code(doors, email, "activation")})
    assert page.url.path == "/abonne/activation/terminee/", page.text


def a_code(doors: Doors, email: str, subject: str) -> str:
    """The code of the message that ``subject`` tells apart."""
    found = CODE.search(doors.post.expect(email, subject).text)
    assert found
    return found[1]


def sign_in(doors: Doors, person: Person) -> httpx.Response:
    """« Accédez à votre espace abonné », from the ordinary door on."""
    page = person.get(SIGN_IN)
    assert str(page.url) == f"{doors.door}{SIGN_IN}", page.text
    page = person.post(SIGN_IN, {})
    assert page.status_code in (200, 403), page.text  # the test says which
    return page


def is_signed_in(doors: Doors, person: Person) -> bool:
    """Whether the ordinary door knows ``person``."""
    person.url, person.host = doors.base, doors.base.removeprefix("https://")
    page = person.get("/abonne/sessions/")
    assert page.status_code == 200, page.text  # what is refused for another reason says it here
    return page.url.path == "/abonne/sessions/"


def title_of(page: httpx.Response) -> str:
    """The heading."""
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    assert found, page.text
    return found[1].strip().replace("\u00a0", " ")


@dataclass
class Subscriber:
    """Somebody who registered with the certificate of ``key``."""

    email: str
    key: Key
    certificate: x509.Certificate


def subscribed(doors: Doors) -> Subscriber:
    """Camille, who has registered with her certificate, and is to sign in."""
    key = new_key()
    certificate = doors.authority.issue("Camille Exemple", key=key)
    email = "camille@cabinet.example"
    person = doors.person(certificate, key)
    register(doors, person, email)
    assert not is_signed_in(doors, person)  # activated, and to sign in
    return Subscriber(email, key, certificate)
