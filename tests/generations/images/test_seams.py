"""G4 sees a fringe of the old background and a rim round the subject, and what mends them leaves the core alone."""

import time

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generations.images import compositing, seams

SIZE = (400, 300)
GREEN, RED, WHITE, BLUE = (30, 140, 60), (190, 40, 40), (250, 250, 250), (40, 70, 190)


def scene(*, width=SIZE[0], height=SIZE[1], soft=5):
    """A red disc photographed on green, with a matte that is `soft` pixels wide at its edge."""
    y, x = np.mgrid[0:height, 0:width]
    distance = np.hypot(x - width / 2, y - height / 2)
    alpha = np.clip((min(width, height) / 4 - distance) / soft + 0.5, 0, 1)
    source = (alpha[:, :, None] * RED + (1 - alpha[:, :, None]) * GREEN).astype(np.uint8)
    return source, np.round(alpha * 255).astype(np.uint8)


def filled(color, like):
    return np.broadcast_to(np.array(color, np.uint8), like.shape).copy()


def measured(*, foreground, source, matte, plate):
    out = compositing.compose(foreground=foreground, matte=matte, plate=plate)
    return seams.seam(out=out, source=source, matte=matte, plate=plate, behind=plate)


def test_a_clean_edge_passes():
    source, matte = scene()
    found = measured(foreground=filled(RED, source), source=source, matte=matte, plate=filled(WHITE, source))
    assert found == seams.Seam(1.0, 0.0)
    assert found.passed


def test_a_matte_too_wide_leaves_a_fringe_and_recoloring_mends_it():
    source, matte = scene(soft=1)
    wide = np.maximum(matte, cv2.dilate(matte, np.ones((9, 9), np.uint8)) // 255 * 248)
    plate = filled(WHITE, source)
    bare = measured(foreground=source, source=source, matte=wide, plate=plate)
    assert bare.fringe > 0.05
    assert not bare.passed
    mended = seams.recolored(foreground=source, matte=wide)
    assert np.array_equal(mended[wide == 255], source[wide == 255])
    assert measured(foreground=mended, source=source, matte=wide, plate=plate).passed


def test_a_subject_of_the_old_backgrounds_color_has_no_fringe_to_tell():
    source, matte = scene()
    green = filled(GREEN, source)
    assert measured(foreground=green, source=green, matte=matte, plate=filled(WHITE, source)).fringe == 0


def test_a_sliver_of_the_old_background_is_a_rim_and_painting_on_mends_it():
    source, matte = scene(soft=1)
    sliver = cv2.dilate(matte, np.ones((5, 5), np.uint8)) > 0
    plate = np.where(sliver[:, :, None], source, filled(BLUE, source))
    bare = measured(foreground=source, source=source, matte=matte, plate=plate)
    assert bare.ratio > seams.RATIO_MOST
    mended = seams.extended(plate=plate, matte=matte)
    assert measured(foreground=source, source=source, matte=matte, plate=mended).passed
    beyond = cv2.dilate(matte, np.ones((17, 17), np.uint8)) == 0
    assert np.array_equal(mended[beyond], plate[beyond])
    assert np.abs(mended[matte == 0].astype(int) - BLUE).max() <= 1


def test_a_busy_background_is_as_rough_everywhere():
    source, matte = scene()
    plate = np.random.default_rng(1).integers(0, 256, source.shape, np.uint8)
    assert measured(foreground=source, source=source, matte=matte, plate=plate).ratio == pytest.approx(1, abs=0.1)


@given(
    width=st.integers(1, 60),
    height=st.integers(1, 60),
    kind=st.sampled_from(["empty", "full", "half", "one", "noise"]),
    seed=st.integers(0, 99),
)
@settings(max_examples=60, deadline=None)
def test_no_size_or_matte_breaks_it(width, height, kind, seed):
    random = np.random.default_rng(seed)
    source, plate = (random.integers(0, 256, (height, width, 3), np.uint8) for _ in range(2))
    matte = {
        "empty": np.zeros((height, width), np.uint8),
        "full": np.full((height, width), 255, np.uint8),
        "half": np.full((height, width), 128, np.uint8),
        "one": np.eye(height, width, dtype=np.uint8) * 255,
        "noise": random.choice(np.array([0, 128, 255], np.uint8), (height, width)),
    }[kind]
    found = measured(foreground=source, source=source, matte=matte, plate=plate)
    assert found.ratio >= 0
    assert found.fringe >= 0
    assert np.array_equal(seams.recolored(foreground=source, matte=matte)[matte == 255], source[matte == 255])
    assert seams.extended(plate=plate, matte=matte).shape == plate.shape


def test_it_costs_little_at_a_megapixel():
    source, matte = scene(width=1155, height=866)
    plate = filled(BLUE, source)
    took = []
    for _ in range(7):
        started = time.process_time()
        seams.seam(out=source, source=source, matte=matte, plate=plate, behind=plate)
        took.append(time.process_time() - started)
    assert min(took) < 0.045  # of processor time on every core; 7 ms of clock on a quiet machine
