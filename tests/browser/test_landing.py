"""The front page as a visitor meets it: small at first, and a photo chosen there waits in the studio."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.test_journey import sign_up
from tests.browser.test_proof_page import fits
from tests.live import Live

pytestmark = pytest.mark.browser
PHOTO = Path(__file__).parents[2] / "static/img/samples/coffee.jpg"


def test_the_first_load_on_a_small_phone_is_light(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/", wait_until="networkidle")
    sizes = [answer.request.sizes() for answer in answers]
    assert len(answers) <= 22, [answer.url for answer in answers]
    assert sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes) <= 260 * 1024


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("path", ["/", "/pricing", "/terms", "/privacy", "/rules", "/credits"])
def test_no_public_page_scrolls_sideways(plain_page: Page, path: str, width: int) -> None:
    plain_page.set_viewport_size({"width": width, "height": 800})
    plain_page.goto(path)
    fits(plain_page)


def test_a_photo_chosen_before_signing_up_waits_in_the_studio(page: Page, live: Live) -> None:
    page.goto("/")
    page.locator("[data-waiting] input").set_input_files(PHOTO)
    expect(page).to_have_url(re.compile("/accounts/login"))
    sign_up(page, live)
    expect(page.locator("[data-name]")).to_have_text("coffee.jpg")
    expect(page.locator("[data-upload]")).to_have_value(re.compile("upl_"))
    assert page.evaluate("caches.match('/waiting').then(Boolean)") is False


def test_what_is_no_picture_is_turned_away_at_once(page: Page) -> None:
    page.goto("/")
    file = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"}
    page.locator("[data-waiting] input").set_input_files(file)
    expect(page.get_by_role("alert")).to_have_text(re.compile("Choose a picture of at most 20 MiB"))


def test_without_scripts_the_button_leads_to_the_studio_by_way_of_the_sign_in(plain_page: Page) -> None:
    plain_page.goto("/")
    plain_page.get_by_role("link", name="Open the studio").click()
    expect(plain_page).to_have_url(re.compile(r"/accounts/login/\?next=/studio"))


def test_the_calculator_counts_without_scripts(plain_page: Page) -> None:
    plain_page.goto("/pricing")
    plain_page.get_by_role("spinbutton", name="Pictures").fill("250")
    plain_page.get_by_role("button", name="Count").click()
    expect(plain_page.get_by_role("row", name=re.compile("Cheapest"))).to_contain_text("46.00")
