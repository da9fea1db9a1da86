"""How good a matte is, against a known one: the four measures of the evaluation table.

Every function takes HxW uint8 mattes (255 keeps) of one size, the found one first, and returns a float.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]

GRADIENT_SIGMA = 1.4  # Rhemann et al. 2009, "A perceptually motivated online benchmark for image matting"
TOLERANCE_SHARE, TOLERANCE_PX = 0.003, 2.0
BAND_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Quality:
    """iou, boundary_f: 0..1, more is better. gradient (thousands), band: errors, less is better."""

    iou: float
    boundary_f: float
    gradient: float
    band: float


def quality(found: Pixels, truth: Pixels) -> Quality:
    """Return all measures; ValueError when the sizes differ."""
    if found.shape != truth.shape:
        raise ValueError(f"matte is {found.shape}, truth is {truth.shape}")
    return Quality(iou(found, truth), boundary_f(found, truth), gradient_error(found, truth), band_error(found, truth))


def iou(found: Pixels, truth: Pixels) -> float:
    """Intersection over union of what is more than half kept; 1 when both keep nothing."""
    a, b = found > 127, truth > 127
    union = np.count_nonzero(a | b)
    return float(np.count_nonzero(a & b) / union) if union else 1.0


def boundary_f(found: Pixels, truth: Pixels) -> float:
    """F measure of the one-pixel outlines, matched within 2 px or 0.3 % of the diagonal, whichever is more.

    The picture's own border is no outline: a subject cut by it has none there.
    """
    tolerance = max(TOLERANCE_PX, TOLERANCE_SHARE * _diagonal(truth))
    ours, theirs = _outline(found), _outline(truth)
    if not ours.any() or not theirs.any():
        return float(ours.any() == theirs.any())
    precision = (_distance_to(theirs)[ours] <= tolerance).mean()
    recall = (_distance_to(ours)[theirs] <= tolerance).mean()
    return float(2 * precision * recall / (precision + recall)) if precision + recall else 0.0


def gradient_error(found: Pixels, truth: Pixels) -> float:
    """Sum of absolute differences of the gradient magnitudes (Gaussian derivatives, alpha 0..1), in thousands."""
    return float(np.abs(_gradient(found) - _gradient(truth)).sum(dtype=np.float64) / 1000)


def band_error(found: Pixels, truth: Pixels) -> float:
    """Mean absolute error (0..1) within 1 % of the diagonal of the true outline and where truth is partial."""
    band = (truth > 0) & (truth < 255)
    outline = _outline(truth)
    if outline.any():
        band |= _distance_to(outline) <= BAND_SHARE * _diagonal(truth)
    if not band.any():
        band[:] = True
    return float(np.abs(found[band].astype(np.float32) - truth[band]).mean() / 255)


def _outline(matte: Pixels) -> NDArray[np.bool_]:
    """Kept pixels with a neighbor that is not."""
    solid = (matte > 127).astype(np.uint8)
    inner = cv2.erode(solid, np.ones((3, 3), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=1)
    return np.asarray(solid > inner)


def _distance_to(outline: NDArray[np.bool_]) -> Plane:
    """Pixels to the nearest point of the outline."""
    return np.asarray(cv2.distanceTransform((~outline).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE))


def _gradient(matte: Pixels) -> Plane:
    alpha = matte.astype(np.float32) / 255
    radius = int(4 * GRADIENT_SIGMA + 0.5)
    x = np.arange(-radius, radius + 1, dtype=np.float32)
    smooth = np.exp(-(x**2) / (2 * GRADIENT_SIGMA**2))
    smooth /= smooth.sum()
    slope = x / GRADIENT_SIGMA**2 * smooth
    across = cv2.sepFilter2D(alpha, cv2.CV_32F, slope, smooth, borderType=cv2.BORDER_REPLICATE)
    down = cv2.sepFilter2D(alpha, cv2.CV_32F, smooth, slope, borderType=cv2.BORDER_REPLICATE)
    return np.hypot(across, down)


def _diagonal(matte: Pixels) -> float:
    return float(np.hypot(*matte.shape))
