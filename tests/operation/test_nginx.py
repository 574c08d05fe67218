"""The portal with production settings behind Debian's nginx, with the very file that the howto gives."""

import contextlib
import os
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.config.production import make_seal
from tests.conftest import ROOT, RUN
from tests.operation import portal
from tests.parcours.mailbox import Mailbox
from tests.parcours.register import SIRENS
from tests.smtp import free_port
from tests.teleprocedures.filer import a_pdf

NGINX = Path("/usr/sbin/nginx")
HOWTO = ROOT / "docs" / "howto" / "nginx.conf"
CEILING = 1_000_000  # bytes a file: GUICHET_UPLOAD_MAX_SIZE of this portal
BODY_MAX = "3800k"  # four ceilings less a little, as the howto says
SLOW_LINES = 200
OTHERS = ("127.0.0.2", "127.0.0.3")  # whose limits are not those of the other tests
EMAIL = "tresorier@lavoir.example"

pytestmark = pytest.mark.skipif(
    not NGINX.exists(),
    reason=f"the portal is not tried behind nginx: {NGINX} is missing (apt-get install nginx)",
)


@dataclass
class Front:
    """``http``, ``https``: what nginx listens on; ``direct``: the portal itself."""

    http: str
    https: str
    direct: str
    client: httpx.Client
    post: Mailbox
    folder: Path

    def browser(self) -> portal.Browser:
        """Somebody who has never been here."""
        return portal.Browser(self.client, self.https, self.https.removeprefix("https://"))


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    """nginx and a whole portal behind it."""
    folder = RUN / f"nginx-{os.getpid()}"
    folder.mkdir()
    ports = {name: free_port() for name in ("http", "https", "portal")}
    base_url = f"https://127.0.0.1:{ports['https']}"
    with ExitStack() as stack:
        post = stack.enter_context(Mailbox())
        database = stack.enter_context(portal.own_database("nginx"))
        certificate = self_signed(folder)
        env = portal.environment(
            folder,
            port=ports["portal"],
            base_url=base_url,
            database=database,
            smtp=post.port,
            UPLOAD_MAX_SIZE=str(CEILING),
        )
        make_seal(folder / "seal")
        stack.enter_context(portal.running(env, folder / "portal.log", "run"))
        stack.enter_context(nginx(folder, ports, certificate))
        client = stack.enter_context(
            httpx.Client(verify=ssl.create_default_context(cafile=certificate), timeout=60)
        )
        direct = f"http://127.0.0.1:{ports['portal']}"
        portal.wait_until_ready(direct, folder / "portal.log")
        yield Front(f"http://127.0.0.1:{ports['http']}", base_url, direct, client, post, folder)
    assert "Traceback" not in (folder / "portal.log").read_text()


def self_signed(folder: Path) -> Path:
    """A certificate for the loopback, which its own key has signed."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    names = ["-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(folder / "tls.key"), "-out", str(folder / "tls.crt")]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    return folder / "tls.crt"


@contextlib.contextmanager
def nginx(
    folder: Path,
    ports: Mapping[str, int | str],
    certificate: Path,
    *,
    beside: Path | None = None,
    more: Mapping[str, str] | None = None,
) -> Iterator[None]:
    """nginx with the howto's file before the portal, or the portals, of ``ports["portal"]``.

    ``beside``: another file of the howto, and ``more`` what it wants.
    """
    values = {
        "PORTAL": f"127.0.0.1:{ports['portal']}",
        "HTTP_LISTEN": f"127.0.0.1:{ports['http']}",
        "HTTPS_LISTEN": f"127.0.0.1:{ports['https']}",
        "NAME": "127.0.0.1",
        "PUBLIC_HOST": f"127.0.0.1:{ports['https']}",
        "CERTIFICATE": str(certificate),
        "CERTIFICATE_KEY": str(certificate.with_suffix(".key")),
        "BODY_MAX": BODY_MAX,
        "BODY_MAX_WORDS": "3,8 Mo",
        "ERROR_LOG": str(folder / "nginx-error.log"),
        **(more or {}),
    }
    template = HOWTO.read_text() + (beside.read_text() if beside else "")
    site = re.sub(r"@([A-Z_]+)@", lambda found: values[found[1]], template)
    (folder / "site.conf").write_text(site)
    temporary = [
        f"{kind}_temp_path {folder}/nginx-{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    ]
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log;\n"
        "events { worker_connections 1024; }\n"
        f"http {{ {' '.join(temporary)} include {folder}/site.conf; }}\n"
    )
    user = ["-g", "user root;"] if os.getuid() == 0 else []
    command = [str(NGINX), "-e", str(folder / "nginx-error.log"), "-c", str(folder / "nginx.conf"), *user]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr
    process = subprocess.Popen(["setpriv", "--pdeathsig=TERM", *command])
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


def test_http_leads_to_https_under_the_portals_own_name(front: Front) -> None:
    answer = httpx.get(f"{front.http}/aide/?x=1", headers={"Host": "ailleurs.example"})
    assert (answer.status_code, answer.headers["Location"]) == (301, f"{front.https}/aide/?x=1")


def test_a_whole_filing_with_cookies_that_nobody_else_may_set(front: Front) -> None:
    browser = front.browser()
    password = browser.register(SIRENS[0], EMAIL, front.post)
    browser.sign_in(SIRENS[0], password)
    assert {"__Host-guichet", "__Host-csrftoken"} <= set(browser.cookies)
    for cookie in browser.set_cookies:
        assert cookie.startswith("__Host-")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
    home = browser.get("/association/")
    assert home.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert re.fullmatch("[0-9a-f]{32}", home.headers["X-Request-ID"])

    documents = browser.begin_filing("31/12/2025")
    too_large = browser.post(documents.url.path, {}, b"%PDF-1.7\n" + bytes(CEILING))
    assert too_large.status_code == 413
    assert "dépasse" in too_large.text  # the portal's own page, which names the file
    assert "comptes.pdf" in too_large.text
    browser.post(documents.url.path, {}, a_pdf())
    check = browser.get(documents.url.path.removesuffix("documents/"))
    filed = browser.post(check.url.path, {"accepted_terms": "on"})
    assert "/depots/" in filed.url.path


def test_what_the_portal_never_reads_is_refused_with_a_page_that_says_what_to_do(front: Front) -> None:
    browser = front.browser()
    browser.get("/verifier/")
    answer = browser.post("/verifier/", {}, bytes(4 * CEILING))
    assert answer.status_code == 413
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<h1>Envoi trop volumineux</h1>" in answer.text
    assert "3,8 Mo" in answer.text
    assert "@" not in answer.text


def test_nginx_lets_through_what_the_portal_can_answer() -> None:
    """The howto's example is the default ceiling, four times, rounded down to what nginx writes."""
    from django.conf import settings

    page = (ROOT / "docs" / "howto" / "install.md").read_text()
    found = re.search(r"@BODY_MAX@` \| `(\d+)m`", page)
    assert found
    assert settings.UPLOAD_MAX_SIZE * 3.9 < int(found[1]) * 1024**2 <= settings.UPLOAD_MAX_SIZE * 4


