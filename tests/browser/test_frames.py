"""The frame in a browser: by pointer and by keyboard, why it cannot be before Generate, and the way back to it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import pictures
from tests.browser.flowing import come
from tests.browser.test_journey import downloaded
from tests.browser.test_studio import SMALLEST_PX, choose_photo
from tests.live import Live

pytestmark = pytest.mark.browser

FOUND_MS = 30_000


def shape(page: Page, name: str) -> Locator:
    return page.locator("label.shape").filter(has_text=re.compile(f"^\\s*{name}\\s*$"))


def size(page: Page) -> tuple[int, int]:
    """Return the size of the result as the page says it."""
    expect(page.locator("[data-frame-size]")).to_contain_text("px", timeout=FOUND_MS)
    width, height = re.findall(r"\d+", page.locator("[data-frame-size]").text_content() or "")
    return int(width), int(height)


def other_size(page: Page, than: tuple[int, int]) -> tuple[int, int]:
    expect(page.locator("[data-frame-size]")).not_to_contain_text(f"{than[0]} x {than[1]}")
    return size(page)


def finished(page: Page) -> None:
    page.wait_for_url(re.compile("/g/"))
    expect(page.locator("[data-state=succeeded]")).to_be_visible(timeout=60_000)


def inside(page: Page, inner: str, outer: str) -> bool:
    """Say whether one thing lies in the other as they are painted."""
    boxes = [page.locator(one).bounding_box() for one in (inner, outer)]
    small, large = boxes
    assert small
    assert large
    return bool(
        small["x"] >= large["x"] - 1
        and small["y"] >= large["y"] - 1
        and small["x"] + small["width"] <= large["x"] + large["width"] + 1
        and small["y"] + small["height"] <= large["y"] + large["height"] + 1
    )


def test_by_pointer_the_frame_shown_is_the_frame_made(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    choose_photo(page)
    page.locator("#id_prompt").fill(pictures.PROMPT)
    expect(page.locator(".canvas__more").first).to_be_hidden()
    shape(page, "9:16").click()
    tall = size(page)
    assert tall[0] * 16 == pytest.approx(tall[1] * 9, abs=16)
    expect(page.locator(".layers .frame__edge")).to_be_visible()
    page.wait_for_timeout(400)  # the photo glides into its place
    assert inside(page, ".layers .frame__edge", ".stage")
    page.locator("label", has_text="Round the subject").click()
    close = other_size(page, tall)
    page.locator("[data-canvas] .range").fill("50")
    expect(page.locator("#id_canvas_padding")).to_have_value("50")
    roomy = other_size(page, close)
    assert roomy[0] > close[0]
    page.locator("[data-generate]").click()
    finished(page)
    assert pictures.rgb(downloaded(page)).shape == (roomy[1], roomy[0], 3)
    assert inside(page, ".compare__after img", ".stage")
    page.get_by_role("link", name="Use these settings").click()
    expect(page.locator("[name=canvas_aspect]:checked")).to_have_value("9:16")
    expect(page.locator("#id_canvas_padding")).to_have_value("50")
    assert size(page) == roomy
    shape(page, "As shot").click()
    expect(page.locator(".layers .frame")).to_have_count(0)
    expect(page.locator("[data-frame-size]")).to_be_empty()


def test_by_keyboard_alone(page: Page, live: Live) -> None:
    come(page, live, tokens=10, path="/studio?sample=plant")
    page.locator("#id_prompt").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "canvas_aspect":
            break
    assert page.evaluate("document.activeElement.matches(':focus-visible')")
    assert page.evaluate("getComputedStyle(document.activeElement.nextElementSibling).boxShadow") != "none"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[name=canvas_aspect]:checked")).to_have_value("1:1")
    square = size(page)
    assert square[0] == square[1]
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    close = other_size(page, square)
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    expect(page.locator("#id_canvas_padding")).to_have_value("50")
    padded = other_size(page, close)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[name=canvas_anchor]:checked")).to_have_value("center")
    page.locator("#id_prompt").fill(pictures.PROMPT)
    page.keyboard.press("Control+Enter")
    finished(page)
    assert pictures.rgb(downloaded(page)).shape == (padded[1], padded[0], 3)


def cut_off(page: Page) -> None:
    """Choose a photo whose subject both sides cut."""
    page.locator("#id_image").set_input_files(
        {"name": "cut.png", "mimeType": "image/png", "buffer": pictures.cut_at_both_sides()}
    )


def test_a_frame_that_cannot_be_says_why_before_generate(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    cut_off(page)
    expect(page.locator("[data-upload]")).to_have_value(re.compile("upl_"))
    shape(page, "16:9").click()
    why = page.locator("#id_canvas_why")
    expect(why).to_contain_text("would open a cut edge", timeout=FOUND_MS)
    expect(page.locator(".layers .frame")).to_have_count(0)
    page.locator("#id_prompt").fill(pictures.PROMPT)
    page.locator("[data-generate]").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was charged.")
    expect(page.get_by_role("banner")).to_contain_text("10")
    expect(page.locator("#id_prompt")).to_have_value(pictures.PROMPT)
    shape(page, "9:16").click()
    expect(page.locator("[data-frame-size]")).to_contain_text("px")
    expect(why).to_be_empty()


def test_without_scripts_the_same_frame(plain_page: Page, live: Live) -> None:
    page = plain_page
    come(page, live, tokens=10)
    page.locator("#id_image").set_input_files(pictures.CHAIR)
    page.locator("#id_prompt").fill(pictures.PROMPT)
    shape(page, "Own").click()
    page.locator("#id_canvas_ratio").fill("7:1")
    page.locator("[data-generate]").click()
    expect(page.get_by_role("alert")).to_contain_text("Write two whole numbers from 1 to 100")
    page.locator("#id_canvas_ratio").fill("7:5")
    until_drawn(page, lambda: page.get_by_role("button", name="Show the frame").click())
    expect(page.locator(".no-js .frame")).to_be_visible()
    wanted = size(page)
    page.locator("[data-generate]").click()
    finished(page)
    assert pictures.rgb(downloaded(page)).shape == (wanted[1], wanted[0], 3)


def until_drawn(page: Page, ask: Callable[[], None]) -> None:
    """Ask for the frame until a worker has found the subject."""
    for _ in range(30):
        ask()
        if page.locator(".no-js .frame").count():
            return
        page.wait_for_timeout(500)
    raise AssertionError("no frame came")


def test_on_the_smallest_phone_all_of_it_is_reached(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    page.set_viewport_size({"width": SMALLEST_PX, "height": 640})
    page.goto("/studio?sample=sofa-beige")
    shape(page, "9:16").click()
    size(page)
    page.locator("label", has_text="Round the subject").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALLEST_PX
