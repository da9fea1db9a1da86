"""The contact sheet of twelve named screens, four rows of three, light and dark by turns: docs/screens.png."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, Page, sync_playwright

from tests.chromium import FLAGS, chromium
from tests.judge import newcomer, people, tools
from tests.judge.people import Somebody
from tests.judge.rounds import Round

Theme = Literal["light", "dark"]
DESK, PHONE = (1280, 800), (390, 844)
COLUMNS = 3
#: Sheet, in pixels: a cell's picture, what lies between and round them, and the line of its name.
CELL, GAP, MARGIN, NAME = (640, 400), 36, 56, 44
MOST_BYTES = 1_500_000
GROUND, STAGE, EDGE, INK = "#f5f7f9", {"light": "#d7d7d7", "dark": "#242424"}, "#d9dbde", "#12161c"
FONT = tools.ROOT / "static" / "vendor" / "fonts" / "instrument-sans-english-wdth.woff2"


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen. press: what is pressed first; run: "running" or "done" of a picture made for the sheet."""

    name: str
    path: str
    who: str
    theme: Theme
    press: tuple[str, ...] = ()
    size: tuple[int, int] = DESK
    run: str = ""


SCREENS = (
    Screen("Landing", "/", "nobody", "light"),
    Screen("Sign up", "/accounts/signup/", "nobody", "light"),
    Screen("Studio, empty", "/studio", "empty", "light"),
    Screen("Running", "/studio?sample=sofa-beige", "new", "dark", run="running"),
    Screen("Done", "/studio?sample=sofa-beige", "new", "dark", run="done"),
    Screen("Brush", "/studio?sample=plant", "empty", "dark", press=("[data-brush-open]",)),
    Screen("Gallery", "/gallery", "full", "light"),
    Screen("One picture", "/g/<done>", "full", "light", press=("main details summary",)),
    Screen("Tokens and billing", "/billing", "full", "light"),
    Screen("API keys", "/developers/keys", "full", "dark"),
    Screen("Docs, one model", "/docs/models/changebg", "nobody", "dark"),
    Screen("Studio on a phone", "/studio?sample=sideboard-walnut", "empty", "dark", size=PHONE),
)


def write(this: Round, out: Path) -> str:
    """Take the twelve screens and write the sheet; return a line that says where and how large."""
    new = this.house.do(people.newcomer)
    everybody = this.people | {"new": new}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        taken = [(screen, _taken(browser, screen, this, everybody)) for screen in SCREENS]
        browser.close()
    data = encoded(composed(taken))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(data)
    return f"{out}: {len(taken)} screens, {len(data) / 1024:.0f} KB"


@contextmanager
def _opened(browser: Browser, screen: Screen, this: Round, somebody: Somebody) -> Iterator[Page]:
    width, height = screen.size
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=1.5, color_scheme=screen.theme
    )
    if screen.who != "nobody":
        context.add_cookies([this.house.cookie(this.house.do(somebody.session))])
    page = context.new_page()
    path = screen.path
    for name, one in somebody.words.items():
        path = path.replace(f"<{name}>", one)
    page.goto(this.house.url + path, wait_until="networkidle")
    yield page
    context.close()


def _taken(browser: Browser, screen: Screen, this: Round, everybody: dict[str, Somebody]) -> Image.Image:
    with _opened(browser, screen, this, everybody[screen.who]) as page:
        if screen.run:
            _run(page, screen.run)
        for selector in screen.press:
            page.locator(selector).first.click()
        page.wait_for_timeout(900)
        return Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")


def _run(page: Page, until: str) -> None:
    page.locator("#id_prompt").fill("a sunlit modern living room with a wooden floor and a plant")
    page.locator(newcomer.GENERATE).click()
    page.wait_for_url("**/g/**")
    if until == "done":
        page.locator(newcomer.READY).first.wait_for(timeout=newcomer.PATIENCE_MS)


def composed(taken: list[tuple[Screen, Image.Image]]) -> Image.Image:
    """Return the sheet: each screen fitted into its cell, its name beneath it."""
    rows = -(-len(taken) // COLUMNS)
    width = 2 * MARGIN + COLUMNS * CELL[0] + (COLUMNS - 1) * GAP
    height = 2 * MARGIN + rows * (CELL[1] + NAME) + (rows - 1) * GAP
    sheet = Image.new("RGB", (width, height), GROUND)
    draw, font = ImageDraw.Draw(sheet), _font(22)
    for place, (screen, picture) in enumerate(taken):
        left = MARGIN + place % COLUMNS * (CELL[0] + GAP)
        top = MARGIN + place // COLUMNS * (CELL[1] + NAME + GAP)
        sheet.paste(fitted(picture, STAGE[screen.theme]), (left, top))
        draw.rectangle((left - 1, top - 1, left + CELL[0], top + CELL[1]), outline=EDGE)
        draw.text((left, top + CELL[1] + 14), screen.name, fill=INK, font=font)
        number = f"{place + 1}"
        draw.text(
            (left + CELL[0] - draw.textlength(number, font), top + CELL[1] + 14), number, fill="#62666d", font=font
        )
    return sheet


def fitted(picture: Image.Image, stage: str) -> Image.Image:
    """Return a cell with the picture whole in its middle; what a phone leaves free is the stage's grey."""
    cell = Image.new("RGB", CELL, stage)
    wide = picture.width / picture.height >= CELL[0] / CELL[1]
    room = CELL if wide else (CELL[0], CELL[1] - 32)
    scale = min(room[0] / picture.width, room[1] / picture.height)
    small = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS)
    cell.paste(small, ((CELL[0] - small.width) // 2, (CELL[1] - small.height) // 2))
    return cell


def encoded(sheet: Image.Image) -> bytes:
    """Return the sheet as PNG of at most MOST_BYTES: in all its colors, else in 256, else smaller."""
    for scale in (1.0, 0.9, 0.8, 0.7, 0.6):
        size = (round(sheet.width * scale), round(sheet.height * scale))
        scaled = sheet if scale == 1 else sheet.resize(size, Image.Resampling.LANCZOS)
        for one in (scaled, scaled.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.FLOYDSTEINBERG)):
            buffer = io.BytesIO()
            one.save(buffer, "PNG", optimize=True)
            if buffer.tell() <= MOST_BYTES:
                return buffer.getvalue()
    raise ValueError(f"the sheet has more than {MOST_BYTES} bytes at every size")


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        return ImageFont.truetype(str(FONT), size)
    except OSError:  # a FreeType without brotli reads no woff2
        return ImageFont.load_default(size)
