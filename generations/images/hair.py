"""Hair, fur and leaves: the edge solved anew by closed-form matting, where the outline shows that it is one.

Levin, Lischinski and Weiss 2008, "A closed-form solution to natural image matting": in every small window the
alpha is a linear function of the color, so it is the minimum of a quadratic form, the matting Laplacian. Here only
a band along the outline is open. The Laplacian is never built: the product with it is two box filters (He, Sun and
Tang 2010, "Fast matting using large kernel matting Laplacian matrices"), and conjugate gradients need nothing else.

Along an outline that is a plain curve the method is worse than the guided filter, since it leaks where subject and
background have one color. Hair differs from a curve in that its alpha changes along the outline too, and that is
measured twice: before, so that others pay a few milliseconds only, and on what was found.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

LONG_SIDE_PX = 512
RADIUS = 2
WINDOW = (2 * RADIUS + 1,) * 2
COLOR_EPS = 1e-5 / WINDOW[0] ** 2
OPEN = (0.05, 0.95)
GROWN = 0.01  # of the long side, to both sides of what is open
FIXED = 100.0
ROUNDS, CLOSE_ENOUGH = 60, 1e-2
# The alpha's change along the outline beside that across it, before and on what was found. The most of any crisp
# subject: chrome legs .06 and .09, an elephant .05 and .09, open shelves .08 and .07. Fur: .07 and .11 to .4 and .8.
FRINGE_SEEN, FRINGE_FOUND = 0.06, 0.1
OUTLINE_SIGMA, NEAR_PX = 4.0, 4
# Stripes that end at the outline look like hair to the method: the subject must be of even color there.
MOST_UNEVEN, NEIGHBORS = 0.15, (21, 21)


@dataclass(frozen=True, slots=True)
class _Scene:
    """The picture at the size of solving. color: h x w x 3 and alpha: h x w, 0..1; band: what is open."""

    color: Plane
    alpha: Plane
    band: Mask


def redrawn(alpha: Plane, *, rgb: Pixels) -> Plane | None:
    """Return the alpha (HxW, 0..1) of the HxWx3 picture with a hairy outline drawn anew, or None for any other.

    alpha: as the guided filter left it. Nothing changes away from the outline. Costs 10 ms, with hair 300 ms.
    """
    scene = _scene(alpha, rgb)
    if scene is None or fringe(scene.alpha, along=scene.alpha) < FRINGE_SEEN or _unevenness(scene) > MOST_UNEVEN:
        return None
    laplacian = Laplacian(scene.color)
    solved = _solved(laplacian, scene)
    if not np.isfinite(solved).all() or fringe(np.clip(solved, 0, 1), along=scene.alpha) < FRINGE_FOUND:
        return None
    return _enlarged(laplacian.models(solved), scene.band, alpha, rgb)


def _scene(alpha: Plane, rgb: Pixels) -> _Scene | None:
    """The small picture and its band; None without any outline."""
    height, width = alpha.shape
    scale = min(1.0, LONG_SIDE_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)
    outline = _outline(small)
    if not outline.any():
        return None
    color = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    low, high = OPEN
    band = _grown(outline | ((small > low) & (small < high)), max(1, round(GROWN * max(size))))
    return _Scene(color, small, band)


def fringe(alpha: Plane, *, along: Plane) -> float:
    """How much alpha changes along the outline of another, in parts of its change across it; 0 is a plain curve."""
    smooth = cv2.GaussianBlur(along, (0, 0), OUTLINE_SIGMA)
    across_x, across_y = _slopes(np.asarray(smooth, np.float32))
    length = np.hypot(across_x, across_y) + np.float32(1e-6)
    across_x, across_y = across_x / length, across_y / length
    x, y = _slopes(alpha)
    near = _grown(_outline(along), NEAR_PX)
    if not near.any():
        return 0.0
    across = float(np.square(x * across_x + y * across_y)[near].mean())
    sideways = float(np.square(y * across_x - x * across_y)[near].mean())
    return sideways / max(across, 1e-9)


def _unevenness(scene: _Scene) -> float:
    """The median spread of the subject's own color beside the band, 0..1."""
    core = ((scene.alpha > OPEN[1]) & ~scene.band).astype(np.float32)
    share = cv2.blur(core, NEIGHBORS) + np.float32(1e-4)
    mean = cv2.blur(scene.color * core[:, :, None], NEIGHBORS) / share[:, :, None]
    squares = cv2.blur(np.square(scene.color).sum(axis=2) * core, NEIGHBORS) / share
    there = scene.band & (share > 0.05)
    if not there.any():
        return 1.0
    variance = (squares - np.square(mean).sum(axis=2))[there]
    return float(np.median(np.sqrt(np.maximum(variance, 0))))


