"""Two web nodes and two workers, as on four machines: one database, one S3 store, the same keys, no more."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.config import production
from tests.conftest import RUN
from tests.object_store import object_store
from tests.operation import portal
from tests.parcours.mailbox import Mailbox
from tests.parcours.register import SIRENS
from tests.smtp import free_port
from tests.teleprocedures.filer import a_pdf

BASE_URL = "https://127.0.0.1:8443"
EMAIL = "tresorier@lavoir.example"
RECEIPT = re.compile(r'href="([^"]+/accuse-de-reception\.pdf)"')


@dataclass
class Nodes:
    """``urls`` and ``webs``: of the nodes A and B; ``env``: A's."""

    urls: list[str]
    webs: "list[subprocess.Popen[bytes]]"
    workers: "list[subprocess.Popen[bytes]]"
    env: dict[str, str]
    folder: Path
    post: Mailbox


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    """The four machines, ready."""
    folder = RUN / f"nodes-{os.getpid()}"
    folder.mkdir()
    with ExitStack() as stack:
        post = stack.enter_context(Mailbox())
        database = stack.enter_context(portal.own_database("nodes"))
        store = stack.enter_context(object_store())
        production.make_seal(folder / "seal")
        common = store | {
            "SEAL_DIR": str(folder / "seal"),
            "SECRET_KEY": "k" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
            "WEB_PROCESSES": "1",
        }
        envs = [
            portal.environment(
                folder / name,
                port=free_port(),
                base_url=BASE_URL,
                database=database,
                smtp=post.port,
                **common,
            )
            for name in ("a", "b", "worker-1", "worker-2")
        ]
        portal.run(envs[0], "migrate")
        kinds = ["web", "web", "worker", "worker"]
        started = [
            stack.enter_context(portal.running(env, folder / f"{number}.log", kind))
            for number, (env, kind) in enumerate(zip(envs, kinds, strict=True))
        ]
        urls = [f"http://127.0.0.1:{env['PORT']}" for env in envs[:2]]
        for number, url in enumerate(urls):
            portal.wait_until_ready(url, folder / f"{number}.log")
        yield Nodes(urls, started[:2], started[2:], envs[0], folder, post)
    logs = "".join(path.read_text() for path in folder.glob("*.log"))
    assert "Traceback" not in logs, logs[-3000:]


@pytest.fixture
def browser(nodes: Nodes) -> Iterator[portal.Browser]:
    """Somebody who comes through the server before the nodes."""
    with httpx.Client(timeout=60) as client:
        yield portal.Browser(client, nodes.urls[0], urlsplit(BASE_URL).netloc, portal.PROXIED)


def test_a_filing_goes_from_node_to_node_and_survives_the_death_of_one(
    nodes: Nodes, browser: portal.Browser
) -> None:
    a, b = nodes.urls
    styles = [
        re.findall(r'href="(/static/[^"]+\.css)"', httpx.get(f"{url}/", headers=_as(url)).text)
        for url in (a, b)
    ]
    assert styles[0]
    assert styles[0] == styles[1]

    password = browser.register(SIRENS[0], EMAIL, nodes.post)
    browser.url = b
    browser.sign_in(SIRENS[0], password)
    browser.url = a
    documents = browser.begin_filing("31/12/2025")
    assert documents.url.path.endswith("/documents/")
    browser.post(documents.url.path, {}, a_pdf())
    browser.url = b
    check = browser.get(documents.url.path.removesuffix("documents/"))
    assert check.url.path.endswith("/verification/")
    filed = browser.post(check.url.path, {"accepted_terms": "on"})
    assert "/depots/" in filed.url.path, filed.text
    link = urlsplit(nodes.post.expect(EMAIL, "validation").link).path

    # One web node and one worker are gone, as by a power cut; the others go on.
    os.killpg(nodes.webs[1].pid, signal.SIGKILL)
    os.killpg(nodes.workers[0].pid, signal.SIGKILL)
    _wait_until_gone(b)
    browser.url = a
    browser.get(link)
    confirmed = browser.post(link, {})
    assert "est confirmé" in confirmed.text
    found = RECEIPT.search(confirmed.text)
    assert found
    receipt = browser.get(found[1])
    assert receipt.content.startswith(b"%PDF")

    env = nodes.env | {"PORT": str(urlsplit(b).port), "GUICHET_VAR": str(nodes.folder / "b-again")}
    with portal.running(env, nodes.folder / "again.log", "web"):
        portal.wait_until_ready(b, nodes.folder / "again.log")
        browser.url = b
        assert browser.get(found[1]).content == receipt.content
        assert browser.get(filed.url.path).status_code == 200
        browser.post("/association/deconnexion/", {})
        browser.url = a
        assert "/connexion/" in browser.get(filed.url.path).url.path
    portal.run(nodes.env, "journal", "seal")
    assert "Le journal est intact" in portal.run(nodes.env, "journal", "verify")
    assert not list((nodes.folder / "a" / "var" / "files" / "incoming").iterdir())


def _as(url: str) -> dict[str, str]:
    return {**portal.PROXIED, "Host": urlsplit(BASE_URL).netloc}


def _wait_until_gone(url: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/healthz", timeout=5)
        except httpx.ConnectError:
            return
        except httpx.TransportError:
            continue  # it was just dying
    raise AssertionError(f"{url} still answers")
