"""Screens beside those that were reviewed: what counts as a change, and who decides that it is one no more."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image

from tests.judge import changes

SIZE = (100, 50)


def screen(*, red_px: int = 0, shade: int = 200) -> Image.Image:
    made = Image.new("RGB", SIZE, (shade, shade, shade))
    for x in range(red_px):
        made.putpixel((x % 100, x // 100), (255, 0, 0))
    return made


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "screens").mkdir()
    screen().save(tmp_path / "screens" / "help-light-390.png")
    return tmp_path


def grade(out: Path) -> changes.Measure:
    views = [SimpleNamespace(name="help"), SimpleNamespace(name="gallery-full")]
    return changes.grade(SimpleNamespace(out=out, views=views))[0]  # type: ignore[arg-type]


def test_flicker_at_the_edges_of_letters_is_no_change() -> None:
    assert changes.changed(screen(shade=200), screen(shade=200 + changes.FLICKER))[0] == 0
    assert changes.changed(screen(), screen(shade=200 + changes.FLICKER + 1))[0] == 1


def test_another_length_of_the_page_is_a_change() -> None:
    assert changes.changed(screen(), screen().resize((100, 51)))[0] == 1


def test_the_first_screens_of_a_machine_are_what_later_ones_are_held_to(out: Path) -> None:
    assert (grade(out).value, grade(out).is_met) == (0, True)
    screen(red_px=5).save(out / "screens" / "help-light-390.png")
    assert grade(out).is_met
    screen(red_px=6).save(out / "screens" / "help-light-390.png")
    found = grade(out)
    assert (found.is_met, found.notes) == (False, ("help-light-390.png: 0.1% of its pixels",))
    assert (out / "changes" / "help-light-390.png").exists()


def test_once_reviewed_it_is_no_change_any_more(out: Path) -> None:
    grade(out)
    screen(red_px=50).save(out / "screens" / "help-light-390.png")
    assert not grade(out).is_met
    assert changes.review(out) == 1
    assert grade(out).is_met


def test_a_screen_nobody_has_seen_yet_is_a_change(out: Path) -> None:
    grade(out)
    screen().save(out / "screens" / "help-dark-1280.png")
    assert grade(out).notes == ("help-dark-1280.png: new",)
