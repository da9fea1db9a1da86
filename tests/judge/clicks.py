"""Grader: how soon the page answers a hand. Interactions at a quarter of this processor's speed, by the browser's own
Event Timing; and four presses at full speed: when something is seen to change, and when the next page is there.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from tests.chromium import FLAGS, chromium
from tests.judge import tools
from tests.judge.answering import p75
from tests.judge.measure import Measure, counted, worst
from tests.judge.rounds import Round

SLOWDOWN = 4
INP_MS, CHANGE_MS, STAGE_MS = 120, 100, 400
#: The browser reports no interaction that was over sooner.
UNREPORTED_MS = 16
REST_MS = 400
PATIENCE_MS = 20_000
WATCH = (tools.HERE / "watch.js").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Task:
    """Things done on one page, one after another. does: `click X`, `keys X: A B`, or `type X: words`."""

    name: str
    path: str
    does: tuple[str, ...]


#: The scripted list of interactions; each counts as one, and each key and letter.
TASKS = (
    Task("landing", "/", ("keys .compare input[type=range]: ArrowRight ArrowRight ArrowLeft",)),
    Task(
        "studio",
        "/studio?sample=plant",
        (
            "type #id_prompt: a sunlit room",
            "click button[name=suggestion]:visible >> nth=1",
            "click label:has(#id_background_kind_color)",
            "click button[name=swatch] >> nth=1",
            "click label:has(#id_background_kind_scene)",
            "click .composer summary >> nth=0",
            "click label:has([name=canvas_aspect]) >> nth=1",
        ),
    ),
    Task(
        "picture",
        "/g/<done>",
        ("keys .compare input[type=range]: ArrowRight ArrowRight ArrowLeft", "click main summary >> nth=0"),
    ),
    Task("menu", "/gallery", ("click [popovertarget=theme]", "click #theme button[value=dark]")),
    Task(
        "docs",
        "/docs/models/changebg",
        ("keys .compare input[type=range]: ArrowRight ArrowLeft", "click [data-copy] >> nth=0"),
    ),
    Task("playground", "/developers/playground", ("type #id_prompt: a loft",)),
)
#: Presses by name: where, and what.
PRESSES = {
    "generate": ("/studio?sample=plant&prompt=a+sunlit+room", "[data-generate]"),
    "delete": ("/g/<canceled>", "main form[action$='/trash'] [type=submit], main a[href$='/delete']"),
    "favorite": ("/g/<done>", "main form[action*=favorite] [type=submit]"),
    "copy": ("/docs/models/changebg", "[data-copy] >> nth=0"),
}


@dataclass
class Heard:
    """What pages reported. lasted: by page and interaction, the longest of its events in ms."""

    lasted: dict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    changed: list[float] = field(default_factory=list)
    accepted: list[float] = field(default_factory=list)
    landed: list[float] = field(default_factory=list)
    at: str = ""

    def hear(self, _source: Any, said: dict[str, Any]) -> None:
        """Take in one report of watch.js."""
        if said["what"] == "event":
            known = self.lasted[self.at]
            known[said["id"]] = max(said["ms"], known.get(said["id"], 0))
        else:
            getattr(self, said["what"]).append(said["ms"])


def grade(this: Round) -> list[Measure]:
    """Return INP of the task list and the answers to four presses."""
    undone: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        with _watched(browser.new_context(viewport={"width": 1280, "height": 900}), this, "full") as (page, heard):
            slow = page.context.new_cdp_session(page)
            slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
            done = sum(_perform(page, task, this, heard, undone) for task in TASKS)
        lasted = [ms for events in heard.lasted.values() for ms in events.values()]
        lasted += [UNREPORTED_MS] * max(0, done - len(lasted))
        first, stage, landed = {}, {}, math.nan
        for name, (path, selector) in PRESSES.items():
            with _watched(browser.new_context(viewport={"width": 1280, "height": 900}), this, "full") as (page, heard):
                _press(page, this.house.url + _filled(path, this), selector, name, undone)
            if answers := heard.changed + heard.landed:
                first[name] = min(answers)
            if heard.accepted:
                stage[name] = heard.accepted[0]
            if heard.landed and name == "generate":
                landed = heard.landed[0]
        browser.close()
    return [
        counted("scripted clicks that could not be done", undone),
        Measure(
            "INP, p75 at a quarter of the speed", p75(lasted) if lasted else None, INP_MS, "ms", notes=_slowest(lasted)
        ),
        worst("click to visible change", first, CHANGE_MS, "ms"),
        replace(worst("click to first stage", stage, STAGE_MS, "ms"), notes=(f"the run's own page: {landed:.0f} ms",)),
    ]


def _slowest(lasted: list[float]) -> tuple[str, ...]:
    longest = ", ".join(f"{ms:.0f}" for ms in sorted(lasted, reverse=True)[:8])
    return (f"longest: {longest} ms of {len(lasted)} interactions",)


@contextmanager
def _watched(context: BrowserContext, this: Round, who: str) -> Iterator[tuple[Page, Heard]]:
    heard = Heard()
    context.set_default_timeout(PATIENCE_MS)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_cookies([this.house.cookie(this.house.do(this.people[who].session))])
    context.expose_binding("judgeHears", heard.hear)
    context.add_init_script(WATCH)
    yield context.new_page(), heard
    context.close()


def _filled(path: str, this: Round) -> str:
    for name, one in this.people["full"].words.items():
        path = path.replace(f"<{name}>", one)
    return path


def _perform(page: Page, task: Task, this: Round, heard: Heard, undone: list[str]) -> int:
    """Do a task's interactions; return how many there were."""
    heard.at = task.name
    page.goto(this.house.url + _filled(task.path, this))
    page.wait_for_timeout(REST_MS)
    done = 0
    for step in task.does:
        verb, _, rest = step.partition(" ")
        selector, _, words = rest.partition(": ")
        try:
            match verb:
                case "click":
                    page.locator(selector).first.click()
                    done += 1
                case "keys":
                    for key in words.split():
                        page.locator(selector).first.press(key)
                        done += 1
                case "type":
                    page.locator(selector).first.press_sequentially(words, delay=30)
                    done += len(words)
        except BrowserError as error:
            undone.append(f"{task.name}, {step}: {str(error).splitlines()[0]}")
        page.wait_for_timeout(REST_MS)
    return done


def _press(page: Page, url: str, selector: str, name: str, undone: list[str]) -> None:
    page.goto(url)
    page.wait_for_timeout(2 * REST_MS)
    try:
        page.locator(selector).first.click()
        page.wait_for_timeout(4 * REST_MS)
    except BrowserError as error:
        undone.append(f"{name}, {selector}: {str(error).splitlines()[0]}")