def test_nobody_chooses_the_address_that_they_come_from(front: Front) -> None:
    browser = front.browser()
    browser.headers = {"X-Forwarded-For": "203.0.113.66, 127.0.0.1", "X-Forwarded-Proto": "http"}
    browser.headers["X-Request-ID"] = chosen = "c" * 32
    answer = browser.get("/association/connexion/")
    assert answer.status_code == 200  # HTTPS was believed, although the client denies it
    assert answer.headers["X-Request-ID"] != chosen
    password = browser.register(SIRENS[1], "autre@lavoir.example", front.post)
    browser.sign_in(SIRENS[1], password)
    shown = browser.get("/association/sessions/").text
    assert "127.0.0.1" in shown
    assert "203.0.113.66" not in shown


def test_machines_numbers_are_for_the_house(front: Front) -> None:
    for path in ("/metrics", "/readyz", "/metrics/", "//metrics", "/%6detrics"):
        assert front.client.get(f"{front.https}{path}").status_code in (301, 404)
        assert "guichet_" not in front.client.get(f"{front.https}{path}").text
    assert front.client.get(f"{front.https}/healthz").status_code == 200
    told = httpx.get(f"{front.direct}/metrics").text
    assert 'guichet_ready{part="database"} 1.0' in told
    assert httpx.get(f"{front.direct}/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404


def test_requests_are_counted_over_all_processes(front: Front) -> None:
    def counted() -> set[float]:
        pages = [httpx.get(f"{front.direct}/metrics").text for _ in range(8)]
        return {float(n) for n in re.findall(r'route="web:plan",status="200"} ([\d.]+)', "".join(pages))}

    for _ in range(20):
        assert front.client.get(f"{front.https}/plan/").status_code == 200
    assert counted() == {20.0}  # whichever process answers


def test_static_files_are_kept_for_a_year_and_compressed(front: Front) -> None:
    page = front.client.get(f"{front.https}/").text
    styles = re.findall(r'href="(/static/[^"]+\.css)"', page)
    assert styles
    for style in styles:
        answer = front.client.get(f"{front.https}{style}")
        assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert "gzip" in {
        front.client.get(f"{front.https}{style}").headers.get("Content-Encoding") for style in styles
    }


def test_two_hundred_slow_lines_reach_nobody(front: Front) -> None:
    """Their bodies stay at nginx: the portal has not seen one of these requests."""
    context = ssl.create_default_context(cafile=front.folder / "tls.crt")
    host = front.https.removeprefix("https://")
    kind = "Content-Type: application/x-www-form-urlencoded"  # which the portal would read to its end
    head = f"POST /verifier/ HTTP/1.1\r\nHost: {host}\r\n{kind}\r\nContent-Length: 100000\r\n\r\n"
    with ExitStack() as stack:
        lines = []
        for _ in range(SLOW_LINES):
            raw = stack.enter_context(_line(front, OTHERS[0]))
            lines.append(stack.enter_context(context.wrap_socket(raw, server_hostname="127.0.0.1")))
            lines[-1].sendall(head.encode())
        for _ in range(5):  # a byte a second each
            threading.Event().wait(1)
            for line in lines:
                line.sendall(b"x")
            assert front.client.get(f"{front.https}/", timeout=5).status_code == 200
        assert _connections(front) < SLOW_LINES / 4


def test_a_flood_is_told_to_wait(front: Front) -> None:
    statuses = set()
    context = ssl.create_default_context(cafile=front.folder / "tls.crt")
    transport = httpx.HTTPTransport(verify=context, local_address=OTHERS[1])
    with httpx.Client(transport=transport) as client:
        for _ in range(600):
            answer = client.get(f"{front.https}/healthz")
            statuses.add(answer.status_code)
            if answer.status_code != 200:
                break
    assert statuses == {200, 429}
    assert answer.headers["Retry-After"] == "10"
    assert "<h1>Trop de demandes</h1>" in answer.text
    assert front.client.get(f"{front.https}/healthz").status_code == 200  # somebody else's address


def _line(front: Front, source: str) -> socket.socket:
    return socket.create_connection(
        ("127.0.0.1", int(front.https.rpartition(":")[2])), source_address=(source, 0)
    )


def _connections(front: Front) -> int:
    """How many connections the portal has."""
    port = f":{int(front.direct.rpartition(':')[2]):04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(port) and row[3] == "01" for row in rows)
