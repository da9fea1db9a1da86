"""The subject corrected without a brush: by buttons that are answered by the server, and by a mask file."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests import pictures
from tests.browser.brushing import (
    BACK,
    COLOR,
    at,
    choose_color,
    generated,
    left_half,
    mask_of,
    outlined,
)
from tests.browser.flowing import come
from tests.browser.test_studio import choose_photo
from tests.live import Live

pytestmark = pytest.mark.browser


def unfolded(page: Page, name: str) -> Locator:
    """Return a button of the fold, which is opened first where it is closed."""
    button = page.get_by_role("button", name=name)
    if not button.is_visible():
        page.get_by_text("Correct the subject").click()
    return button


def look(page: Page, name: str) -> None:
    """Press the button that looks again until the outline is there."""
    for _ in range(40):
        if page.locator("#outline[data-state=ready]").count():
            return
        page.wait_for_timeout(500)
        unfolded(page, name).click()


def test_without_scripts_buttons_and_a_file_correct_the_subject(plain_page: Page, live: Live) -> None:
    page = plain_page
    come(page, live, tokens=10)
    page.locator("#id_image").set_input_files(pictures.CHAIR)
    unfolded(page, "Show the subject").click()
    look(page, "Show the subject")
    expect(page.locator("#outline .outline__svg")).to_be_visible()
    found = page.locator("#outline .outline__path").get_attribute("d")
    for act, kept in (("Grow", BACK), ("Invert", (0.05, 0.05))):
        unfolded(page, act).click()
        look(page, "Look again")
        assert at(mask_of(page)[..., None], kept) == (255,)
    assert page.locator("#outline .outline__path").get_attribute("d") != found
    expect(page.get_by_role("banner")).to_contain_text("10")
    page.locator("#id_mask").set_input_files({"name": "m.png", "mimeType": "image/png", "buffer": left_half()})
    choose_color(page)
    photo, result = pictures.rgb(pictures.CHAIR.read_bytes()), generated(page)
    half = photo.shape[1] // 2
    assert np.array_equal(result[:, : half - 1], photo[:, : half - 1])
    assert (result[:, half + 1 :] == COLOR).all()


def test_a_mask_file_is_outlined_at_once_with_scripts(page: Page, live: Live) -> None:
    come(page, live, tokens=10)
    choose_photo(page)
    found = outlined(page).get_attribute("d")
    page.get_by_text("Correct the subject").click()
    page.locator("#id_mask").set_input_files({"name": "m.png", "mimeType": "image/png", "buffer": left_half()})
    expect(page.locator("[name=mask_upload]")).to_have_value(re.compile("upl_"))
    expect(page.locator("#outline[data-state=ready] .outline__path")).not_to_have_attribute("d", str(found))
    assert at(mask_of(page)[..., None], (0.25, 0.5)) == (255,)
    page.locator("#id_mask").set_input_files({"name": "m.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(page.locator("[data-mask-refused]")).to_be_visible()
