"""Where a subject stands: its box, the border it is cut by, its feet and the line of ground beneath it.

All lengths are pixels of the matte, y grows downward.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from generations.engines.base import Pixels
from generations.engines.embedded.color import Floats

# A subject of which a matte of this strength reaches the border is cut there by the frame.
_FAINT, _SOLID = 8, 128
# Feet lie within this share of the subject's height above its lowest row, a plain underside within the smaller one;
# anything higher is overhang.
_REACH, _UNDERSIDE = 0.28, 0.1
# Parts smaller than this share of the largest are specks of the matte, on which nothing stands.
_SPECK = 0.003


@dataclass(frozen=True, slots=True)
class Footing:
    """The measured stand of a subject.

    left, top, right, bottom: its box, right and bottom exclusive. cut: the borders it is cut by.
    profile: per column the lowest row of the subject, -1 where there is none. ground: per column the row of
    the floor under it. touch: per column 0..1, how surely the subject stands on the floor there.
    rear: the row of the highest foot.
    """

    left: int
    top: int
    right: int
    bottom: int
    cut: frozenset[str]
    profile: Floats
    ground: Floats
    touch: Floats
    rear: float

    @property
    def width_px(self) -> int:
        return self.right - self.left

    @property
    def height_px(self) -> int:
        return self.bottom - self.top

    @property
    def is_grounded(self) -> bool:
        """Tell whether the picture shows the floor beside the subject.

        A wide thing cut only in part, as a bed is, still shows where it stands; a portrait does not.
        """
        if "bottom" not in self.cut:
            return True
        there = self.profile >= 0
        free = np.count_nonzero(there & (self.profile < self.bottom - 0.02 * self.height_px))
        return self.width_px > 1.1 * self.height_px and bool(free > 0.3 * np.count_nonzero(there))


def measure(*, alpha: Pixels) -> Footing:
    """Measure a matte (HxW, 255 keeps). An empty matte is treated as a subject in the middle of the frame."""
    height, width = alpha.shape
    solid = _without_specks(alpha > _SOLID)
    box = _box(solid)
    if box is None:
        return _nobody(width=width, height=height)
    left, top, right, bottom = box
    profile = np.full(width, -1.0, np.float32)
    columns = solid.any(axis=0)
    profile[columns] = height - 1 - np.argmax(solid[::-1, columns], axis=0)
    tall = max(bottom - top, 2)
    feet = _feet(profile, wide=right - left, tall=tall, lowest=bottom - 1)
    ground = _ground(profile, feet, tall=tall, lowest=bottom - 1)
    gap = np.clip(ground - profile, 0, None) / (0.02 * tall + 1)
    touch = np.where(columns, np.maximum(feet, np.exp(-(gap**2))), 0).astype(np.float32)
    standing = profile[touch > 0.5]
    return Footing(
        left=left, top=top, right=right, bottom=bottom, cut=_cut(alpha, solid),
        profile=profile, ground=ground, touch=touch,
        rear=float(standing.min()) if standing.size else float(bottom - 1),
    )  # fmt: skip


def _box(solid: NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
    if not rows.size:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def _without_specks(solid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Leave out what is too small to be a part of the subject: one stray pixel would move the floor."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid.astype(np.uint8), connectivity=8)
    if count < 3:
        return solid
    areas = stats[:, cv2.CC_STAT_AREA]
    is_kept = areas >= _SPECK * areas[1:].max()
    is_kept[0] = False
    return np.asarray(is_kept[labels], np.bool_)


def _cut(alpha: Pixels, solid: NDArray[np.bool_]) -> frozenset[str]:
    """The borders a faint edge of the subject reaches; a faint speck that touches no part of it counts for none."""
    count, labels = cv2.connectedComponents((alpha > _FAINT).astype(np.uint8), connectivity=8)
    is_kept = np.zeros(count, np.bool_)
    is_kept[np.unique(labels[solid])] = True
    is_kept[0] = False
    there = is_kept[labels]
    edges = {"left": there[:, 0], "right": there[:, -1], "top": there[0], "bottom": there[-1]}
    return frozenset(side for side, edge in edges.items() if bool(edge.any()))


def _nobody(*, width: int, height: int) -> Footing:
    foot = round(height * 0.82)
    row = np.full(width, float(foot), np.float32)
    return Footing(
        left=round(width * 0.3), top=round(height * 0.3), right=max(round(width * 0.7), 1), bottom=foot + 1,
        cut=frozenset(), profile=np.full(width, -1.0, np.float32), ground=row,
        touch=np.zeros(width, np.float32), rear=float(foot),
    )  # fmt: skip


def _feet(profile: Floats, *, wide: int, tall: int, lowest: int) -> Floats:
    """Find columns that end in a leg: a local low point from which the outline rises on both sides."""
    near, far = max(1, round(wide * 0.02)), max(2, round(wide * 0.10))
    row = profile[None, :]
    floor = cv2.dilate(row, np.ones((1, 2 * near + 1), np.uint8), borderType=cv2.BORDER_REPLICATE)[0]
    # Erosion with the anchor at one end looks along one side only; columns without subject count as risen.
    side = np.ones((1, far + 1), np.uint8)
    rise_right = cv2.erode(row, side, anchor=(0, 0), borderValue=-1.0)[0]
    rise_left = cv2.erode(row, side, anchor=(far, 0), borderValue=-1.0)[0]
    drop = profile - np.maximum(rise_left, rise_right)
    is_foot = (profile >= floor - 0.01 * tall) & (drop > 0.03 * tall) & (profile >= lowest - _REACH * tall)
    return np.asarray(is_foot, np.float32)


def _ground(profile: Floats, feet: Floats, *, tall: int, lowest: int) -> Floats:
    """Stretch the floor line under the feet, or under the whole outline where no legs are found."""
    xs = np.flatnonzero(feet > 0)
    if not xs.size or xs[-1] - xs[0] < 0.3 * (np.count_nonzero(profile >= 0)):
        xs = np.flatnonzero(profile >= lowest - _UNDERSIDE * tall)
    chain: list[tuple[float, float]] = []
    for x in xs:
        point = (float(x), float(profile[x]))
        while len(chain) > 1 and _is_above(chain[-2], chain[-1], point):
            chain.pop()
        chain.append(point)
    columns = np.arange(profile.size)
    return np.interp(columns, [x for x, _ in chain], [y for _, y in chain]).astype(np.float32)


def _is_above(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    """Tell whether b lies on or above the line from a to c."""
    return (c[0] - a[0]) * (b[1] - a[1]) <= (b[0] - a[0]) * (c[1] - a[1])
