"""Grader: somebody who came this moment, with one of our samples: how many clicks and seconds to the first picture."""

import time

from playwright.sync_api import Page, sync_playwright

from tests.chromium import FLAGS, chromium
from tests.judge import people
from tests.judge.measure import Measure
from tests.judge.rounds import Round

CLICKS, FIRST_RESULT_S = 2, 15
PATIENCE_MS = 120_000
SAMPLE, SUGGESTION, GENERATE = "[data-samples] a", "button[name=suggestion]", "[data-generate]"
READY = "[data-state=succeeded] img"


def grade(this: Round) -> list[Measure]:
    """Return clicks and seconds from the studio's first sight to the picture."""
    somebody = this.house.do(people.newcomer)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([this.house.cookie(this.house.do(somebody.session))])
        page = context.new_page()
        page.goto(f"{this.house.url}/studio")
        began = time.monotonic()
        clicks = _first_picture(page)
        seconds = time.monotonic() - began
        browser.close()
    return [
        Measure("first picture, clicks", clicks, CLICKS),
        Measure("first picture, from the first click", seconds, FIRST_RESULT_S, "s"),
    ]


def _first_picture(page: Page) -> int:
    """Make a picture of a sample as somebody in a hurry does; return how often they clicked."""
    page.locator(SAMPLE).first.click()
    page.wait_for_url("**sample=**")
    clicks = 2
    if not page.locator("#id_prompt").input_value():
        page.locator(f"{SUGGESTION}:visible").first.click()
        clicks += 1
    page.locator(GENERATE).click()
    page.locator(READY).first.wait_for(timeout=PATIENCE_MS)
    return clicks
