"""A finished picture made small for pages that show many, and the tone that stands in its place until it has come."""

import io
import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generations.images import oklab, sizes

Pixels = NDArray[np.uint8]

#: Four tints, neutral first, of six lightnesses each, dark first.
TONES, LIGHTNESSES = 24, 6
DARKEST, BRIGHTEST = 0.2, 0.98
# A color less far from grey than this looks grey over a whole tile.
NEUTRAL = 0.02
NEUTRAL_TINT, WARM, GREEN, COOL = range(4)


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """A WebP, and which of the 24 tones comes nearest to it."""

    webp: bytes
    tone: int


def of(pixels: Pixels) -> Thumbnail:
    """Make the thumbnail of an HxWx3 or HxWx4 sRGB picture, as large as `sizes.small` says."""
    height_px, width_px = pixels.shape[:2]
    small = np.asarray(cv2.resize(pixels, sizes.small(width_px, height_px), interpolation=cv2.INTER_AREA), np.uint8)
    file = io.BytesIO()
    Image.fromarray(small).save(file, "WEBP", quality=80, method=2)
    return Thumbnail(file.getvalue(), tone(small))


def of_photo(rgb: Pixels, alpha: Pixels | None) -> Thumbnail:
    """Make the thumbnail of a photo as it is decoded: HxWx3 and, where it has one, its alpha, HxW."""
    return of(rgb if alpha is None else np.dstack((rgb, alpha)))


def tone(pixels: Pixels) -> int:
    """Return the tone, 0..23, of the average of what is not transparent."""
    colors = pixels[..., :3].reshape(-1, 3)
    if pixels.shape[2] == 4:
        colors = colors[pixels[..., 3].reshape(-1) > 127]
    if not len(colors):
        return LIGHTNESSES - 1
    lightness, a, b = (float(value) for value in oklab.of_srgb(colors).mean(axis=0))
    step = math.floor((lightness - DARKEST) / (BRIGHTEST - DARKEST) * LIGHTNESSES)
    return _tint(a, b) * LIGHTNESSES + min(max(step, 0), LIGHTNESSES - 1)


def _tint(a: float, b: float) -> int:
    """Return which of the four tints a color off the grey axis has."""
    if math.hypot(a, b) < NEUTRAL:
        return NEUTRAL_TINT
    hue = math.degrees(math.atan2(b, a)) % 360
    if 110 <= hue < 200:
        return GREEN
    return COOL if 200 <= hue < 330 else WARM
