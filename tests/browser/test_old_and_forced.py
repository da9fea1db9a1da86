"""Browsers that know no light-dark(), and people who bring their own colors: text, layout and focus stay."""

import re

import pytest
from playwright.sync_api import Page, Route

from tests.browser import looking

pytestmark = pytest.mark.browser
PAGES = ["/", "/docs/models/changebg", "/accounts/login/", "/_components", "/_components/studio-photo"]
#: A token whose value an older browser does not understand is no value at all.
COLOR = re.compile(r"--[\w-]+:\s*light-dark\((?:[^()]|\([^()]*\))*\)\s*;?")
BOXES = """[...document.querySelectorAll(".bar, main, h1, .foot")].map((one) => {
  const box = one.getBoundingClientRect(); return [box.x, box.width] })"""
#: What shows the focus: of a hidden radio button the box beside it.
FOCUSED = """() => { const one = document.activeElement;
  const its = getComputedStyle(one.matches(".segmented input, .shape input") ? one.nextElementSibling : one);
  return [one.outerHTML.slice(0, 120), its.outlineStyle, its.outlineWidth, its.outlineColor] }"""


def without_colors(route: Route) -> None:
    answer = route.fetch()
    text, count = COLOR.subn("", answer.text())
    assert count > 25 or "bundle-core" not in route.request.url
    route.fulfill(response=answer, body=text)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_without_the_colors_every_text_is_readable_and_in_its_place(page: Page, path: str, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of its words
    page.goto(path)
    there = page.evaluate(BOXES)
    page.route("**/*.css", without_colors)
    page.reload()
    assert looking.accessibility(page, rules=["color-contrast"]) == []
    assert looking.sideways(page) == []
    assert page.evaluate(BOXES) == there


@pytest.mark.parametrize("path", PAGES)
def test_with_forced_colors_the_focus_has_an_outline(page: Page, path: str) -> None:
    page.emulate_media(forced_colors="active")
    page.goto(path)
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    for _ in range(12):
        page.keyboard.press("Tab")
        tag, style, width, alpha = page.evaluate(FOCUSED)
        if tag.startswith("<body"):
            continue
        assert (style, width) == ("solid", "2px"), tag
        assert alpha != "rgba(0, 0, 0, 0)", tag


def test_the_skip_link_is_the_first_stop_and_leads_past_the_header(page: Page) -> None:
    # The sheet of components shows a problem, and a problem takes the focus.
    for path in set(PAGES) - {"/_components"}:
        page.goto(path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
