"""The one flow on a broken network: the page stays and says so, what was made ready is sent again, once."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.flowing import (
    LOST,
    RUN,
    cancel,
    choose_photo,
    come,
    compose,
    expect_composed,
    expect_honest,
    expect_picture,
    expect_uploaded,
    expect_words_and_options,
    generate,
    open_options,
    resting,
    runs,
    set_words_and_options,
    shown_cost,
    until,
)
from tests.live import Live

pytestmark = pytest.mark.browser


def test_offline_at_upload_keeps_the_photo_and_sends_it_later(page: Page, live: Live) -> None:
    someone = come(page, live, tokens=2)
    page.context.set_offline(True)
    choose_photo(page)
    expect(page.locator("[data-drop] [data-refused]")).to_contain_text(LOST)
    expect(page.locator("#live")).to_have_text(LOST)
    expect(page.locator("[data-preview]")).to_be_visible()
    set_words_and_options(page)
    page.context.set_offline(False)
    expect_uploaded(page)
    expect(page.locator("[data-drop] [data-refused]")).to_be_hidden()
    expect_composed(page)
    assert runs(live, someone) == []


def test_a_reload_before_the_photo_was_sent_sends_it(page: Page, live: Live) -> None:
    come(page, live, tokens=2)
    page.route(re.compile("/studio/upload$"), lambda route: route.abort())
    choose_photo(page)
    set_words_and_options(page)
    expect(page.locator("[data-drop] [data-refused]")).to_contain_text(LOST)
    page.unroute(re.compile("/studio/upload$"))
    page.reload()
    expect_composed(page)
    page.reload()
    expect_composed(page)


def test_offline_at_generate_sends_the_same_run_once_when_it_is_back(page: Page, live: Live) -> None:
    someone = come(page, live, tokens=2)
    compose(page)
    shown = shown_cost(page)
    answers: list[str] = []

    def lose_the_answer(route: Route) -> None:
        if route.request.method != "POST" or answers:
            return route.continue_()
        answers.append(route.fetch(max_redirects=0).headers["location"])  # it arrived; its answer did not
        return route.abort()

    with resting(live):
        page.context.set_offline(True)
        page.locator("[data-generate]").click()
        expect(page.locator("[data-unsent]")).to_have_text(LOST)
        expect_composed(page)
        page.route(re.compile("/studio$"), lose_the_answer)
        page.context.set_offline(False)
        page.wait_for_url(RUN)
        page.unroute(re.compile("/studio$"))
        assert page.url.endswith(answers[0])
        cancel(page)
    expect_honest(live, someone, given=2, shown=shown)


def test_a_fault_of_ours_at_generate_keeps_everything(page: Page, live: Live) -> None:
    someone = come(page, live, tokens=2)
    compose(page)
    failed = {"X-Request-Id": "req-1"}
    page.route(re.compile("/studio$"), lambda route: route.fulfill(status=500, body="", headers=failed), times=1)
    page.locator("[data-generate]").click()
    said = "Something failed on our side. Request req-1. Nothing was charged."
    expect(page.locator("[data-unsent]")).to_have_text(said)
    expect(page.locator("#live")).to_have_text(said)
    expect_composed(page)
    assert runs(live, someone) == []
    with resting(live):
        generate(page)
        cancel(page)
    expect_honest(live, someone, given=2, shown=1)


def test_back_shows_what_was_sent_and_sending_it_again_is_the_same_run(page: Page, live: Live) -> None:
    someone = come(page, live, tokens=3)
    compose(page)
    with resting(live):
        shown = generate(page)
        first = page.url
        page.go_back()
        expect_composed(page)
        page.reload()
        expect_composed(page)
        generate(page)
        assert page.url == first
        cancel(page)
        page.go_back()  # to the run before it was canceled
        page.go_back()
        expect_composed(page)
        open_options(page)
        page.locator("#id_seed").fill("8")
        generate(page)
        assert page.url != first, "other settings are another run"
        cancel(page)
        page.goto("/studio")
        expect(page.locator("#id_prompt")).to_have_value("")
    expect_honest(live, someone, given=3, shown=shown, count=2)


def test_polls_that_are_dropped_are_said_once_and_the_picture_comes(page: Page, live: Live) -> None:
    someone = come(page, live, tokens=2)
    compose(page)
    dropped: list[str] = []

    def drop(route: Route) -> None:
        dropped.append(route.request.url)
        route.abort()

    page.route(re.compile("/_stage$"), drop)
    said: list[str] = []
    page.expose_function("heard", lambda text: said.append(text))
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { const live = document.getElementById('live');"
        "new MutationObserver(() => heard(live.textContent)).observe(live, {childList: true}); })"
    )
    shown = generate(page)
    lost = "Connection lost. The run goes on; reconnecting."
    expect(page.locator(".lost")).to_have_text(lost)
    until(lambda: len(dropped) >= 3, page)
    assert said.count(lost) == 1
    page.unroute(re.compile("/_stage$"))
    expect_picture(page)
    until(lambda: said[-1] == "Your picture is ready.", page)
    page.reload()
    expect_picture(page)
    expect_honest(live, someone, given=2, shown=shown)


def test_two_tabs_keep_their_own_work(page: Page, live: Live) -> None:
    come(page, live, tokens=2)
    compose(page)
    other = page.context.new_page()
    other.goto("/studio")
    expect(other.locator("#id_prompt")).to_have_value("")
    other.locator("#id_prompt").fill("an empty showroom")
    other.reload()
    expect(other.locator("#id_prompt")).to_have_value("an empty showroom")
    page.goto("/gallery")
    page.goto("/studio")
    expect_composed(page)
    expect_words_and_options(page)
