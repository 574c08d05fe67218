"""Filers as people are: they press, wait, reload, press again, and believe only what a page has told them."""

import hashlib
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape

import httpx

from tests.faults.documents import document
from tests.faults.post import Mail, Post

START = "/association/comptes-annuels/"
FILING, ACCOUNT = "validation de dépôt de dossier", "votre compte"
PATIENCE = 20  # seconds for one answer: then they press again
MAIL_SECONDS = 40  # for the first message, before anything is broken
PERSISTENCE = 240  # seconds for one page: then something is broken
REFERENCE = re.compile(r'<strong class="g-large">([A-Z0-9-]{14})</strong>')
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
RECEIPT = re.compile(r'href="([^"]+/accuse-de-reception\.pdf)"')


class GaveUp(AssertionError):  # noqa: N818 - says what happened
    """A page did not come for minutes, or said something that nobody expects."""


@dataclass
class Filed:
    """What a page has told its filer: transmitted under ``reference``, later ``confirmed``.

    ``receipt``: the hash of the one that was handed out.
    """

    siren: str
    closing: str
    sha256: str
    size: int
    reference: str
    depot: str
    confirmed: bool = False
    receipt: str = ""


@dataclass
class Seen:
    """What all filers together have met."""

    statuses: Counter[str] = field(default_factory=Counter)
    bad_pages: Counter[str] = field(default_factory=Counter)
    filed: list[Filed] = field(default_factory=list)
    gave_up: list[str] = field(default_factory=list)
    longest: float = 0  # seconds from the first try to the page that came
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, status: str, bad: str = "") -> None:
        """Count an answer, and what was wrong with it."""
        with self._lock:
            self.statuses[status] += 1
            if bad:
                self.bad_pages[bad] += 1

    def waited(self, seconds: float) -> None:
        """Keep the longest wait."""
        with self._lock:
            self.longest = max(self.longest, seconds)

    def acknowledged(self, filed: Filed) -> None:
        """Keep what was acknowledged."""
        with self._lock:
            self.filed.append(filed)


