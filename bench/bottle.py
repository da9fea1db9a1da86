"""A small product of our own to look at: a glazed bottle, drawn with numpy, its matte exact.

The evaluation set holds furniture and animals only. CC0-1.0 (own work).
"""

import cv2
import numpy as np

from generations.engines.base import Pixels

_WIDTH, _HEIGHT, _TWICE = 1000, 800, 2
# The outline: heights above the foot and the radii there, in shares of the picture's height.
_HEIGHTS = (0.0, 0.012, 0.03, 0.26, 0.32, 0.36, 0.39, 0.47, 0.475, 0.50, 0.505)
_RADII = (0.093, 0.100, 0.103, 0.105, 0.096, 0.066, 0.040, 0.036, 0.042, 0.042, 0.036)
_FOOT, _LABEL = 0.80, (0.07, 0.20)
# The eye looks down a little: circles appear this much flatter than wide.
_TILT = 0.16


def photograph() -> tuple[Pixels, Pixels]:
    """Return the bottle on white paper, lit from the left (h, w, 3), and its matte (h, w)."""
    height, width = _HEIGHT * _TWICE, _WIDTH * _TWICE
    unit, middle = float(height), width / 2
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    across = (x - middle) / unit
    # The front of a circle hangs below its middle: a point seen at a row belongs to a slightly greater height.
    up = _FOOT - y / unit
    for _ in range(3):
        radius = np.interp(up, _HEIGHTS, _RADII, left=0.0, right=0.0)
        front = np.sqrt(np.maximum(radius**2 - across**2, 0))
        up = _FOOT - y / unit + _TILT * front
    base = np.hypot(across, (_FOOT - y / unit) / _TILT) < _RADII[0]
    inside = ((np.abs(across) < radius) & (up > 0)) | base
    alpha = np.where(inside, 255, 0).astype(np.uint8)
    # Below the foot's middle only the foot is seen.
    rgb = _shaded(
        across / np.maximum(radius, _RADII[0]) * np.where(up > 0.33, _RADII[0] / np.maximum(radius, 0.03), 1), up
    )
    picture = np.where(inside[..., None], rgb, 236.0).astype(np.uint8)
    size = (_WIDTH, _HEIGHT)
    shrunk = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (picture, alpha)]
    return np.asarray(shrunk[0], np.uint8), np.asarray(shrunk[1], np.uint8)


def _shaded(turn: np.ndarray, up: np.ndarray) -> np.ndarray:
    """Colors by how far round the bottle (-1 left .. 1 right) and how high a point lies."""
    turn = np.clip(turn, -1, 1)
    lit = 0.30 + 0.70 * np.clip(0.75 * np.sqrt(1 - turn**2) - 0.55 * turn, 0, 1)
    glaze = np.array([52.0, 92.0, 88.0]) * lit[..., None]
    is_label = (up > _LABEL[0]) & (up < _LABEL[1]) & (np.abs(turn) < 0.78)
    stripe = np.abs(up - sum(_LABEL) / 2) < 0.006
    paper = np.where(stripe[..., None], np.array([150.0, 104.0, 62.0]), np.array([238.0, 230.0, 214.0]))
    color = np.where(is_label[..., None], paper * (0.35 + 0.65 * lit)[..., None], glaze)
    cork = (up > 0.475)[..., None]
    color = np.where(cork, np.array([196.0, 158.0, 112.0]) * lit[..., None], color)
    softbox = np.exp(-(((turn + 0.55) / 0.09) ** 4)) * np.where(is_label | cork[..., 0], 0.05, 0.62)
    rim = 0.22 * np.exp(-(((turn - 0.86) / 0.06) ** 2))
    return np.clip(color + 255 * (softbox + rim)[..., None] * 0.8, 0, 255)
