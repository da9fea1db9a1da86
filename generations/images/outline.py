"""The line round what a matte keeps, as an SVG path: short enough for a page, close enough to judge a cut-out by."""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

KEPT = 128
# Traced at this size at most: a pixel of it is less than the tolerance, and noise makes no million of lines.
TRACED_PX = 1024
TOLERANCE = 0.0015  # of the diagonal
LIMIT_BYTES = 12_000


def trace(matte: Pixels) -> str:
    """Return the outline of where the matte (HxW) is 128 or more, in its pixels, whole numbers; "" of an empty one.

    Closed polygons for fill-rule evenodd, so holes are holes; simplified after Douglas and Peucker by 0.15 % of the
    diagonal, and by more where the path would be longer than 12,000 bytes. Parts smaller than that are left out.
    """
    height, width = matte.shape
    shrink = min(1.0, TRACED_PX / max(height, width))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    small = matte if shrink == 1 else cv2.resize(matte, size, interpolation=cv2.INTER_AREA)
    # A border all round, so that what is cut by the photo's edge is closed along it.
    kept = np.pad((small >= KEPT).astype(np.uint8), 1)
    contours, _ = cv2.findContours(kept, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    scale = np.array([width / size[0], height / size[1]])
    tolerance = TOLERANCE * float(np.hypot(*size))
    while contours:
        path = "".join(_polygon(contour, tolerance=tolerance, scale=scale) for contour in contours)
        if len(path) <= LIMIT_BYTES:
            return path
        tolerance *= 2
    return ""


def _polygon(contour: cv2.typing.MatLike, *, tolerance: float, scale: NDArray[np.float64]) -> str:
    """One closed polygon at the photo's scale; nothing of what the tolerance leaves no area."""
    points = cv2.approxPolyDP(contour, tolerance, closed=True)[:, 0, :]
    if len(points) < 3:
        return ""
    # The border shifted everything by one; half a pixel leads to the middle of a pixel.
    placed = np.rint((points - 0.5) * scale).astype(int)
    first, *others = (f"{x} {y}" for x, y in placed.tolist())
    return f"M{first}L{' '.join(others)}Z"
