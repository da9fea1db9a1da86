"""Drawn masks on their photos, and the changes that need no brush."""

import numpy as np
import pytest

from generations.images import masks
from generations.images.decoder import Decoded
from generations.views.masks import CHANGES

MATTE = np.zeros((400, 1000), np.uint8)
MATTE[100:300, 200:600] = 255
MATTE[100:300, 600:603] = (200, 140, 60)


def box(matte):
    rows, columns = np.nonzero(matte >= 128)
    return columns.min(), rows.min(), columns.max(), rows.max()


@pytest.mark.parametrize(("size", "step"), [((400, 1000), 10), ((1000, 400), 10), ((60, 40), 2), ((16, 16), 2)])
def test_a_step_is_a_hundredth_of_the_long_side(size, step):
    assert masks.step_px(np.zeros(size, np.uint8)) == step


def test_growing_and_shrinking_move_the_edge_by_a_step():
    assert box(MATTE) == (200, 100, 601, 299)
    assert box(masks.grown(MATTE)) == (190, 90, 611, 309)
    assert box(masks.shrunk(MATTE)) == (210, 110, 591, 289)


def test_what_was_kept_stays_kept_and_what_was_not_stays_out():
    assert (masks.grown(MATTE) >= MATTE).all()
    assert (masks.shrunk(MATTE) <= MATTE).all()
    corner = masks.grown(MATTE)[90:100, 190:200]
    assert corner[0, 0] == 0  # round, not square
    assert corner[9, 9] == 255


def test_the_border_of_the_photo_is_no_edge():
    matte = np.zeros((400, 1000), np.uint8)
    matte[200:, :500] = 255
    assert box(masks.shrunk(matte)) == (0, 210, 489, 399)


def test_a_soft_edge_out_of_reach_stays():
    matte = MATTE.copy()
    matte[350:360, 800:810] = 100
    assert (masks.grown(matte)[350:360, 800:810] == 100).all()


@pytest.mark.parametrize("keeps", [0, 255])
def test_nothing_and_everything_stay_what_they_are(keeps):
    flat = np.full((50, 60), keeps, np.uint8)
    assert (masks.grown(flat) == keeps).all()
    assert (masks.shrunk(flat) == keeps).all()


def test_inverting_twice_is_nothing():
    assert (masks.inverted(MATTE) == 255 - MATTE).all()
    assert (masks.inverted(masks.inverted(MATTE)) == MATTE).all()


def test_the_page_offers_what_the_worker_can_do():
    assert set(CHANGES) == set(masks.CHANGES)


def test_a_drawn_mask_takes_the_photo_s_size_and_keeps_nothing_where_it_is_transparent():
    grey = np.zeros((10, 20, 3), np.uint8)
    grey[:, :10] = 255
    alpha = np.full((10, 20), 255, np.uint8)
    alpha[:5] = 0
    read = masks.of_picture(Decoded(grey, alpha), width_px=40, height_px=20)
    assert read.shape == (20, 40)
    assert (read[12:, :18] == 255).all()
    assert (read[:8] == 0).all()
    assert (read[:, 22:] == 0).all()
