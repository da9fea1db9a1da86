"""The digests of the kept pixels, taken again by the plainest means, and what is said of lossy files."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generations.images import canvas, encoding, kept_pixels
from generations.images.canvas import Frame
from generations.images.decoder import own_file
from tests.generations.material import colors, noise

PHOTO = noise(300, 280)
MATTE = np.zeros((280, 300), np.uint8)
MATTE[10:270, 40:250] = 255
MATTE[10:270, 40:44] = 254
MATTE[100:120, 100:130] = 0


def plainly(pixels, matte):
    """SHA-256 over the red, green and blue of one pixel after another."""
    sha = hashlib.sha256()
    for row in range(matte.shape[0]):
        for column in range(matte.shape[1]):
            if matte[row, column] == 255:
                sha.update(bytes(int(value) for value in pixels[row, column, :3]))
    return sha.hexdigest()


@given(seed=st.integers(0, 999), width=st.integers(1, 20), height=st.integers(1, 20), channels=st.sampled_from([3, 4]))
@settings(max_examples=30, deadline=None)
def test_the_digest_is_what_the_contract_says(seed, width, height, channels):
    random = np.random.default_rng(seed)
    pixels = random.integers(0, 256, (height, width, channels), np.uint8)
    matte = random.choice(np.array([0, 128, 254, 255], np.uint8), (height, width))
    assert kept_pixels.digest(pixels, matte=matte) == plainly(pixels, matte)


def test_bands_do_not_show():
    assert PHOTO.shape[0] > kept_pixels.BAND_ROWS
    assert kept_pixels.digest(PHOTO, matte=MATTE) == plainly(PHOTO, MATTE)


@pytest.mark.parametrize("frame", [Frame(0, 0, 300, 280), Frame(-20, -33, 400, 390), Frame(40, 10, 210, 260)], ids=str)
def test_a_frame_changes_nothing_of_it(frame):
    out, out_matte = (canvas.translated(plane, frame=frame, outside=0) for plane in (PHOTO, MATTE))
    said = kept_pixels.evidence(photo=PHOTO, matte=MATTE, out=out, out_matte=out_matte)
    assert said["equal"] is True
    assert said["kept_pixels"] == np.count_nonzero(MATTE == 255)
    assert said["input_sha256"] == said["result_sha256"] == plainly(PHOTO, MATTE)


@pytest.mark.parametrize(("at", "equal"), [((10, 44), False), ((10, 43), True), ((110, 110), True)])
def test_one_kept_pixel_is_enough(at, equal):
    out = PHOTO.copy()
    out[at] ^= 1
    assert kept_pixels.evidence(photo=PHOTO, matte=MATTE, out=out, out_matte=MATTE)["equal"] is equal


def test_of_no_pixel_nothing_is_claimed():
    nothing = np.full_like(MATTE, 254)
    said = kept_pixels.evidence(photo=PHOTO, matte=nothing, out=PHOTO, out_matte=nothing)
    assert (said["kept_pixels"], said["equal"]) == (0, None)
    file = kept_pixels.of_file(read_back=PHOTO, out=PHOTO, matte=nothing)
    assert file["encoding"] == {"max_difference": None, "mean_difference": None}


@pytest.mark.parametrize(("file_format", "channels"), [("png", 3), ("png", 4), ("webp", 4)])
def test_lossless_files_are_read_back_to_be_so(file_format, channels):
    out = noise(300, 280, channels)
    read = own_file(encoding.encode(out, file_format=file_format, made="given"), channels=channels)
    file = kept_pixels.of_file(read_back=read, out=out, matte=MATTE)
    assert file == {"lossless": True, "encoding": {"max_difference": 0, "mean_difference": 0.0}}


@pytest.mark.parametrize("file_format", ["jpeg", "webp"])
def test_lossy_files_say_what_encoding_did(file_format):
    out = colors(300, 280)
    read = own_file(encoding.encode(out, file_format=file_format, made="given"), channels=3)
    file = kept_pixels.of_file(read_back=read, out=out, matte=MATTE)
    difference = np.abs(read.astype(int) - out)[MATTE == 255]
    assert file["lossless"] is False
    assert file["encoding"]["max_difference"] == difference.max() > 0
    assert file["encoding"]["mean_difference"] == pytest.approx(difference.mean(), abs=0.001)
