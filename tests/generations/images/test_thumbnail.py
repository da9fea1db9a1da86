"""A picture made small, and the tone that stands in its place."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from generations.images import thumbnail


def flat(*color: int, height_px: int = 40, width_px: int = 60) -> NDArray[np.uint8]:
    return np.full((height_px, width_px, len(color)), color, np.uint8)


@pytest.mark.parametrize(
    ("color", "tint", "lightness"),
    [
        ((0, 0, 0), 0, 0),
        ((128, 128, 128), 0, 3),
        ((255, 255, 255), 0, 5),
        ((160, 90, 40), 1, 2),
        ((60, 130, 60), 2, 2),
        ((40, 80, 170), 3, 1),
        ((240, 220, 190), 1, 5),
    ],
)
def test_the_tone_is_that_of_the_average(color: tuple[int, int, int], tint: int, lightness: int) -> None:
    assert thumbnail.tone(flat(*color)) == tint * 6 + lightness


def test_what_is_transparent_has_no_say() -> None:
    pixels = flat(0, 0, 0, 0)
    pixels[:10] = (255, 255, 255, 255)
    assert thumbnail.tone(pixels) == 5
    assert thumbnail.tone(flat(0, 0, 0, 0)) == 5


@pytest.mark.parametrize(
    ("width_px", "height_px", "size_px"), [(1600, 400, (640, 160)), (60, 40, (60, 40)), (5000, 1, (640, 1))]
)
def test_the_longer_edge_is_at_most_640(width_px: int, height_px: int, size_px: tuple[int, int]) -> None:
    made = thumbnail.of(flat(10, 200, 10, width_px=width_px, height_px=height_px))
    with Image.open(io.BytesIO(made.webp)) as small:
        assert (small.format, small.size, small.mode) == ("WEBP", size_px, "RGB")


def test_transparency_stays() -> None:
    photo = flat(10, 200, 10, height_px=400, width_px=600)
    made = thumbnail.of_photo(photo, flat(0, height_px=400, width_px=600)[..., 0])
    with Image.open(io.BytesIO(made.webp)) as small:
        assert (small.size, small.getchannel("A").getextrema()) == ((600, 400), (0, 0))
