"""All of it by keyboard only: what has the focus shows it, and after a swap it is where one reads on."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests import pictures
from tests.browser.buying import unhurried
from tests.browser.flowing import (
    COLOR,
    RUN,
    WORDS,
    come,
    expect_honest,
    expect_picture,
    expect_uploaded,
    expect_visible_focus,
    shown_cost,
    tab_to,
)
from tests.factories import PASSWORD
from tests.live import Live

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def _unhurried() -> None:
    unhurried()


def press(page: Page, wanted: str, *, key: str = "Enter") -> None:
    """Go there by Tab and press it."""
    tab_to(page, wanted)
    page.keyboard.press(key)


def write(page: Page, wanted: str, text: str) -> None:
    tab_to(page, wanted)
    page.keyboard.insert_text(text)


def test_signing_up(page: Page, live: Live) -> None:
    address = f"keys{uuid4().hex[:10]}@example.com"
    page.goto("/accounts/signup/")
    write(page, "main [type=email]", address)
    write(page, "main [type=password]", PASSWORD)
    press(page, "main [type=checkbox]", key="Space")
    press(page, "main button[type=submit]")
    page.wait_for_url(re.compile("confirm-email|verify"))
    code = re.search(r"^\s*([0-9A-Z]{6})\s*$", live.mail_to(address)[0].text, re.MULTILINE)
    assert code
    if not page.locator("main [name=code]:focus").count():
        tab_to(page, "main [name=code]")
    page.keyboard.insert_text(code[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/security/passkey")
    press(page, "main a[href='/studio']")
    page.wait_for_url("**/studio")


def correct_the_subject(page: Page) -> None:
    press(page, "[data-brush-open]")
    expect(page.locator("[data-veil]")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    tab_to(page, "[data-brush-act=grow]")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("[data-brush]")).to_be_hidden()
    expect(page.locator("[data-brush-open]")).to_be_focused()
    expect(page.locator("[name=mask_upload]")).to_have_value(re.compile("upl_"))


def look_download_and_hand_back(page: Page) -> None:
    tab_to(page, "[type=range]")
    before = page.get_by_role("slider").get_attribute("aria-valuetext")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("slider")).not_to_have_attribute("aria-valuetext", before or "")
    tab_to(page, "a[download]")
    with page.expect_download():
        page.keyboard.press("Enter")
    press(page, "a[href$='/refuse']")
    # The way may be a page or a dialog of it.
    reason = "[name=reason]"
    expect(page.locator(reason).first).to_be_visible()
    if not page.locator(f"{reason}:focus").count():
        tab_to(page, reason)
    page.keyboard.press("ArrowDown")
    press(page, "form[action$='/refuse'] button[type=submit]")
    expect(page.get_by_text("The token is back").first).to_be_visible()


def test_from_the_photo_to_the_token_returned(page: Page, live: Live) -> None:
    someone = come(page, live, tokens=1)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#id_image")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(pictures.CHAIR)
    expect_uploaded(page)
    expect(page.locator("[data-brush-open]")).to_be_visible(timeout=60_000)
    correct_the_subject(page)
    tab_to(page, "[name=background_kind]")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#id_background_kind_color")).to_be_checked()
    write(page, "#id_background_color", COLOR)
    write(page, "#id_prompt", WORDS)
    shown = shown_cost(page)
    press(page, "[data-generate]")
    page.wait_for_url(RUN)
    if page.locator("[data-cancel]").count():
        page.keyboard.press("Escape")  # asks to cancel: the focus is there, and vanishes with it
    expect_picture(page)
    look_download_and_hand_back(page)
    assert live.available(someone) == 1
    expect_honest(live, someone, given=1 + shown, shown=shown)


def test_buying_and_coming_back(page: Page, live: Live) -> None:
    come(page, live, tokens=0)
    write(page, "#id_prompt", WORDS)
    press(page, "[data-top-up]")
    page.wait_for_url("**/billing?**")
    tab_to(page, "[name=pack]")
    page.keyboard.press("ArrowUp")
    press(page, "[data-buy]")
    page.wait_for_url("**/c/pay/**")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator("button[value=ok]:focus").count():
            break
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("tokens added")
    press(page, "main .btn--primary")
    page.wait_for_url("**/studio")
    expect(page.locator("#id_prompt")).to_have_value(WORDS)


def test_creating_a_key(page: Page, live: Live) -> None:
    come(page, live, tokens=0, path="/developers/keys")
    press(page, "main a[href$='/create']")
    expect(page.locator("[name=password], main [name=name]")).to_be_visible()
    if page.locator("[name=password]").count():
        write(page, "[name=password]", PASSWORD)
        page.keyboard.press("Enter")
    expect(page.locator("[name=name]")).to_be_visible()
    write(page, "main [name=name]", "by keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Live key")).to_have_value(re.compile("^[a-z]+_"))


def test_a_problem_takes_the_focus_and_leads_to_its_field(page: Page, live: Live) -> None:
    come(page, live, tokens=1, path="/studio?sample=plant")
    tab_to(page, "#id_prompt")  # the words the sample brought
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    press(page, "[data-generate]")
    expect(page.locator("[data-focus]")).to_be_focused()
    assert page.title().startswith("Error: ")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_prompt")).to_be_focused()
    expect_visible_focus(page)
