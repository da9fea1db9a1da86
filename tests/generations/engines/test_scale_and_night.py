"""Small things are shown at their size; a subject brought into the night stands in light of its own."""

import cv2
import numpy as np
import pytest

from generations.engines import get_engine
from generations.engines.base import Pixels
from generations.engines.embedded import camera, outdoors
from tests.generations.engines.pictures import chair, request

ENGINE = get_engine("embedded")


def plate(prompt: str) -> Pixels:
    return ENGINE.submit(request(prompt, seed=3, width=720, height=600)).plate


@pytest.mark.parametrize("room", ["a sunlit living room", "a bedroom", "a showroom"])
def test_a_bottle_stands_on_a_table_and_not_on_a_rooms_floor(room: str):
    with_floor, with_table = plate(f"{room}, no rug"), plate(f"{room} with a bottle")
    far_wall = np.s_[40:200, :]
    assert _sharpest(with_table[far_wall]) < 0.7 * _sharpest(with_floor[far_wall])


def test_grass_before_a_bottle_is_seen_from_low_down():
    lawn, close = (plate(words)[500:, 40:680].astype(np.float32).mean(axis=2) for words in ("a lawn", "a lawn, bottle"))
    assert _size_of_grain(close) > 1.3 * _size_of_grain(lawn)


def test_a_low_eye_stands_nearer_to_the_ground_it_sees():
    seen = camera.behind(alpha=chair()[1])
    high, low = (outdoors.view(seen, horizon=(0.2, 0.4), reach=0.4, eye_m=eye_m) for eye_m in (1.25, 0.32))
    assert low.depth_m(280) == pytest.approx(high.depth_m(280) * 0.32 / 1.25)
    assert (low.horizon, low.wall) == (high.horizon, high.wall)


@pytest.mark.parametrize("prompt", ["a beach at night", "a garden at night", "a forest at night", "a street at night"])
def test_by_night_the_ground_is_brightest_where_the_subject_stands(prompt: str):
    ground = plate(prompt).astype(float)
    feet, corner = ground[470:520, 300:420].mean(), ground[520:600, 0:60].mean()
    assert feet > 1.15 * corner


def test_the_moon_stands_over_the_beach_on_the_side_the_light_comes_from():
    heaven = plate("a beach at night")[:120].astype(float).mean(axis=2)
    assert heaven[:, :360].max() > 180 > heaven[:, 360:].max() + 60


def test_a_dark_studio_is_dark():
    assert plate("a dark studio backdrop").mean() < 100 < 200 < plate("a studio backdrop").mean()


def _sharpest(picture: Pixels) -> float:
    """The steepest edges there are, in code values a pixel, with the grain smoothed away."""
    even = cv2.GaussianBlur(picture[..., 1].astype(np.float32), (0, 0), 1.5)
    return float(np.quantile(np.abs(np.diff(even, axis=1)), 0.995))


def _size_of_grain(picture: np.ndarray) -> float:
    """Pixels over which a texture resembles itself, from its spread over that of its differences."""
    flat = picture - cv2.GaussianBlur(picture, (0, 0), 12)
    return float(flat.std() / np.abs(np.diff(flat, axis=1)).mean())
