"""The studio in a browser: nothing is lost, the keyboard suffices, a bad connection is survived, a phone is enough."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests import pictures
from tests.browser.buying import sign_in
from tests.browser.flowing import come
from tests.browser.test_journey import make_picture
from tests.live import Live

pytestmark = pytest.mark.browser

SMALLEST_PX = 320


def choose_photo(page: Page) -> None:
    page.locator("#id_image").set_input_files(pictures.CHAIR)
    expect(page.locator("[data-upload]")).to_have_value(re.compile("upl_"))


def test_photo_and_words_outlive_the_session(page: Page, live: Live) -> None:
    someone = come(page, live, tokens=10)
    choose_photo(page)
    page.locator("#id_prompt").fill(pictures.PROMPT)
    page.context.clear_cookies(name=re.compile("session"))
    page.locator("[data-generate]").click()
    page.wait_for_url(re.compile("/accounts/login/"))
    sign_in(page, someone)
    page.wait_for_url(re.compile("/studio"))
    expect(page.locator("#id_prompt")).to_have_value(pictures.PROMPT)
    expect(page.locator("[data-preview]")).to_be_visible()
    page.locator("[data-generate]").click()
    page.wait_for_url(re.compile("/g/"))
    expect(page.locator("[data-state=succeeded]")).to_be_visible(timeout=60_000)


def test_a_lost_connection_is_said_and_survived(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.request.url)
        if len(lost) <= 2:
            route.fulfill(status=503, body="")
        else:
            route.continue_()

    page.route(re.compile("/_stage$"), lose)
    choose_photo(page)
    page.locator("#id_prompt").fill(pictures.PROMPT)
    page.locator("[data-generate]").click()
    page.wait_for_url(re.compile("/g/"))
    expect(page.locator(".lost")).to_have_text("Connection lost. The run goes on; reconnecting.")
    expect(page.locator("[data-state=succeeded]")).to_be_visible(timeout=60_000)
    expect(page.locator("#side h1")).to_have_text("Your picture")
    assert len(lost) >= 3


def test_the_slider_moves_by_keys_and_says_where(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    make_picture(page)
    slider = page.get_by_role("slider")
    slider.focus()
    expect(slider).to_have_attribute("aria-valuetext", "50 % result")
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "49 % result")
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", "100 % result")


def test_the_smallest_phone_needs_no_sideways_scroll(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    make_picture(page)
    page.set_viewport_size({"width": SMALLEST_PX, "height": 640})
    wide = {}
    for path in (
        "",
        "/",
        "/studio",
        "/studio?sample=plant",
        "/gallery",
        "/billing",
        "/pricing",
        "/developers/keys",
        "/terms",
    ):
        if path:
            page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > SMALLEST_PX:
            wide[path] = width
    assert wide == {}
