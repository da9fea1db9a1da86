"""From a picture's proof to the page that says how to check it: without scripts, on a phone, in both themes."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.fitting import fits
from tests.browser.flowing import come
from tests.browser.test_journey import make_picture
from tests.live import Live

pytestmark = pytest.mark.browser


def test_the_proof_leads_to_the_page_that_checks_it(plain_page: Page, live: Live) -> None:
    page = plain_page
    come(page, live, tokens=10)
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
