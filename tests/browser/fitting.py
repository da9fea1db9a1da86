"""Whether a page fits: on a phone and a desk, in both themes."""

from typing import Literal

from playwright.sync_api import Page

THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def fits(page: Page) -> None:
    """Nothing scrolls sideways but code, at any width and in either theme."""
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)
        for width_px in (320, 390, 1280):
            page.set_viewport_size({"width": width_px, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width_px, (theme, width_px)
