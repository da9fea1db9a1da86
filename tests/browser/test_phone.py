"""The one flow on a phone, by touch: the button is always in sight, nothing lies under the bars."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import pictures
from tests.browser.buying import go_to_pay, pay, unhurried
from tests.browser.conftest import Watched
from tests.browser.flowing import (
    COLOR,
    WORDS,
    come,
    expect_composed,
    expect_honest,
    expect_picture,
    expect_uploaded,
    set_words_and_options,
    shown_cost,
    until,
)
from tests.browser.test_journey import downloaded
from tests.live import Live

pytestmark = pytest.mark.browser
WIDTH_PX, HEIGHT_PX = 390, 844
#: What can be pressed and is in the window, but does not get the finger that is put on its middle.
COVERED = """(selector) => [...document.querySelectorAll(selector)].filter((one) => {
  if (!one.checkVisibility({ visibilityProperty: true }) || one.closest("[class*=sr-only]")) return false;
  one.scrollIntoView({ block: "nearest" });
  const box = one.getBoundingClientRect();
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return !(hit && (one.contains(hit) || hit.contains(one) || hit.closest("label")?.contains(one)));
}).map((one) => one.outerHTML.slice(0, 160))"""
REACHED = "main a[href], main button, main summary, main textarea, main select, main .input:not([type=file])"
SMALL = """() => [...document.querySelectorAll("main .btn, .tabbar a, main summary, main .chip")].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.height && box.height < 32;
}).map((one) => one.outerHTML.slice(0, 160))"""


@pytest.fixture
def phone(browser: Browser, live: Live) -> Iterator[Page]:
    yield from _phone(browser, live, fineness=1)


@pytest.fixture
def fine_phone(browser: Browser, live: Live) -> Iterator[Page]:
    yield from _phone(browser, live, fineness=3)


def _phone(browser: Browser, live: Live, *, fineness: int) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live.url,
        viewport={"width": WIDTH_PX, "height": HEIGHT_PX},
        device_scale_factor=fineness,
        has_touch=True,
        is_mobile=True,
    )
    context.set_default_timeout(20_000)
    watched = Watched(context, live.url, pays_at=live.stripe)
    yield context.new_page()
    context.close()
    assert watched.bad == []


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH_PX
    assert page.evaluate(COVERED, REACHED) == []
    assert page.evaluate(SMALL) == []


def expect_in_sight(page: Page, selector: str) -> None:
    """At the top of the page, in its middle and at its end."""
    for share in (0, 0.5, 1):
        page.evaluate("(share) => scrollTo(0, share * document.documentElement.scrollHeight)", share)
        box = page.locator(selector).bounding_box()
        assert box
        assert box["y"] >= 0, share
        assert box["y"] + box["height"] <= HEIGHT_PX, share
        assert page.evaluate(COVERED, selector) == []


def run_out_top_up_and_come_back(page: Page) -> None:
    page.get_by_role("link", name="Studio").last.tap()
    page.locator("#id_image").set_input_files(pictures.CHAIR)
    set_words_and_options(page)
    expect_composed(page)
    expect(page.locator("[data-short]")).to_have_text("This needs 1 token; you have 0.")
    expect_in_sight(page, "[data-top-up]")
    page.locator("[data-top-up]").tap()
    page.wait_for_url("**/billing?**")
    fits(page)
    go_to_pay(page)
    pay(page, "ok")
    expect(page.locator("h1")).to_have_text("25 tokens added", timeout=60_000)
    page.get_by_role("link", name="Back to where you were").tap()
    page.wait_for_url("**/studio")
    expect_composed(page)
    page.locator("[data-generate]").tap()
    page.wait_for_url("**/g/**")
    expect_picture(page)


def test_the_whole_flow_by_touch(phone: Page, live: Live) -> None:
    page = phone
    unhurried()
    someone = come(page, live, tokens=1)
    fits(page)
    expect_in_sight(page, "[data-generate]")
    with page.expect_file_chooser() as chooser:
        page.locator("[data-pick]").tap()
    chooser.value.set_files(pictures.CHAIR)
    expect_uploaded(page)
    expect(page.locator("#outline[data-state=ready]")).to_be_attached(timeout=60_000)
    expect_in_sight(page, "[data-generate]")
    page.locator("label:has(#id_background_kind_color)").tap()
    page.locator("#id_background_color").fill(COLOR)
    page.locator("#id_prompt").fill(WORDS)
    fits(page)
    shown = shown_cost(page)
    page.locator("[data-generate]").tap()
    page.wait_for_url("**/g/**")
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH_PX
    compare = expect_picture(page)
    fits(page)
    compare.scroll_into_view_if_needed()
    box = compare.locator(".compare__after").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    expect(page.get_by_role("slider")).to_have_attribute("aria-valuetext", "20 % result")
    assert pictures.rgb(downloaded(page)).shape == pictures.rgb(pictures.CHAIR.read_bytes()).shape
    expect_honest(live, someone, given=1, shown=shown)
    run_out_top_up_and_come_back(page)
    expect_honest(live, someone, given=26, shown=1, count=2)


def kinds_shown(page: Page) -> list[str]:
    """Return the kind of file behind each side of the comparison that is seen."""
    shown = page.locator(".compare figure img:visible")
    loaded = shown.evaluate_all("all => all.map((one) => new URL(one.currentSrc).pathname)")
    return [path.rpartition(".")[2] for path in loaded]


def test_a_phone_is_shown_small_pictures_and_a_difference_of_the_files_themselves(phone: Page, live: Live) -> None:
    page = phone
    unhurried()
    come(page, live, tokens=1, path="/studio?sample=plant")
    page.locator("[data-generate]").tap()
    page.wait_for_url("**/g/**")
    expect_picture(page)
    assert kinds_shown(page) == ["webp", "webp"]
    page.locator("[name=view][value=difference]").check(force=True)
    exact = page.locator(".compare__exact:visible")
    expect(exact).to_have_count(2)
    for side in exact.all():
        expect(side).to_have_js_property("naturalWidth", 1000)  # the width of the photo: it has come
    assert kinds_shown(page) == ["png", "png"]


#: The kind of the comparison's file that was asked for first.
FIRST = """() => {
  const shown = [...document.querySelectorAll(".compare picture > *")].map((one) => `${one.srcset} ${one.src}`).join();
  const asked = performance.getEntriesByType("resource").filter(({ name }) => shown.includes(new URL(name).pathname));
  return new URL(asked.sort((one, other) => one.startTime - other.startTime)[0].name).pathname.split(".").pop();
}"""


def test_a_fine_screen_paints_the_small_pictures_first_and_the_files_in_the_end(fine_phone: Page, live: Live) -> None:
    page = fine_phone
    unhurried()
    come(page, live, tokens=1, path="/studio?sample=plant")
    page.locator("[data-generate]").tap()
    page.wait_for_url("**/g/**")
    expect_picture(page)
    page.reload()
    until(lambda: kinds_shown(page) == ["png", "png"], page)
    assert page.evaluate(FIRST) == "webp"
