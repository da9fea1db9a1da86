"""Small files that want much: pixels, memory, time, or a parser's patience."""

import struct
import zlib
from collections.abc import Iterator
from functools import cache

import numpy as np

from tests.generations import heif
from tests.generations.material import colors, noise, png_with, saved
from tests.hostile.damaged import CLEAN, MARK, REFUSED, Case, bases, profile

MANY = 50_000_000
TOO_LARGE, UNREADABLE = "IMAGE_TOO_LARGE", "IMAGE_UNREADABLE"


def light() -> Iterator[Case]:
    """Yield those that cost next to nothing to make and to refuse."""
    yield from _sizes()
    yield from _png_chunks()
    yield from _jpegs()
    yield from _boxes()


def heavy() -> Iterator[Case]:
    """Yield those that take seconds: all the pixels we allow, and what makes a decoder go over them again and again."""
    yield Case("PNG of 25 megapixels, all black", saved(np.zeros((5000, 5000), np.uint8), "PNG"), CLEAN)
    black = np.zeros((5000, 5000, 3), np.uint8)
    yield Case("WebP of 25 megapixels", saved(black, "WEBP", lossless=True, method=0), CLEAN)
    yield Case("JPEG of 25 megapixels", saved(black, "JPEG"), CLEAN)
    yield Case("AVIF of 25 megapixels", saved(black, "AVIF", speed=10), CLEAN)
    slow = saved(noise(2400, 2400), "JPEG", progressive=True, quality=30)
    scans = [at for at in range(len(slow) - 1) if slow[at : at + 2] == b"\xff\xda"]
    yield Case("JPEG of 3,000 scans", slow[: scans[-1]] + b"\xff\xda\0\x08\x01\x01\0\1\x3f\1" * 3000 + b"\xff\xd9")
    yield Case("JPEG that repeats its last scan", (slow[:-2] + slow[scans[-1] : -2] * 40 + b"\xff\xd9")[: 20 * 2**20])
    yield Case("HEIC of 500 tiles, 25 megapixels", heif.grid(columns=20, rows=25))
    yield Case("JPEG that says 5000 x 5000", _saying(5000, 5000))
    for side in (5000, 8192):
        hidden = saved(np.zeros((side, side, 3), np.uint8), "AVIF", speed=10)
        yield Case(f"AVIF of {side} x {side} that says 16 x 16", _sized(hidden, 16, 16))


@cache
def _zeros(size: int) -> bytes:
    return zlib.compress(bytes(size), 9)


def _sizes() -> Iterator[Case]:
    for width, height in ((60000, 60000), (2**31 - 1, 2**31 - 1), (8193, 1000), (5001, 5000), (2**32 - 1, 16)):
        yield Case(f"PNG that says {width} x {height}", png_with(width=width, height=height), REFUSED, TOO_LARGE)
    for width, height in ((0, 0), (15, 100), (16, 321), (1, 8192)):
        yield Case(f"PNG that says {width} x {height}", png_with(width=width, height=height), REFUSED, UNREADABLE)
    webp = saved(np.dstack((colors(64, 48), colors(64, 48)[:, :, 0])), "WEBP", lossless=True, exif=b"Exif\0\0MM")
    for side in (63, 4999, 16383):
        yield Case(f"WebP whose canvas is {side + 1}", webp[:24] + side.to_bytes(3, "little") * 2 + webp[30:], REFUSED)
    plain = saved(colors(64, 48), "WEBP", lossless=True)
    yield Case(
        "WebP whose stream says 5000 x 5000", plain[:21] + struct.pack("<I", 4999 | 4999 << 14) + plain[25:], REFUSED
    )


