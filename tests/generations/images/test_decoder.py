"""Whatever an honest picture is stored as, it arrives upright, in 8-bit sRGB, with its alpha."""

import contextlib
import io
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from generations.images import encoding, gate
from generations.images.decoder import Decoder
from generations.images.errors import ImageFormatNotAllowed, ImageTooLarge, ImageUnreadable
from tests.generations import heif
from tests.generations.material import FIXTURES, colors, noise, photo, png_with, saved

PIXELS = colors(64, 48)


@pytest.fixture(scope="module")
def decoder():
    with Decoder() as decoder:
        yield decoder


def difference(one, other):
    return int(np.abs(one.astype(int) - other.astype(int)).max())


@pytest.mark.parametrize(
    ("name", "options", "most"),
    [
        ("PNG", {}, 0),
        ("WEBP", {"lossless": True}, 0),
        ("JPEG", {"quality": 98, "subsampling": 0}, 5),
        ("WEBP", {"quality": 98}, 16),
        ("AVIF", {"quality": 98, "subsampling": "4:4:4"}, 8),
    ],
)
def test_every_format_arrives(decoder, name, options, most):
    decoded = decoder.decode(saved(PIXELS, name, **options))
    assert decoded.alpha is None
    assert difference(decoded.rgb, PIXELS) <= most


