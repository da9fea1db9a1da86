"""The brush that corrects the subject, by pointer and by keys: what is sent is what is seen, and no work is lost."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

from tests import pictures
from tests.browser.brushing import (
    BACK,
    COLOR,
    SEAT,
    at,
    choose_color,
    dab,
    done,
    generated,
    mask_of,
    open_brush,
    outlined,
    seen,
)
from tests.browser.flowing import come
from tests.browser.test_studio import choose_photo
from tests.live import Live

pytestmark = pytest.mark.browser

UPLOAD = re.compile("/studio/upload$")


def test_what_is_erased_becomes_background_and_the_rest_is_untouched(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    choose_photo(page)
    open_brush(page)
    dab(page, SEAT)
    done(page)
    mask = mask_of(page)
    assert at(mask[..., None], SEAT) == (0,)
    assert at(mask[..., None], BACK) == (255,)
    choose_color(page)
    photo, result = pictures.rgb(pictures.CHAIR.read_bytes()), generated(page)
    assert at(result, SEAT) == COLOR
    assert np.array_equal(result[mask == 255], photo[mask == 255])
    assert (result[mask == 0] == COLOR).all()


def test_generate_sends_what_is_seen_and_not_an_older_mask(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    choose_photo(page)
    choose_color(page)
    open_brush(page)
    dab(page, SEAT)
    done(page)
    open_brush(page)
    dab(page, BACK)
    page.get_by_role("radio", name="Keep").check(force=True)
    dab(page, (0.1, 0.1))
    result = generated(page)
    assert (at(result, SEAT), at(result, BACK)) == (COLOR, COLOR)
    assert at(result, (0.1, 0.1)) == at(pictures.rgb(pictures.CHAIR.read_bytes()), (0.1, 0.1))


def test_use_this_photo_again_starts_with_its_mask(page: Page, live: Live) -> None:
    come(page, live, tokens=10, path="/studio?sample=sofa-beige")
    choose_color(page)
    open_brush(page)
    dab(page, SEAT)
    done(page)
    drawn = page.locator("[name=mask_upload]").input_value()
    generated(page)
    page.get_by_role("link", name="Use these settings").click()
    outlined(page)
    expect(page.locator("[name=mask_upload]")).to_have_value(drawn)
    assert at(mask_of(page)[..., None], SEAT) == (0,)
    open_brush(page)
    dab(page, BACK)
    done(page)
    result = generated(page)
    assert (at(result, SEAT), at(result, BACK)) == (COLOR, COLOR)


def test_a_mask_that_cannot_be_sent_is_kept_and_said(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    choose_photo(page)
    choose_color(page)
    open_brush(page)
    dab(page, SEAT)
    painted = seen(page)
    page.route(UPLOAD, lambda route: route.abort())
    page.get_by_role("button", name="Done").click()
    said = page.get_by_text("The corrected subject could not be sent yet. It is kept here")
    expect(said).to_be_visible()
    page.locator("[data-generate]").click()
    expect(page.locator("[data-generate]")).not_to_have_attribute("aria-busy", "true")
    expect(said).to_be_visible()
    assert page.url.endswith("/studio")
    assert seen(page) == painted
    expect(page.get_by_role("banner")).to_contain_text("10")
    page.unroute(UPLOAD)
    assert at(generated(page), SEAT) == COLOR


def test_painting_while_the_mask_is_sent_sends_it_again(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    choose_photo(page)
    open_brush(page)
    dab(page, SEAT)
    sent: list[str] = []

    def slowly(route: Route) -> None:
        if not sent:
            dab(page, BACK)
        sent.append(route.request.url)
        route.continue_()

    page.route(UPLOAD, slowly)
    page.get_by_role("button", name="Done").click()
    expect(page.locator("[data-brush]")).to_be_hidden()
    outlined(page)
    assert len(sent) == 2
    assert at(mask_of(page)[..., None], BACK) == (0,)


def test_twenty_steps_can_be_undone(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    choose_photo(page)
    open_brush(page)
    undo = page.get_by_role("button", name="Undo")
    before = seen(page)
    looks = [before]
    for act in ("Grow", "Shrink", "Invert", "Reset"):
        page.get_by_role("button", name=act, exact=True).click()
        looks.append(seen(page))
    for number in range(16):
        dab(page, (0.3 + 0.02 * number, 0.3 + 0.02 * number))
        looks.append(seen(page))
    assert len(set(looks[:4])) == 4
    assert looks[4] == before, "Reset leads back to what was found"
    for look in reversed(looks[:-1]):
        undo.click()
        assert seen(page) == look
    expect(undo).to_have_attribute("aria-disabled", "true")
    undo.dispatch_event("click")
    assert seen(page) == before


def test_another_photo_drops_the_mask(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    choose_photo(page)
    open_brush(page)
    dab(page, SEAT)
    page.keyboard.press("Escape")
    expect(page.locator("[name=mask_upload]")).to_have_value(re.compile("upl_"))
    page.reload()
    expect(page.locator("[name=mask_upload]")).to_have_value(re.compile("upl_"))
    open_brush(page)
    dab(page, BACK)
    page.locator("#id_image").set_input_files(pictures.BLUE_CHAIR)
    expect(page.locator("[data-brush]")).to_be_hidden()
    outlined(page)
    expect(page.locator("[name=mask_upload]")).to_have_value("")
    choose_color(page)
    generated(page)


def test_the_keyboard_suffices(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    choose_photo(page)
    outlined(page)
    page.locator("#id_image").focus()
    page.keyboard.press("Tab")
    expect(page.locator("[data-brush-open]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-veil]")).to_be_focused()
    before = page.locator("[data-ring]").bounding_box()
    page.keyboard.press("]")
    page.keyboard.down("Space")
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    page.keyboard.up("Space")
    after = page.locator("[data-ring]").bounding_box()
    assert before
    assert after
    assert after["width"] > before["width"]
    assert after["x"] < before["x"]
    expect(page.locator("[data-brush-said]")).to_have_text("Painted to erase.")
    painted = seen(page)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Keep")).to_be_checked()
    page.keyboard.press("Enter")  # does not send the form
    for _ in range(3):  # size, Undo, Grow
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-brush-said]")).to_have_text("Grown by 10 px.")
    page.keyboard.press("Control+z")
    assert seen(page) == painted
    page.keyboard.press("Escape")
    expect(page.locator("[data-brush-open]")).to_be_focused()
    outlined(page)
    mask = mask_of(page)
    assert at(mask[..., None], (0.5, 0.5)) == (0,)
    assert at(mask[..., None], (0.42, 0.5)) == (0,)
    assert at(mask[..., None], BACK) == (255,)


def test_the_brush_fits_a_phone_with_targets_for_fingers(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    page.set_viewport_size({"width": 390, "height": 844})
    choose_photo(page)
    veil = open_brush(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for button in page.locator("[data-brush] button").all():
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
    photo, over = page.locator("[data-preview]").bounding_box(), veil.bounding_box()
    assert photo == pytest.approx(over, abs=0.1)
