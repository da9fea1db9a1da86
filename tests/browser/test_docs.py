"""The documentation as a developer uses it: choose a language, copy, find another page; with scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.flowing import come
from tests.browser.test_proof_page import fits
from tests.live import Live

pytestmark = pytest.mark.browser
PAGES = ("/docs", "/docs/errors", "/docs/limits", "/docs/pictures", "/docs/models/changebg", "/docs/nothing")


@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(plain_page: Page, path: str) -> None:
    plain_page.goto(path)
    expect(plain_page.get_by_role("heading", level=1)).to_be_visible()
    fits(plain_page)


def test_a_language_is_chosen_without_scripts(plain_page: Page) -> None:
    plain_page.goto("/docs/models/changebg")
    code = plain_page.locator(".tabs pre:visible")
    for label, begins in (("Python", "import requests"), ("Multipart", "curl -X POST"), ("cURL", "curl -X POST")):
        plain_page.get_by_role("radio", name=label).check()
        expect(code).to_have_count(1)
        expect(code).to_have_text(re.compile(begins))
    plain_page.get_by_role("radio", name="cURL").focus()
    plain_page.keyboard.press("ArrowRight")
    expect(code).to_have_text(re.compile("await fetch"))


def test_code_is_copied_as_it_stands(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/docs")
    page.get_by_role("button", name="Copy").locator("visible=true").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#first-curl").inner_text()


def test_the_contents_open_on_a_phone_without_scripts(plain_page: Page) -> None:
    plain_page.set_viewport_size({"width": 390, "height": 844})
    plain_page.goto("/docs/waiting")
    expect(plain_page.get_by_role("link", name="Authentication")).not_to_be_visible()
    plain_page.get_by_role("button", name="Contents").click()
    expect(plain_page.get_by_role("link", name="Waiting and polling")).to_have_attribute("aria-current", "page")
    plain_page.get_by_role("link", name="Limits").click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text("Limits")
    plain_page.set_viewport_size({"width": 1280, "height": 900})
    expect(plain_page.get_by_role("button", name="Contents")).not_to_be_visible()
    plain_page.get_by_role("navigation", name="Documentation").get_by_role("link", name="Errors").click()
    expect(plain_page).to_have_url(re.compile("/docs/errors$"))


def test_the_model_s_page_leads_into_the_studio_with_photo_and_words(plain_page: Page, live: Live) -> None:
    come(plain_page, live, tokens=10, path="/docs/models/changebg")
    plain_page.get_by_label("New background").fill("a beach at sunset")
    plain_page.get_by_role("radio", name="An astronaut").check(force=True)
    plain_page.get_by_role("button", name="Open in the studio").click()
    expect(plain_page.locator("#id_prompt")).to_have_value("a beach at sunset")
    expect(plain_page.locator(".stage img").first).to_have_attribute("src", re.compile("astronaut"))


def test_what_a_page_of_the_docs_loads_stays_small(page: Page) -> None:
    got: dict[str, int] = {}
    page.on("requestfinished", lambda request: got.update({request.url: request.sizes()["responseBodySize"]}))
    page.goto("/docs/models/changebg", wait_until="networkidle")
    scripts = sum(size for url, size in got.items() if url.endswith(".js"))
    sheets = sum(size for url, size in got.items() if url.endswith(".css"))
    assert 0 < scripts <= 8 * 1024
    assert 0 < sheets <= 18 * 1024
    whole = page.evaluate("fetch(location.href).then((answer) => answer.arrayBuffer()).then((body) => body.byteLength)")
    assert 0 < whole <= 20 * 1024


@pytest.mark.parametrize("width_px", [390, 1280])
def test_a_picture_that_comes_later_moves_nothing(page: Page, width_px: int) -> None:
    page.set_viewport_size({"width": width_px, "height": 900})
    page.goto("/docs/models/removebg")
    box = "[...document.querySelectorAll('.compare img')].map(one => [one.clientWidth, one.clientHeight, one.complete])"
    empty = page.evaluate(box)
    assert [loaded for *_, loaded in empty] == [False, False]
    page.locator(".compare").scroll_into_view_if_needed()
    for picture in page.locator(".compare img").all():
        expect(picture).to_have_js_property("complete", True)
    assert [size[:2] for size in page.evaluate(box)] == [size[:2] for size in empty]
    assert all(size > 100 for picture in empty for size in picture[:2])
