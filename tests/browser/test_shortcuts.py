"""Paste, a drop anywhere in the window, Ctrl with Enter, and Esc."""

import base64
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import pictures
from tests.browser.flowing import RUN, come, expect_honest, expect_uploaded, resting, set_words_and_options
from tests.live import Live

pytestmark = pytest.mark.browser
#: A clipboard or a drag that carries the file, as the browser hands it to a page.
HAND_OVER = """([event, at, base64]) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "given.jpg", { type: "image/jpeg" }));
  const init = { bubbles: true, cancelable: true };
  const given = event === "paste"
    ? new ClipboardEvent(event, { ...init, clipboardData: data })
    : new DragEvent(event, { ...init, dataTransfer: data });
  document.querySelector(at).dispatchEvent(given);
  return given.defaultPrevented;
}"""


def hand_over(page: Page, event: str, at: str) -> Any:
    return page.evaluate(HAND_OVER, [event, at, base64.b64encode(pictures.CHAIR.read_bytes()).decode()])


def test_a_photo_is_pasted_and_ctrl_enter_generates(page: Page, live: Live) -> None:
    someone = come(page, live, tokens=2)
    set_words_and_options(page)
    page.locator("#id_prompt").focus()
    hand_over(page, "paste", "#id_prompt")
    expect(page.locator("[data-preview]")).to_be_visible()
    expect_uploaded(page)
    with resting(live):
        page.keyboard.press("Control+Enter")
        page.wait_for_url(RUN)
        page.keyboard.press("Escape")
        expect(page.locator("[data-cancel]")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("[data-state=canceled]")).to_be_visible(timeout=60_000)
    expect_honest(live, someone, given=2, shown=1)


def test_a_photo_dropped_anywhere_is_taken(page: Page, live: Live) -> None:
    come(page, live, tokens=1)
    assert hand_over(page, "dragover", "footer")
    expect(page.locator("[data-drop]")).to_have_attribute("data-over", "")
    assert hand_over(page, "drop", "footer")
    expect(page.locator("[data-drop]")).not_to_have_attribute("data-over", "")
    expect(page.locator("[data-name]")).to_have_text("given.jpg")
    expect_uploaded(page)


def test_words_that_are_pasted_stay_words(page: Page, live: Live) -> None:
    come(page, live, tokens=1)
    page.locator("#id_prompt").focus()
    page.keyboard.insert_text("a quiet room")
    page.keyboard.press("Control+A")
    page.keyboard.press("Control+C")
    page.keyboard.press("End")
    page.keyboard.press("Control+V")
    expect(page.locator("#id_prompt")).to_have_value("a quiet rooma quiet room")
    expect(page.locator("[data-photo]")).to_be_hidden()


def test_meta_enter_generates_from_anywhere(page: Page, live: Live) -> None:
    come(page, live, tokens=1)
    page.locator("main").focus()
    page.keyboard.press("Meta+Enter")
    expect(page.get_by_role("alert").first).to_contain_text("Choose a photo")
