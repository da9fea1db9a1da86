"""The shadow a subject throws on a plate: cast, contact and the dimness beneath it.

It is drawn from the matte alone, on the plate alone: no pixel of the subject is read or touched. The same
drawing serves painted plates, colors and photographs.
"""

from typing import Literal

import cv2
import numpy as np

from generations.engines.base import Pixels
from generations.engines.embedded import footing
from generations.engines.embedded.color import Floats
from generations.engines.embedded.footing import Footing
from generations.engines.embedded.light import Light

# Shadows are soft: this many pixels along the longer side carry all they show.
_WORK_PX = 720
# Multiplied in this many rows at a time, for the sake of memory.
_BAND_ROWS = 256
_CAST, _CONTACT, _BENEATH, _LIMIT = 0.42, 0.75, 0.58, 0.82
# How far back a height lies down on the floor: a point h above the floor falls this share of h up the
# picture.
_SQUASH = 0.24


def draw(*, plate: Pixels, alpha: Pixels, light: Light, shadow: Literal["none", "contact"]) -> Pixels:
    """Return a new plate with the subject's shadow multiplied in; a copy where there is none to draw.

    plate: HxWx3 sRGB. alpha: HxW matte of the same size. A subject cut off by the lower border shows no
    floor and gets no shadow; at every border it is cut by, the shadow fades out.
    """
    out = plate.copy()
    if shadow == "none":
        return out
    small = _shrunk(alpha)
    stand = footing.measure(alpha=small)
    if not stand.is_grounded or not (stand.profile >= 0).any():
        return out
    dark = _darkness(small, stand, light)
    rows = np.flatnonzero(dark.max(axis=1) > 1 / 512)
    if not rows.size:
        return out
    height, width = alpha.shape
    scale = height / small.shape[0]
    first, last = max(0, int((rows[0] - 1) * scale)), min(height, int((rows[-1] + 2) * scale) + 1)
    full = cv2.resize(dark, (width, height), interpolation=cv2.INTER_LINEAR)
    for top in range(first, last, _BAND_ROWS):
        band = slice(top, min(top + _BAND_ROWS, last))
        out[band] = np.rint(out[band] * (1 - full[band, :, None] * (1 - _tint(light))))
    return out


def _shrunk(alpha: Pixels) -> Pixels:
    scale = _WORK_PX / max(alpha.shape)
    if scale >= 1:
        return alpha
    size = (max(1, round(alpha.shape[1] * scale)), max(1, round(alpha.shape[0] * scale)))
    return np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.uint8)


def _tint(light: Light) -> Floats:
    """Light left in the shadow, per channel: cool beneath a warm key, warm beneath a cool one."""
    warmth = float(np.clip((6000 - light.kelvin) / 4000, -0.6, 1))
    return np.array([0.10 - 0.05 * warmth, 0.09, 0.08 + 0.06 * warmth], np.float32)


def _darkness(alpha: Pixels, stand: Footing, light: Light) -> Floats:
    total = _cast(alpha, stand, light) + _contact(alpha, stand) + _beneath(alpha, stand)
    total = np.clip(total, 0, _LIMIT)
    fade = max(2.0, 0.08 * alpha.shape[1])
    columns = np.arange(alpha.shape[1], dtype=np.float32)
    if "left" in stand.cut:
        total *= np.clip(columns / fade, 0, 1)
    if "right" in stand.cut:
        total *= np.clip((alpha.shape[1] - 1 - columns) / fade, 0, 1)
    if "bottom" in stand.cut:
        total *= np.clip((alpha.shape[0] - 1 - np.arange(alpha.shape[0])) / fade, 0, 1)[:, None]
    return np.asarray(total, np.float32)


def _cast(alpha: Pixels, stand: Footing, light: Light) -> Floats:
    """Lay the silhouette down on the floor, away from the key, blurrier and fainter with its height."""
    height, width = alpha.shape
    tall = max(stand.height_px, 2)
    reach = float(np.clip(1 / np.tan(np.radians(max(light.elevation_deg, 8.0))), 0.35, 1.5))
    squash = -0.8 * _SQUASH if light.is_behind else _SQUASH
    shear = -light.side * reach * 0.75
    y, x0 = np.mgrid[0:height, 0:width].astype(np.float32)
    columns = np.arange(width)
    x = x0
    # The floor row under a point depends on where its foot is, which depends on the floor row: four rounds
    # settle.
    for _ in range(4):
        ground = np.interp(x, columns, stand.ground).astype(np.float32)
        up = (ground - y) / squash
        x = x0 - shear * up
    thrown = cv2.remap(alpha, x, ground - up, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    thrown[up < 0] = 0
    lit = thrown.astype(np.float32) / 255
    softness = 1.0 + 1.5 / max(light.ratio, 1.0)
    soft = np.clip(up / tall, 0, 1)
    near = cv2.GaussianBlur(lit, (0, 0), 0.5 + 0.004 * tall * softness)
    middle = cv2.GaussianBlur(lit, (0, 0), 0.5 + 0.015 * tall * softness)
    far = cv2.GaussianBlur(lit, (0, 0), 0.5 + 0.04 * tall * softness)
    low, high = np.clip(soft * 2.5, 0, 1), np.clip(soft * 2.5 - 1, 0, 1)
    mixed = near * (1 - low) + (middle * (1 - high) + far * high) * low
    strength = _CAST * float(np.clip((light.ratio - 0.4) / 1.8, 0.35, 1.0))
    return np.asarray(mixed * strength * (1 - 0.4 * soft), np.float32)


def _contact(alpha: Pixels, stand: Footing) -> Floats:
    """Draw the narrow dark line where the subject meets the floor, in two widths."""
    height, width = alpha.shape
    line = np.zeros((height, width), np.float32)
    xs = np.flatnonzero(stand.touch > 0.05)
    thick = max(1, round(0.004 * max(height, width)))
    for offset in range(-thick, thick + 1):
        rows = np.clip(stand.profile[xs].astype(int) + offset, 0, height - 1)
        line[rows, xs] = stand.touch[xs]
    unit = max(height, width) / 1000
    tight = cv2.GaussianBlur(line, (0, 0), max(0.6, 5 * unit))
    wide = cv2.GaussianBlur(line, (0, 0), max(1.2, 16 * unit))
    return np.asarray(np.clip(tight * 1.1 + wide * 1.6, 0, 1) * _CONTACT, np.float32)


def _beneath(alpha: Pixels, stand: Footing) -> Floats:
    """Dim the floor under a body that hangs close above it: a sofa between its legs, a low chair."""
    tall = max(stand.height_px, 2)
    y = np.arange(alpha.shape[0], dtype=np.float32)[:, None]
    gap = np.clip(stand.ground - stand.profile, 0, None)
    close = np.where(stand.profile >= 0, np.exp(-gap / (0.12 * tall)), 0)
    strip = ((y >= stand.profile - 0.02 * tall) & (y <= stand.ground + 0.01 * tall)) * close
    soft = cv2.GaussianBlur(strip.astype(np.float32), (0, 0), 0.8 + 0.025 * tall)
    feet = np.flatnonzero(stand.touch > 0.5)
    if feet.size > 2:
        points = np.stack([feet, stand.profile[feet]], axis=1).astype(np.float32)
        area = np.zeros(alpha.shape, np.float32)
        cv2.fillConvexPoly(area, np.rint(cv2.convexHull(points)).astype(np.int32), 1.0)
        soft = np.maximum(soft, 0.75 * cv2.GaussianBlur(area, (0, 0), 0.8 + 0.035 * tall))
    return np.asarray(soft * _BENEATH, np.float32)
