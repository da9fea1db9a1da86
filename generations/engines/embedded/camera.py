"""The camera that could have taken the photograph, guessed from where the subject stands in it.

Rows and columns are pixels of the work picture, y grows downward; meters are of a room in which the eye is
`EYE_M` above the floor. Verticals stay vertical, as with a shift lens: a horizon above the frame looks down.
"""

from dataclasses import dataclass

import numpy as np

from generations.engines.base import Pixels
from generations.engines.embedded import footing
from generations.engines.embedded.color import Floats
from generations.engines.embedded.footing import Footing

EYE_M = 1.25
# The focal length of a usual product photograph, in longer sides of the picture.
_FOCAL = 1.15
# A wall this many times as far away as the subject's rearmost foot.
_WALL_DISTANCE = 1.55
# Where the lower border cuts the subject off, no floor is seen: it is taken for a half figure of .75 m, the wall
# behind it stands 1.6 times as far away.
_HALF_FIGURE_M, _BEHIND = 0.75, 1.6


@dataclass(frozen=True, slots=True)
class Camera:
    """horizon, wall: rows of the horizon and of the far wall's foot. focal_px: pixels per unit of slope.
    eye_m: height of the eye above the ground."""

    width: int
    height: int
    stand: Footing
    horizon: float
    wall: float
    focal_px: float
    eye_m: float = EYE_M

    @property
    def center(self) -> float:
        return self.width / 2

    @property
    def subject_x(self) -> float:
        return (self.stand.left + self.stand.right) / 2

    def depth_m(self, row: float) -> float:
        """The distance of the floor seen in that row."""
        return self.focal_px * self.eye_m / max(row - self.horizon, 1e-3)

    def project(self, points: Floats) -> Floats:
        """Turn room points (n, 3) of meters right, up and away into pixels (n, 2)."""
        away = np.maximum(points[:, 2], 0.05)
        x = self.center + self.focal_px * points[:, 0] / away
        y = self.horizon + self.focal_px * (self.eye_m - points[:, 1]) / away
        return np.stack([x, y], axis=1).astype(np.float32)


def behind(*, alpha: Pixels) -> Camera:
    """Place the camera for a matte (HxW, 255 keeps) in the size of the picture to be painted.

    The horizon lies k subject heights above the feet, k from the subject's proportions (fitted to renders
    with a known camera): tall things are taken from lower down. The wall stands clear of the rearmost foot.
    """
    height, width = alpha.shape
    stand = footing.measure(alpha=alpha)
    tall, wide = max(stand.height_px, 1), max(stand.width_px, 1)
    k = float(np.clip(1.2 * (tall / wide) ** -0.35, 0.8, 1.5))
    foot = stand.bottom - 1
    horizon = float(np.clip(foot - k * tall, -0.25 * height, 0.5 * height))
    horizon = min(horizon, foot - 0.12 * height)
    focal = _FOCAL * max(width, height)
    if not stand.is_grounded:
        horizon = min(stand.top + 0.3 * tall, 0.5 * height)
        figure = min(tall, 1.6 * wide)
        wall = horizon + EYE_M * figure / (_HALF_FIGURE_M * _BEHIND)
        return Camera(width, height, stand, horizon, max(wall, 1.03 * height), focal)
    # Of a thing cut by the frame less than its height is seen: what is behind it is farther than it seems.
    distance = _WALL_DISTANCE * (1.4 if "bottom" in stand.cut else 1.0)
    wall = horizon + (stand.rear - horizon) / distance
    wall = max(min(wall, stand.rear - 0.06 * height), horizon + 0.04 * height)
    return Camera(width, height, stand, horizon, wall, focal)
