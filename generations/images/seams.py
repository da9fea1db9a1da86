"""Gate G4: does the subject sit in its new background without a rim, and what mends one.

Two signs of a seam, both measured on the finished picture. A fringe: half-transparent pixels that still look like the
old background and not like the new one. A rim: the new background close round the subject is rougher than a little
farther out, as when an engine painted up to it badly. A seam never refuses a picture.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generations.images import oklab

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]

#: Starting values, to be set anew on two hundred labeled pictures.
RATIO_MOST, FRINGE_MOST = 2.0, 0.02
NEAR_PX, FAR_PX = (1, 12), (24, 48)  # outside the core, at one megapixel and below
#: Code values a pixel: a plate of one color has no roughness to divide by.
QUIET = 2.0
OLD_WITHIN, NEW_BEYOND = 0.04, 0.10  # OKLab distance
#: A subject of nearly the old background's color has a fringe nobody can tell from itself.
TOLD_APART = 0.10
REACH_PX = 24
SAMPLE = 20_000
#: What an inpainting engine is shown of the old background round the subject.
SLIVER_SHARE, SLIVER_PX = 0.003, 2
STEP = 4  # wide means need no more than every fourth pixel


@dataclass(frozen=True, slots=True)
class Seam:
    """ratio: roughness near the subject over that farther out. fringe: share of the ring round the core."""

    ratio: float
    fringe: float

    @property
    def badness(self) -> float:
        """The worse of both figures in parts of what is allowed."""
        return max(self.ratio / RATIO_MOST, self.fringe / FRINGE_MOST)

    @property
    def passed(self) -> bool:
        return self.badness <= 1


def seam(*, out: Pixels, source: Pixels, matte: Pixels, plate: Pixels, behind: Pixels) -> Seam:
    """Measure the seam of a composite: out, source, plate, behind HxWx3, matte HxW, all of one geometry.

    plate: the background as it was made; behind: the same with shadow and watermark. Only the box round the subject
    is looked at, and no more than 20,000 half-transparent pixels.
    """
    box = _box(matte)
    if box is None:
        return Seam(0.0, 0.0)
    parts = Parts(out[box], source[box], matte[box], plate[box], behind[box])
    distance = cv2.distanceTransform((parts.matte < 255).astype(np.uint8), cv2.DIST_L2, 3)
    ratio = _roughness(parts, distance, NEAR_PX) / _roughness(parts, distance, FAR_PX)
    return Seam(round(ratio, 3), round(_fringe(parts, distance), 4))


@dataclass(frozen=True, slots=True)
class Parts:
    """The planes of one box."""

    out: Pixels
    source: Pixels
    matte: Pixels
    plate: Pixels
    behind: Pixels


def recolored(*, foreground: Pixels, matte: Pixels) -> Pixels:
    """Return the foreground with half-transparent pixels in the color of the fully kept ones near them.

    One more pass of decontamination, and a blunt one: it gives up the fine texture of the edge for its color. Where no
    kept pixel is near, the foreground stays.
    """
    box = _box(matte)
    if box is None:
        return foreground
    inside, part = foreground[box], matte[box]
    small, weight = inside[::STEP, ::STEP].astype(np.float32), (part[::STEP, ::STEP] == 255).astype(np.float32)
    mean, near = _beside(small, weight)
    y, x = np.nonzero((part > 0) & (part < 255))
    told = near[y // STEP, x // STEP] > 0
    y, x = y[told], x[told]
    done = foreground.copy()
    done[box][y, x] = np.asarray(mean[y // STEP, x // STEP] + 0.5, np.uint8)
    return done


def extended(*, plate: Pixels, matte: Pixels) -> Pixels:
    """Return the plate painted on, smoothly, from a little outside the subject to below it.

    For an engine that was shown the subject with a sliver of the old background round it, and sent both back.
    """
    box = _box(matte)
    if box is None:
        return plate
    inside, part = plate[box], matte[box]
    reach = max(SLIVER_PX, round(SLIVER_SHARE * max(matte.shape))) + 2
    near = cv2.dilate((part >= 8).astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2))
    size = (4 * reach + 1,) * 2
    outside = (1 - near).astype(np.float32)
    share = cv2.blur(outside, size)
    mean = cv2.blur(inside.astype(np.float32) * outside[:, :, None], size) / np.maximum(share, 1e-6)[:, :, None]
    where = (near > 0) & (share > 1e-4)
    done = plate.copy()
    done[box][where] = np.asarray(np.clip(mean[where] + 0.5, 0, 255), np.uint8)
    return done


def _box(matte: Pixels) -> tuple[slice, slice] | None:
    left, top, wide, high = cv2.boundingRect((matte > 0).astype(np.uint8))
    if wide == 0 or not (matte == 255).any():
        return None
    margin = FAR_PX[1]
    return np.s_[max(0, top - margin) : top + high + margin, max(0, left - margin) : left + wide + margin]


def _roughness(parts: Parts, distance: NDArray[Any], ring: tuple[int, int]) -> float:
    """Mean step to the neighbor below and on the right, in code values, where only the plate shows; plus QUIET."""
    grey = cv2.cvtColor(parts.plate, cv2.COLOR_RGB2GRAY)
    shown = (distance >= ring[0]) & (distance <= ring[1]) & (parts.matte == 0)
    mask = shown[:-1, :-1].astype(np.uint8)
    steps = (cv2.absdiff(grey[1:, :-1], grey[:-1, :-1]), cv2.absdiff(grey[:-1, 1:], grey[:-1, :-1]))
    return QUIET + (sum(cv2.mean(step, mask)[0] for step in steps) if mask.any() else 0.0)


def _fringe(parts: Parts, distance: NDArray[Any]) -> float:
    """Share of the ring round the core that looks like the old background beside it and not like the new one."""
    ring = int(np.count_nonzero((distance > 0) & (distance <= NEAR_PX[1])))
    y, x = np.nonzero((parts.matte > 0) & (parts.matte < 255) & (distance <= NEAR_PX[1]))
    if not y.size:
        return 0.0
    every = -(-y.size // SAMPLE)
    y, x = y[::every], x[::every]
    small, matte = parts.source[::STEP, ::STEP].astype(np.float32), parts.matte[::STEP, ::STEP]
    old, own = (
        _sampled(_beside(small, weight.astype(np.float32))[0], y, x) for weight in (matte == 0, matte == 255)
    )  # fmt: skip
    shown, new = oklab.of_srgb(parts.out[y, x]), oklab.of_srgb(parts.behind[y, x])
    is_old = oklab.distance(shown, old) < OLD_WITHIN
    is_old &= (oklab.distance(shown, new) > NEW_BEYOND) & (oklab.distance(old, own) > TOLD_APART)
    return every * int(np.count_nonzero(is_old)) / ring


def _sampled(mean: Plane, y: NDArray[Any], x: NDArray[Any]) -> Plane:
    return oklab.of_srgb(np.asarray(np.clip(mean[y // STEP, x // STEP] + 0.5, 0, 255), np.uint8))


def _beside(color: Plane, weight: Plane) -> tuple[Plane, Plane]:
    """Weighted mean color within REACH_PX, and the weight's own mean there; both at every fourth pixel."""
    size = (2 * REACH_PX // STEP + 1,) * 2
    near = cv2.blur(weight, size)
    mean = cv2.blur(color * weight[:, :, None], size) / np.maximum(near, 1e-6)[:, :, None]
    return np.asarray(mean, np.float32), np.asarray(near, np.float32)
