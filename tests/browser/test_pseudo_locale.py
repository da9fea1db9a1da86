"""The pages in a language of longer words, as scripts leave them: all of it translated, nothing too wide or cut off.

A second web process over the copy's database speaks it. The prose of the docs and the specimens are in English.
"""

from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus

import pytest
from playwright.sync_api import Browser, Page

from roomai_web.embedded import processes
from tests.browser import every_page, looking
from tests.browser.conftest import Watched
from tests.browser.every_page import SIGNED_IN, SIGNED_OUT
from tests.generations.submitting import submitted
from tests.live import Live, free_port, wait_until_ready
from tests.translation import pseudo
from tests.translation.reading import left_in

pytestmark = pytest.mark.browser
WIDTHS_PX = (1280, 320)
# Names of works, people and licences; what a machine says; English by intent.
NOT_OURS = ("/credits", "/dev/", "/_components", "/docs")
#: Controls whose words stick out of them.
CUT_OFF = """() => {
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = new Set();
  while (words.nextNode()) {
    const one = words.currentNode.parentElement.closest("a.btn, button, summary, label, .chip, .badge");
    if (!one || !one.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    if (!words.currentNode.data.trim() || words.currentNode.parentElement.closest(".sr-only")) continue;
    if (getComputedStyle(one).display === "inline") continue;
    const range = document.createRange(), box = one.getBoundingClientRect();
    range.selectNodeContents(words.currentNode);
    const sticks = ({left, right}) => left < box.left - 1 || right > box.right + 1;
    if ([...range.getClientRects()].some(sticks)) found.add(one.outerHTML.slice(0, 200));
  }
  return [...found];
}"""


@pytest.fixture(scope="module")
def spoken(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Start the web process that speaks it."""
    folder, port = tmp_path_factory.mktemp("locale"), free_port()
    pseudo.write(folder)
    url = f"http://localhost:{port}"
    environment = live.environment | {
        "PORT": str(port),
        "PUBLIC_URL": url,
        "DJANGO_SETTINGS_MODULE": "tests.translation.settings",
        "PSEUDO_LOCALE": str(folder),
    }
    (web,) = [child for child in processes.ours(environment=environment, port=port) if child.name == "web"]
    web.start()
    try:
        wait_until_ready(url)
        yield replace(live, url=url, environment=environment)
    finally:
        processes.stop_all([web])


def findings(page: Page, address: str) -> list[str]:
    """Return everything that is wrong with the page, each finding with the width it was found at."""
    page.set_viewport_size({"width": WIDTHS_PX[0], "height": 900})
    answer = page.goto(address)
    assert answer is not None
    found = [f"{answer.status} {address}"] if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR else []
    if not address.startswith(NOT_OURS):
        found += left_in(page.content())
    for width_px in WIDTHS_PX:
        page.set_viewport_size({"width": width_px, "height": 900})
        cut_off = [f"cut off: {one}" for one in page.evaluate(CUT_OFF)]
        found += [f"{width_px}: {one}" for one in [*looking.sideways(page), *cut_off]]
    return found


@pytest.mark.parametrize("signed_in", [False, True], ids=["visitor", "owner"])
def test_pages_hold_longer_words(browser: Browser, spoken: Live, signed_in: bool) -> None:
    context = browser.new_context(base_url=spoken.url, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    watched = Watched(context, spoken.url, pays_at=spoken.stripe)
    addresses, names = SIGNED_OUT, {}
    if signed_in:
        someone = spoken.person(tokens=12)
        context.add_cookies(every_page.cookie_of(spoken, someone))  # type: ignore[arg-type]
        names["key"] = every_page.key_of(spoken, someone)
        run = spoken.do(lambda: submitted(someone, prompt="1234"))
        addresses = [*SIGNED_IN, f"/g/{run.id}", f"/studio?again={run.id}"]
    page = context.new_page()
    visitor = every_page.Visitor(context, names)
    found = {one: wrong for one in addresses if (wrong := findings(page, visitor.path(one)))}
    context.close()
    assert found == {}
    assert watched.bad == []
