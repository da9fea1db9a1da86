"""A color asked for is the color given."""

import numpy as np
import pytest

from generations.engines import get_engine
from generations.engines.base import Pixels
from tests.generations.engines.pictures import request


def plate(prompt: str) -> Pixels:
    return get_engine("embedded").submit(request(prompt, width=900, height=700)).plate


@pytest.mark.parametrize(
    ("prompt", "color"),
    [
        ("white background", (255, 255, 255)), ("black", (0, 0, 0)), ("#0a64c8", (10, 100, 200)),
        ("plain sage background", (156, 175, 136)), ("isolated", (255, 255, 255)), ("navy", (0, 0, 128)),
    ],
)  # fmt: skip
def test_a_lone_color_is_exact_in_every_pixel(prompt: str, color: tuple[int, int, int]):
    assert (plate(prompt) == np.array(color, np.uint8)).all()


def test_a_gradient_runs_from_the_first_color_to_the_second():
    picture = plate("gradient from #204080 to #e0c0a0").astype(int)
    assert np.abs(picture[0] - (0x20, 0x40, 0x80)).max() <= 2
    assert np.abs(picture[-1] - (0xE0, 0xC0, 0xA0)).max() <= 2


def test_a_gradient_does_not_band():
    picture = plate("pastel pink gradient").astype(int)
    # Dither mixes neighboring values within a row, so no step runs straight across the picture.
    assert np.mean([np.unique(row[:, 1]).size > 1 for row in picture[20:-20]]) > 0.8
