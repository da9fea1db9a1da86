"""What the tests of the one flow share: what somebody sets in the studio, how it is found again, and what it cost."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

from billing import invariants
from billing.models import LedgerEntry
from generations.models import Generation, State
from tests import pictures
from tests.browser.buying import enter, newcomer
from tests.factories import Person
from tests.live import Live

WORDS = "soft light from the left"
COLOR = "#b9c4b0"
SEED = "7"
LOST = "Connection lost. Your work is kept on this page."
PATIENCE_MS = 60_000
UPLOADED = re.compile("^upl_")
RUN = re.compile("/g/")


def come(page: Page, live: Live, *, tokens: int, path: str = "/studio") -> Person:
    """Enter as somebody new with so many tokens."""
    someone = newcomer(live, tokens=tokens)
    enter(page, live, someone, path)
    return someone


def choose_photo(page: Page) -> None:
    page.locator("#id_image").set_input_files(pictures.CHAIR)


def set_words_and_options(page: Page) -> None:
    """Ask for one flat color, which is quickly made, with words and a seed."""
    page.locator("#id_background_kind_color").check(force=True)
    page.locator("#id_background_color").fill(COLOR)
    page.locator("#id_prompt").fill(WORDS)
    open_options(page)
    page.locator("#id_seed").fill(SEED)


def open_options(page: Page) -> None:
    if not page.locator("#id_seed").is_visible():
        page.locator("details:has(#id_seed) > summary").click()


def compose(page: Page) -> None:
    choose_photo(page)
    set_words_and_options(page)
    expect_uploaded(page)


def expect_uploaded(page: Page) -> None:
    expect(page.locator("[name=upload]")).to_have_value(UPLOADED, timeout=PATIENCE_MS)


def expect_words_and_options(page: Page) -> None:
    expect(page.locator("#id_background_kind_color")).to_be_checked()
    expect(page.locator("#id_background_color")).to_have_value(COLOR)
    expect(page.locator("#id_prompt")).to_have_value(WORDS)
    expect(page.locator("#id_seed")).to_have_value(SEED)


def expect_composed(page: Page) -> None:
    """Photo, words and options, as they were left."""
    expect_uploaded(page)
    expect(page.locator("[data-preview]")).to_be_visible()
    expect_words_and_options(page)


def shown_cost(page: Page) -> int:
    """Return the price on the button."""
    return int(page.locator("[data-generate] .num:visible").inner_text())


def generate(page: Page) -> int:
    """Press Generate; return the price that stood on it."""
    cost = shown_cost(page)
    page.locator("[data-generate]").click()
    page.wait_for_url(RUN)
    return cost


def expect_picture(page: Page) -> Locator:
    expect(page.locator("[data-state=succeeded]")).to_be_visible(timeout=PATIENCE_MS)
    return page.locator("[data-compare]")


def runs(live: Live, someone: Person) -> list[Generation]:
    return live.do(lambda: list(Generation.objects.for_workspace(someone.workspace).order_by("id")))


def expect_honest(live: Live, someone: Person, *, given: int, shown: int, count: int = 1) -> None:
    """So many runs; each picture was charged as its button said, anything else nothing; and the ledger is sound."""
    made = runs(live, someone)
    assert len(made) == count
    charged = dict(live.do(lambda: list(_charged(someone))))
    for run in made:
        assert run.is_finished
        assert charged.get(run.id, 0) == (shown if run.state == State.SUCCEEDED else 0)
    assert live.available(someone) == given - sum(charged.values())
    breaks = live.do(invariants.breaks)
    assert breaks == [], breaks


def _charged(someone: Person) -> Iterator[tuple[object, int]]:
    for entry in LedgerEntry.objects.filter(wallet_id=someone.wallet_id, kind="post"):
        yield entry.reference, -entry.d_posted


def cancel(page: Page) -> None:
    """Cancel the run that is shown: what a test need not see made."""
    page.locator("[data-cancel]").click()
    expect(page.locator("[data-state=canceled]")).to_be_visible(timeout=PATIENCE_MS)


@contextmanager
def resting(live: Live, name: str = "pictures") -> Iterator[None]:
    """Hold a process of the copy still, so that a run stays open for as long as a test looks at it."""
    child = live.children[name].process
    assert child
    os.killpg(child.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(child.pid, signal.SIGCONT)


def tab_to(page: Page, wanted: str, *, within: int = 60) -> Locator:
    """Press Tab until what is wanted has the focus, and see that it shows it."""
    for _ in range(within):
        page.keyboard.press("Tab")
        if page.locator(f"{wanted}:focus").count():
            expect_visible_focus(page)
            return page.locator(f"{wanted}:focus")
    raise AssertionError(f"{wanted} was not reached by Tab")


#: The element with the focus, or the label that stands for a hidden field, carries the ring and lies in the window.
SHOWS_FOCUS = """() => {
  const one = document.activeElement;
  const near = [one, one.nextElementSibling, ...(one.labels ?? []), ...one.parentElement.children];
  const ringed = near.find((each) => each && getComputedStyle(each).boxShadow !== "none" && each.offsetWidth > 8);
  if (!one.matches(":focus-visible") || !ringed) return one.outerHTML.slice(0, 200);
  const box = ringed.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight ? "" : `outside: ${one.outerHTML.slice(0, 200)}`;
}"""


def expect_visible_focus(page: Page) -> None:
    page.wait_for_function(f"({SHOWS_FOCUS})() === ''")


def until(look: Callable[[], bool], page: Page, *, within_s: float = 30) -> None:
    """Wait until what is looked for is so."""
    for _ in range(int(within_s * 5)):
        if look():
            return
        page.wait_for_timeout(200)
    raise AssertionError("it did not come about")
