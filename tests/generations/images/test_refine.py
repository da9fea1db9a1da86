"""A matte for any plane and any size: edges follow the picture, crumbs go, and kept colors stay the photo's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generations.images import refine
from tests.generations.material import colors, noise

SIZES = [(16, 16), (16, 320), (320, 16), (17, 255), (300, 200), (257, 3)]


def disc(width, height, *, radius, center=None, soft=0.0):
    """A disc of ones, `soft` pixels of ramp at its edge."""
    cx, cy = center or (width / 2, height / 2)
    y, x = np.mgrid[0:height, 0:width]
    distance = np.hypot(x - cx, y - cy)
    if not soft:
        return (distance <= radius).astype(np.float32)
    return np.clip((radius - distance) / soft + 0.5, 0, 1).astype(np.float32)


@given(
    size=st.sampled_from(SIZES),
    plane=st.sampled_from(["zero", "one", "half", "noise", "dots", "disc"]),
    recipe=st.sampled_from([refine.FINE, refine.FAST]),
    seed=st.integers(0, 1000),
)
@settings(max_examples=80, deadline=None)
def test_no_plane_size_or_recipe_breaks_it(size, plane, recipe, seed):
    random = np.random.default_rng(seed)
    rgb = random.integers(0, 256, (size[1], size[0], 3), np.uint8)
    values = {
        "zero": np.zeros((320, 320)),
        "one": np.ones((320, 320)),
        "half": np.full((320, 320), 0.5),
        "noise": random.random((320, 320)),
        "dots": (random.random((320, 320)) > 0.999).astype(float),
        "disc": disc(320, 320, radius=90),
    }[plane].astype(np.float32)
    matte = refine.refine(values, rgb=rgb, recipe=recipe)
    assert matte.shape == rgb.shape[:2]
    assert matte.dtype == np.uint8
    assert not ((matte > 0) & (matte <= 3)).any()
    assert not ((matte >= 252) & (matte < 255)).any()
    foreground = refine.decontaminate(rgb, matte, recipe=recipe)
    assert np.array_equal(foreground[matte == 255], rgb[matte == 255])


def test_everything_and_nothing_stay_so():
    rgb = noise(300, 200)
    assert (refine.refine(np.ones((320, 320), np.float32), rgb=rgb) == 255).all()
    assert (refine.refine(np.zeros((320, 320), np.float32), rgb=rgb) == 0).all()


def test_edges_follow_the_picture():
    """A plane that is a few pixels off is drawn to the edge between the two colors."""
    rgb = np.where(disc(400, 400, radius=120)[:, :, None] > 0, (200, 40, 40), (40, 60, 200)).astype(np.uint8)
    truth = disc(400, 400, radius=120)
    plane = disc(320, 320, radius=98, soft=12)  # 122 pixels at full size, blurred over 15
    matte = refine.refine(plane, rgb=rgb)
    plain = np.clip((refine._resized(plane, (400, 400)) - 0.1) / 0.8, 0, 1)
    assert np.abs(matte / 255 - truth).mean() < 0.4 * np.abs(plain - truth).mean()


def test_crumbs_go_a_second_subject_stays():
    alpha = disc(400, 300, radius=60, center=(100, 150))
    alpha += disc(400, 300, radius=30, center=(300, 150))
    alpha += disc(400, 300, radius=4, center=(200, 40))
    cleaned = refine.clean_up(alpha.copy())
    assert cleaned[150, 100] == cleaned[150, 300] == 1
    assert cleaned[40, 200] == 0


def test_soft_edges_of_kept_parts_stay():
    alpha = disc(200, 200, radius=60, soft=5)
    cleaned = refine.clean_up(alpha.copy())
    assert np.array_equal(cleaned, alpha)


def test_pinholes_are_filled_real_holes_stay():
    alpha = disc(400, 400, radius=150)
    alpha[disc(400, 400, radius=60, center=(150, 200)) > 0] = 0
    alpha[300:302, 200:202] = 0
    cleaned = refine.clean_up(alpha.copy())
    assert cleaned[301, 201] == 1
    assert cleaned[200, 150] == 0


def test_gaps_at_the_border_are_not_holes():
    alpha = np.ones((400, 400), np.float32)
    alpha[0:2, 100:102] = 0
    assert refine.clean_up(alpha)[0, 100] == 0


@pytest.mark.parametrize(("alpha", "matte"), [(0.0, 0), (3 / 255, 0), (4 / 255, 4), (251 / 255, 251), (0.99, 255)])
def test_the_ends_are_clean(alpha, matte):
    assert refine.quantize(np.full((1, 1), alpha, np.float32))[0, 0] == matte


def test_the_old_background_no_longer_shines_through():
    a = disc(300, 300, radius=80, soft=10)[:, :, None]
    subject, old = np.array((210, 60, 50)), np.array((30, 180, 60))
    rgb = (subject * a + old * (1 - a) + 0.5).astype(np.uint8)
    matte = refine.quantize(a[:, :, 0])
    edge = (matte > 40) & (matte < 215)
    before = np.abs(rgb[edge].astype(int) - subject).mean()
    after = np.abs(refine.decontaminate(rgb, matte)[edge].astype(int) - subject).mean()
    assert after < 0.25 * before


def test_colors_of_kept_and_dropped_pixels_are_never_touched():
    rgb = colors(500, 400)
    matte = refine.quantize(disc(500, 400, radius=120, soft=20))
    foreground = refine.decontaminate(rgb, matte)
    sure = (matte == 255) | (matte == 0)
    assert np.array_equal(foreground[sure], rgb[sure])
    assert not np.shares_memory(foreground, rgb)
