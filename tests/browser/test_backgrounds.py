"""Behind the subject in a browser: a color, an own picture, nothing at all; and the same once more."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from roomai_web.guard import LIMIT_FORM_BYTES
from tests import pictures
from tests.browser.flowing import come
from tests.browser.test_frames import finished
from tests.browser.test_journey import downloaded
from tests.live import Live

pytestmark = pytest.mark.browser

BOTH = pytest.mark.parametrize("which", ["page", "plain_page"])
RED = (200, 30, 40)


def wall() -> dict[str, object]:
    """Return a red picture as a file to be chosen."""
    buffer = io.BytesIO()
    Image.new("RGB", (320, 200), RED).save(buffer, "PNG")
    return {"name": "wall.png", "mimeType": "image/png", "buffer": buffer.getvalue()}


def choose(page: Page, name: str) -> None:
    page.locator(".segmented label").filter(has_text=re.compile(f"^\\s*{name}\\s*$")).click()


def corners(data: bytes) -> set[tuple[int, ...]]:
    pixels = pictures.rgb(data)
    return {tuple(int(part) for part in pixels[row, column]) for row in (0, -1) for column in (0, -1)}


@BOTH
def test_a_color_of_one_s_own_and_again(which: str, request: pytest.FixtureRequest, live: Live) -> None:
    page: Page = request.getfixturevalue(which)
    come(page, live, tokens=10, path="/studio?sample=plant")
    choose(page, "Color")
    page.get_by_role("button", name="Sage").click()
    expect(page.locator("#id_background_color")).to_have_value("#b9c4b0")
    page.locator("summary").get_by_text("Options").click()
    page.locator("#id_shadow").select_option("none")
    page.locator("[data-generate]").click()
    finished(page)
    assert corners(downloaded(page)) == {(0xB9, 0xC4, 0xB0)}
    expect(page.locator(".facts").first).to_be_visible()
    expect(page.locator(".facts").filter(has_text="Seed")).to_have_count(0)
    page.get_by_role("link", name="Use these settings").click()
    expect(page.locator("#id_background_color")).to_be_visible()
    expect(page.locator("#id_background_color")).to_have_value("#b9c4b0")
    page.locator("[data-generate]").click()
    finished(page)
    assert corners(downloaded(page)) == {(0xB9, 0xC4, 0xB0)}


@BOTH
def test_a_picture_of_one_s_own_and_again(which: str, request: pytest.FixtureRequest, live: Live) -> None:
    page: Page = request.getfixturevalue(which)
    come(page, live, tokens=10, path="/studio?sample=plant")
    choose(page, "Own picture")
    page.locator("#id_background_image").set_input_files(wall())  # type: ignore[arg-type]
    if which == "page":
        expect(page.locator("[name=background_upload]")).to_have_value(re.compile("upl_"))
        expect(page.locator(".backdrop__thumb")).to_be_visible()
        page.reload()
        choose(page, "Own picture")
        page.locator("#id_background_image").set_input_files(wall())  # type: ignore[arg-type]
        expect(page.locator("[name=background_upload]")).to_have_value(re.compile("upl_"))
    page.locator("#id_prompt").fill("soft light from the left, a unicorn")
    page.locator("[data-generate]").click()
    finished(page)
    assert corners(downloaded(page)) == {RED}
    expect(page.locator(".scene")).to_contain_text("from the left")
    expect(page.locator(".scene div").last).to_contain_text("unicorn")
    page.get_by_role("link", name="Use these settings").click()
    expect(page.locator("[data-kept]")).to_contain_text("320 x 200 px")
    if which == "page":
        expect(page.locator(".backdrop__thumb")).to_be_visible()
    page.locator("[data-generate]").click()
    finished(page)
    assert corners(downloaded(page)) == {RED}


def test_what_is_no_picture_is_said_where_it_was_chosen(page: Page, live: Live) -> None:
    come(page, live, tokens=10, path="/studio?sample=plant")
    choose(page, "Own picture")
    bad = {"name": "a.png", "mimeType": "image/png", "buffer": b"GIF89a nothing"}
    page.locator("#id_background_image").set_input_files(bad)  # type: ignore[arg-type]
    expect(page.locator("[data-backdrop] [data-refused]")).to_contain_text("charged")
    expect(page.locator(".backdrop__thumb")).to_be_hidden()
    expect(page.locator("[name=background_upload]")).to_have_value("")


@BOTH
def test_a_cut_out_from_the_switch_to_the_file(which: str, request: pytest.FixtureRequest, live: Live) -> None:
    page: Page = request.getfixturevalue(which)
    come(page, live, tokens=10)
    page.locator("#id_image").set_input_files(pictures.CHAIR)
    page.locator("#id_prompt").fill(pictures.PROMPT)
    page.get_by_role("button", name="Cut out").click()
    page.wait_for_url("**/studio/removebg")
    expect(page.locator("#id_prompt")).to_have_count(0)
    choose(page, "WebP")
    page.locator("[data-generate]").click()
    finished(page)
    ground = page.locator(".compare__after picture img").evaluate("one => getComputedStyle(one).backgroundImage")
    assert "conic-gradient" in ground
    with Image.open(io.BytesIO(downloaded(page))) as picture:
        assert (picture.format, picture.mode, picture.size) == ("WEBP", "RGBA", (1000, 800))
        alpha = np.asarray(picture)[:, :, 3]
    assert (alpha[0] == 0).all()
    assert alpha.max() == 255
    page.get_by_role("link", name="Use these settings").click()
    page.wait_for_url("**/studio/removebg?again=*")
    expect(page.locator("[name=format][value=webp]")).to_be_checked()
    expect(page.locator("[data-earlier] img")).to_be_visible()
    page.get_by_role("button", name="New background").click()
    page.wait_for_url("**/studio")
    expect(page.locator("#id_prompt")).to_be_visible()


def test_an_upload_beyond_the_limit_is_answered_by_a_page(plain_page: Page, live: Live, tmp_path: Path) -> None:
    page = plain_page
    come(page, live, tokens=10)
    large = tmp_path / "large.png"
    large.write_bytes(pictures.CHAIR.read_bytes() + bytes(LIMIT_FORM_BYTES))
    page.locator("#id_image").set_input_files(large)
    page.locator("#id_prompt").fill(pictures.PROMPT)
    page.locator("[data-generate]").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("the limit is 41.0")
    page.get_by_role("link", name="Choose another").click()
    expect(page.locator("#id_prompt")).to_be_visible()