def test_heic_arrives_upright(decoder):
    upright = decoder.decode((FIXTURES / "armchair.heic").read_bytes()).rgb
    turned = decoder.decode((FIXTURES / "armchair_turned.heic").read_bytes()).rgb
    assert upright.shape == turned.shape == (200, 250, 3)
    assert np.abs(upright.astype(int) - turned).mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_exif_orientation_is_applied(decoder, orientation, name):
    stored = {
        1: PIXELS,
        2: PIXELS[:, ::-1],
        3: PIXELS[::-1, ::-1],
        4: PIXELS[::-1],
        5: PIXELS.transpose(1, 0, 2),
        6: np.rot90(PIXELS, 1),
        7: PIXELS[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(PIXELS, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {
        "JPEG": {"quality": 98, "subsampling": 0},
        "PNG": {},
        "WEBP": {"lossless": True},
        "AVIF": {"quality": 98, "subsampling": "4:4:4"},
    }[name]
    file = saved(np.ascontiguousarray(stored), name, exif=exif, **options)
    assert difference(decoder.decode(file).rgb, PIXELS) <= 8


def test_a_damaged_exif_block_is_no_reason_to_refuse(decoder):
    file = saved(PIXELS, "JPEG", quality=98, subsampling=0, exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff")
    assert difference(decoder.decode(file).rgb, PIXELS) <= 5


def test_grey_bilevel_palette_and_cmyk(decoder):
    image = Image.fromarray(PIXELS)
    grey = np.asarray(image.convert("L"))
    assert difference(decoder.decode(saved(image.convert("L"), "PNG")).rgb, grey[:, :, None].repeat(3, 2)) == 0
    assert set(np.unique(decoder.decode(saved(image.convert("1"), "PNG")).rgb)) == {0, 255}
    palette = image.convert("P", palette=Image.Palette.ADAPTIVE)
    assert difference(decoder.decode(saved(palette, "PNG")).rgb, np.asarray(palette.convert("RGB"))) == 0
    cmyk = decoder.decode(saved(image.convert("CMYK"), "JPEG", quality=98, subsampling=0)).rgb
    assert difference(cmyk, PIXELS) <= 8


def test_sixteen_bits_are_rounded_not_clipped(decoder):
    deep = np.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(np.uint16)
    decoded = decoder.decode(saved(Image.fromarray(deep), "PNG"))
    assert difference(decoded.rgb[:, :, 0], np.round(deep / 257.0).astype(np.uint8)) == 0


def test_alpha_arrives_and_what_it_hides_is_black(decoder):
    rgba = np.dstack((PIXELS, np.zeros((48, 64), np.uint8)))
    rgba[10:30, 10:30, 3] = 255
    rgba[30:40, 10:30, 3] = 77
    for name, options in (("PNG", {}), ("WEBP", {"lossless": True, "exact": True})):
        decoded = decoder.decode(saved(rgba, name, **options))
        assert decoded.alpha is not None
        assert np.array_equal(decoded.alpha, rgba[:, :, 3])
        assert np.array_equal(decoded.rgb[10:40, 10:30], PIXELS[10:40, 10:30])
        assert not decoded.rgb[decoded.alpha == 0].any()


def test_transparent_palette_and_grey(decoder):
    palette = Image.fromarray(PIXELS).convert("P", palette=Image.Palette.ADAPTIVE)
    index = palette.getpixel((0, 0))
    assert decoder.decode(saved(palette, "PNG", transparency=index)).alpha[0, 0] == 0
    assert decoder.decode(saved(noise(64, 48, 2), "PNG")).alpha is not None


def test_an_alpha_that_says_nothing_is_dropped(decoder):
    rgba = np.dstack((PIXELS, np.full((48, 64), 255, np.uint8)))
    assert decoder.decode(saved(rgba, "PNG")).alpha is None


def swapped_profile() -> bytes:
    """sRGB with red and green exchanged, under another name."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, green = profile.index(b"rXYZ"), profile.index(b"gXYZ")
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP"])
def test_a_color_profile_is_applied(decoder, name):
    red = np.zeros((32, 32, 3), np.uint8)
    red[:] = (255, 0, 0)
    decoded = decoder.decode(saved(red, name, icc_profile=swapped_profile()))
    assert decoded.rgb[16, 16, 1] > 240
    assert decoded.rgb[16, 16, 0] < 40


def test_a_broken_profile_is_ignored(decoder):
    assert difference(decoder.decode(saved(PIXELS, "PNG", icc_profile=b"nonsense" * 20)).rgb, PIXELS) == 0


def test_trailing_bytes_do_not_matter(decoder):
    assert difference(decoder.decode(saved(PIXELS, "PNG") + b"GIF89a" * 50).rgb, PIXELS) == 0


@pytest.mark.parametrize("name", ["PNG", "WEBP", "AVIF"])
def test_animations_are_refused_by_name(decoder, name):
    frames = [Image.fromarray(noise(64, 48)), Image.fromarray(PIXELS)]
    file = saved(frames[0], name, save_all=True, append_images=frames[1:])
    with pytest.raises(ImageUnreadable, match="several frames"):
        decoder.decode(file)


def test_several_pictures_in_one_heic_are_refused(decoder):
    assert decoder.decode(heif.several_pictures(1)).rgb.shape == (heif.TILE_HEIGHT, heif.TILE_WIDTH, 3)
    with pytest.raises(ImageUnreadable, match="several frames"):
        decoder.decode(heif.several_pictures(2))


def test_an_animated_gif_is_refused_as_a_gif(decoder):
    frames = [Image.fromarray(noise(64, 48)), Image.fromarray(PIXELS)]
    with pytest.raises(ImageFormatNotAllowed, match="a GIF"):
        decoder.decode(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))


def test_several_pictures_in_one_jpeg_are_refused(decoder):
    file = saved(Image.fromarray(noise(64, 48)), "MPO", save_all=True, append_images=[Image.fromarray(PIXELS)])
    with pytest.raises(ImageUnreadable, match="several frames"):
        decoder.decode(file)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_truncated_files_are_refused(decoder, name, share):
    file = saved(noise(200, 150), name)
    with pytest.raises(ImageUnreadable):
        decoder.decode(file[: int(share * len(file))])


def test_garbage_behind_honest_first_bytes(decoder):
    header = saved(PIXELS, "JPEG")[:200]
    with pytest.raises(ImageUnreadable):
        decoder.decode(header + noise(64, 48).tobytes())


def test_a_header_that_lies_about_the_size(decoder):
    file = bytearray(saved(np.dstack((PIXELS, PIXELS[:, :, 0])), "WEBP", lossless=True, exif=b"Exif\0\0MM"))
    assert file[12:16] == b"VP8X"
    file[24:27] = (49).to_bytes(3, "little")
    with pytest.raises(ImageUnreadable):
        decoder.decode(bytes(file))


def test_a_text_chunk_that_unpacks_to_megabytes(decoder):
    bomb = png_with((b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(50_000_000), 9)))
    with pytest.raises(ImageUnreadable):
        decoder.decode(bomb)


@pytest.mark.parametrize("kind", ["tEXt", "zTXt", "iTXt"])
def test_a_text_of_more_than_64_kb(decoder, kind):
    for size, is_fine in ((64 * 1024, True), (64 * 1024 + 1, False)):
        text = b"x" * size
        body = {"tEXt": b"", "zTXt": b"\0", "iTXt": b"\0\0\0\0"}[kind] + (
            zlib.compress(text) if kind == "zTXt" else text
        )
        file = png_with((kind.encode(), b"Comment\0" + body))
        with contextlib.nullcontext() if is_fine else pytest.raises(ImageUnreadable):
            decoder.decode(file)


def test_a_profile_of_a_png_may_be_as_large_as_any(decoder):
    profile = swapped_profile() + bytes(200_000)
    red = np.zeros((32, 32, 3), np.uint8)
    red[:] = (255, 0, 0)
    assert decoder.decode(saved(red, "PNG", icc_profile=profile)).rgb[16, 16, 1] > 240


def test_an_oversized_profile_is_refused(decoder):
    with pytest.raises(ImageUnreadable):
        decoder.decode(saved(PIXELS, "JPEG", icc_profile=bytes(1_100_000)))


def test_nothing_of_the_file_but_its_pixels_comes_back(decoder):
    exif = Image.Exif()
    exif[0x9286] = "a secret place"
    decoded = decoder.decode(saved(PIXELS, "PNG", exif=exif))
    with Image.open(io.BytesIO(saved(decoded.rgb, "PNG"))) as image:
        assert "exif" not in image.info


def test_a_real_photo(decoder):
    with Image.open(io.BytesIO(photo("lemur"))) as image:
        assert difference(decoder.decode(photo("lemur")).rgb, np.asarray(image.convert("RGB"))) == 0


def test_our_own_png_of_13_noisy_megapixels_is_read_again(decoder):
    pixels = noise(4200, 3100)
    data = encoding.clean_png(pixels, None)
    assert len(data) > gate.LIMIT_BYTES
    with pytest.raises(ImageTooLarge):
        decoder.decode(data)
    assert np.array_equal(decoder.decode(data, limit_bytes=gate.OWN_LIMIT_BYTES).rgb, pixels)
