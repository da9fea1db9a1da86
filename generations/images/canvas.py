"""The frame of the result: where it lies over the photo, in whole pixels, and the photo's planes moved into it.

The subject is never scaled or turned. The frame grows or crops round it, or is refused; all of it is integers, so
that a caller can foresee the size to the pixel.
"""

from dataclasses import dataclass
from math import floor
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generations.images.errors import CanvasNotPossible
from generations.images.gate import LIMIT_PIXELS, SIDE_MAX_PX, SIDE_MIN_PX

Pixels = NDArray[np.uint8]
Anchor = Literal["subject", "center", "bottom"]

OUTSIDE = 127  # grey beyond the photo's border, where no matte keeps anything


@dataclass(frozen=True, slots=True)
class Canvas:
    """The frame asked for. aspect: width to height, None = the photo's. padding: 0..0.5 of the subject's longer
    side, None = at least the photo's own size. anchor: what the frame is placed by."""

    aspect: tuple[int, int] | None = None
    padding: float | None = None
    anchor: Anchor = "subject"


@dataclass(frozen=True, slots=True)
class Frame:
    """A rectangle in the photo's coordinates; left and top may be negative, right and bottom lie beyond it."""

    left: int
    top: int
    width_px: int
    height_px: int

    @property
    def offset_px(self) -> tuple[int, int]:
        """Where the photo's pixel (0, 0) lies in the frame: x, y."""
        return -self.left, -self.top


@dataclass(frozen=True, slots=True)
class _Axis:
    """One direction: the photo's length, the subject from low to high (exclusive), the margin on open sides."""

    length: int
    low: int
    high: int
    margin: int

    @property
    def cut_low(self) -> bool:
        return self.low == 0

    @property
    def cut_high(self) -> bool:
        return self.high == self.length

    @property
    def needed(self) -> int:
        """The subject and the margin on every side where the photo does not cut it."""
        return self.high - self.low + self.margin * (2 - self.cut_low - self.cut_high)

    def middle(self, size: int) -> int:
        """Return where a frame of this size starts that has the subject in its middle."""
        return self.low + (self.high - self.low - size) // 2

    def pinned(self, start: int, size: int) -> int:
        """Return the frame's start, moved so that a cut side of the subject stays at the frame's."""
        if self.cut_low and self.cut_high and size != self.length:
            raise CanvasNotPossible(rule="opens_cut_edge")
        if self.cut_low:
            return 0
        return self.length - size if self.cut_high else start

    def is_inside(self, start: int, size: int) -> bool:
        """Say whether a frame from start shows all of the subject."""
        return start <= self.low and start + size >= self.high


def frame(*, matte: Pixels, canvas: Canvas | None) -> Frame:
    """Return the smallest frame of the aspect round what is needed, placed by the anchor; without a canvas the photo's.

    matte: HxW, the subject is where it is above 0, at least one pixel. `//` floors throughout. 1. size; 2. place;
    3. sides on which the photo cuts the subject stay at the frame; 4. check. Raises CanvasNotPossible with `rule`:
    opens_cut_edge, cuts_subject, too_large (which also means too small).
    """
    height, width = matte.shape
    if canvas is None:
        return Frame(0, 0, width, height)
    across, down = _axes(matte, canvas.padding)
    needed = (width, height) if canvas.padding is None else (across.needed, down.needed)
    cw, ch = _grown(*needed, *(canvas.aspect or (width, height)))
    ox, oy = across.middle(cw), down.middle(ch)
    if canvas.anchor == "center":
        ox, oy = (width - cw) // 2, (height - ch) // 2
    elif canvas.anchor == "bottom":
        oy = height - ch if canvas.padding is None else down.high + down.margin - ch
    ox, oy = across.pinned(ox, cw), down.pinned(oy, ch)
    if not (across.is_inside(ox, cw) and down.is_inside(oy, ch)):
        raise CanvasNotPossible(rule="cuts_subject")
    if not (min(cw, ch) >= SIDE_MIN_PX and max(cw, ch) <= SIDE_MAX_PX and cw * ch <= LIMIT_PIXELS):
        raise CanvasNotPossible(rule="too_large")
    return Frame(ox, oy, cw, ch)


def _axes(matte: Pixels, padding: float | None) -> tuple[_Axis, _Axis]:
    """Return the subject across and down, with the margin that padding asks for."""
    height, width = matte.shape
    columns, rows = np.flatnonzero(matte.any(axis=0)), np.flatnonzero(matte.any(axis=1))
    left, right, top, bottom = int(columns[0]), int(columns[-1]) + 1, int(rows[0]), int(rows[-1]) + 1
    longer = max(right - left, bottom - top)
    margin = 0 if padding is None else (floor(1000 * padding + 0.5) * longer + 500) // 1000
    return _Axis(width, left, right, margin), _Axis(height, top, bottom, margin)


def _grown(width: int, height: int, a: int, b: int) -> tuple[int, int]:
    """Return the smallest size of aspect a:b that holds this one, the side that follows rounded half up."""
    if width * b >= height * a:
        return width, (2 * width * b + a) // (2 * a)
    return (2 * height * a + b) // (2 * b), height


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
