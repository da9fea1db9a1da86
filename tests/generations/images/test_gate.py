"""What passes the gate is one of five formats of a bearable size; what does not is refused in a sentence."""

import contextlib
import struct
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generations.images import gate
from generations.images.errors import ImageFormatNotAllowed, ImageRefused, ImageTooLarge, ImageUnreadable
from tests.generations.material import FIXTURES, colors, png_with, saved

HEADS = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    b"RIFF\x00\x00\x00\x00WEBPVP8X",
    b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif\x00\x00\x00\x20meta",
    b"",
)


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("JPEG", {}, "jpeg"),
        ("JPEG", {"progressive": True}, "jpeg"),
        ("PNG", {}, "png"),
        ("WEBP", {}, "webp"),
        ("WEBP", {"lossless": True}, "webp"),
        ("WEBP", {"exif": b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00"}, "webp"),
        ("AVIF", {}, "avif"),
    ],
)
def test_reads_format_and_sides(name, options, expected):
    header = gate.inspect(saved(colors(70, 40), name, **options))
    assert (header.format, header.width_px, header.height_px) == (expected, 70, 40)


def test_reads_heic():
    header = gate.inspect((FIXTURES / "armchair.heic").read_bytes())
    assert (header.format, header.width_px, header.height_px) == ("heic", 250, 200)


def test_reads_a_jpeg_whose_frame_header_comes_after_megabytes_of_segments():
    plain = saved(colors(70, 40), "JPEG")
    segment = b"\xff\xe1" + struct.pack(">H", 65535) + bytes(65533)
    header = gate.inspect(plain[:2] + segment * 40 + plain[2:])
    assert (header.width_px, header.height_px) == (70, 40)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (saved(colors(32, 32), "GIF"), "a GIF"),
        (saved(colors(32, 32), "BMP"), "a BMP"),
        (saved(colors(32, 32), "TIFF"), "a TIFF"),
        (saved(colors(32, 32), "ICO"), "an icon file"),
        (saved(colors(32, 32), "JPEG2000"), "a JPEG 2000"),
        (saved(colors(32, 32), "PDF"), "a PDF"),
        (saved(colors(32, 32), "EPS"), "a PostScript file"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"></svg>', "an SVG"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><html></html>", "a web page"),
        (b"PK\x03\x04" + bytes(40), "an archive"),
        (b"8BPS" + bytes(40), "a Photoshop file"),
        (b"hello there, this is a letter", "not a picture we know"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2", "not a picture we know"),
    ],
)
def test_other_formats_are_named_and_refused(data, words):
    with pytest.raises(ImageFormatNotAllowed) as refusal:
        gate.inspect(data)
    assert refusal.value.message == f"This file is {words}. We accept JPEG, PNG, WebP, AVIF and HEIC."
    assert refusal.value.http_status == 422


def test_too_many_bytes():
    with pytest.raises(ImageTooLarge) as refusal:
        gate.inspect(b"\xff\xd8\xff" + bytes(gate.LIMIT_BYTES))
    assert (refusal.value.http_status, refusal.value.extra) == (413, {"limit_bytes": 20 * 1024 * 1024})


@pytest.mark.parametrize(("width", "height"), [(5001, 5000), (60000, 60000), (2**31, 2**31), (8193, 1000)])
def test_too_many_pixels(width, height):
    with pytest.raises(ImageTooLarge) as refusal:
        gate.inspect(png_with(width=width, height=height))
    assert (refusal.value.http_status, refusal.value.extra) == (413, {"limit_pixels": 25_000_000})


@pytest.mark.parametrize(("width", "height"), [(15, 100), (100, 15), (0, 0), (16, 321), (8000, 399)])
def test_too_small_or_too_narrow(width, height):
    with pytest.raises(ImageUnreadable):
        gate.inspect(png_with(width=width, height=height))


@pytest.mark.parametrize(("width", "height"), [(16, 16), (16, 320), (5000, 5000), (8192, 3000)])
def test_the_limits_themselves_are_allowed(width, height):
    assert gate.inspect(png_with(width=width, height=height)).width_px == width


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x00\x00\x00\x00WEBP"])
def test_nothing_behind_the_first_bytes(data):
    with pytest.raises(ImageUnreadable):
        gate.inspect(data)


@given(st.sampled_from(HEADS), st.binary(max_size=400))
def test_whatever_the_bytes_it_answers_or_refuses(head, rest):
    try:
        header = gate.inspect(head + rest)
    except ImageRefused:
        return
    assert header.width_px * header.height_px <= gate.LIMIT_PIXELS


@given(st.integers(0, 4000), st.integers(0, 255), st.sampled_from(["JPEG", "WEBP", "AVIF", "PNG"]))
def test_a_damaged_byte_never_breaks_the_gate(at, value, name):
    data = bytearray(saved(colors(40, 30), name))
    data[at % len(data)] = value
    with contextlib.suppress(ImageRefused):
        gate.inspect(bytes(data))


def test_no_decoder_is_loaded_by_the_gate():
    code = (
        "import sys; import generations.images.gate\nassert not {'PIL', 'cv2', 'numpy', 'pi_heif'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_is_ours_may_weigh_more_but_have_no_more_pixels():
    heavy = png_with(width=4200, height=3100) + bytes(gate.LIMIT_BYTES)
    with pytest.raises(ImageTooLarge) as refusal:
        gate.inspect(heavy)
    assert refusal.value.extra == {"limit_bytes": gate.LIMIT_BYTES}
    assert gate.inspect(heavy, limit_bytes=gate.OWN_LIMIT_BYTES).width_px == 4200
    with pytest.raises(ImageTooLarge) as wide:
        gate.inspect(png_with(width=5001, height=5000), limit_bytes=gate.OWN_LIMIT_BYTES)
    assert wide.value.extra == {"limit_pixels": gate.LIMIT_PIXELS}
    with pytest.raises(ImageTooLarge, match="96 MiB"):
        gate.inspect(bytes(gate.OWN_LIMIT_BYTES + 1), limit_bytes=gate.OWN_LIMIT_BYTES)
