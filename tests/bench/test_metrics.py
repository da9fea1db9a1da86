"""The measures of the evaluation table, on mattes whose figures are known by hand."""

import numpy as np
import pytest

from bench import metrics


def square(*, top=40, left=40, side=40, size=120):
    matte = np.zeros((size, size), np.uint8)
    matte[top : top + side, left : left + side] = 255
    return matte


def test_the_truth_itself_is_perfect():
    perfect = metrics.quality(square(), square())
    assert (perfect.iou, perfect.boundary_f, perfect.gradient, perfect.band) == (1, 1, 0, 0)


def test_iou_of_a_shifted_square():
    assert metrics.iou(square(left=50), square()) == pytest.approx(30 / 50)


def test_half_kept_is_not_more_than_half():
    assert metrics.iou(np.full((4, 4), 127, np.uint8), np.full((4, 4), 255, np.uint8)) == 0
    assert metrics.iou(np.full((4, 4), 128, np.uint8), np.full((4, 4), 255, np.uint8)) == 1


def test_nothing_found_where_nothing_is():
    nothing = np.zeros((30, 40), np.uint8)
    assert metrics.quality(nothing, nothing) == metrics.Quality(1, 1, 0, 0)
    assert metrics.boundary_f(square(), np.zeros((120, 120), np.uint8)) == 0


@pytest.mark.parametrize(("shift", "expected"), [(2, 1.0), (20, 0.0)])
def test_the_outline_may_be_two_pixels_off(shift, expected):
    bar, moved = np.zeros((100, 100), np.uint8), np.zeros((100, 100), np.uint8)
    bar[:, 40:] = 255
    moved[:, 40 + shift :] = 255
    assert metrics.boundary_f(moved, bar) == expected


def test_one_of_two_outlines_found_is_two_thirds():
    """Precision 1, recall one half."""
    both = np.maximum(square(left=10, side=30), square(left=70, side=30))
    one = square(left=10, side=30)
    assert metrics.boundary_f(one, both) == pytest.approx(2 / 3)


def test_the_outline_at_the_pictures_border_is_none():
    full = np.full((50, 50), 255, np.uint8)
    assert not metrics._outline(full).any()


def test_gradient_error_of_a_step_is_its_length():
    """A Gaussian derivative across a step of height one adds up to one, so a line of 100 px is 0.1 thousand."""
    step, flat = np.zeros((100, 100), np.uint8), np.zeros((100, 100), np.uint8)
    step[:, 50:] = 255
    assert metrics.gradient_error(flat, step) == pytest.approx(0.1, rel=0.01)


def test_a_blurred_edge_costs_gradient_not_iou():
    sharp, soft = np.zeros((60, 60), np.uint8), np.zeros((60, 60), np.uint8)
    sharp[:, 30:] = 255
    soft[:] = np.clip((np.arange(60) - 19.5) * 255 / 20, 0, 255).astype(np.uint8)
    assert metrics.iou(soft, sharp) > 0.95
    assert metrics.gradient_error(soft, sharp) > 0.03


def test_band_counts_near_the_outline_only():
    truth, found = np.zeros((400, 400), np.uint8), np.zeros((400, 400), np.uint8)
    truth[:, 200:] = found[:, 200:] = 255
    found[:, :50] = 255  # far from the outline
    assert metrics.band_error(found, truth) == 0
    found[:, 190:200] = 255
    assert 0.3 < metrics.band_error(found, truth) < 0.6


def test_half_transparent_truth_counts_wherever_it_is():
    truth = np.full((100, 100), 100, np.uint8)
    assert metrics.band_error(np.full((100, 100), 151, np.uint8), truth) == pytest.approx(0.2)


def test_sizes_must_agree():
    with pytest.raises(ValueError):
        metrics.quality(np.zeros((4, 5), np.uint8), np.zeros((5, 4), np.uint8))
