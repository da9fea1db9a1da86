"""An operator's photograph fitted to a picture: its horizon at the camera's, its light on the subject's side."""

import cv2
import numpy as np

from generations.engines.base import Pixels
from generations.engines.embedded import noise
from generations.engines.embedded.light import Light
from generations.engines.embedded.plates import Photo

# Some height beyond the frame is wanted, so that the horizon can be moved; more enlargement than this shows.
_SPARE, _MOST_ENLARGED = 1.15, 1.5


def scale(*, picture: tuple[int, int], frame: tuple[int, int]) -> float | None:
    """How much to enlarge a picture (h, w) for a frame (h, w); None where it is too small to fill it."""
    least = max(frame[0] / picture[0], frame[1] / picture[1])
    if least > _MOST_ENLARGED:
        return None
    spare = max(least, _SPARE * frame[0] / picture[0])
    return min(spare, max(least, _MOST_ENLARGED))


def is_mirrored(photo: Photo, light: Light) -> bool:
    """Tell whether to turn a photograph over, so that its light comes from the subject's side."""
    if not photo.mirror or photo.light not in ("left", "right"):
        return False
    return (photo.light == "left") != (light.side < 0)


def fit(pixels: Pixels, photo: Photo, *, frame: tuple[int, int], horizon: float, light: Light) -> Pixels | None:
    """Cut the plate (h, w, 3) for a frame (h, w) out of a photograph; None where it is too small.

    horizon: the row, in pixels of the frame, on which the photograph's horizon should come to lie; it may lie
    outside the frame, and the cut goes as far toward it as the photograph reaches.
    """
    high, wide = pixels.shape[:2]
    by = scale(picture=(high, wide), frame=frame)
    if by is None:
        return None
    height, width = frame
    tall, broad = max(height, round(high * by)), max(width, round(wide * by))
    top = int(np.clip(round(photo.horizon * tall - horizon), 0, tall - height))
    left = (broad - width) // 2
    source = pixels[:, ::-1] if is_mirrored(photo, light) else pixels
    # Only what is seen is ever scaled: the whole of a long panorama could be a hundred times the frame.
    x0, x1 = left / broad * wide, (left + width) / broad * wide
    y0, y1 = top / tall * high, (top + height) / tall * high
    return _scaled(source, (x0, y0, x1, y1), width=width, height=height)


def grained(plate: Pixels, *, sigma: float, rng: np.random.Generator) -> Pixels:
    """Add grain until a plate has the photograph's. sigma: 0..1, what is missing."""
    if sigma <= 0:
        return plate
    texture = np.roll(noise.tile("white"), tuple(rng.integers(0, 512, 2).tolist()), axis=(0, 1)) * np.float32(
        255 * sigma
    )
    height, width = plate.shape[:2]
    wide = np.tile(texture, (1, -(-width // 512)))[:, :width, None]
    out = np.empty_like(plate)
    for top in range(0, height, 512):
        band = plate[top : top + 512].astype(np.float32) + wide[: height - top]
        out[top : top + 512] = np.clip(np.rint(band), 0, 255)
    return out


def _scaled(source: Pixels, box: tuple[float, float, float, float], *, width: int, height: int) -> Pixels:
    """Bring a part of a picture to a size: averaged where it shrinks, cubic where it grows."""
    x0, y0, x1, y1 = box
    left, top, right, bottom = int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1))
    part = np.ascontiguousarray(source[top:bottom, left:right])
    shrinks = (x1 - x0) > width
    kind = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(part, (width, height), interpolation=kind), np.uint8)
