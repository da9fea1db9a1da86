"""A room in the camera's view: one floor, a far wall and, where wanted, a side wall.

Everything is computed per column or per row where it can be, so that a room costs a few full-size planes
only.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generations.engines.embedded.camera import EYE_M, Camera
from generations.engines.embedded.color import Floats

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Room:
    """The geometry seen. yaw: the far wall's slope, meters away per meter right.

    depth, along, is_side: per column the distance of the wall, the meters along it (from the corner on the
    side wall) and whether it is the side wall. base: per column the row where wall meets floor. height: per
    pixel the meters above the floor on the wall. mask: per pixel how much of it is floor, 0..1.
    """

    camera: Camera
    yaw: float
    depth: Floats
    along: Floats
    is_side: Flags
    base: Floats
    height: Floats
    mask: Floats
    first_floor_row: int

    def wall_x(self) -> Floats:
        """Meters right of the camera of the wall in each column."""
        ray = (np.arange(self.camera.width, dtype=np.float32) + 0.5 - self.camera.center) / self.camera.focal_px
        return np.asarray(ray * self.depth, np.float32)

    def floor_xz(self) -> tuple[Floats, Floats]:
        """Meters right of and away from the camera of the rows from `first_floor_row`."""
        camera = self.camera
        rows = np.arange(self.first_floor_row, camera.height, dtype=np.float32) + 0.5
        away = (camera.focal_px * EYE_M / np.maximum(rows - camera.horizon, 1.0))[:, None].astype(np.float32)
        right = (np.arange(camera.width, dtype=np.float32) + 0.5 - camera.center)[None, :] / camera.focal_px * away
        return right, away

    def floor(self) -> tuple[Floats, Floats, Floats]:
        """The same turned with the walls, and the meters a pixel covers away from us."""
        right, away = self.floor_xz()
        turn = np.float32(1 / np.hypot(1, self.yaw))
        a = (right + self.yaw * away) * turn
        b = (away - self.yaw * right) * turn
        pixel = np.broadcast_to(away * away / (self.camera.focal_px * EYE_M), a.shape)
        return a, b, np.asarray(pixel, np.float32)


def build(*, camera: Camera, yaw: float = 0.0, corner: float | None = None) -> Room:
    """Lay out the walls. corner: the column where far and side wall meet, None for no side wall in view."""
    ray = (np.arange(camera.width, dtype=np.float32) + 0.5 - camera.center) / camera.focal_px
    middle = (camera.subject_x - camera.center) / camera.focal_px
    at_subject = camera.depth_m(camera.wall)
    start = at_subject * (1 - yaw * middle)
    depth = start / np.maximum(1 - yaw * ray, 0.2)
    along = ray * depth * np.float32(np.hypot(1, yaw))
    is_side = np.zeros(camera.width, bool)
    if corner is not None:
        depth, along, is_side = _with_side_wall(ray, depth, along, yaw, (corner - camera.center) / camera.focal_px)
    base = camera.horizon + camera.focal_px * EYE_M / depth
    rows = np.arange(camera.height, dtype=np.float32)[:, None] + 0.5
    height = EYE_M - (rows - camera.horizon) * (depth / camera.focal_px)[None, :]
    mask = np.clip(rows - base[None, :] + 0.5, 0, 1)
    # One row at least: a floor below the frame is asked for and then covered, which saves every caller a case.
    first = int(np.clip(np.floor(base.min()) - 1, 0, camera.height - 1))
    return Room(
        camera=camera,
        yaw=yaw,
        depth=np.asarray(depth, np.float32),
        along=np.asarray(along, np.float32),
        is_side=is_side,
        base=np.asarray(base, np.float32),
        height=np.asarray(height, np.float32),
        mask=np.asarray(mask, np.float32),
        first_floor_row=first,
    )


def _with_side_wall(
    ray: Floats, depth: Floats, along: Floats, yaw: float, corner: float
) -> tuple[Floats, Floats, Flags]:
    """Replace the columns beyond the corner by a wall at a right angle that comes toward the camera."""
    column = int(np.argmin(np.abs(ray - corner)))
    z = float(depth[column])
    x = corner * z
    # The side wall runs along (-yaw, 1) / norm from (x, z) toward the camera; s meters along it.
    norm = float(np.hypot(1, yaw))
    s = (x - ray * z) / (-ray / norm - yaw / norm)
    is_side = (ray > corner) if corner > 0 else (ray < corner)
    side_depth = np.maximum(z - np.maximum(s, 0) / norm, 0.6)
    corner_along = float(along[column])
    return (
        np.where(is_side, side_depth, depth),
        np.where(is_side, s, along - corner_along).astype(np.float32),
        is_side,
    )
