"""A given background is exactly the color asked for, or the picture asked for, fitted by whole pixels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generations.images import background
from tests.generations.material import colors, noise


def test_a_color_is_that_color_everywhere():
    plate = background.of_color(color=(12, 200, 255), width_px=40, height_px=30)
    assert plate.shape == (30, 40, 3)
    assert (plate == (12, 200, 255)).all()


@pytest.mark.parametrize("fit", ["cover", "contain"])
def test_a_picture_of_the_right_size_is_untouched(fit):
    picture = noise(64, 48)
    plate = background.of_picture(rgb=picture, alpha=None, width_px=64, height_px=48, fit=fit)
    assert np.array_equal(plate, picture)


def whole_then_cut(picture, width, height):
    """The rule spelled out: scale the whole picture, then cut the middle out."""
    bh, bw = picture.shape[:2]
    if bw * height >= bh * width:
        nw, nh = -(-bw * height // bh), height
    else:
        nw, nh = width, -(-bh * width // bw)
    left, top = (nw - width) // 2, (nh - height) // 2
    whole = Image.fromarray(picture).resize((nw, nh), Image.Resampling.LANCZOS)
    return np.asarray(whole.crop((left, top, left + width, top + height)))


@given(st.integers(16, 90), st.integers(16, 90), st.integers(16, 90), st.integers(16, 90), st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_cover_is_the_middle_of_the_scaled_picture(bw, bh, width, height, seed):
    # No extremes: Pillow filters the axes in the cheaper order, and only clipped overshoot shows which.
    picture = np.random.default_rng(seed).integers(100, 156, (bh, bw, 3), np.uint8)
    plate = background.of_picture(rgb=picture, alpha=None, width_px=width, height_px=height, fit="cover")
    assert plate.shape == (height, width, 3)
    assert np.abs(plate.astype(int) - whole_then_cut(picture, width, height)).max() <= 2


def test_cover_by_a_long_narrow_picture_needs_no_giant():
    plate = background.of_picture(rgb=noise(8192, 410), alpha=None, width_px=300, height_px=5000, fit="cover")
    assert plate.shape == (5000, 300, 3)


@given(st.integers(16, 400), st.integers(16, 400), st.integers(16, 90), st.integers(16, 90))
@settings(max_examples=50, deadline=None)
def test_contain_shows_the_whole_picture_on_its_rim_color(bw, bh, width, height):
    picture = np.full((bh, bw, 3), (10, 20, 30), np.uint8)
    picture[1:-1, 1:-1] = (200, 210, 220)
    plate = background.of_picture(rgb=picture, alpha=None, width_px=width, height_px=height, fit="contain")
    assert plate.shape == (height, width, 3)
    wide = bw * height >= bh * width
    inner = max(1, bh * width // bw) if wide else max(1, bw * height // bh)
    outside = (height if wide else width) - inner
    if outside >= 2:
        assert tuple(plate[0, 0]) == tuple(plate[-1, -1]) == (10, 20, 30)


def test_the_rim_color_counts_each_pixel_once_and_rounds():
    picture = np.zeros((16, 32, 3), np.uint8)
    picture[0] = 100  # 32 of the 92 pixels of the rim
    plate = background.of_picture(rgb=picture, alpha=None, width_px=64, height_px=64, fit="contain")
    assert tuple(plate[0, 0]) == (35, 35, 35)


def test_transparency_lies_over_white():
    rgb, alpha = colors(64, 48), np.full((48, 64), 255, np.uint8)
    alpha[:24] = 0
    plate = background.of_picture(rgb=rgb, alpha=alpha, width_px=64, height_px=48, fit="cover")
    assert (plate[:24] == 255).all()
    assert np.array_equal(plate[24:], rgb[24:])
