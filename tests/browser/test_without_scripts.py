"""What works with scripts switched off, beyond what other files show of it: each step is a form and a page."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests import pictures
from tests.browser.flowing import (
    WORDS,
    cancel,
    choose_photo,
    come,
    expect_honest,
    expect_picture,
    generate,
    resting,
    set_words_and_options,
)
from tests.browser.test_journey import downloaded
from tests.factories import PASSWORD
from tests.live import Live

pytestmark = pytest.mark.browser


def test_a_run_is_watched_and_canceled(plain_page: Page, live: Live) -> None:
    page = plain_page
    someone = come(page, live, tokens=1)
    choose_photo(page)
    set_words_and_options(page)
    with resting(live):
        shown = generate(page)
        expect(page.locator(".steps__head")).to_contain_text("Waiting to start")
        elapsed = page.locator(".steps__head .num").inner_text()
        expect(page.locator(".steps__head .num")).not_to_have_text(elapsed)  # the page asks again by itself
        cancel(page)
    expect(page.get_by_role("link", name="Run again")).to_be_visible()
    page.get_by_role("link", name="Run again").click()
    expect(page.locator("#id_prompt")).to_have_value(WORDS)
    expect(page.locator("#id_background_kind_color")).to_be_checked()
    expect_honest(live, someone, given=1, shown=shown)


def test_a_picture_is_compared_proved_downloaded_and_deleted(plain_page: Page, live: Live) -> None:
    page = plain_page
    someone = come(page, live, tokens=1)
    choose_photo(page)
    set_words_and_options(page)
    shown = generate(page)
    compare = expect_picture(page)
    for caption in ("Original", "Result"):
        expect(compare.locator("figcaption", has_text=caption)).to_be_visible()
    expect(page.get_by_role("slider")).to_have_count(0)
    proof = page.locator("details", has_text="SHA-256").last
    if not proof.locator("code").first.is_visible():
        proof.locator("summary").first.click()
    expect(proof).to_contain_text(re.compile("same", re.IGNORECASE))
    assert pictures.rgb(downloaded(page)).shape == pictures.rgb(pictures.CHAIR.read_bytes()).shape
    expect_honest(live, someone, given=1, shown=shown)


def test_a_picture_is_marked_narrowed_down_deleted_and_restored(plain_page: Page, live: Live) -> None:
    page = plain_page
    someone = come(page, live, tokens=1)
    choose_photo(page)
    set_words_and_options(page)
    shown = generate(page)
    expect_picture(page)
    picture = urlsplit(page.url).path
    page.get_by_role("button", name="Favorite").click()
    expect(page.get_by_role("button", name="Favorite")).to_have_attribute("aria-pressed", "true")

    page.goto("/gallery")
    page.locator("summary", has_text="Filters").click()
    page.get_by_label("Favorites only").check()
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("status").first).to_have_text("1 picture")
    page.get_by_role("searchbox").fill("a word nobody wrote")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("No picture matches these filters.")).to_be_visible()
    page.get_by_role("link", name="Clear filters").first.click()
    expect(page.locator(".tile__words")).to_have_text(WORDS)

    for take_back in ("Undo", "Restore"):
        page.goto(picture)
        page.get_by_role("button", name="Delete").click()
        expect(page.get_by_text("Your pictures will be here.")).to_be_visible()
        if take_back == "Restore":
            page.get_by_role("link", name="Trash").click()
        page.get_by_role("button", name=take_back).click()
        page.goto("/gallery")
        expect(page.locator(f".tile__link[href='{picture}']")).to_be_visible()
    page.goto(picture)
    expect_picture(page)
    expect_honest(live, someone, given=1, shown=shown)


def test_a_key_is_created_and_revoked(plain_page: Page, live: Live) -> None:
    page = plain_page
    come(page, live, tokens=0, path="/developers/keys")
    page.get_by_role("link", name="Create key").first.click()
    if page.locator("[name=password]").count():
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
    page.locator("main [name=name]").fill("without scripts")
    page.get_by_role("button", name=re.compile("Create")).click()
    expect(page.get_by_label("Live key")).to_have_value(re.compile("^[a-z]+_"))
    page.goto("/developers/keys")
    page.get_by_role("link", name="Revoke").first.click()
    page.get_by_role("button", name="Revoke").first.click()
    expect(page.locator("main")).to_contain_text("Revoked")
