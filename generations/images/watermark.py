"""The visible TEST of test keys. It is drawn into the plate, under the subject, whose pixels stay untouched."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]

WORD = "TEST"
ANGLE_DEG = 30.0
OPACITY = 0.38


def draw(plate: Pixels) -> Pixels:
    """Return a copy tiled with the word, diagonally, once every quarter of the width.

    White with a dark rim, so that it shows on any background; every plate large enough for a subject shows one.
    """
    height, width = plate.shape[:2]
    out = np.empty_like(plate)
    for rows, ink, rim in _bands(width, height):
        band = plate[rows].astype(np.float32)
        for layer, value in ((rim, 0.0), (ink, 255.0)):
            band += layer[:, :, None] * (np.float32(value) - band)
        out[rows] = (band + np.float32(0.5)).astype(np.uint8)
    return out


def draw_behind(cutout: Pixels) -> Pixels:
    """Return a copy of an HxWx4 cut-out with the same words where it is fully transparent, and nowhere else."""
    out = cutout.copy()
    height, width = cutout.shape[:2]
    for rows, ink, rim in _bands(width, height):
        cover = ink + rim * (1 - ink)
        grey = 255 * ink / np.maximum(cover, np.float32(1e-6))
        words = cv2.merge((grey, grey, grey, 255 * cover))
        clear = cutout[rows, :, 3] == 0
        out[rows][clear] = (words[clear] + np.float32(0.5)).astype(np.uint8)
    return out


def _bands(width: int, height: int) -> Iterator[tuple[slice, Plane, Plane]]:
    """Yield rows of the picture, and how much of the white ink and of the dark rim lies over each of their pixels.

    A band at a time: no float plane of the whole picture.
    """
    ink, rim = _tile(max(16, min(width // 4, height)))
    side = ink.shape[0]
    for top in range(0, height, side):
        rows, shift = slice(top, min(top + side, height)), (top // side % 2) * side // 2
        layers = (np.tile(np.roll(layer, shift, axis=1), (1, -(-width // side))) for layer in (ink, rim))
        on, under = (layer[: rows.stop - top, :width] * np.float32(OPACITY) for layer in layers)
        yield rows, on, under


def _tile(side: int) -> tuple[Plane, Plane]:
    """The word and its rim on a side x side tile, 0..1."""
    font, thickness = cv2.FONT_HERSHEY_SIMPLEX, max(1, side // 48)
    (text_width, text_height), _ = cv2.getTextSize(WORD, font, 1.0, thickness)
    scale = 0.7 * side / text_width
    origin = (round((side - text_width * scale) / 2), round((side + text_height * scale) / 2))
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), ANGLE_DEG, 1.0)
    word = np.zeros((side, side), np.uint8)
    cv2.putText(word, WORD, origin, font, scale, (255,), thickness, cv2.LINE_AA)
    ink = cv2.warpAffine(word, turn, (side, side))
    rim = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * max(1, side // 90) + 1,) * 2))
    return tuple(np.asarray(layer, np.float32) / np.float32(255) for layer in (ink, rim - ink))  # type: ignore[return-value]
