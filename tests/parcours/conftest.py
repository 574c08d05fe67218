"""The browser walks: one real portal a session, a browser a module, visitors as many as a walk wants."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import EMBEDDED, ROOT, RUN
from tests.parcours import register
from tests.parcours.portal import Portal, running
from tests.parcours.steps import Association
from tests.parcours.visitor import DESK, VARIANTS, Seen, Titles, Variant, Visitor

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHOTS = ROOT / "var" / "parcours"
USUAL = Variant(True, *DESK)
_numbers = itertools.count()
Visitors = Callable[..., Visitor]
_addresses = (f"198.51.{high}.{low}" for high, low in itertools.product(range(100, 256), range(1, 255)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the walks, and leave them out in words where there is no browser."""
    here = Path(__file__).parent
    walks = [item for item in items if here in item.path.parents]
    for item in walks:
        item.add_marker(pytest.mark.parcours)
        if not CHROMIUM.exists():
            item.add_marker(
                pytest.mark.skip(reason=f"no browser walks: {CHROMIUM} is missing (apt-get install chromium)")
            )


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    """The portal that all walks share."""
    var = RUN / f"parcours-{os.getpid()}"
    with running(var, None if EMBEDDED else os.environ["GUICHET_DATABASE_URL"]) as found:
        found.guichet("sirene", "import", *map(str, register.write(var)))
        yield found
        found.guichet("journal", "verify")
    log = (var / "portal.log").read_text()
    assert "Traceback" not in log, log


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium, empty profile. For one module: Playwright keeps an event loop in this thread."""
    folder = RUN / "chromium"
    folder.mkdir(exist_ok=True)
    env: dict[str, str | float | bool] = {**os.environ, "LANGUAGE": "fr", "TMPDIR": str(folder)}
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, env=env)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def titles() -> Titles:
    """The titles of all pages that any walk saw."""
    return Titles()


@pytest.fixture(scope="session")
def seen() -> Seen:
    """The pages that any walk looked at."""
    return Seen()


@pytest.fixture
def who(request: pytest.FixtureRequest) -> Association:
    """An association that no other walk knows, without an account yet."""
    number = next(_numbers)
    return Association(siren=register.SIRENS[number], email=f"tresorerie-{number}@amis-du-lavoir.example")


@pytest.fixture(params=VARIANTS, ids=str)
def every_variant(request: pytest.FixtureRequest) -> Variant:
    """With and without scripts, on a phone and on a desk."""
    variant: Variant = request.param
    return variant


@pytest.fixture(scope="session")
def shots() -> Path:
    """An empty folder for the pictures of all pages: ``var/parcours/<worker>/<variant>/NN-title.png``."""
    mine = SHOTS / os.environ.get("PYTEST_XDIST_WORKER", "main")
    shutil.rmtree(mine, ignore_errors=True)
    return mine


@pytest.fixture
def visitors(portal: Portal, browser: Browser, shots: Path, titles: Titles, seen: Seen) -> Iterator[Visitors]:
    """Makes visitors: ``visitors(variant)``."""
    with ExitStack() as leaving:

        def meet(variant: Variant = USUAL) -> Visitor:
            visitor = Visitor(
                browser, portal.url, variant, shots=shots, titles=titles, seen=seen, address=next(_addresses)
            )
            leaving.callback(visitor.close)
            return visitor

        yield meet
