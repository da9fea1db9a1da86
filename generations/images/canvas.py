"""The frame of the result laid over the matte, and the photo's planes moved into it, by whole pixels."""

import numpy as np
from numpy.typing import NDArray

from generations.images.framing import Box, Canvas, Frame, frame_of_box

__all__ = ["Canvas", "Frame", "box_of", "frame", "translated"]

Pixels = NDArray[np.uint8]

OUTSIDE = 127  # grey beyond the photo's border, where no matte keeps anything


def box_of(matte: Pixels) -> Box:
    """Return the box of what a matte (HxW) keeps: where it is above 0, which is at least one pixel."""
    columns, rows = np.flatnonzero(matte.any(axis=0)), np.flatnonzero(matte.any(axis=1))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def frame(*, matte: Pixels, canvas: Canvas | None) -> Frame:
    """Return the frame asked for over the photo of this matte (HxW); without a canvas the photo's own.

    Raises CanvasNotPossible as `framing.frame_of_box` does.
    """
    height, width = matte.shape
    if canvas is None:
        return Frame(0, 0, width, height)
    return frame_of_box(box=box_of(matte), width_px=width, height_px=height, canvas=canvas)


def translated(plane: Pixels, *, frame: Frame, outside: int) -> Pixels:
    """Return the plane (HxW or HxWxC) as the frame sees it; `outside` fills what lies beyond the photo."""
    height, width = plane.shape[:2]
    if frame == Frame(0, 0, width, height):
        return plane
    out = np.full((frame.height_px, frame.width_px, *plane.shape[2:]), outside, np.uint8)
    x, y = frame.offset_px
    left, top = max(0, frame.left), max(0, frame.top)
    right, bottom = min(width, frame.left + frame.width_px), min(height, frame.top + frame.height_px)
    if left < right and top < bottom:
        out[top + y : bottom + y, left + x : right + x] = plane[top:bottom, left:right]
    return out
