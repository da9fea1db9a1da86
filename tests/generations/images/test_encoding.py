"""Files: PNG keeps every pixel, the lossy ones are smaller, and the only metadata in them is ours."""

import io

import numpy as np
import pytest
from PIL import Image

from generations.images import encoding, provenance, watermark
from tests.generations.material import colors, noise

PIXELS = (colors(300, 200).astype(int) + noise(300, 200) // 16).clip(0, 255).astype(np.uint8)


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_png_decodes_to_the_same_pixels():
    image = opened(encoding.encode(PIXELS, file_format="png", made="painted"))
    assert (image.format, image.mode) == ("PNG", "RGB")
    assert np.array_equal(np.asarray(image), PIXELS)


@pytest.mark.parametrize("file_format", ["png", "webp"])
def test_transparent_files_decode_to_the_same_pixels(file_format):
    pixels = np.dstack((PIXELS, noise(300, 200, 1)[:, :, 0] // 128 * 255))
    image = opened(encoding.encode(pixels, file_format=file_format, made="cut"))
    assert (image.format.lower(), image.mode) == (file_format, "RGBA")
    assert np.array_equal(np.asarray(image), pixels)
    assert provenance.xmp("cut") in encoding.encode(pixels, file_format=file_format, made="cut")


@pytest.mark.parametrize("file_format", ["jpeg", "webp"])
def test_lossy_files_are_smaller_and_close(file_format):
    data = encoding.encode(PIXELS, file_format=file_format, made="painted")
    image = opened(data)
    assert (image.format.lower(), image.size) == (file_format, (300, 200))
    assert len(data) < 0.5 * len(encoding.encode(PIXELS, file_format="png", made="painted"))
    assert np.abs(np.asarray(image).astype(int) - PIXELS).mean() < 4


def test_jpeg_is_progressive_and_keeps_full_color():
    image = opened(encoding.encode(PIXELS, file_format="jpeg", made="painted"))
    assert image.info["progressive"]
    assert [layer[1:3] for layer in image.layer] == [(1, 1)] * 3


@pytest.mark.parametrize("file_format", ["png", "jpeg", "webp"])
@pytest.mark.parametrize(
    ("made", "term"),
    [
        ("painted", "composite"),
        ("trained", "compositeWithTrainedAlgorithmicMedia"),
        ("given", "composite"),
        ("cut", "algorithmicallyEnhanced"),
    ],
)
def test_the_file_says_what_it_is(file_format, made, term):
    data = encoding.encode(PIXELS, file_format=file_format, made=made)
    assert provenance.xmp(made) in data
    assert f'DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/{term}"'.encode() in data
    image = opened(data)
    assert not image.getexif()
    assert "icc_profile" not in image.info


def chunks(data):
    at, names = 8, []
    while at < len(data):
        names.append(data[at + 4 : at + 8])
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    return names


def test_a_png_holds_no_other_chunk():
    names = chunks(encoding.encode(PIXELS, file_format="png", made="painted"))
    assert set(names) == {b"IHDR", b"sRGB", b"iTXt", b"IDAT", b"IEND"}
    assert set(chunks(encoding.clean_png(PIXELS, None))) == {b"IHDR", b"IDAT", b"IEND"}


def test_the_evidence_is_lossless():
    alpha = noise(300, 200, 1)[:, :, 0]
    assert np.array_equal(np.asarray(opened(encoding.clean_png(PIXELS, None))), PIXELS)
    both = np.asarray(opened(encoding.clean_png(PIXELS, alpha)))
    assert np.array_equal(both, np.dstack((PIXELS, alpha)))
    matte = opened(encoding.matte_png(alpha))
    assert matte.mode == "L"
    assert np.array_equal(np.asarray(matte), alpha)


@pytest.mark.parametrize("value", [0, 128, 255])
@pytest.mark.parametrize("size", [(16, 16), (16, 320), (320, 16), (400, 300)])
def test_the_watermark_shows_on_any_plate(value, size):
    plate = np.full((size[1], size[0], 3), value, np.uint8)
    marked = watermark.draw(plate)
    assert marked.shape == plate.shape
    assert (plate == value).all()
    changed = np.abs(marked.astype(int) - value).max(axis=2) > 15
    assert changed.mean() > 0.05


def test_the_watermark_is_in_every_quarter_of_the_width():
    marked = watermark.draw(np.full((600, 800, 3), 200, np.uint8))
    for left in range(0, 800, 200):
        assert (marked[:, left : left + 200] != 200).any()
