"""A part of ours is killed while a run is under way: the page says the truth, and the picture comes."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.flowing import (
    come,
    compose,
    expect_honest,
    expect_picture,
    generate,
    runs,
    until,
)
from tests.live import Live, wait_until_ready

pytestmark = pytest.mark.browser


def kill(live: Live, name: str) -> None:
    child = live.children[name]
    child.kill()
    assert child.process
    child.process.wait()


def test_the_worker_is_killed(page: Page, live: Live) -> None:
    someone = come(page, live, tokens=2)
    compose(page)
    shown = generate(page)
    until(lambda: runs(live, someone)[0].state != "queued", page)
    kill(live, "pictures")
    expect(page.locator("[data-state=running], [data-state=queued]").locator(".steps__head")).to_be_visible()
    live.children["pictures"].start()
    expect_picture(page)
    expect_honest(live, someone, given=2, shown=shown)


def test_the_web_process_is_restarted(page: Page, live: Live) -> None:
    someone = come(page, live, tokens=2)
    compose(page)
    shown = generate(page)
    kill(live, "web")
    expect(page.locator(".lost")).to_have_text("Connection lost. The run goes on; reconnecting.")
    live.children["web"].start()
    wait_until_ready(live.url)
    expect_picture(page)
    expect(page.locator("#balance")).to_contain_text("1")
    expect_honest(live, someone, given=2, shown=shown)
