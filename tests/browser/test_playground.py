"""The playground in a browser: the code follows what one types, the call is run and its answer printed."""

import json
import re
import shlex
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests import pictures
from tests.browser.flowing import come
from tests.browser.test_journey import sign_up
from tests.live import Live

pytestmark = pytest.mark.browser

PLAYGROUND = "/developers/playground"
TEST_RUN = re.compile("Run in test mode")


def body_of(page: Page) -> dict[str, object]:
    """Return what the cURL command on the page sends."""
    return dict(json.loads(shlex.split(page.locator("#code-curl").text_content() or "")[-1]))


def answer_of(page: Page) -> dict[str, object]:
    return dict(json.loads(page.locator("[data-body]").text_content() or ""))


def test_the_code_follows_what_is_typed_chosen_and_sent_ahead(page: Page, live: Live) -> None:
    come(page, live, tokens=10, path=PLAYGROUND)
    first = body_of(page)["image"]
    page.locator("#id_prompt").fill("a loft with 'brick' walls")
    expect(page.locator("#code-curl")).to_contain_text("brick")
    assert body_of(page)["prompt"] == "a loft with 'brick' walls"
    page.get_by_text("Living room", exact=True).click()
    page.get_by_role("button", name="Evening").click()
    expect(page.locator("#code-curl")).to_contain_text("in the evening")
    page.get_by_role("radio", name="4:5").check()
    expect(page.locator("#code-curl")).to_contain_text("4:5")
    page.locator("#id_image").set_input_files(pictures.CHAIR)
    expect(page.locator("#code-curl")).not_to_contain_text(str(first))
    expect(page.locator("#code-curl")).to_contain_text('"image": "upl_')
    page.locator("#id_image_url").fill("https://example.com/sofa.jpg")
    expect(page.locator("#code-curl")).to_contain_text("https://example.com/sofa.jpg")


def test_tabs_by_keyboard_and_enter_spends_nothing(page: Page, live: Live) -> None:
    come(page, live, tokens=10, path=PLAYGROUND)
    page.get_by_role("radio", name="cURL").focus()
    for name in ("JavaScript", "Python"):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("region", name=name)).to_be_visible()
    expect(page.get_by_role("region", name="cURL")).to_be_hidden()
    page.locator("#id_image_url").fill("https://example.com/sofa.jpg")
    page.keyboard.press("Enter")
    expect(page.locator("#id_image_url")).to_have_value("https://example.com/sofa.jpg")
    expect(page.get_by_text("Nothing has been called yet.")).to_be_visible()
    expect(page.get_by_role("region", name="Python")).to_be_visible()


@pytest.mark.parametrize("which", ["page", "plain_page"])
def test_a_run_prints_its_answer_and_a_refusal_the_apis_own(
    which: str, request: pytest.FixtureRequest, live: Live
) -> None:
    page: Page = request.getfixturevalue(which)
    come(page, live, tokens=10, path=PLAYGROUND)
    page.locator("#id_prompt").fill(pictures.PROMPT)
    page.get_by_role("button", name=TEST_RUN).click()
    expect(page.locator("[data-state=succeeded]")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("200 OK")).to_be_visible()
    answer = answer_of(page)
    assert (answer["status"], body_of(page)["prompt"]) == ("success", pictures.PROMPT)
    picture = page.get_by_alt_text("The picture of this call")
    assert picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 600
    expect(page.get_by_role("banner")).to_contain_text("10")
    page.locator("#id_prompt").fill("")
    page.get_by_role("button", name=TEST_RUN).click()
    expect(page.get_by_text("422 Unprocessable Entity")).to_be_visible()
    assert answer_of(page)["error"]["code"] == "INVALID_PARAMETERS"  # type: ignore[index]


class Stranger:
    """Somebody who has never been here; what they press is counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.presses = page, 0

    def press(self, what: Locator) -> None:
        what.click()
        self.presses += 1


def test_a_stranger_has_a_picture_by_curl_within_a_minute(page: Page, live: Live, tmp_path: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    stranger, began = Stranger(page), time.monotonic()
    sign_up(page, live)  # five presses: Start, the terms, Sign up, Confirm, Not now
    stranger.press(page.get_by_role("link", name="Developers").first)
    stranger.press(page.get_by_role("link", name="Create key").first)
    page.get_by_label("Name").fill("first call")
    stranger.press(page.get_by_role("button", name="Create key"))
    stranger.press(page.get_by_role("button", name="Copy commands"))
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    commands = page.evaluate("navigator.clipboard.readText()")
    done = subprocess.run(["sh", "-ec", commands], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    answer = json.loads(done.stdout)
    assert answer["status"] == "success", answer
    picture = httpx.get(answer["result"]["image_url"]).raise_for_status().content
    assert pictures.rgb(picture).shape == (400, 600, 3)
    took_s = time.monotonic() - began
    assert took_s < 60, took_s
    assert stranger.presses + 5 <= 9
