"""The gallery in a browser: marked, narrowed down, put into the trash and taken out again, with scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.buying import enter, newcomer
from tests.browser.fitting import fits
from tests.browser.test_journey import make_picture
from tests.live import Live

pytestmark = pytest.mark.browser
BOTH = pytest.mark.parametrize("which", ["page", "plain_page"])


@pytest.fixture
def either(which: str, request: pytest.FixtureRequest) -> Page:
    """A page with scripts, then one without."""
    page: Page = request.getfixturevalue(which)
    return page


@BOTH
def test_a_picture_is_marked_deleted_restored_and_deleted_for_good(either: Page, live: Live, which: str) -> None:
    page, someone = either, newcomer(live, tokens=2)
    enter(page, live, someone, "/studio")
    make_picture(page)
    picture = page.url
    page.reload()
    page.get_by_role("button", name="Favorite").click()
    expect(page.get_by_role("button", name="Favorite")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("heading", name="Your picture")).to_be_visible()
    fits(page)

    page.goto("/gallery?favorite=on")
    tile = page.locator(".tile")
    expect(tile).to_have_count(1)
    tile.hover()
    tile.get_by_role("button", name="Favorite").click()
    if which == "page":
        expect(tile.get_by_role("button", name="Favorite")).to_have_attribute("aria-pressed", "false")
    else:
        expect(page.get_by_text("No picture matches these filters.")).to_be_visible()

    page.goto("/gallery?select=1")
    page.locator(".tile__link").click()
    expect(page.get_by_role("checkbox")).to_be_checked()
    fits(page)
    page.get_by_role("button", name="Delete selected").click()
    expect(page.get_by_text("1 picture is in the trash.")).to_be_visible()

    page.goto("/gallery/trash")
    expect(page.get_by_text("30 days left")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Restore").click()
    page.goto(picture)
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url(re.compile("/gallery$"))
    page.goto("/gallery/trash")
    page.get_by_role("link", name="Delete forever").click()
    page.get_by_role("button", name="Delete forever").click()
    expect(page.get_by_text("Nothing has been deleted in the last 30 days.")).to_be_visible()


def test_a_swapped_button_keeps_the_focus(page: Page, live: Live) -> None:
    enter(page, live, newcomer(live, tokens=1), "/studio")
    make_picture(page)
    page.goto("/gallery")
    button = page.locator(".tile").get_by_role("button", name="Favorite")
    button.focus()
    expect(page.locator(".tile__acts")).to_have_css("opacity", "1")
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
