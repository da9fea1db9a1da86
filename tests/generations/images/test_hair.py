"""Hairy outlines are drawn anew, by the matting Laplacian as its authors define it; all others stay as they are."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generations.images import hair, refine
from generations.images.hair import Laplacian
from tests.generations.material import noise

FUR, WALL = (120, 80, 50), (190, 190, 195)


def ball(*, hairs, color=FUR):
    """A disc with so many hairs on its edge before a plain wall: 500 x 400 pixels and the true alpha, 0..1."""
    random, center = np.random.default_rng(3), np.array((500, 400))
    alpha = np.zeros((800, 1000), np.uint8)
    cv2.circle(alpha, (500, 400), 220, (255,), -1)
    for angle in random.uniform(0, 2 * np.pi, hairs):
        out = np.array((np.cos(angle), np.sin(angle)))
        tip = out * random.uniform(235, 270) + random.normal(0, 8, 2)
        ends = np.round(center + np.array((out * 215, tip))).astype(int).tolist()
        cv2.line(alpha, *ends, (255,), 1)
    truth = cv2.resize(alpha, (500, 400), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    grain = random.normal(0, 2, (400, 500, 1))
    rgb = truth[:, :, None] * np.asarray(color) + (1 - truth[:, :, None]) * np.array(WALL) + grain
    return rgb.clip(0, 255).astype(np.uint8), truth


def seen(truth):
    """What a network and the guided filter leave of it: the hairs run into one another."""
    return np.clip(cv2.GaussianBlur(truth, (0, 0), 1.2), 0, 1).astype(np.float32)


def test_hairs_are_found():
    rgb, truth = ball(hairs=700)
    before = seen(truth)
    drawn = hair.redrawn(before, rgb=rgb)
    assert drawn is not None
    assert (drawn.shape, drawn.dtype) == (truth.shape, np.float32)
    assert 0 <= drawn.min() <= drawn.max() <= 1
    assert np.abs(drawn - truth).mean() < 0.5 * np.abs(before - truth).mean()


def test_away_from_the_outline_nothing_changes():
    rgb, truth = ball(hairs=700)
    before = seen(truth)
    drawn = hair.redrawn(before, rgb=rgb)
    center = np.hypot(*(axis - half for axis, half in zip(np.mgrid[0:400, 0:500], (200, 250), strict=True)))
    far = (center < 90) | (center > 160)
    assert np.array_equal(drawn[far], before[far])


def test_a_plain_curve_is_left_alone():
    rgb, truth = ball(hairs=0)
    assert hair.redrawn(seen(truth), rgb=rgb) is None


def test_stripes_are_no_hair():
    bars = np.where(np.arange(500) // 12 % 2, 235, 25).astype(np.float32)
    rgb, truth = ball(hairs=700, color=np.repeat(bars[None, :, None], 3, axis=2))
    assert hair.redrawn(seen(truth), rgb=rgb) is None


def test_the_refinement_is_told():
    rgb, truth = ball(hairs=700)
    plane = cv2.resize(seen(truth), (320, 320), interpolation=cv2.INTER_AREA)
    assert refine.refined(plane, rgb=rgb).refinement == "hair"
    assert refine.refined(plane, rgb=rgb, recipe=refine.FAST).refinement == "edge"
    assert refine.refined(plane, rgb=np.full_like(rgb, 90)).refinement == "edge"


def defined(color, alpha):
    """Levin, Lischinski, Weiss 2008, (11): the sum over windows of (identity - (1 + ...) / n) alpha, over n."""
    height, width = alpha.shape
    product, n = np.zeros(alpha.shape), hair.WINDOW[0] ** 2
    for top in range(height - 2 * hair.RADIUS):
        for left in range(width - 2 * hair.RADIUS):
            window = np.s_[top : top + hair.WINDOW[0], left : left + hair.WINDOW[0]]
            colors = color[window].reshape(n, 3).astype(np.float64)
            apart = colors - colors.mean(axis=0)
            inverse = np.linalg.inv(apart.T @ apart / n + hair.COLOR_EPS * np.eye(3))
            affinity = (1 + apart @ inverse @ apart.T) / n
            values = alpha[window].reshape(n)
            product[window] += (values - affinity @ values).reshape(hair.WINDOW)
    return product / n


def test_the_laplacian_is_the_defined_one():
    random = np.random.default_rng(2)
    color, alpha = random.random((20, 24, 3), np.float32), random.random((20, 24), np.float32)
    inner = np.s_[2 * hair.RADIUS : -2 * hair.RADIUS, 2 * hair.RADIUS : -2 * hair.RADIUS]
    assert np.abs(Laplacian(color).times(alpha)[inner] - defined(color, alpha)[inner]).max() < 1e-4


def test_a_linear_function_of_the_color_costs_nothing():
    color = np.random.default_rng(2).random((40, 50, 3), np.float32)
    alpha = np.asarray(color @ np.array((0.3, -0.5, 0.7), np.float32) + np.float32(0.2))
    assert np.abs(Laplacian(color).times(alpha)).max() < 1e-3


@given(
    size=st.sampled_from([(1, 1), (1, 700), (700, 1), (16, 8000), (8000, 16), (3, 600), (300, 200)]),
    kind=st.sampled_from(["noise", "half", "comb", "dot", "full", "empty"]),
    flat=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_no_size_or_alpha_breaks_it(size, kind, flat):
    width, height = size
    rgb = np.full((height, width, 3), 77, np.uint8) if flat else noise(width, height)
    alpha = {
        "noise": noise(width, height, 1)[:, :, 0] / np.float32(255),
        "half": np.full((height, width), 0.5, np.float32),
        "comb": (np.add.outer(np.arange(height), np.arange(width)) // 3 % 2).astype(np.float32),
        "dot": np.zeros((height, width), np.float32),
        "full": np.ones((height, width), np.float32),
        "empty": np.zeros((height, width), np.float32),
    }[kind]
    if kind == "dot":
        alpha[height // 2, width // 2] = 1
    before = alpha.copy()
    drawn = hair.redrawn(alpha, rgb=rgb)
    assert np.array_equal(alpha, before)
    if drawn is not None:
        assert drawn.shape == alpha.shape
        assert 0 <= drawn.min() <= drawn.max() <= 1


def test_the_same_picture_gets_the_same_hairs():
    rgb, truth = ball(hairs=700)
    one, other = (hair.redrawn(seen(truth), rgb=rgb) for _ in range(2))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("hairs", [0, 700])
def test_fringe_tells_a_curve_from_hairs(hairs):
    alpha = ball(hairs=hairs)[1]
    assert (hair.fringe(alpha, along=alpha) > 0.2) == bool(hairs)
