"""Someone with a browser: what they do, and what is checked on every page they see."""

import gzip
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from django.utils.text import slugify
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    FilePayload,
    Locator,
    Page,
    Request,
    Response,
)

MAX_PAGE = 30_000  # bytes of a page's own HTML, compressed
MIN_TARGET = 24  # CSS pixels
TIMEOUT = 8_000  # milliseconds
_PARTICULAR = re.compile(r"[\w-]{20,}|\d+")  # tokens, hashes, ids, numbers of all kinds
_SCRIPTS = re.compile(r"<script\b.*?</script>", re.DOTALL)
# Links within a sentence are exempt from the size (WCAG 2.5.8), and what is hidden has none. A box's target
# is its label; that of a link which fills its card by ``::after`` is the card.
_SMALL_TARGETS = f"""() => {{
  const box = e => {{
    if (['radio', 'checkbox', 'file'].includes(e.type) && e.labels.length) return e.labels[0];
    return getComputedStyle(e, '::after').position === 'absolute' ? e.offsetParent : e;
  }};
  const inSentence = e => [...e.parentNode.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter(e => e.checkVisibility({{visibilityProperty: true}}) && e.type !== 'hidden'
      && !e.closest('p, dd, label, address, .fr-skiplinks, [aria-hidden]') && !inSentence(e))
    .map(e => [e.outerHTML.slice(0, 120), box(e).getBoundingClientRect()])
    .filter(([e, {{width, height}}]) => width > 0 && (width < {MIN_TARGET} || height < {MIN_TARGET}))
    .map(([e, {{width, height}}]) => `${{e}} ${{width | 0}}×${{height | 0}}`)
}}"""
# What has the focus: its name, and whether one sees that (of a radio or a box, its label shows it).
_FOCUSED = """() => {
  const e = document.activeElement, shown = getComputedStyle(e).outlineStyle !== 'none';
  const name = (e.labels && e.labels.length ? e.labels[0].innerText : e.innerText) || '';
  const box = ['radio', 'checkbox'].includes(e.type);
  return {name: name.replace(/\\s+/g, ' '), seen: shown || box || e === document.body}}"""
MAX_TABS = 60
_OVERFLOW = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""


@dataclass(frozen=True)
class Variant:
    """One kind of browser."""

    scripts: bool
    width: int
    height: int

    def __str__(self) -> str:
        return f"{'js' if self.scripts else 'nojs'}-{self.width}"

    @property
    def viewport(self) -> Any:
        """As Playwright wants it."""
        return {"width": self.width, "height": self.height}


PHONE, DESK = (360, 740), (1280, 900)
VARIANTS = [Variant(scripts, *size) for scripts in (True, False) for size in (PHONE, DESK)]
EITHER = [Variant(True, *DESK), Variant(False, *PHONE)]  # where all four would tell little more


class Seen:
    """Which pages were looked at, so that one that differs in its numbers and secrets only is not again."""

    def __init__(self) -> None:
        self._pages: set[str] = set()

    def before(self, variant: Variant, page: str) -> bool:
        """Whether ``page`` was seen already in that kind of browser; from now on it is."""
        bare = f"{variant} {_PARTICULAR.sub('', page)}"
        known = bare in self._pages
        self._pages.add(bare)
        return known


# One page behind two ways: a company answers with the code of its letter, or from its espace.
SAME_PAGE = {"one": "demande", "one_end": "end"}


