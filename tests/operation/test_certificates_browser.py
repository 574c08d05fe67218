"""Both doors in a real browser, which holds redirects against a page's policy, and cookies against a host."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

from tests.operation import test_nginx
from tests.operation.doors import SIGN_IN, Doors, Subscriber, running, subscribed
from tests.parcours.conftest import CHROMIUM, FLAGS
from tests.parcours.visitor import DESK, PHONE, Variant
from tests.web.authority import save

pytestmark = [
    pytest.mark.parcours,
    test_nginx.pytestmark,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing (apt-get install chromium)"),
]


@pytest.fixture(scope="module")
def doors() -> Iterator[Doors]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def subscriber(doors: Doors) -> Subscriber:
    return subscribed(doors)


@pytest.mark.parametrize("variant", [Variant(True, *DESK), Variant(True, *PHONE)], ids=str)
def test_a_real_browser_goes_from_one_door_to_the_other(
    doors: Doors, subscriber: Subscriber, variant: Variant
) -> None:
    """Browsers hold a form's redirect against the page's policy, and cookies against the host: see both."""
    files = save(doors.folder, "browser", subscriber.certificate, subscriber.key)
    shown: Any = [{"origin": doors.door, "certPath": files[0], "keyPath": files[1]}]
    with (
        sync_playwright() as playwright,
        contextlib.closing(playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)) as browser,
    ):
        context = browser.new_context(
            ignore_https_errors=True, client_certificates=shown, viewport=variant.viewport,
            locale="fr-FR",
        )  # fmt: skip
        page = context.new_page()
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        page.goto(f"{doors.base}/abonne/connexion/")
        page.get_by_role("link", name="Accédez à votre espace abonné").click()
        assert page.url == f"{doors.door}{SIGN_IN}"
        look_at(page)
        page.get_by_role("link", name="Renouvelez / réactivez").click()
        look_at(page)
        page.go_back()
        page.get_by_role("button", name="Accédez à votre espace abonné").click()
        page.wait_for_url(f"{doors.base}/abonne/**")
        page.goto(f"{doors.base}/abonne/votre-certificat/")
        assert page.get_by_role("heading", name="Votre certificat", exact=True).is_visible()
        look_at(page)
        assert not [text for text in told if "Content Security Policy" in text]


def look_at(page: Page) -> None:
    """Nothing that axe finds, and nothing wider than the window."""
    found = Axe().run(page).response["violations"]
    assert not found, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
