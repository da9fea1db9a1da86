"""The visible TEST of test keys. It is drawn into the plate, under the subject, whose pixels stay untouched."""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

WORD = "TEST"
ANGLE_DEG = 30.0
OPACITY = 0.38


def draw(plate: Pixels) -> Pixels:
    """Return a copy tiled with the word, diagonally, once every quarter of the width.

    White with a dark rim, so that it shows on any background; every plate large enough for a subject shows one.
    """
    height, width = plate.shape[:2]
    ink, rim = _tile(max(16, min(width // 4, height)))
    out = np.empty_like(plate)
    for top in range(0, height, ink.shape[0]):  # a band at a time: no float plane of the whole picture
        band = plate[top : top + ink.shape[0]].astype(np.float32)
        shift = (top // ink.shape[0] % 2) * ink.shape[1] // 2
        for layer, value in ((rim, 0.0), (ink, 255.0)):
            row = np.tile(np.roll(layer, shift, axis=1), (1, -(-width // layer.shape[1])))
            weight = row[: band.shape[0], :width, None] * np.float32(OPACITY)
            band += weight * (np.float32(value) - band)
        out[top : top + ink.shape[0]] = (band + np.float32(0.5)).astype(np.uint8)
    return out


def _tile(side: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
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
