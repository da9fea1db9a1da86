"""A session that ends in the midst of it: signing in again leads back to photo, words and options."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.buying import sign_in
from tests.browser.flowing import (
    cancel,
    choose_photo,
    come,
    compose,
    expect_composed,
    expect_honest,
    expect_picture,
    expect_words_and_options,
    generate,
    resting,
    set_words_and_options,
)
from tests.live import Live

pytestmark = pytest.mark.browser
SAFE = "Sign in again; your photo and prompt are safe."


def end_session(page: Page) -> None:
    page.context.clear_cookies(name=re.compile("session"))


def test_before_the_photo_is_sent(page: Page, live: Live) -> None:
    someone = come(page, live, tokens=2)
    set_words_and_options(page)
    end_session(page)
    choose_photo(page)
    expect(page.locator("[data-drop] [data-refused]")).to_contain_text(SAFE)
    page.locator("[data-drop] [data-refused]").get_by_role("link", name="Log in").click()
    sign_in(page, someone)
    page.wait_for_url(re.compile("/studio"))
    expect_composed(page)


def test_before_generate(page: Page, live: Live) -> None:
    someone = come(page, live, tokens=2)
    compose(page)
    end_session(page)
    page.locator("[data-generate]").click()
    page.wait_for_url(re.compile("/accounts/login/"))
    expect(page.get_by_text(SAFE)).to_be_visible()
    sign_in(page, someone)
    page.wait_for_url(re.compile("/studio"))
    expect_composed(page)
    with resting(live):
        shown = generate(page)
        cancel(page)
    expect_honest(live, someone, given=2, shown=shown)


def test_during_a_run(page: Page, live: Live) -> None:
    someone = come(page, live, tokens=2)
    compose(page)
    with resting(live):
        shown = generate(page)
        made = page.url
        end_session(page)
        page.wait_for_url(re.compile("/accounts/login/"))
    sign_in(page, someone)
    page.wait_for_url(made)
    expect_picture(page)
    expect_honest(live, someone, given=2, shown=shown)


def test_without_scripts_the_words_and_options_are_there(plain_page: Page, live: Live) -> None:
    page = plain_page
    someone = come(page, live, tokens=2)
    set_words_and_options(page)
    end_session(page)
    page.locator("[data-generate]").click()
    expect(page.get_by_text("Sign in again; your prompt and options are safe.")).to_be_visible()
    sign_in(page, someone)
    page.wait_for_url(re.compile("/studio"))
    expect_words_and_options(page)
