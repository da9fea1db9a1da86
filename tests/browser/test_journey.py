"""From signing up to the downloaded picture, with scripts and without."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests import pictures
from tests.browser.flowing import come
from tests.factories import PASSWORD
from tests.live import Live

pytestmark = pytest.mark.browser


def sign_up(page: Page, live: Live) -> None:
    """Sign up with a fresh address and type the code from the mail; end in the studio."""
    address = f"new{uuid4().hex[:10]}@example.com"
    page.goto("/")
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("E-mail").fill(address)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_label(re.compile("terms", re.IGNORECASE)).check()
    page.get_by_role("button", name=re.compile("Sign up|Create", re.IGNORECASE)).click()
    page.wait_for_url(re.compile("confirm-email|verify"))
    code = re.search(r"^\s*([0-9A-Z]{6})\s*$", live.mail_to(address)[0].text, re.MULTILINE)
    assert code, live.mail_to(address)[0].text
    page.get_by_label(re.compile("code", re.IGNORECASE)).fill(code[1])
    page.get_by_role("button", name=re.compile("confirm|continue|verify", re.IGNORECASE)).first.click()
    page.get_by_role("link", name=re.compile("Not now")).click()
    page.wait_for_url("**/studio")


def make_picture(page: Page) -> None:
    """Choose the chair, describe a place, press Generate, wait for the result."""
    page.locator("#id_image").set_input_files(pictures.CHAIR)
    page.locator("#id_prompt").fill(pictures.PROMPT)
    page.locator("[data-generate]").click()
    page.wait_for_url(re.compile("/g/"))
    expect(page.locator("[data-state=succeeded]")).to_be_visible(timeout=60_000)


def downloaded(page: Page) -> bytes:
    """Press Download and return the file."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    return download.value.path().read_bytes()


@pytest.mark.parametrize("which", ["page", "plain_page"])
def test_sign_up_make_a_picture_download_it(which: str, request: pytest.FixtureRequest, live: Live) -> None:
    page: Page = request.getfixturevalue(which)
    sign_up(page, live)
    expect(page.get_by_role("banner")).to_contain_text("10")
    make_picture(page)
    assert pictures.rgb(downloaded(page)).shape == pictures.rgb(pictures.CHAIR.read_bytes()).shape
    expect(page.get_by_role("banner")).to_contain_text("9")
    page.goto("/gallery")
    expect(page.locator("img").first).to_be_visible()


@pytest.mark.parametrize("which", ["page", "plain_page"])
def test_an_empty_prompt_keeps_the_photo(which: str, request: pytest.FixtureRequest, live: Live) -> None:
    page: Page = request.getfixturevalue(which)
    come(page, live, tokens=10)
    page.locator("#id_image").set_input_files(pictures.CHAIR)
    page.locator("[data-generate]").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("#id_prompt").fill(pictures.PROMPT)
    page.locator("[data-generate]").click()
    page.wait_for_url(re.compile("/g/"))
