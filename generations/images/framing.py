"""Where the frame of a result lies over the photo: integers only, so that a page can foresee it to the pixel.

The subject is never scaled or turned. The frame grows or crops round it, or is refused. Nothing here opens a
picture: what is known of the subject is the box of all that its matte keeps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from typing import Any, Literal, NamedTuple, Self

from generations.images.errors import CanvasNotPossible
from generations.images.gate import LIMIT_PIXELS, SIDE_MAX_PX, SIDE_MIN_PX

Anchor = Literal["subject", "center", "bottom"]


class Box(NamedTuple):
    """What a matte keeps, in the photo's coordinates; right and bottom are exclusive."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Canvas:
    """The frame asked for. aspect: width to height, None = the photo's. padding: 0..0.5 of the subject's longer
    side, None = at least the photo's own size. anchor: what the frame is placed by."""

    aspect: tuple[int, int] | None = None
    padding: float | None = None
    anchor: Anchor = "subject"

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Return the frame of validated parameters: `aspect` as original or W:H, `padding`, `anchor`."""
        width, _, height = given["aspect"].partition(":")
        aspect = (int(width), int(height)) if height else None
        return cls(aspect=aspect, padding=given["padding"], anchor=given["anchor"])


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


def frame_of_box(*, box: Box, width_px: int, height_px: int, canvas: Canvas) -> Frame:
    """Return the smallest frame of the aspect round what is needed, placed by the anchor.

    box: not empty, inside the photo of width_px x height_px. `//` floors throughout. 1. size; 2. place; 3. sides on
    which the photo cuts the subject stay at the frame; 4. check. Raises CanvasNotPossible with `rule`:
    opens_cut_edge, cuts_subject, too_large (which also means too small).
    """
    across, down = _axes(box, width_px, height_px, canvas.padding)
    needed = (width_px, height_px) if canvas.padding is None else (across.needed, down.needed)
    cw, ch = _grown(*needed, *(canvas.aspect or (width_px, height_px)))
    ox, oy = across.middle(cw), down.middle(ch)
    if canvas.anchor == "center":
        ox, oy = (width_px - cw) // 2, (height_px - ch) // 2
    elif canvas.anchor == "bottom":
        oy = height_px - ch if canvas.padding is None else down.high + down.margin - ch
    ox, oy = across.pinned(ox, cw), down.pinned(oy, ch)
    if not (across.is_inside(ox, cw) and down.is_inside(oy, ch)):
        raise CanvasNotPossible(rule="cuts_subject")
    if not (min(cw, ch) >= SIDE_MIN_PX and max(cw, ch) <= SIDE_MAX_PX and cw * ch <= LIMIT_PIXELS):
        raise CanvasNotPossible(rule="too_large")
    return Frame(ox, oy, cw, ch)


def _axes(box: Box, width: int, height: int, padding: float | None) -> tuple[_Axis, _Axis]:
    """Return the subject across and down, with the margin that padding asks for."""
    longer = max(box.right - box.left, box.bottom - box.top)
    margin = 0 if padding is None else (floor(1000 * padding + 0.5) * longer + 500) // 1000
    return _Axis(width, box.left, box.right, margin), _Axis(height, box.top, box.bottom, margin)


def _grown(width: int, height: int, a: int, b: int) -> tuple[int, int]:
    """Return the smallest size of aspect a:b that holds this one, the side that follows rounded half up."""
    if width * b >= height * a:
        return width, (2 * width * b + a) // (2 * a)
    return (2 * height * a + b) // (2 * b), height
