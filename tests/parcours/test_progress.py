"""A large photo on a slow line: one sees how far it is, and that it can't be sent twice."""

import io

from PIL import Image

from tests.parcours import steps
from tests.parcours.conftest import Visitors
from tests.parcours.portal import Portal
from tests.parcours.steps import Association

SLOW = {"offline": False, "latency": 20, "downloadThroughput": 1_000_000, "uploadThroughput": 150_000}  # B/s
FAST = {**SLOW, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
HALF_WAY = "() => { const bar = document.querySelector('progress'); return bar.value > 0 && bar.value < 100 }"


def test_progress_of_an_upload(visitors: Visitors, portal: Portal, who: Association) -> None:
    treasurer = visitors()
    steps.come_in(treasurer, portal, who)
    steps.begin_filing(treasurer)
    line = treasurer.context.new_cdp_session(treasurer.page)
    line.send("Network.emulateNetworkConditions", SLOW)
    photo = steps.jpeg("large.jpg")
    photo["buffer"] = _large()
    treasurer.page.set_input_files("#id_upload", [photo])
    button = treasurer.page.get_by_role("button", name="Ajouter ces fichiers")
    button.click()
    treasurer.page.wait_for_function(HALF_WAY)
    assert button.get_attribute("aria-disabled") == "true"
    assert "%" in treasurer.page.get_by_role("status").inner_text()
    assert treasurer.page.get_by_role("progressbar").is_visible()
    line.send("Network.emulateNetworkConditions", FAST)
    treasurer.page.get_by_role("heading", name="1 fichier ajouté").wait_for()


def _large() -> bytes:
    """A picture that JPEG can't make small: about 500 kB."""
    content = io.BytesIO()
    Image.effect_noise((900, 900), 90).save(content, "JPEG", quality=90)
    return content.getvalue()
