"""The pictures tests work with, and how two of them are compared."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

EVALSET = Path(__file__).resolve().parent.parent / "bench" / "evalset"
CHAIR = EVALSET / "image" / "syn_white_armchair_on_white.jpg"
BLUE_CHAIR = EVALSET / "image" / "syn_armchair_blue.jpg"
PROMPT = "a bright minimalist showroom with white walls and natural light"


def rgb(data: bytes) -> NDArray[np.uint8]:
    """Return the file's pixels, height x width x 3."""
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"))


def grey(data: bytes) -> NDArray[np.uint8]:
    """Return the file's pixels as one plane, height x width."""
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("L"))


def png(plane: NDArray[np.uint8]) -> bytes:
    """Return one plane or three as a PNG."""
    buffer = io.BytesIO()
    Image.fromarray(plane).save(buffer, "PNG")
    return buffer.getvalue()


def flat(*, width_px: int, height_px: int) -> bytes:
    """Return a PNG of one grey: a picture in which there is no subject."""
    buffer = io.BytesIO()
    Image.new("RGB", (width_px, height_px), (190, 190, 190)).save(buffer, "PNG")
    return buffer.getvalue()


def cut_at_both_sides() -> bytes:
    """Return a cut-out as PNG, a brown bench that the left and the right border both cut."""
    whole = Image.new("RGBA", (600, 800), (0, 0, 0, 0))
    whole.paste((120, 84, 60, 255), (0, 420, 600, 560))
    buffer = io.BytesIO()
    whole.save(buffer, "PNG")
    return buffer.getvalue()
