"""Colors beside the network's answer: a faint leg is kept, a shadow, a rug and a picture on the wall are not."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generations.images import evidence

FLOOR, SEAT, LEG = (180, 150, 120), (40, 70, 160), (70, 40, 25)
NOTHING = 0.0005


def room(*, grain=3.0):
    """A seat on a plain floor, 480 x 360, and what a network says of it: the seat, and nothing else."""
    random = np.random.default_rng(5)
    rgb = np.clip(np.array(FLOOR) + random.normal(0, grain, (360, 480, 1)), 0, 255).astype(np.uint8)
    plane = np.full((360, 480), NOTHING, np.float32)
    draw(rgb, plane, np.s_[80:200, 160:320], color=SEAT, says=0.999)
    return rgb, plane


def draw(rgb, plane, where, *, color, says):
    rgb[where] = color
    plane[where] = says


def kept(rgb, plane, where):
    """The share of the place that is more kept than not."""
    return float((evidence.weigh(plane, rgb=rgb)[where] > 0.5).mean())


def test_a_faint_leg_below_the_subject_is_kept():
    rgb, plane = room()
    leg = np.s_[200:300, 200:208]
    draw(rgb, plane, leg, color=LEG, says=0.03)
    assert kept(rgb, plane, leg) > 0.9
    assert kept(rgb, plane, np.s_[210:340, 230:400]) == 0


def test_a_leg_crosses_a_stripe_it_is_not_seen_on():
    rgb, plane = room()
    leg = np.s_[200:300, 200:208]
    draw(rgb, plane, leg, color=LEG, says=0.03)
    rgb[250:252] = LEG
    plane[250:252] = NOTHING
    assert kept(rgb, plane, np.s_[260:300, 200:208]) > 0.9


@pytest.mark.parametrize(
    ("where", "color", "says"),
    [
        (np.s_[200:240, 200:300], tuple(round(0.7 * v) for v in FLOOR), 0.03),
        (np.s_[200:260, 110:380], (170, 40, 40), 0.01),
        (np.s_[20:60, 330:380], LEG, 0.03),
        (np.s_[250:300, 200:208], LEG, 0.03),
    ],
    ids=["shadow", "rug", "picture on the wall", "stick that hangs together with nothing"],
)
def test_what_is_no_support_is_not_kept(where, color, says):
    rgb, plane = room()
    draw(rgb, plane, where, color=color, says=says)
    assert kept(rgb, plane, where) < 0.05


def test_a_subject_cut_by_the_lower_edge_stands_on_nothing():
    subject = np.zeros((300, 400), bool)
    subject[100:300, 100:200] = True
    assert not evidence.below(subject).any()
    subject[290:] = False
    assert evidence.below(subject)[295, 150]


def test_gaps_between_bars_open_again():
    rgb, plane = room()
    gap = np.s_[100:180, 238:242]
    for left in range(166, 312, 12):
        draw(rgb, plane, np.s_[80:200, left : left + 6], color=FLOOR, says=0.8)
    draw(rgb, plane, gap, color=FLOOR, says=0.8)
    assert kept(rgb, plane, np.s_[100:180, 167:171]) < 0.2


def test_white_on_white_is_left_to_the_network():
    rgb, plane = room(grain=2.0)
    draw(rgb, plane, np.s_[80:200, 160:320], color=tuple(v + 4 for v in FLOOR), says=0.8)
    assert kept(rgb, plane, np.s_[80:200, 160:320]) == 1


def test_in_a_busy_place_the_network_is_believed():
    random = np.random.default_rng(1)
    rgb = random.integers(0, 256, (300, 400, 3), np.uint8)
    plane = np.clip(random.normal(0.3, 0.1, (300, 400)), 0.05, 0.9).astype(np.float32)
    assert np.abs(evidence.weigh(plane, rgb=rgb) - plane).max() < 1e-4


def test_a_backdrop_without_any_light_breaks_nothing():
    rgb = np.zeros((400, 600, 3), np.uint8)
    rgb[100:300, 200:400] = 255
    plane = cv2.resize(rgb[:, :, 0].astype(np.float32) / 255, (64, 48), interpolation=cv2.INTER_AREA)
    told = evidence.weigh(plane, rgb=rgb)
    assert told[160, 240] > 0.99
    assert told[10, 10] < 0.01


@given(
    width=st.sampled_from([1, 2, 3, 16, 255, 640]),
    height=st.sampled_from([1, 2, 17, 300, 2000]),
    fill=st.sampled_from([0.0, 1.0, None]),
    seed=st.integers(0, 1000),
)
@settings(max_examples=60, deadline=None)
def test_no_size_or_plane_breaks_it(width, height, fill, seed):
    random = np.random.default_rng(seed)
    rgb = random.integers(0, 256, (height, width, 3), np.uint8)
    plane = random.random((320, 320), np.float32) if fill is None else np.full((320, 320), fill, np.float32)
    told = evidence.weigh(plane, rgb=rgb)
    assert told.dtype == np.float32
    assert max(told.shape) <= 480
    assert np.isfinite(told).all()
    assert 0 <= told.min() <= told.max() <= 1


def test_the_same_picture_gets_the_same_answer():
    rgb, plane = room()
    assert np.array_equal(evidence.weigh(plane, rgb=rgb), evidence.weigh(plane, rgb=rgb))
