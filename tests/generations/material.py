"""What the picture tests are made of: small pictures, files of every kind, and the network."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray
from PIL import Image

from generations.images import weights
from tests.pictures import EVALSET

Pixels = NDArray[np.uint8]
FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "pictures"


def weights_dir() -> Path:
    """The folder with the network in it, fetched now if this machine has never had it."""
    weights.fetch(name="u2netp", weights_dir=settings.WEIGHTS_DIR)
    return Path(settings.WEIGHTS_DIR)


def photo(name: str) -> bytes:
    return (EVALSET / "image" / f"{name}.jpg").read_bytes()


def true_alpha(name: str) -> Pixels:
    with Image.open(EVALSET / "alpha" / f"{name}.png") as image:
        return np.asarray(image.convert("L"))


def colors(width: int, height: int) -> Pixels:
    """A smooth picture in which every corner has another color, so that turning it shows."""
    y, x = np.mgrid[0:height, 0:width]
    planes = (255 * x / max(width - 1, 1), 255 * y / max(height - 1, 1), 128 + 0 * x)
    return np.stack(planes, axis=2).astype(np.uint8)


def noise(width: int, height: int, channels: int = 3) -> Pixels:
    return np.random.default_rng(5).integers(0, 256, (height, width, channels), np.uint8)


def saved(pixels: Pixels | Image.Image, name: str, **options: Any) -> bytes:
    """The file of a picture, in Pillow's format `name`."""
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    file = io.BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def png_with(*chunks: tuple[bytes, bytes], width: int = 32, height: int = 32) -> bytes:
    """A grey PNG with these (type, body) chunks after its header, checksums right."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 1) * height)) if width * height < 1 << 22 else b""
    body = ((b"IHDR", header), *chunks, (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in body
    )