class Titles:
    """Which page has which title: no two pages share one."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}

    def owner(self, title: str, path: str) -> str:
        """Which other page has this title already, if any."""
        try:
            match = resolve(path)
        except Resolver404:
            return ""
        name = SAME_PAGE.get(match.url_name or "", match.url_name)  # doors and téléprocédures share pages
        page = f"{name} {match.kwargs.get('slug', '')}".strip()
        first = self._owners.setdefault(title, page)
        return "" if first == page else first


class Visitor:
    """A browser of its own, without cookies, coming from an address of its own."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        variant: Variant,
        *,
        shots: Path,
        titles: Titles,
        seen: Seen,
        address: str,
    ) -> None:
        self.url, self.variant, self.titles, self.seen = url, variant, titles, seen
        self.shots = shots / str(variant)
        self.browser = browser
        self.problems: defaultdict[str, list[str]] = defaultdict(list)  # what → on which pages
        self.context: BrowserContext = browser.new_context(
            base_url=url,
            viewport=variant.viewport,
            java_script_enabled=variant.scripts,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            reduced_motion="reduce",
            extra_http_headers={"X-Forwarded-For": address},
        )
        self.context.set_default_timeout(TIMEOUT)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self._hold(False, f"script: {error.error}"))
        self.context.on("requestfailed", self._failed)
        self.context.on("response", self._answered)
        self.page: Page = self.context.new_page()

    @cached_property
    def bare(self) -> Page:
        """Where a visitor without scripts has pages examined."""
        return self.browser.new_page(viewport=self.variant.viewport)

    # What a visitor does

    def open(self, address: str, *, status: int = 200) -> None:
        """Go to ``address`` (a path, or a link of a message), and look at the page."""
        self.look(self.page.goto(urljoin(self.url, address)), status=status)

    def press(self, label: str, *, status: int = 200, within: Locator | None = None) -> None:
        """Press the button or follow the link called ``label``, and look at the page that it leads to."""
        around = within or self.page.get_by_role("main")
        target = around.get_by_role("button", name=label).or_(around.get_by_role("link", name=label)).first
        with self.page.expect_navigation() as navigation:
            target.click()
        self.look(navigation.value, status=status)

    def fill(self, **answers: str) -> None:
        """Type into the fields that have these names."""
        for field, text in answers.items():
            self.page.locator(f"[name={field}]:not([type=hidden])").fill(text)

    def upload(self, *files: FilePayload, status: int = 200) -> None:
        """Add files on the page « Vos documents »; with scripts, only its content changes."""
        self.page.set_input_files("#id_upload", list(files))
        if not self.variant.scripts:
            self.press("Ajouter ces fichiers", status=status)
            return
        self.page.get_by_role("main").evaluate("main => main.dataset.before = ''")
        with self.page.expect_response(_is_background) as answer:
            self.page.get_by_role("button", name="Ajouter ces fichiers").click()
        self.page.locator("main[data-before]").wait_for(state="detached")
        self.look(answer.value, status=status)

    def back(self) -> None:
        """Press the browser's back button."""
        self.look(self.page.go_back())

    def typed(self, field: str) -> str:
        """What stands in the field of this name."""
        return self.page.locator(f"[name={field}]:not([type=hidden])").input_value()

    def choose(self, label: str) -> None:
        """Tick a box or a radio button, as one does with the mouse: on its label."""
        self.page.get_by_text(label).first.click()

    def tab_to(self, label: str) -> None:
        """Go with the Tab key to what is called ``label``; each stop on the way must be seen."""
        for _ in range(MAX_TABS):
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(_FOCUSED)
            self._hold(stop["seen"], f"the focus is not to be seen: {stop['name']}")
            if label in stop["name"]:
                return
        raise AssertionError(f"« {label} » is out of reach of the keyboard on {self.page.url}")

    def enter(self, label: str) -> None:
        """Go with the Tab key to the button or link called ``label``, and press Enter."""
        self.tab_to(label)
        with self.page.expect_navigation() as navigation:
            self.page.keyboard.press("Enter")
        self.look(navigation.value)

    def download(self, label: str) -> bytes:
        """The file that the link called ``label`` gives."""
        with self.page.expect_download() as download:
            self.page.get_by_role("link", name=label).first.click()
        return Path(download.value.path()).read_bytes()

    @property
    def text(self) -> str:
        """What the page's main part says, blanks of all kinds folded."""
        return _folded(self.page.get_by_role("main").inner_text())

    def reads(self, *sentences: str) -> None:
        """Assert that the page says all of ``sentences``, in capitals or not."""
        text = self.text
        for sentence in sentences:
            assert _folded(sentence).lower() in text.lower(), (
                f"« {sentence} » is not on {self.page.url}: {text}"
            )

    # What is checked

    def look(self, answer: Response | None, *, status: int = 200) -> None:
        """Check the page that is open, which came as ``answer``, and keep a picture of it.

        A wrong status ends the walk; whatever else is wrong is told at its end, all at once.
        """
        assert answer is not None
        assert answer.status == status, (
            f"{answer.status} instead of {status}: {self.page.url} {self.text[:600]}"
        )
        body = answer.text()
        if self.seen.before(self.variant, f"{answer.status} {body}"):
            return
        self._hold("default-src 'none'" in answer.headers.get("content-security-policy", ""), "no CSP")
        self._structure(status)
        self._sizes(body)
        self._axe(body)
        self._picture()

    def close(self) -> None:
        """Close the browser; whatever was wrong on any page fails here."""
        self.context.close()
        if "bare" in self.__dict__:
            self.bare.close()
        assert not self.problems, "\n".join(f"{what} ON {where[:3]}" for what, where in self.problems.items())

    def _hold(self, holds: bool, problem: str) -> None:
        if not holds:
            self.problems[problem].append(urlsplit(self.page.url).path)

    def _structure(self, status: int) -> None:
        page, title = self.page, self.page.title()
        self._hold(page.locator("html").get_attribute("lang") == "fr", "its language is not told")
        self._hold(page.locator("h1").count() == 1, f"h1: {page.locator('h1').all_inner_texts()}")
        owner = self.titles.owner(title, urlsplit(page.url).path) if status == HTTPStatus.OK else ""
        self._hold(not owner, f"the title « {title} » is that of {owner} too")

    def _sizes(self, body: str) -> None:
        size = len(gzip.compress(body.encode()))
        self._hold(size < MAX_PAGE, f"{size} bytes")
        overflow = self.page.evaluate(_OVERFLOW)
        self._hold(overflow <= 0, f"{overflow} pixels too wide")
        for small in self.page.evaluate(_SMALL_TARGETS):
            self._hold(False, f"a target under {MIN_TARGET} pixels: {small}")

    def _axe(self, body: str) -> None:
        if self.variant.scripts:
            self._no_violation(self.page)
            return
        # axe is a script: it gets the same page in a browser that runs scripts, without the page's own.
        html = _SCRIPTS.sub("", body)
        self.bare.route(
            self.page.url, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
        )
        self.bare.goto(self.page.url)
        self._no_violation(self.bare)
        self.bare.unroute_all()

    def _no_violation(self, page: Page) -> None:
        for violation in Axe().run(page).response["violations"]:
            for node in violation["nodes"]:
                self._hold(False, f"axe: {violation['help']}: {node['html'][:200]}")

    def _picture(self) -> None:
        name = slugify(self.page.title().rpartition(" - ")[0])[:60]
        number = len(list(self.shots.glob("*.png"))) + 1
        self.page.screenshot(path=self.shots / f"{number:02}-{name}.png", full_page=True)

    def _console(self, message: ConsoleMessage) -> None:
        # A refusal's own status (422, 404, 410) is asserted in ``look``; Chromium logs it as an error too.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self._hold(False, f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # What Chromium ends itself: a download, and a picture of a page that one leaves.
        if "ERR_ABORTED" not in (request.failure or ""):
            self._hold(False, f"failed: {request.method} {request.url} {request.failure}")

    def _answered(self, response: Response) -> None:
        asked = response.request.resource_type in {"document", "xhr"}  # ``look`` asserts their status
        if response.status >= (500 if asked else 400):
            self._hold(False, f"{response.status}: {response.request.method} {response.url}")


def _is_background(answer: Response) -> bool:
    """The answer to what a script sent, after its redirection."""
    return answer.request.resource_type == "xhr" and answer.status != HTTPStatus.FOUND


def _folded(text: str) -> str:
    return " ".join(text.split())
