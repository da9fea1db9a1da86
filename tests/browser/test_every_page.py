"""Each page there is, in light on a desk and in dark on the smallest phone: accessible, hittable, nothing cut off."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser import every_page, looking
from tests.browser.conftest import Watched
from tests.browser.every_page import SIGNED_IN, SIGNED_OUT, Visitor
from tests.live import Live

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}


def _visitor(browser: Browser, live: Live, *, signed_in: bool) -> Iterator[Visitor]:
    context = browser.new_context(base_url=live.url, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    watched = Watched(context, live.url, pays_at=live.stripe)
    names = {}
    if signed_in:
        someone = live.person(tokens=12)
        context.add_cookies(every_page.cookie_of(live, someone))
        names["key"] = every_page.key_of(live, someone)
    yield Visitor(context, names)
    context.close()
    assert watched.bad == []


@pytest.fixture(scope="module")
def nobody(browser: Browser, live: Live) -> Iterator[Visitor]:
    yield from _visitor(browser, live, signed_in=False)


@pytest.fixture(scope="module")
def someone(browser: Browser, live: Live) -> Iterator[Visitor]:
    yield from _visitor(browser, live, signed_in=True)


def findings(visitor: Visitor, address: str) -> list[str]:
    """Return everything that is wrong with the page, each finding with the state it was found in."""
    page = visitor.context.new_page()
    found = []
    for theme, size in (("light", DESK), ("dark", PHONE)):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.set_viewport_size(size)
        if theme == "light":
            page.goto(visitor.path(address))
            found += looking.head(page)
        looking.lay_flat(page)
        asked = (looking.accessibility, looking.sideways, looking.small_targets, looking.small_primaries)
        found += [f"{theme} {size['width']}: {one}" for ask in asked for one in ask(page)]
    page.close()
    return found


@pytest.mark.parametrize("address", SIGNED_OUT)
def test_pages_everybody_sees(nobody: Visitor, address: str) -> None:
    assert findings(nobody, address) == []


@pytest.mark.parametrize("address", SIGNED_IN)
def test_pages_of_somebody_signed_in(someone: Visitor, address: str) -> None:
    assert findings(someone, address) == []
