"""Dialogs, toasts and menus: what lies over a page, by pointer and keyboard, and what is there without scripts."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.every_page import EMBEDDED

pytestmark = pytest.mark.browser
SHEET = "/_components"


def test_a_dialog_shows_its_page_and_gives_the_focus_back(page: Page) -> None:
    page.goto(SHEET)
    link = page.get_by_role("link", name="Open the dialog")
    link.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Delete this picture?")
    expect(dialog).to_be_visible()
    assert page.url.endswith(SHEET)
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(link).to_be_focused()
    for close in ("Close", "Keep it"):
        link.click()
        dialog.get_by_text(close).or_(dialog.get_by_label(close)).click()
        expect(dialog).not_to_be_visible()
    assert page.url.endswith(SHEET)


def test_a_form_in_a_dialog_is_sent_to_the_dialog_s_page(page: Page) -> None:
    page.goto(SHEET)
    page.get_by_role("link", name="Open the dialog").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile(r"/_components/dialog\?sent=yes$"))


def test_a_click_beside_the_dialog_closes_it(page: Page) -> None:
    page.goto(SHEET)
    page.get_by_role("link", name="Open the dialog").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.mouse.click(5, 400)
    expect(page.get_by_role("dialog")).not_to_be_visible()


@pytest.mark.parametrize("what", ["fails", "is no dialog"])
def test_whatever_fails_the_link_leads_there(page: Page, what: str) -> None:
    page.goto(SHEET)

    def answer(route: Route) -> None:
        if route.request.is_navigation_request():
            route.continue_()
        elif what == "fails":
            route.abort()
        else:
            route.fulfill(status=200, content_type="text/html", body="<p>Something else</p>")

    page.route("**/_components/dialog", answer)
    page.get_by_role("link", name="Open the dialog").click()
    expect(page).to_have_url(re.compile("/_components/dialog$"))
    expect(page.locator("h1")).to_have_text("Delete this picture?")


def test_without_scripts_a_dialog_is_a_page_and_a_toast_a_notice(plain_page: Page) -> None:
    plain_page.goto(SHEET)
    toast = plain_page.locator("main .toast")
    expect(toast.get_by_role("button", name="Undo")).to_be_visible()
    assert toast.evaluate("one => getComputedStyle(one).position") == "static"
    plain_page.get_by_role("link", name="Open the dialog").click()
    expect(plain_page.locator("h1")).to_have_text("Delete this picture?")


def test_a_toast_waits_while_it_is_looked_at_and_then_leaves(page: Page) -> None:
    page.clock.install()
    page.goto(SHEET)
    toast = page.locator("#toasts .toast")
    expect(toast).to_have_text(re.compile("Moved to the trash"))
    assert page.locator("#toasts").get_attribute("role") == "status"
    toast.hover()
    page.clock.run_for(30_000)
    expect(toast).to_be_visible()
    page.mouse.move(5, 5)
    page.clock.run_for(9_000)
    expect(toast).to_be_visible()
    toast.get_by_role("button", name="Undo").focus()
    page.clock.run_for(30_000)
    expect(toast).to_be_visible()
    page.locator("h1").click()
    page.clock.run_for(10_500)
    expect(toast).to_have_count(0)


def test_a_toast_can_be_closed_and_undone(page: Page) -> None:
    page.goto(SHEET)
    toast = page.locator("#toasts .toast")
    assert toast.locator("form").get_attribute("action") == SHEET
    assert toast.locator("[name=csrfmiddlewaretoken]").count() == 1
    toast.get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)


@pytest.mark.parametrize("which", ["page", "plain_page"])
def test_the_menu_of_a_row_opens_by_keyboard(which: str, request: pytest.FixtureRequest) -> None:
    page: Page = request.getfixturevalue(which)
    page.goto(SHEET)
    page.get_by_role("button", name="Menu of a row").focus()
    page.keyboard.press("Enter")
    menu = page.locator("#s-menu")
    expect(menu).to_be_visible()
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link", name="Edit")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).not_to_be_visible()


def test_every_specimen_is_shown(page: Page) -> None:
    page.goto(SHEET)
    assert page.locator("main h2").count() >= 10
    for path in EMBEDDED:
        answer = page.request.get(path)
        assert answer.status == 200, path
