"""Several pictures of one press, places to begin with, a photo by its link, and the ways to look at a result."""

import http.server
import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests import pictures
from tests.browser.flowing import come, resting
from tests.live import Live

pytestmark = pytest.mark.browser

READY_MS = 120_000


class Chair(http.server.BaseHTTPRequestHandler):
    """Answers /chair.jpg with the photo of the tests, anything else with 404."""

    def do_GET(self) -> None:
        found = pictures.CHAIR.read_bytes() if self.path == "/chair.jpg" else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(found)))
        self.end_headers()
        self.wfile.write(found)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def elsewhere(live: Live) -> Iterator[str]:
    """The address of a server of pictures from which this installation may fetch."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", live.callable_port), Chair) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{live.callable_port}"
        server.shutdown()
        thread.join()


def generate_two(page: Page) -> None:
    page.locator('[name="count"][value="2"]').check(force=True)
    expect(page.locator(".composer__foot")).to_contain_text("Generate 2 images")
    button = page.get_by_role("button", name=re.compile(r"^Generate 2 images\s*2 tokens$"))
    button.click()
    page.wait_for_url(re.compile("/g/"))


def test_two_pictures_of_a_preset_and_the_ways_to_look_at_them(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    page.locator("#id_image").set_input_files(pictures.CHAIR)
    expect(page.locator("[data-upload]")).to_have_value(re.compile("upl_"))
    box = page.locator("#id_prompt")
    box.fill("my own words")
    page.get_by_text("Living room", exact=True).click()
    page.get_by_role("button", name="Sunlit").click()
    expect(box).to_have_value(re.compile("sunlit modern living room"))
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(box).to_have_value("my own words")
    page.get_by_role("button", name="Sunlit").click()
    expect(page.get_by_role("button", name=re.compile(r"^Generate\s*1 token$"))).to_be_visible()
    page.locator("#id_background_kind_color").check()
    expect(page.locator('[name="count"]').first).not_to_be_visible()
    page.locator("#id_background_kind_scene").check()
    generate_two(page)
    expect(page.locator("[data-takes] a")).to_have_count(2)
    expect(page.locator("[data-takes] img")).to_have_count(2, timeout=READY_MS)
    page.locator("[data-takes] a").nth(1).click()
    expect(page.locator("[data-takes] a").nth(1)).to_have_attribute("aria-current", "page")
    page.get_by_role("radio", name="Show kept pixels").check()
    expect(page.locator(".compare__told--kept")).to_contain_text("largest difference 0")
    expect(page.locator(".compare__matte")).to_be_visible()
    page.get_by_role("radio", name="Difference").check()
    expect(page.locator(".compare__told--difference")).to_be_visible()
    expect(page.locator("#balance")).to_contain_text("8")


def test_two_pictures_without_scripts(plain_page: Page, live: Live) -> None:
    page = plain_page
    come(page, live, tokens=10)
    page.locator("#id_image").set_input_files(pictures.CHAIR)
    page.get_by_role("button", name="Concrete").first.click()
    expect(page.locator("#id_prompt")).to_have_value(re.compile("concrete"))
    generate_two(page)
    expect(page.locator("[data-takes] img")).to_have_count(2, timeout=READY_MS)
    expect(page.locator("#balance")).to_contain_text("8")


@pytest.mark.parametrize("which", ["page", "plain_page"])
def test_a_photo_by_its_link(which: str, request: pytest.FixtureRequest, live: Live, elsewhere: str) -> None:
    page: Page = request.getfixturevalue(which)
    come(page, live, tokens=10)
    page.get_by_text("Use a link").click()
    page.locator("#id_image_url").fill(f"{elsewhere}/nothing.jpg")
    page.get_by_role("button", name="Use link").click()
    expect(page.locator("[data-drop]")).to_contain_text("charged")
    page.locator("#id_image_url").fill(f"{elsewhere}/chair.jpg")
    page.get_by_role("button", name="Use link").click()
    expect(page.locator("[data-upload]")).to_have_value(re.compile("upl_"))
    expect(page.locator("[data-drop] [data-refused]")).to_be_hidden()
    if which == "page":  # without scripts the outline comes with the next page
        expect(page.locator(".outline__svg")).to_be_visible(timeout=READY_MS)


def test_escape_asks_before_a_run_is_canceled(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    page.locator("#id_image").set_input_files(pictures.CHAIR)
    expect(page.locator("[data-upload]")).to_have_value(re.compile("upl_"))
    page.locator('[name="count"][value="4"]').check(force=True)
    page.locator("#id_prompt").fill(pictures.PROMPT)
    with resting(live):
        page.keyboard.press("Control+Enter")
        page.wait_for_url(re.compile("/g/"))
        last = page.locator("[data-takes] a").nth(3)
        address = last.get_attribute("href")
        last.click()
        page.wait_for_url(f"**{address}")  # a key pressed before would only stop the page from loading
        page.keyboard.press("Escape")
        expect(page.get_by_text("Cancel this run? Nothing is charged.")).to_be_visible()
        expect(page.locator("[data-cancel]")).to_be_focused()
        page.keyboard.press("Enter")
    expect(page.locator("[data-state=canceled]")).to_be_visible(timeout=READY_MS)
