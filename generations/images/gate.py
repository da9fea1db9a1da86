"""The gate: may these bytes be a picture of ours? Size, first bytes and dimensions; nothing is decoded.

Runs in the web process before tokens are held, and again in the worker before pixels. Pillow is never
imported here: a decoder has no business in the web process.
"""

from collections.abc import Callable
from dataclasses import dataclass

from generations.images import headers
from generations.images.errors import ImageFormatNotAllowed, ImageTooLarge, ImageUnreadable

LIMIT_BYTES = 20 * 1024 * 1024
LIMIT_PIXELS = 25_000_000
# A picture we wrote ourselves and are given back: PNG takes at most 4 bytes a pixel and a little for rows and chunks.
OWN_LIMIT_BYTES = 4 * LIMIT_PIXELS + 1024 * 1024
SIDE_MIN_PX, SIDE_MAX_PX = 16, 8192
RATIO_MAX = 20
ACCEPTED = "We accept JPEG, PNG, WebP, AVIF and HEIC."

# What people send by mistake, so that the answer can say what it was. Only for words: whatever is not one of
# the five formats is refused, named or not.
KNOWN_BY_FIRST_BYTES: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "a GIF"),
    (b"BM", "a BMP"),
    (b"II*\x00", "a TIFF"),
    (b"MM\x00*", "a TIFF"),
    (b"II+\x00", "a TIFF"),
    (b"MM\x00+", "a TIFF"),
    (b"\x00\x00\x01\x00", "an icon file"),
    (b"8BPS", "a Photoshop file"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"%PDF", "a PDF"),
    (b"%!PS", "a PostScript file"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript file"),
    (b"PK\x03\x04", "an archive"),
    (b"\x1f\x8b", "an archive"),
    (b"7z\xbc\xaf", "an archive"),
    (b"Rar!", "an archive"),
)


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """format: jpeg, png, webp, avif or heic; the sides as stored, before any orientation flag."""

    format: str
    width_px: int
    height_px: int


def inspect(data: bytes, *, limit_bytes: int = LIMIT_BYTES) -> ImageHeader:
    """Check size, format and dimensions; return the header.

    limit_bytes: OWN_LIMIT_BYTES for what lay in our own storage as ours, never for what comes from outside.
    Raises ImageTooLarge (limit_bytes | limit_pixels), ImageFormatNotAllowed, ImageUnreadable.
    """
    if len(data) > limit_bytes:
        raise ImageTooLarge(f"This file is larger than {limit_bytes // 2**20} MiB.", limit_bytes=limit_bytes)
    if not data:
        raise ImageUnreadable("This file is empty.")
    name = format_of(data)
    if name is None:
        raise ImageFormatNotAllowed(f"This file is {_what_it_is(data)}. {ACCEPTED}")
    try:
        width_px, height_px = SIZE_OF[name](data)
    except (ValueError, IndexError) as error:
        raise ImageUnreadable from error
    check_size(width_px=width_px, height_px=height_px)
    return ImageHeader(name, width_px, height_px)


def format_of(data: bytes) -> str | None:
    """The format by its first bytes, or None for anything else. Names and content types play no part."""
    if data[:3] == b"\xff\xd8\xff":
        return "jpeg"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp":
        length = min(int.from_bytes(data[:4], "big"), 256)
        brands = {data[at : at + 4] for at in (8, *range(16, length - 3, 4))}
        if brands & {b"avif", b"avis"}:
            return "avif"
        if brands & {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis"}:
            return "heic"
    return None


def check_size(*, width_px: int, height_px: int) -> None:
    """Raise for a picture whose sides we do not take; ImageTooLarge (limit_pixels) or ImageUnreadable."""
    short, long = sorted((width_px, height_px))
    if width_px * height_px > LIMIT_PIXELS:
        raise ImageTooLarge("This picture has more than 25 megapixels.", limit_pixels=LIMIT_PIXELS)
    if long > SIDE_MAX_PX:
        raise ImageTooLarge(
            f"This picture is {long} pixels long; the most is {SIDE_MAX_PX}.", limit_pixels=LIMIT_PIXELS
        )
    if short < SIDE_MIN_PX:
        raise ImageUnreadable(f"This picture is too small: each side needs at least {SIDE_MIN_PX} pixels.")
    if long > RATIO_MAX * short:
        raise ImageUnreadable(f"This picture is too narrow: at most {RATIO_MAX} times as long as wide.")


SIZE_OF: dict[str, Callable[[bytes], tuple[int, int]]] = {
    "jpeg": headers.jpeg_size,
    "png": headers.png_size,
    "webp": headers.webp_size,
    "avif": headers.heif_size,
    "heic": headers.heif_size,
}


def _what_it_is(data: bytes) -> str:
    for start, words in KNOWN_BY_FIRST_BYTES:
        if data.startswith(start):
            return words
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return "an SVG"
    if head.startswith((b"<!doctype html", b"<html")):
        return "a web page"
    return "not a picture we know"