class Laplacian:
    """The matting Laplacian of an h x w x 3 picture (0..1), divided by the pixels of a window."""

    def __init__(self, color: Plane) -> None:
        self._color = color
        exact = color.astype(np.float64)  # a variance is the difference of two nearly equal numbers
        mean = _box(exact)
        self._mean = np.asarray(mean, np.float32)

        def covariance(i: int, j: int) -> NDArray[np.float64]:
            spread = _box(exact[:, :, i] * exact[:, :, j]) - mean[:, :, i] * mean[:, :, j]
            return np.asarray(spread + COLOR_EPS * (i == j), np.float64)

        rr, gg, bb = (covariance(i, i) for i in range(3))
        rg, rb, gb = covariance(0, 1), covariance(0, 2), covariance(1, 2)
        adjugate = {
            (0, 0): gg * bb - gb * gb,
            (0, 1): rb * gb - rg * bb,
            (0, 2): rg * gb - rb * gg,
            (1, 1): rr * bb - rb * rb,
            (1, 2): rg * rb - rr * gb,
            (2, 2): rr * gg - rg * rg,
        }
        determinant = rr * adjugate[0, 0] + rg * adjugate[0, 1] + rb * adjugate[0, 2]
        self._inverse = {at: np.asarray(plane / determinant, np.float32) for at, plane in adjugate.items()}

    def times(self, alpha: Plane) -> Plane:
        """The product with an h x w plane."""
        models = self.models(alpha)
        return np.asarray(alpha - _dot(models[:, :, :3], self._color) - models[:, :, 3], np.float32)

    def models(self, alpha: Plane) -> Plane:
        """Per pixel the mean of its windows' best linear models, alpha = slopes . color + offset: h x w x 4."""
        sums = _box(cv2.merge((*(alpha * self._color[:, :, i] for i in range(3)), alpha)))
        mean = sums[:, :, 3]
        with_color = [sums[:, :, i] - self._mean[:, :, i] * mean for i in range(3)]
        slopes = [self._of_inverse(row, with_color) for row in range(3)]
        offset = mean - _dot(cv2.merge(slopes), self._mean)
        return np.asarray(_box(cv2.merge((*slopes, offset))), np.float32)

    def _of_inverse(self, row: int, vector: list[Plane]) -> Plane:
        parts = [self._inverse[min(row, j), max(row, j)] * vector[j] for j in range(3)]
        return np.asarray(parts[0] + parts[1] + parts[2], np.float32)


def _solved(laplacian: Laplacian, scene: _Scene) -> Plane:
    """Conjugate gradients on (L + w) x = w x0, where w holds what is not in the band at 0 or 1."""
    weight = np.where(scene.band, 0, np.float32(FIXED)).astype(np.float32)
    scale = np.asarray(1 / (1 + weight), np.float32)
    x = np.where(scene.band, scene.alpha, scene.alpha > 0.5).astype(np.float32)
    rest = np.asarray(-laplacian.times(x), np.float32)
    step = np.asarray(scale * rest, np.float32)
    before = start = _inner(rest, step)
    for _ in range(ROUNDS):
        product = laplacian.times(step) + weight * step
        length = np.float32(before / max(_inner(step, product), 1e-20))
        x += length * step
        rest -= length * product
        scaled = scale * rest
        now = _inner(rest, scaled)
        if now <= CLOSE_ENOUGH**2 * start:
            break
        step = np.asarray(scaled + np.float32(now / before) * step, np.float32)
        before = now
    return x


def _enlarged(models: Plane, band: Mask, alpha: Plane, rgb: Pixels) -> Plane:
    """Apply the small picture's linear models to the large one's colors inside the band; alpha elsewhere."""
    size = (alpha.shape[1], alpha.shape[0])
    drawn = _resized(models[:, :, 3], size)
    for channel in range(3):
        slope = _resized(models[:, :, channel] / np.float32(255), size)
        np.multiply(slope, rgb[:, :, channel], out=slope)
        drawn += slope
    np.clip(drawn, 0, 1, out=drawn)
    share = _resized(band.astype(np.float32), size)
    drawn -= alpha
    drawn *= share
    drawn += alpha
    return drawn


def _outline(alpha: Plane) -> Mask:
    """Both sides of the line between more and less than half."""
    solid = (alpha > 0.5).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(solid, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0)


def _grown(mask: Mask, radius: int) -> Mask:
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2)
    return np.asarray(cv2.dilate(mask.astype(np.uint8), disc) > 0)


def _slopes(plane: Plane) -> tuple[Plane, Plane]:
    x, y = (cv2.Sobel(plane, cv2.CV_32F, *order, scale=1 / 8) for order in ((1, 0), (0, 1)))
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


def _box(plane: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(cv2.blur(plane, WINDOW, borderType=cv2.BORDER_REFLECT))


def _resized(plane: Plane, size: tuple[int, int]) -> Plane:
    """Bilinear, to (width, height)."""
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _dot(one: NDArray[Any], other: NDArray[Any]) -> Plane:
    return np.asarray(np.einsum("ijk,ijk->ij", one, other), np.float32)


def _inner(one: Plane, other: Plane) -> float:
    return float(np.vdot(one, other))
