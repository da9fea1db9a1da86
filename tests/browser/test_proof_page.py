"""From a picture's proof to the page that says how to check it: without scripts, on a phone, in both themes."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_journey import make_picture, sign_up
from tests.live import Live

pytestmark = pytest.mark.browser
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def fits(page: Page) -> None:
    """Nothing scrolls sideways but code, at any width and in either theme."""
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width_px in (320, 390, 1280):
            page.set_viewport_size({"width": width_px, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width_px, (theme, width_px)


def test_the_proof_leads_to_the_page_that_checks_it(plain_page: Page, live: Live) -> None:
    page = plain_page
    sign_up(page, live)
    make_picture(page)
    identity = page.url.rpartition("/")[2]
    page.get_by_text("Proof", exact=True).click()
    expect(page.get_by_text("same", exact=True)).to_be_visible()
    expect(page.get_by_text("The PNG file holds exactly these pixels.")).to_be_visible()
    fits(page)
    page.get_by_role("link", name="Check it yourself").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check it yourself")
    expect(page.get_by_role("region", name="Running the script")).to_contain_text(identity)
    fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="verify_proof.py").click()
    assert download.value.suggested_filename == "verify_proof.py"
