"""Twenty-five megapixels of every format pass through the helper within its limits; a little more is not begun."""

import numpy as np
import pytest

from generations.images.decoder import Decoder
from generations.images.errors import ImageTooLarge
from tests.generations import heif
from tests.generations.material import png_with, saved

SIDE = 5000


@pytest.fixture(scope="module")
def decoder():
    with Decoder() as decoder:
        yield decoder


@pytest.fixture(scope="module")
def pixels():
    """Broad stripes down and across, so that a file of this size is quickly written."""
    ramp = (np.arange(SIDE) // 25 % 200 + 28).astype(np.uint8)
    planes = np.broadcast_to(ramp[None], (SIDE, SIDE)), np.broadcast_to(ramp[:, None], (SIDE, SIDE))
    return np.stack((*planes, np.full((SIDE, SIDE), 90, np.uint8)), axis=2)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("PNG", {"compress_level": 1}),
        ("JPEG", {"quality": 90}),
        ("JPEG", {"quality": 90, "progressive": True}),
        ("WEBP", {"quality": 80, "method": 0}),
        ("AVIF", {"quality": 60, "speed": 10}),
    ],
    ids=["png", "jpeg", "progressive", "webp", "avif"],
)
def test_the_largest_arrive(decoder, pixels, name, options):
    decoded = decoder.decode(saved(pixels, name, **options))
    assert decoded.rgb.shape == (SIDE, SIDE, 3)
    sample = np.s_[12::25, 12::25]
    assert np.abs(decoded.rgb[sample].astype(int) - pixels[sample]).mean() < 4


def test_a_heic_of_five_hundred_tiles(decoder):
    decoded = decoder.decode(heif.grid(columns=SIDE // heif.TILE_WIDTH, rows=SIDE // heif.TILE_HEIGHT))
    tile = decoder.decode(heif.several_pictures(1)).rgb
    assert decoded.rgb.shape == (SIDE, SIDE, 3)
    assert np.array_equal(decoded.rgb[-heif.TILE_HEIGHT :, -heif.TILE_WIDTH :], tile)


def test_a_tenth_of_a_megapixel_more_is_refused_by_the_header():
    with Decoder() as fresh, pytest.raises(ImageTooLarge) as refusal:
        fresh.decode(png_with(width=5010, height=5010))
    assert refusal.value.extra == {"limit_pixels": 25_000_000}
    assert fresh.helper_pid is None
