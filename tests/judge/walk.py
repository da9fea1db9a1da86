"""Walk every page in both themes and at three widths: look, photograph, listen, and let axe read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response, sync_playwright
from playwright.sync_api import Error as BrowserError

from tests.chromium import FLAGS, chromium
from tests.judge import tools
from tests.judge.house import House
from tests.judge.measure import Measure, counted
from tests.judge.pages import View
from tests.judge.people import Somebody

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS_PX = (1280, 390, 320)
#: axe reads the widest and the narrowest; between them it finds nothing else.
AXE_WIDTHS_PX = (1280, 320)
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """
async (tags) => (await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]}))
  .violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}`))
"""
#: Names what reaches beyond the right edge; "" where nothing does.
TOO_WIDE = """
(width) => {
  if (document.documentElement.scrollWidth <= width) return "";
  const beyond = [...document.body.querySelectorAll("*")].filter((one) => one.getBoundingClientRect().right > width);
  return beyond.slice(0, 3).map((one) => `${one.localName}.${one.className}`).join(", ") || "the page";
}
"""
SETTLED_MS = 200


@dataclass
class Seen:
    """What the walk saw, in sentences, and what budgets are counted from. html: what was sent; loaded: addresses."""

    wrong: list[str] = field(default_factory=list)
    axe: list[str] = field(default_factory=list)
    sideways: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    policy: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    html: dict[str, bytes] = field(default_factory=dict)
    nodes: dict[str, int] = field(default_factory=dict)
    loaded: dict[str, set[str]] = field(default_factory=dict)
    looks: int = 0

    def measures(self) -> list[Measure]:
        """Return the lines of the table."""
        told = {
            "pages that answer otherwise": self.wrong,
            "axe findings": self.axe,
            "pages that scroll sideways": self.sideways,
            "console errors": self.console,
            "CSP violations": self.policy,
            "third-party requests": self.elsewhere,
        }
        return [counted(what, list(dict.fromkeys(found)), seen=self.looks) for what, found in told.items()]


class Ears:
    """What a context's pages say and ask for while one view is open."""

    def __init__(self, context: BrowserContext, origin: str, seen: Seen) -> None:
        self.origin, self.seen, self.at = origin, seen, ""
        self.asked: set[str] = set()
        self.answers: list[Response] = []
        context.on("console", self._console)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("weberror", lambda error: seen.console.append(f"{self.at}: {error.error}"))

    def now(self, name: str) -> None:
        """Listen for another view from here on."""
        self.at, self.asked, self.answers = name, set(), []

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.seen.policy.append(f"{self.at}: {message.text}")
        # A refused form or a missing page is also written there by Chromium; that is no error of the page.
        elif message.type == "error" and "Failed to load resource" not in message.text:
            self.seen.console.append(f"{self.at}: {message.text}")

    def _request(self, request: Request) -> None:
        at = urlsplit(request.url)
        if at.scheme in {"http", "https"}:
            self.asked.add(request.url)
            if f"{at.scheme}://{at.netloc}" != self.origin:
                self.seen.elsewhere.append(f"{self.at}: {request.url}")

    def _response(self, response: Response) -> None:
        if response.request.resource_type == "document" and response.status not in range(300, 400):
            self.answers.append(response)
        # A form that a script sends is refused as any other.
        elif response.status >= 400 and not (response.status == 422 and response.request.method == "POST"):
            self.seen.console.append(f"{self.at}: {response.status} for {response.url}")


def walk(house: House, people: dict[str, Somebody], views: list[View], out: Path) -> Seen:
    """See each of these views in both themes and every width; write pictures and sent HTML below `out`."""
    seen = Seen()
    axe = axe_source()
    for folder in ("screens", "html"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for theme in THEMES:
            for who in dict.fromkeys(view.who for view in views):
                with _context(browser.new_context(color_scheme=theme), house, people[who], who) as context:
                    ears = Ears(context, house.url, seen)
                    for view in (one for one in views if one.who == who):
                        _look(context.new_page(), house, view, people[who].words, ears, axe, theme, out)
        browser.close()
    return seen


def axe_source() -> str:
    """Return axe's source: the vendored one, whose digest a test knows, or the same version of the tools."""
    vendored = tools.ROOT / "tests" / "browser" / "vendor" / "axe.min.js"
    path = vendored if vendored.exists() else tools.script("axe-core", "axe.min.js")
    return path.read_text(encoding="utf-8")


@contextmanager
def _context(context: BrowserContext, house: House, somebody: Somebody, who: str) -> Iterator[BrowserContext]:
    context.set_default_timeout(20_000)
    if who != "nobody":
        context.add_cookies([house.cookie(house.do(somebody.session))])
    yield context
    context.close()


def _look(
    page: Page, house: House, view: View, words: dict[str, str], ears: Ears, axe: str, theme: str, out: Path
) -> None:
    seen = ears.seen
    ears.now(view.name)
    try:
        open_view(page, house, view, words)
        _kept(page, view, ears, out)
        page.evaluate(axe)
        for width_px in WIDTHS_PX:
            page.set_viewport_size({"width": width_px, "height": 900 if width_px > 400 else 844})
            page.wait_for_timeout(SETTLED_MS)
            at = f"{view.name} {theme} {width_px}"
            if too_wide := page.evaluate(TOO_WIDE, width_px):
                seen.sideways.append(f"{at}: {too_wide}")
            if width_px in AXE_WIDTHS_PX:
                _as_tall_as_it_is(page, width_px)
                seen.axe += [f"{at}: {finding}" for finding in page.evaluate(RUN_AXE, TAGS)]
            page.screenshot(
                path=out / "screens" / f"{view.name}-{theme}-{width_px}.png", full_page=True, animations="disabled"
            )
            seen.looks += 1
    except (BrowserError, LookupError) as error:
        seen.wrong.append(f"{view.name}: {type(error).__name__} {str(error).splitlines()[0]}")
    finally:
        page.close()


def _as_tall_as_it_is(page: Page, width_px: int) -> None:
    """Show all of the page at once: half covered by a bar one can scroll it from under, a target would seem small.

    A stage as high as the window makes the page grow with it; then its end is shown, where nothing lies under the bar.
    """
    height_px = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width_px, "height": height_px})
    page.wait_for_timeout(SETTLED_MS)
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")


def open_view(page: Page, house: House, view: View, words: dict[str, str], *, width_px: int = 1280) -> None:
    """Open a view and press what is to be pressed; return when it rests."""
    page.set_viewport_size({"width": width_px, "height": 900})
    page.goto(house.url + view.path(words), wait_until="load")
    if view.page.press:
        # The browser's own refusals would keep the form from ours.
        page.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
        with page.expect_navigation(wait_until="load"):
            page.locator(view.page.press).first.click()
    page.wait_for_timeout(SETTLED_MS)


def _kept(page: Page, view: View, ears: Ears, out: Path) -> None:
    """Keep what was sent, count it, and say when the answer was another than the page's line says."""
    seen = ears.seen
    answer = ears.answers[-1]
    refused = {200, 422} if view.page.press else {view.page.status}
    path = urlsplit(page.url).path
    wanted = urlsplit(view.page.path).path
    if answer.status not in refused or ("<" not in wanted and not view.page.press and path != wanted):
        seen.wrong.append(f"{view.name}: {answer.status} at {path}")
    if view.name not in seen.html:
        seen.html[view.name] = answer.body()
        (out / "html" / f"{view.name}.html").write_bytes(answer.body())
        seen.nodes[view.name] = page.evaluate("document.querySelectorAll('*').length")
        seen.loaded[view.name] = set(ears.asked)


def first_load(house: House, path: str, *, width_px: int) -> set[str]:
    """Return the addresses a browser without a cache loads for a page before anybody scrolls."""
    asked: set[str] = set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page: Any = browser.new_page(viewport={"width": width_px, "height": 640}, device_scale_factor=2)
        page.on("request", lambda request: asked.add(request.url))
        page.goto(house.url + path, wait_until="networkidle")
        browser.close()
    return asked
