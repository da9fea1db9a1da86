"""What is asked of a page that is open in the browser, each answered with a list of findings."""

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

VENDOR = Path(__file__).parent / "vendor"
#: axe-core 4.14.1, axe.min.js of its npm package, MPL-2.0.
AXE_SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
TARGET_PX = 32
PRIMARY_PX = 44


@cache
def _axe() -> str:
    source = (VENDOR / "axe.min.js").read_bytes()
    assert sha256(source).hexdigest() == AXE_SHA256
    return source.decode()


def lay_flat(page: Page) -> None:
    """Lay the bars into the page: what lies under one is not cut off, since one scrolls."""
    page.evaluate(
        """[...document.body.querySelectorAll("*")]
        .filter((one) => ["sticky", "fixed"].includes(getComputedStyle(one).position))
        .forEach((one) => { one.style.position = "static"; })"""
    )


def accessibility(page: Page, *, rules: list[str] | None = None) -> list[str]:
    """Return what axe finds, one line for each element; `rules` restricts it to some."""
    page.evaluate(_axe())
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found: dict[str, Any] = page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only
    )
    return [
        f"{rule['id']}: {node['target'][0]} {node['html'][:160]} {node['failureSummary'][-200:]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def sideways(page: Page) -> list[str]:
    """Return by how much the page is wider than its window."""
    wide, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    return [f"scrolls sideways: {wide} px in {window} px"] if wide > window else []


SMALL = """least => [...document.querySelectorAll("a[href], button, select, textarea, summary, input")]
  .filter((one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter((one) => !(one.matches("a, button") && getComputedStyle(one).display === "inline"))
  .map((one) => [one, [one, ...(one.labels ?? [])].map((part) => part.getBoundingClientRect())])
  .filter(([one, boxes]) => boxes[0].width > 1 && boxes[0].bottom > 0)
  .filter(([one, boxes]) => Math.max(...boxes.map((box) => box.height)) < least - 0.5
    || boxes.reduce((sum, box) => sum + box.width, 0) < (one.textContent.trim() ? 24 : least) - 0.5)
  .map(([one, boxes]) => `${one.outerHTML.slice(0, 120)} is ${boxes.map((box) => `${box.width} x ${box.height}`)}`)"""


def small_targets(page: Page) -> list[str]:
    """Return what is harder to hit than the least size, a check box together with its label; links in text are free."""
    return [f"small target: {one}" for one in page.evaluate(SMALL, TARGET_PX)]


def small_primaries(page: Page) -> list[str]:
    """Return main buttons of a page's content that a thumb may miss."""
    found = page.evaluate(
        """least => [...document.querySelectorAll("main .btn--primary:not(.btn--s)")]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < least - 0.5)
        .map((one) => one.outerHTML.slice(0, 120))""",
        PRIMARY_PX,
    )
    return [f"small primary: {one}" for one in found]


def head(page: Page) -> list[str]:
    """Return what is wrong with the title, the main heading, the way past the header and the way to help."""
    findings = []
    if not page.title().endswith(" - Room AI") and not page.title().startswith("Room AI"):
        findings.append(f"title: {page.title()}")
    if (count := page.locator("h1").count()) != 1:
        findings.append(f"{count} h1")
    skip = page.locator("a.skip")
    if skip.get_attribute("href") != "#main" or page.locator("main#main[tabindex='-1']").count() != 1:
        findings.append("the skip link leads nowhere")
    links = page.locator("footer.foot a").all_inner_texts()
    if "Help" not in links:
        findings.append("no Help in the footer")
    return findings
