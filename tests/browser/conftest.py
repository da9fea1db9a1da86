"""A real Chromium, and a page that fails its test on any console error, policy violation or foreign request."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.chromium import FLAGS, chromium
from tests.live import Live

# Whoever waits for a page of a busy machine waits a little longer than Playwright does by itself.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="module")  # while Playwright is open its event loop runs in this thread, and no ORM may
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


class Watched:
    """A browser context whose pages are watched; `check()` says what should not have happened."""

    def __init__(self, context: BrowserContext, origin: str, *, pays_at: str) -> None:
        self.context, self.origin, self.pays_at, self.bad = context, origin, pays_at, list[str]()
        context.on("console", self._console)
        context.on("request", self._request)
        context.on("weberror", lambda error: self.bad.append(f"script: {error.error}"))

    def _console(self, message: ConsoleMessage) -> None:
        # A refused form (4xx) and a lost connection are also written to the console; that is not an error of the page.
        told = ("Failed to load resource", "Failed to fetch")
        if message.type == "error" and not any(text in message.text for text in told):
            self.bad.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        at = urlsplit(request.url)
        origin = f"{at.scheme}://{at.netloc}"
        # Whoever pays goes there; no page of ours may fetch anything from there.
        if origin == self.pays_at and (request.is_navigation_request() or request.frame.url.startswith(origin)):
            return
        if at.scheme in {"http", "https"} and origin != self.origin:
            self.bad.append(f"request elsewhere: {request.url}")


def _context(browser: Browser, live: Live, *, scripts: bool) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live.url, java_script_enabled=scripts, viewport={"width": 1280, "height": 900}
    )
    context.set_default_timeout(15_000)
    watched = Watched(context, live.url, pays_at=live.stripe)
    yield context.new_page()
    context.close()
    assert watched.bad == []


@pytest.fixture
def page(browser: Browser, live: Live) -> Iterator[Page]:
    """A page with scripts."""
    yield from _context(browser, live, scripts=True)


@pytest.fixture
def plain_page(browser: Browser, live: Live) -> Iterator[Page]:
    """A page with scripts switched off."""
    yield from _context(browser, live, scripts=False)