def _png_chunks() -> Iterator[Case]:
    texts = {
        "zTXt": b"Comment\0\0" + _zeros(MANY),
        "iTXt": b"Comment\0\1\0\0\0" + _zeros(MANY),
        "iCCP": b"profile\0\0" + _zeros(MANY),
        "tEXt": b"Comment\0" + MARK * 5000,
    }
    for kind, body in texts.items():
        yield Case(f"PNG with a bomb in {kind}", png_with((kind.encode(), body)), REFUSED, UNREADABLE)
    small = b"Comment\0\0" + _zeros(60_000)
    yield Case("PNG with 2,000 texts", png_with(*[(b"zTXt", small)] * 2000), REFUSED, UNREADABLE)
    yield Case("PNG whose rows unpack to 50 MB", png_with((b"IDAT", _zeros(MANY))))
    yield Case("PNG of 10,000 empty chunks", png_with(*[(b"tEXt", b"a\0")] * 10_000))
    yield Case("PNG with 4 MiB of EXIF", png_with((b"eXIf", b"MM\0*" + bytes(4 * 2**20))))
    yield Case("PNG with two headers", png_with((b"IHDR", struct.pack(">IIBBBBB", 5000, 5000, 8, 0, 0, 0, 0))))
    yield Case(
        "PNG with a profile of 900 kB", saved(colors(64, 48), "PNG", icc_profile=profile() + bytes(900_000)), CLEAN
    )
    for name in ("PNG", "JPEG", "WEBP", "AVIF"):
        large = saved(colors(64, 48), name, icc_profile=profile() + bytes(1_100_000))
        yield Case(f"{name} with a profile above 1 MiB", large, REFUSED, UNREADABLE)


def _saying(width: int, height: int) -> bytes:
    plain = saved(colors(64, 48), "JPEG")
    frame = plain.index(b"\xff\xc0\0\x11")
    return plain[: frame + 5] + struct.pack(">HH", height, width) + plain[frame + 9 :]


def _jpegs() -> Iterator[Case]:
    plain = saved(colors(64, 48), "JPEG")
    for width, height, code in ((65500, 65500, TOO_LARGE), (8192, 8192, TOO_LARGE), (64, 0, UNREADABLE)):
        yield Case(f"JPEG that says {width} x {height}", _saying(width, height), REFUSED, code)
    segment = b"\xff\xfe" + struct.pack(">H", 65535) + (MARK * 4000)[:65533]
    yield Case("JPEG with 2 MiB of comments", plain[:2] + segment * 32 + plain[2:], CLEAN)
    yield Case("JPEG of 5,000 small segments", plain[:2] + b"\xff\xfe\0\x04ab" * 5000 + plain[2:], REFUSED, UNREADABLE)
    yield Case("JPEG that is segments for ever", plain[:2] + segment * 200, REFUSED, UNREADABLE)


def _sized(data: bytes, width: int, height: int) -> bytes:
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]


def _boxes() -> Iterator[Case]:
    for name in ("AVIF", "HEIC"):
        data = bases()[name]
        for width, height in ((65535, 65535), (2**31, 2**31), (0, 0)):
            yield Case(f"{name} that says {width} x {height}", _sized(data, width, height), REFUSED)
        yield Case(f"{name} that says 16 x 16", _sized(data, 16, 16))  # one library shrinks it, the other refuses
        first = int.from_bytes(data[:4], "big")
        for size in (0, 1, 7, 2**31, 2**32 - 1):
            yield Case(f"{name} with a box of {size}", data[:first] + struct.pack(">I", size) + data[first + 4 :])
        deep = b"".join(struct.pack(">I4s", 8 * (5000 - n), b"meta") for n in range(5000))
        yield Case(f"{name} of boxes within boxes", data[:first] + deep, REFUSED, UNREADABLE)
        yield Case(
            f"{name} behind 5,000 boxes", data[:first] + b"\0\0\0\x08free" * 5000 + data[first:], REFUSED, UNREADABLE
        )
    yield Case("HEIC of three pictures", heif.several_pictures(3), REFUSED, UNREADABLE)
    yield Case("HEIC of more tiles than fit", heif.grid(columns=25, rows=25), REFUSED, TOO_LARGE)
