"""The outline of what will be kept: over the photo before anything is paid, moving only while a run is under way."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import pictures
from tests.browser.brushing import SEAT, at, dab, done, mask_of, open_brush, outlined
from tests.browser.flowing import come
from tests.browser.test_studio import choose_photo
from tests.live import Live

pytestmark = pytest.mark.browser


def lies_on_the_photo(page: Page) -> bool:
    """Say so of one moment: asked one after the other, the two may have moved between."""
    boxes: Any = page.evaluate("""() => ["[data-preview]", "#outline .outline__svg"].map((one) =>
        document.querySelector(one).getBoundingClientRect().toJSON())""")
    return all(abs(boxes[0][side] - boxes[1][side]) < 1 for side in ("x", "y", "width", "height"))


def test_the_outline_lies_on_the_photo_before_anything_is_paid(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    choose_photo(page)
    path = outlined(page)
    assert path.evaluate("(path) => path.getAnimations().length") == 0, "nothing is under way"
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        assert lies_on_the_photo(page), width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.reload()
    outlined(page)
    assert lies_on_the_photo(page)
    expect(page.get_by_role("banner")).to_contain_text("10")


def test_a_sample_is_outlined_and_stays_in_view(page: Page, live: Live) -> None:
    come(page, live, tokens=10, path="/studio?sample=sofa-beige")
    outlined(page)
    assert lies_on_the_photo(page)
    page.locator("#id_prompt").fill("")
    page.locator("[data-generate]").click()
    expect(page.get_by_role("alert")).to_contain_text("Describe the place")
    expect(page.locator("[data-preview]")).to_be_visible()
    outlined(page)


def test_the_outline_marches_while_a_run_is_under_way(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    choose_photo(page)
    outlined(page)
    page.locator("#id_prompt").fill(pictures.PROMPT)
    page.route(re.compile("/_stage$"), lambda route: None)  # no answer comes, so the run seems to go on
    page.locator("[data-generate]").click()
    page.wait_for_url(re.compile("/g/"))
    path = page.locator(".under-way .outline__path")
    expect(path).to_be_visible()
    assert path.evaluate("(path) => path.getAnimations().length") == 1
    page.emulate_media(reduced_motion="reduce")
    assert path.evaluate("(path) => path.getAnimations().length") == 0


def test_without_a_preview_the_subject_stands_as_a_shape_that_can_be_brushed(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    choose_photo(page)
    page.wait_for_function("sessionStorage.getItem('photo')")  # written a moment after the upload
    page.evaluate("sessionStorage.clear()")  # as in a browser that cannot draw the photo
    page.locator("[data-generate]").click()
    expect(page.get_by_role("alert")).to_contain_text("Describe the place")
    outlined(page)
    expect(page.locator("[data-preview]")).to_be_hidden()
    shape = page.locator("#outline .outline__svg").bounding_box()
    assert shape
    assert shape["width"] / shape["height"] == pytest.approx(1000 / 800, rel=0.02)
    veil = open_brush(page)
    assert veil.bounding_box() == pytest.approx(shape, abs=100)
    dab(page, SEAT)
    done(page)
    assert at(mask_of(page)[..., None], SEAT) == (0,)