class Visitor:
    """A browser with its cookies, and somebody in front of it who presses again."""

    def __init__(self, url: str, address: str, seen: Seen, over: threading.Event) -> None:
        self.url, self.seen, self.over = url, seen, over
        self.client = httpx.Client(
            base_url=url, headers={"X-Forwarded-For": address}, timeout=PATIENCE, follow_redirects=True
        )

    def get(self, path: str) -> httpx.Response:
        """Open a page, and reload it until it comes."""
        return self._again(lambda: self.client.get(path))

    def post(self, path: str, data: dict[str, str], content: bytes = b"") -> httpx.Response:
        """Press the button of a form, again and again until a page answers. The page was opened before."""

        def press() -> httpx.Response:
            token = {"csrfmiddlewaretoken": self.client.cookies.get("csrftoken", "")}
            files = {"upload": ("comptes.pdf", content, "application/pdf")} if content else None
            return self.client.post(path, data=token | data, files=files)

        return self._again(press)

    def _again(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        began, wait = time.monotonic(), 0.2
        while time.monotonic() < began + PERSISTENCE:
            try:
                answer = ask()
            except httpx.HTTPError as error:
                self.seen.note(type(error).__name__)
            else:
                self.seen.note(str(answer.status_code), _what_is_wrong(answer))
                if answer.status_code < 500 and answer.status_code != 429:
                    self.seen.waited(time.monotonic() - began)
                    return answer
            self.over.wait(wait)
            wait = min(wait * 1.6, 3)
        raise GaveUp(f"no page for {PERSISTENCE} s")


def _what_is_wrong(answer: httpx.Response) -> str:
    """What an error page lacks: nothing but a 503 that names a time, and says what to do, is allowed."""
    where = f"{answer.request.method} {re.sub('[0-9a-f]{8}-[0-9a-f-]{27}', '…', answer.request.url.path)}"
    if answer.status_code < 500:
        return ""
    if answer.status_code != 503:
        return f"{answer.status_code} at {where}"
    if not answer.headers.get("Retry-After", "").isdigit():
        return f"503 without Retry-After at {where}"
    if "<h1" not in answer.text or "quelques minutes" not in answer.text.replace("\xa0", " "):
        return f"503 that does not say what to do at {where}"
    return ""


class Filer(threading.Thread):
    """One association with its account: files, confirms what the mail brings, comes back for its receipt."""

    def __init__(
        self, number: int, siren: str, post: Post, url: str, seen: Seen, chance: random.Random
    ) -> None:
        super().__init__(daemon=True, name=f"filer {number}")
        self.siren, self.post, self.seen, self.chance = siren, post, seen, chance
        self.email = f"tresorier@association-{number}.example"
        self.over = threading.Event()
        self.visitor = Visitor(url, f"198.51.100.{number + 1}", seen, self.over)
        self.todo: list[str] = []
        self.filed: list[Filed] = []
        self.password, self.signed_in = "", False
        self._opened: set[str] = set()

    def register(self) -> None:
        """Open the account: the form, the message, its link (000, steps 1 to 4)."""
        here = f"/association/inscription/{self.siren}/"
        self.visitor.get(f"{here}coordonnees/")
        details = {"contact": "Camille Exemple", "phone": "01 99 00 12 34", "address": "1 place du Marché"}
        details |= {"postcode": "75011", "city": "Paris", "name": "Les Amis du Lavoir"}
        details |= {"email": self.email, "email_again": self.email}
        self.visitor.post(f"{here}coordonnees/", details)
        self.visitor.post(f"{here}verification/", {})
        mail = self._mail(ACCOUNT)
        self.password = mail.after(r"[Mm]ot de passe[^\n:]*")
        self.visitor.get(mail.path)
        self.sign_in()

    def sign_in(self) -> None:
        """Come in."""
        self.visitor.get("/association/connexion/")
        form = {"identifier": self.siren, "password": self.password}
        page = self.visitor.post("/association/connexion/", form)
        if page.status_code != 200 or "connexion" in page.url.path:
            raise GaveUp(f"sign-in: {page.status_code} {_title(page)}")
        self.signed_in = True

    def run(self) -> None:
        """File everything that is to do, and confirm what comes meanwhile."""
        try:
            for closing in self.todo:
                if self.over.is_set():
                    return
                self._file(closing)
                self.confirm_what_came()
        except Exception as error:  # told at the end, whatever it is
            self.seen.gave_up.append(f"{self.name}: {type(error).__name__} {error}")

    def confirm_what_came(self) -> int:
        """Open each link that came since, press its button; how many filings still wait for theirs."""
        for mail in self.post.arrived:
            if mail.to == self.email and mail.subject.lower() == FILING and mail.number not in self._opened:
                self._confirm(mail)
                self._opened.add(mail.number)
        return sum(not filed.confirmed for filed in self.filed)

    def _file(self, closing: str) -> None:
        content = document(self.chance)
        deadline = time.monotonic() + PERSISTENCE
        self.visitor.get(START)
        page = self.visitor.post(START, {})
        while "/brouillons/" in page.url.path:
            if time.monotonic() > deadline:
                raise GaveUp(f"the filing does not get on: {page.url.path} {page.status_code} {_said(page)}")
            page = self._step(page, closing, content)
        found = REFERENCE.search(page.text)
        if page.status_code != 200 or "/depots/" not in page.url.path or not found:
            raise GaveUp(f"no acknowledgement: {page.status_code} {page.url.path} {_title(page)}")
        filed = Filed(
            siren=self.siren,
            closing=closing,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            reference=found[1],
            depot=page.url.path.rstrip("/").rpartition("/")[2],
        )
        self.filed.append(filed)
        self.seen.acknowledged(filed)

    def _step(self, page: httpx.Response, closing: str, content: bytes) -> httpx.Response:
        """Answer the question of ``page``; gives the page that follows."""
        path = page.url.path
        slug = path.rstrip("/").rpartition("/")[2]
        if slug == "exercice":
            return self.visitor.post(path, {"date_cloture": closing, "nature": "initial"})
        if slug == "coordonnees":
            kept = {name: unescape(value) for name, value in HIDDEN.findall(self.visitor.get(path).text)}
            kept.pop("csrfmiddlewaretoken", None)
            return self.visitor.post(path, kept)
        if slug == "documents":
            self.visitor.post(path, {}, content)
            return self.visitor.get(path.removesuffix("documents/"))
        if slug == "verification":
            return self.visitor.post(path, {"accepted_terms": "on"})
        raise GaveUp(f"nobody knows this page: {path}")

    def _confirm(self, mail: Mail) -> None:
        page = self.visitor.get(mail.path)
        if "Confirmer ce dépôt" in page.text:
            page = self.visitor.post(mail.path, {})
        found = REFERENCE.search(page.text)
        if page.status_code != 200 or "est confirmé" not in page.text or not found:
            raise GaveUp(f"not confirmed: {page.status_code} {_title(page)}")
        filed = next((one for one in self.filed if one.reference == found[1]), None)
        if filed is None:
            raise GaveUp(f"a link confirmed {found[1]}, which nobody has filed")
        filed.confirmed = True
        if self.chance.random() < 0.3 and (link := RECEIPT.search(page.text)):
            answer = self.visitor.get(link[1])
            if answer.status_code != 200 or not answer.content.startswith(b"%PDF"):
                raise GaveUp(f"no receipt: {answer.status_code} {_title(answer)}")
            filed.receipt = hashlib.sha256(answer.content).hexdigest()

    def _mail(self, subject: str) -> Mail:
        deadline = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < deadline:
            for mail in self.post.arrived:
                if mail.to == self.email and subject.lower() in mail.subject.lower():
                    return mail
            self.over.wait(0.1)
        raise GaveUp(f"no message « {subject} »")


def _title(page: httpx.Response) -> str:
    found = re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)
    return found[1].strip() if found else page.text[:80]


def _said(page: httpx.Response) -> str:
    found = re.findall(r'<li><a href="#[^"]*">(.*?)</a>', page.text)
    return f"{_title(page)} {found}"
