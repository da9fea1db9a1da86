"""Masks: a drawn one as it lies on its photo, and the three changes that need no brush.

Distances are straight lines in pixels, so that a corner grows round; half-transparent edges stay where a change does
not reach them.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from generations.images.decoder import Decoded

Pixels = NDArray[np.uint8]

KEPT = 128
STEP_SHARE, STEP_LEAST_PX = 0.01, 2


def of_picture(mask: Decoded, *, width_px: int, height_px: int) -> Pixels:
    """The mask's luminance at this size, HxW; where the mask is transparent it keeps nothing."""
    grey = cv2.cvtColor(mask.rgb, cv2.COLOR_RGB2GRAY)
    if mask.alpha is not None:
        grey = cv2.multiply(grey, mask.alpha, scale=1 / 255)
    return np.asarray(cv2.resize(grey, (width_px, height_px), interpolation=cv2.INTER_LINEAR), np.uint8)


def step_px(matte: Pixels) -> int:
    """How far one change reaches: 1 % of the long side, at least 2 pixels."""
    long_side_px: int = max(matte.shape)
    return max(STEP_LEAST_PX, round(STEP_SHARE * long_side_px))


def grown(matte: Pixels) -> Pixels:
    """Keep one step more all round."""
    return np.asarray(np.maximum(matte, _within(matte < KEPT, step_px(matte))), np.uint8)


def shrunk(matte: Pixels) -> Pixels:
    """Keep one step less all round; the photo's border is no edge of the subject."""
    return np.asarray(np.minimum(matte, 255 - _within(matte >= KEPT, step_px(matte))), np.uint8)


def inverted(matte: Pixels) -> Pixels:
    """Keep what was not kept."""
    return np.asarray(255 - matte, np.uint8)


CHANGES: dict[str, Callable[[Pixels], Pixels]] = {"grow": grown, "shrink": shrunk, "invert": inverted}


def _within(away: NDArray[np.bool_], reach_px: int) -> Pixels:
    """255 up to reach_px from where `away` is False, 0 from a pixel beyond it."""
    if away.all():
        return np.zeros(away.shape, np.uint8)
    distance = cv2.distanceTransform(away.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    return np.asarray(np.clip((reach_px + 1 - distance) * 255, 0, 255), np.uint8)
