"""A see-through layer on which things are drawn before they are laid over a lit room."""

from dataclasses import dataclass

import cv2
import numpy as np

from generations.engines.embedded.color import Floats
from generations.engines.embedded.room import Room


@dataclass(frozen=True, slots=True)
class Layer:
    """albedo (h, w, 3) and alpha (h, w) of what was drawn, shade (h, w) the shadow it throws on what is behind."""

    albedo: Floats
    alpha: Floats
    shade: Floats

    @classmethod
    def empty(cls, shape: tuple[int, int]) -> "Layer":
        return cls(np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32), np.zeros(shape, np.float32))

    def fill(self, outline: Floats, color: Floats) -> None:
        """Fill a polygon (n, 2) of pixels with an albedo."""
        points = np.rint(outline * 16).astype(np.int32)
        cv2.fillPoly(self.albedo, [points], [float(c) for c in color], shift=4)
        cv2.fillPoly(self.alpha, [points], [1.0], shift=4)

    def darken(self, outline: Floats, amount: float) -> None:
        """Let a polygon of shadow fall on what is behind; it is blurred later."""
        cv2.fillPoly(self.shade, [np.rint(outline * 16).astype(np.int32)], [amount], shift=4)

    def over(self, picture: Floats, shining: Floats, *, blur_px: float, shade_px: float) -> Floats:
        """Lay the layer over a picture, lit by the light that falls on the wall behind it, out of focus."""
        rows = np.flatnonzero((self.alpha.max(axis=1) > 0) | (self.shade.max(axis=1) > 0))
        if not rows.size:
            return picture
        margin = int(3 * max(blur_px, shade_px)) + 2
        part = slice(max(0, int(rows[0]) - margin), int(rows[-1]) + margin)
        shade = cv2.GaussianBlur(self.shade[part], (0, 0), max(shade_px, 0.3))
        alpha = cv2.GaussianBlur(self.alpha[part], (0, 0), max(blur_px, 0.3))[..., None]
        drawn = cv2.GaussianBlur(self.albedo[part], (0, 0), max(blur_px, 0.3))
        out = picture.copy()
        out[part] = out[part] * (1 - shade[..., None]) * (1 - alpha) + drawn * shining[part]
        return np.asarray(out, np.float32)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place at the wall: the room point at its foot, the direction along the wall and out of it."""

    room: Room
    foot: Floats
    along: Floats
    out: Floats

    def at(self, a: Floats, h: Floats, d: Floats | float = 0.0) -> Floats:
        """Pixels of points a meters along the wall, h up and d out of it."""
        right, up, near = (np.asarray(v, np.float32)[..., None] for v in np.broadcast_arrays(a, h, d))
        points = self.foot + right * self.along + up * np.array([0, 1, 0], np.float32) + near * self.out
        return self.room.camera.project(points.astype(np.float32))

    def box(self, a0: float, a1: float, h0: float, h1: float, d: float = 0.0) -> Floats:
        """Pixels of an upright rectangle."""
        return self.at(np.array([a0, a1, a1, a0], np.float32), np.array([h0, h0, h1, h1], np.float32), d)


def spot(room: Room, column: float) -> Spot:
    """The place at the wall in that column; the far wall is meant, columns of a side wall are drawn as far wall."""
    far = np.flatnonzero(~room.is_side)
    nearest = int(np.clip(round(column), far[0], far[-1])) if far.size else 0
    foot = np.array([room.wall_x()[nearest], 0.0, room.depth[nearest]], np.float32)
    norm = float(np.hypot(1, room.yaw))
    along = np.array([1, 0, room.yaw], np.float32) / norm
    out = np.array([room.yaw, 0, -1], np.float32) / norm
    return Spot(room, foot, along, out)
