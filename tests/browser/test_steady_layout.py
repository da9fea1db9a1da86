"""Nothing jumps: the layout shifts of generate and compare, as the browser counts them."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.flowing import come, compose, expect_picture, generate
from tests.live import Live

pytestmark = pytest.mark.browser
MOST = 0.03
#: Shifts within half a second of a person's own act are not counted, as everywhere.
COUNT = """window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifts.push([entry.value, ...entry.sources.map(
    ({ node }) => (node?.outerHTML ?? String(node?.textContent)).slice(0, 120))]);
}).observe({ type: "layout-shift", buffered: true });"""


def expect_steady(page: Page) -> None:
    shifts = page.evaluate("shifts")
    assert sum(shift[0] for shift in shifts) <= MOST, shifts


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_jumps_from_the_studio_to_the_compared_picture(page: Page, live: Live, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.add_init_script(COUNT)
    come(page, live, tokens=1)
    expect_steady(page)
    compose(page)
    expect(page.locator("#outline[data-state=ready]")).to_be_attached(timeout=60_000)
    expect_steady(page)
    generate(page)
    expect_picture(page)
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    expect_steady(page)
    page.reload()
    expect_picture(page)
    page.wait_for_timeout(500)
    expect_steady(page)
