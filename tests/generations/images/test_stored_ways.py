"""The many ways in which a file stores colors, through the real helper: each arrives as its colors are meant."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from generations.images.decoder import Decoder
from tests.generations.material import FIXTURES, colors, noise, saved

PIXELS = colors(64, 48)

# Display P3 (SMPTE EG 432-1 primaries, D65) and sRGB, each adapted to D50 as in ICC profiles: columns are R, G, B.
P3_TO_D50 = np.array(
    [[0.515102, 0.291965, 0.157153], [0.241182, 0.692236, 0.066582], [-0.001049, 0.041882, 0.784378]],
)
SRGB_TO_D50 = np.array(
    [[0.436066, 0.385147, 0.143066], [0.222488, 0.716873, 0.060608], [0.013916, 0.097076, 0.714096]],
)


@pytest.fixture(scope="module")
def decoder():
    with Decoder() as decoder:
        yield decoder


def difference(one, other):
    return int(np.abs(one.astype(int) - other.astype(int)).max())


def p3_profile() -> bytes:
    """The sRGB profile with Display P3's primaries; both have one curve."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (count,) = struct.unpack_from(">I", profile, 128)
    for at in range(132, 132 + 12 * count, 12):
        name, offset, _ = struct.unpack_from(">4sII", profile, at)
        if name in (b"rXYZ", b"gXYZ", b"bXYZ"):
            column = P3_TO_D50[:, b"rgb".index(name[:1])]
            struct.pack_into(">3i", profile, offset + 8, *(round(65536 * value) for value in column))
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "a P3".encode("utf-16-be"))


def colorimetric(p3):
    """What Display P3's 8-bit values are in sRGB, clipped (IEC 61966-2-1 for the curve of both)."""
    encoded = p3 / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    srgb = np.clip(linear @ (np.linalg.inv(SRGB_TO_D50) @ P3_TO_D50).T, 0, 1)
    return np.round(255 * np.where(srgb <= 0.0031308, 12.92 * srgb, 1.055 * srgb ** (1 / 2.4) - 0.055))


@pytest.mark.parametrize(
    ("name", "options"),
    [("PNG", {}), ("WEBP", {"lossless": True}), ("JPEG", {"quality": 100, "subsampling": 0})],
    ids=["png", "webp", "jpeg"],
)
def test_a_display_p3_photo_keeps_its_look(decoder, name, options):
    # Steps of a whole block, so that what JPEG rounds is told apart from what the profile does.
    p3 = np.repeat(np.repeat(np.random.default_rng(4).integers(0, 256, (9, 9, 3), np.uint8), 8, 0), 8, 1)
    decoded = decoder.decode(saved(p3, name, icc_profile=p3_profile(), **options))
    stored = np.asarray(Image.open(io.BytesIO(saved(p3, name, **options))))
    assert difference(decoded.rgb, colorimetric(stored)) <= 2
    assert difference(decoded.rgb, stored) > 10


def test_a_color_profile_says_nothing_of_a_grey_picture(decoder):
    grey = PIXELS[:, :, 0]
    file = saved(grey, "PNG", icc_profile=p3_profile())
    assert difference(decoder.decode(file).rgb, grey[:, :, None].repeat(3, 2)) == 0


def deep_png(values: np.ndarray) -> bytes:
    """A 16-bit PNG of HxWx1..4 values: grey, grey and alpha, color, color and alpha."""
    height, width, channels = values.shape
    header = struct.pack(">IIBBBBB", width, height, 16, (0, 4, 2, 6)[channels - 1], 0, 0, 0)
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


@pytest.mark.parametrize("channels", [1, 2, 3, 4], ids=["grey", "grey-alpha", "color", "color-alpha"])
def test_sixteen_bits_lose_at_most_one_value(decoder, channels):
    deep = np.random.default_rng(6).integers(0, 65536, (48, 64, channels), np.uint16)
    if channels in (2, 4):
        deep[:, :, -1] |= 0x0400  # nothing that rounds to fully transparent, and so to black
    decoded, eight = decoder.decode(deep_png(deep)), np.round(deep / 257)
    color = eight[:, :, :3] if channels > 2 else eight[:, :, :1].repeat(3, 2)
    assert difference(decoded.rgb, color) <= 1
    if channels in (2, 4):
        assert difference(decoded.alpha, eight[:, :, -1]) <= 1
    else:
        assert decoded.alpha is None


def test_grey_with_alpha(decoder):
    both = noise(64, 48, 2)
    both[:, :, 1] |= 1
    decoded = decoder.decode(saved(both, "PNG"))
    assert np.array_equal(decoded.rgb, both[:, :, :1].repeat(3, 2))
    assert np.array_equal(decoded.alpha, both[:, :, 1])


@pytest.mark.parametrize("colors_used", [2, 4, 16, 256])
def test_a_palette_of_any_depth(decoder, colors_used):
    palette = Image.fromarray(PIXELS).quantize(colors_used)
    assert difference(decoder.decode(saved(palette, "PNG")).rgb, np.asarray(palette.convert("RGB"))) == 0


def test_a_palette_with_half_transparent_entries(decoder):
    palette = Image.fromarray(PIXELS).quantize(8)
    alphas = bytes((0, 60, 120, 180, 240, 255, 255, 255))
    decoded = decoder.decode(saved(palette, "PNG", transparency=alphas))
    index = np.asarray(palette)
    assert np.array_equal(decoded.alpha, np.frombuffer(alphas, np.uint8)[index])
    kept = index > 0
    assert np.array_equal(decoded.rgb[kept], np.asarray(palette.convert("RGB"))[kept])
    assert not decoded.rgb[~kept].any()


def without_adobe(jpeg: bytes) -> bytes:
    """The file without the segment by which Photoshop's inverted inks are told from the standard's."""
    at = jpeg.index(b"\xff\xee\x00\x0eAdobe")
    return jpeg[:at] + jpeg[at + 16 :]


def test_cmyk_by_adobe_and_by_the_book(decoder):
    inks = Image.fromarray(PIXELS).convert("CMYK")
    by_adobe = saved(inks, "JPEG", quality=98, subsampling=0)
    assert difference(decoder.decode(by_adobe).rgb, PIXELS) <= 8
    inverted = Image.merge("CMYK", [plane.point(lambda value: 255 - value) for plane in inks.split()])
    by_the_book = without_adobe(saved(inverted, "JPEG", quality=98, subsampling=0))
    assert difference(decoder.decode(by_the_book).rgb, PIXELS) <= 8


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_progressive_jpeg(decoder, mode):
    image = Image.fromarray(PIXELS).convert(mode)
    decoded = decoder.decode(saved(image, "JPEG", quality=98, subsampling=0 if mode != "L" else -1, progressive=True))
    assert difference(decoded.rgb, np.asarray(image.convert("RGB"))) <= 8


def test_an_avif_with_alpha(decoder):
    rgba = np.dstack((PIXELS, np.full((48, 64), 255, np.uint8)))
    rgba[:24, :, 3] = 0
    decoded = decoder.decode(saved(rgba, "AVIF", quality=100, subsampling="4:4:4"))
    assert difference(decoded.alpha, rgba[:, :, 3]) <= 2
    assert difference(decoded.rgb[26:], PIXELS[26:]) <= 8


def test_a_heic_photo_in_color(decoder):
    decoded = decoder.decode((FIXTURES / "armchair.heic").read_bytes())
    assert decoded.alpha is None
    assert decoded.rgb.std(axis=(0, 1)).min() > 5
