"""What a page costs: bytes by kind, requests, nodes; counted from what the browser asks for and what lies collected.

The limits are those of the design (KB = 1024 bytes, brotli). Queries are counted in tests/test_queries.py.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import brotli
import pytest
from playwright.sync_api import Browser, BrowserContext, Request

from tests.browser import every_page
from tests.live import Live

pytestmark = pytest.mark.browser
KIB = 1024
NODES = 1_200
#: Page -> most bytes of scripts.
SITE, ENTRANCE, APP, STUDIO = 8 * KIB, 10 * KIB, 24 * KIB, 32 * KIB
SIGNED_OUT = {
    "/": SITE,
    "/terms": SITE,
    "/pricing": SITE,
    "/docs": SITE,
    "/docs/models/changebg": SITE,
    "/docs/errors": SITE,
    "/accounts/login/": ENTRANCE,
    "/accounts/signup/": ENTRANCE,
    "/accounts/password/reset/": ENTRANCE,
}
SIGNED_IN = {
    "/gallery": APP,
    "/billing": APP,
    "/developers/keys": APP,
    "/developers/playground": STUDIO,
    "/accounts/email/": APP,
    "/accounts/2fa/": APP,
    "/studio": STUDIO,
    "/studio/removebg": STUDIO,
}


@dataclass
class Load:
    """What one visit asked for: address -> kind. html: the page itself."""

    live: Live
    asked: dict[str, str] = field(default_factory=dict)
    html: bytes = b""
    nodes: int = 0
    blocking: list[str] = field(default_factory=list)
    preloaded: int = 0

    def bytes_of(self, *kinds: str) -> int:
        """Return what travels for these kinds, compressed as it lies in the collected folder."""
        return sum(self._size(url) for url, kind in self.asked.items() if kind in kinds)

    def _size(self, url: str) -> int:
        path = urlsplit(url).path
        if not path.startswith("/static/"):
            return len(brotli.compress(self.html)) if url in self.asked and self.asked[url] == "document" else 0
        file = self.live.data / "static" / path.removeprefix("/static/")
        smaller = file.with_name(file.name + ".br")
        return (smaller if smaller.exists() else file).stat().st_size

    @property
    def total(self) -> int:
        return self.bytes_of(*set(self.asked.values()))


def visit(context: BrowserContext, live: Live, path: str) -> Load:
    """Open a page with an empty memory and say what that took."""
    load, page = Load(live), context.new_page()

    def note(request: Request) -> None:
        if urlsplit(request.url).scheme in {"http", "https"}:
            load.asked[request.url] = request.resource_type

    page.on("request", note)
    answer = page.goto(path, wait_until="networkidle")
    assert answer
    assert answer.status == 200
    load.html = answer.body()
    load.nodes = page.evaluate("document.querySelectorAll('*').length")
    load.blocking = page.evaluate(
        "performance.getEntriesByType('resource').filter((one) => one.renderBlockingStatus === 'blocking')"
        ".map((one) => one.name)"
    )
    load.preloaded = page.locator("link[rel=preload]").count()
    page.close()
    return load


@pytest.fixture
def fresh(browser: Browser, live: Live) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live.url, viewport={"width": 320, "height": 640})
    context.set_default_timeout(30_000)
    yield context
    context.close()


def over_budget(load: Load, *, scripts: int) -> list[str]:
    """Return each figure of this visit that is above its limit."""
    sheets = sum(load._size(url) for url in load.blocking)
    figures = {
        "scripts": (load.bytes_of("script"), scripts),
        "render-blocking sheets": (sheets, 18 * KIB),
        "number of render-blocking sheets": (len(load.blocking), 3),
        "fonts": (load.bytes_of("font"), 85 * KIB),
        "preloads": (load.preloaded, 1),
        "HTML": (len(brotli.compress(load.html)), 20 * KIB),
        "nodes": (load.nodes, NODES),
        "requests to others": (sum(not url.startswith(load.live.url) for url in load.asked), 0),
    }
    return [f"{name}: {value} of {limit}" for name, (value, limit) in figures.items() if value > limit]


@pytest.mark.parametrize(("path", "scripts"), SIGNED_OUT.items())
def test_what_a_page_costs_signed_out(fresh: BrowserContext, live: Live, path: str, scripts: int) -> None:
    load = visit(fresh, live, path)
    assert load.bytes_of("script")
    assert load.blocking
    assert over_budget(load, scripts=scripts) == []


@pytest.mark.parametrize(("path", "scripts"), SIGNED_IN.items())
def test_what_a_page_costs_signed_in(fresh: BrowserContext, live: Live, path: str, scripts: int) -> None:
    fresh.add_cookies(every_page.cookie_of(live, live.person(tokens=12)))
    assert over_budget(visit(fresh, live, path), scripts=scripts) == []


def test_the_first_load_of_the_landing_page_on_a_phone(fresh: BrowserContext, live: Live) -> None:
    load = visit(fresh, live, "/")
    assert len(load.asked) <= 22, sorted(load.asked)
    assert load.total <= 260 * KIB, {url: load._size(url) for url in load.asked}
