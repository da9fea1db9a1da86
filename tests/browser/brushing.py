"""What the tests of the outline and the brush do in the studio, and what they look at."""

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from tests import pictures
from tests.browser.test_journey import downloaded

COLOR = (10, 200, 90)
SEAT = (0.42, 0.52)  # on the chair, as shares of width and height
BACK = (0.55, 0.27)


def outlined(page: Page) -> Locator:
    ready = page.locator("#outline[data-state=ready] .outline__path")
    expect(ready).to_be_attached(timeout=30_000)
    return ready


def open_brush(page: Page) -> Locator:
    outlined(page)
    page.get_by_role("button", name="Subject not right? Brush it").click()
    veil = page.locator("[data-veil]")
    expect(veil).to_be_focused()
    return veil


def done(page: Page) -> None:
    """Leave the brush; end when the mask is kept and its outline is there."""
    before = page.locator("[name=mask_upload]").input_value()
    page.get_by_role("button", name="Done").click()
    expect(page.locator("[data-brush]")).to_be_hidden()
    expect(page.locator("[name=mask_upload]")).not_to_have_value(before)
    outlined(page)


def dab(page: Page, at: tuple[float, float]) -> None:
    """Paint a short stroke, in shares of the photo's sides."""
    box: Any = page.locator("[data-veil]").bounding_box()
    x, y = box["x"] + at[0] * box["width"], box["y"] + at[1] * box["height"]
    page.mouse.move(x - 10, y)
    page.mouse.down()
    page.mouse.move(x + 10, y, steps=4)
    page.mouse.up()


def seen(page: Page) -> str:
    """Return what the brush shows, as one comparable text."""
    return str(page.locator("[data-veil]").evaluate("(canvas) => canvas.toDataURL()"))


def choose_color(page: Page) -> None:
    """Ask for one flat color without a shadow, so that every pixel of the background is known."""
    page.locator("#id_background_kind_color").check(force=True)
    page.locator("#id_background_color").fill("#{:02x}{:02x}{:02x}".format(*COLOR))
    page.get_by_text("Options", exact=True).click()
    page.locator("#id_shadow").select_option("none")


def generated(page: Page) -> NDArray[np.uint8]:
    """Press Generate and return the pixels of the result."""
    page.locator("[data-generate]").click()
    page.wait_for_url(re.compile("/g/"))
    expect(page.locator("[data-state=succeeded]")).to_be_visible(timeout=60_000)
    return pictures.rgb(downloaded(page))


def at(picture: NDArray[np.uint8], place: tuple[float, float]) -> tuple[int, ...]:
    height, width = picture.shape[:2]
    return tuple(int(value) for value in picture[round(place[1] * height), round(place[0] * width)])


def mask_of(page: Page) -> NDArray[np.uint8]:
    """Return the mask the form names, as the server keeps it for its photo."""
    upload = page.locator("[name=upload]").input_value()
    mask = page.locator("[name=mask_upload]").input_value()
    assert mask
    for _ in range(40):
        answer = page.request.get(f"/studio/matte/{upload}.png?mask={mask}")
        if answer.ok:
            return pictures.grey(answer.body())
        page.wait_for_timeout(250)
    raise AssertionError("the mask was not read")


def left_half() -> bytes:
    """Return a mask of the chair's photo that keeps its left half."""
    height, width = pictures.rgb(pictures.CHAIR.read_bytes()).shape[:2]
    mask = np.zeros((height, width), np.uint8)
    mask[:, : width // 2] = 255
    return pictures.png(mask)
