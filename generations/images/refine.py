"""From a coarse cut-out to a matte that can be composited: edges, crumbs, and the color of half-transparent pixels.

The photo's colors are heard (`evidence`), then a color guided filter draws the edges, levels and clean-up end
them, `hair` draws hairy ones anew, and blur-fusion estimates the foreground. A recipe says how thoroughly.
"""

from dataclasses import dataclass, replace
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from generations.images import evidence, hair

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recipe:
    """revision changes whenever the same picture may get another matte. evidence_px: long side at which the colors
    are heard. guide_scale: the guided filter is solved at one part in so many. fusion_passes: 1 or 2. hair: look for
    hairy outlines."""

    name: str
    revision: int
    evidence_px: int
    guide_scale: int
    fusion_passes: int
    hair: bool


@dataclass(frozen=True, slots=True)
class Refined:
    """matte: HxW, 255 keeps. refinement: what drew its edges last, the guided filter or closed-form matting."""

    matte: Pixels
    refinement: Literal["edge", "hair"]


FINE = Recipe("fine", 3, evidence_px=480, guide_scale=4, fusion_passes=2, hair=True)
FAST = Recipe("fast", 1, evidence_px=200, guide_scale=8, fusion_passes=1, hair=False)
# For judging what an engine made of a picture: hair is drawn a little otherwise from picture to picture.
JUDGING = replace(FINE, hair=False)
RECIPES = {recipe.name: recipe for recipe in (FINE, FAST)}

GUIDE_EPS = 1e-4
GUIDE_FROM_PX = 256
LEVELS = (0.1, 0.9)
SMALLEST_PART = 0.02  # of the largest: a pair of chairs survives, a crumb does not
HALO_PX = 3
SMALLEST_HOLE = 0.0002  # of the picture: a spindle back keeps its gaps
FUSION_RADII_PX = (90, 6)  # at one megapixel; small pictures need them hardly smaller
TILE_PX = 128
ONE, FULL = np.float32(1), np.float32(255)


def refine(plane: Plane, *, rgb: Pixels, recipe: Recipe = FINE) -> Pixels:
    """Return the matte of `refined` alone."""
    return refined(plane, rgb=rgb, recipe=recipe).matte


def refined(plane: Plane, *, rgb: Pixels, recipe: Recipe = FINE) -> Refined:
    """Return the matte, HxW uint8 with 255 = keep, of a coarse h x w plane (0..1) for an HxWx3 picture.

    1. weighed against the picture's colors, 2. to full size, guided by them; 3. levels; 4. crumbs and pinholes;
    5. hair, where the outline has any; 6. eight bits with clean ends. Any size from 1 pixel up; below 256 the first
    two are a plain enlargement and hair is not looked for.
    """
    height, width = rgb.shape[:2]
    is_small = max(height, width) < GUIDE_FROM_PX
    if is_small:
        alpha = _resized(plane, (width, height))
    else:
        weighed = evidence.weigh(plane, rgb=rgb, long_side_px=recipe.evidence_px)
        alpha = guided(weighed, rgb=rgb, scale=recipe.guide_scale)
    low, high = LEVELS
    alpha = clean_up(np.clip((alpha - low) / (high - low), 0, 1).astype(np.float32))
    hairy = hair.redrawn(alpha, rgb=rgb) if recipe.hair and not is_small else None
    return Refined(quantize(alpha), "edge") if hairy is None else Refined(quantize(hairy), "hair")


def guided(plane: Plane, *, rgb: Pixels, scale: int = FINE.guide_scale) -> Plane:
    """Color guided filter, solved at 1/scale and applied at full size (He, Sun, Tang 2013, eq. 14-16, 19).

    plane: h x w, 0..1. Returns HxW float32, not clipped. At most five full-size float planes are alive.
    """
    height, width = rgb.shape[:2]
    small = (max(1, width // scale), max(1, height // scale))
    radius = max(1, max(2, round(0.01 * max(height, width))) // scale)
    guide = _averaged(rgb, small) / FULL
    slopes, offset = _solve(guide, np.clip(_resized(plane, small), 0, 1), radius)
    out = _resized(offset, (width, height))
    # Planes of their own and OpenCV's arithmetic take a third less time than numpy's on every third byte.
    for channel, color in enumerate(cv2.split(rgb)):
        slope = _resized(slopes[:, :, channel] / FULL, (width, height))
        cv2.multiply(slope, color, dst=slope, dtype=cv2.CV_32F)
        cv2.add(out, slope, dst=out)
    return out


def _solve(guide: Plane, target: Plane, radius: int) -> tuple[Plane, Plane]:
    """Per window: slopes (h x w x 3) and offset (h x w) of the best linear model target = slopes . guide + offset."""

    def mean(plane: Plane) -> Plane:
        return np.asarray(cv2.blur(plane, (2 * radius + 1, 2 * radius + 1)), np.float32)

    mean_guide, mean_target = mean(guide), mean(target)
    covariance = mean(guide * target[:, :, None]) - mean_guide * mean_target[:, :, None]
    r, g, b = (guide[:, :, i] for i in range(3))
    mean_r, mean_g, mean_b = (mean_guide[:, :, i] for i in range(3))
    rr, gg, bb = (mean(p * p) - m * m + GUIDE_EPS for p, m in ((r, mean_r), (g, mean_g), (b, mean_b)))
    rg, rb, gb = (
        mean(p * q) - m * n for p, q, m, n in ((r, g, mean_r, mean_g), (r, b, mean_r, mean_b), (g, b, mean_g, mean_b))
    )
    # The inverse of the symmetric 3x3 matrix by its adjugate: a tenth of the time of a general solver.
    adj = (gg * bb - gb * gb, rb * gb - rg * bb, rg * gb - rb * gg)
    adj_gg, adj_gb, adj_bb = rr * bb - rb * rb, rg * rb - rr * gb, rr * gg - rg * rg
    determinant = rr * adj[0] + rg * adj[1] + rb * adj[2]
    c_r, c_g, c_b = (covariance[:, :, i] for i in range(3))
    slopes = (
        np.stack(
            (
                adj[0] * c_r + adj[1] * c_g + adj[2] * c_b,
                adj[1] * c_r + adj_gg * c_g + adj_gb * c_b,
                adj[2] * c_r + adj_gb * c_g + adj_bb * c_b,
            ),
            axis=2,
        )
        / determinant[:, :, None]
    )
    offset = mean_target - (slopes * mean_guide).sum(axis=2)
    return mean(slopes.astype(np.float32)), mean(offset.astype(np.float32))


def clean_up(alpha: Plane) -> Plane:
    """Drop parts below 2 % of the largest with what surrounds them, and fill pinholes; changes alpha in place.

    Only the box round what is solid is looked at: nothing outside is kept, and no hole reaches out of it.
    """
    solid = (alpha > 0.5).astype(np.uint8)
    left, top, wide, high = cv2.boundingRect(solid)
    box = np.s_[
        max(0, top - HALO_PX - 1) : top + high + HALO_PX + 1, max(0, left - HALO_PX - 1) : left + wide + HALO_PX + 1
    ]
    inside = np.zeros_like(alpha[:0]) if wide == 0 else alpha[box].copy()
    alpha[:] = 0
    if inside.size:
        solid = _drop_crumbs(inside, solid[box])
        _fill_pinholes(inside, solid, smallest=SMALLEST_HOLE * alpha.size)
        alpha[box] = inside
    return alpha


def _drop_crumbs(alpha: Plane, solid: Pixels) -> Pixels:
    """Zero alpha in place beyond the kept parts' halo; return the kept parts."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    keep = areas >= SMALLEST_PART * areas[1:count].max()
    keep[0] = False
    kept = solid if keep[1:].all() else keep.astype(np.uint8)[labels]
    near = cv2.dilate(kept, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * HALO_PX + 1,) * 2))
    alpha[near == 0] = 0
    return np.asarray(kept, np.uint8)


def _fill_pinholes(alpha: Plane, solid: Pixels, *, smallest: float) -> None:
    """Keep, in place, what is enclosed by solid and smaller than so many pixels."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(1 - solid, connectivity=4)
    is_pinhole = (stats[:, cv2.CC_STAT_AREA] < smallest) & ~_touches_border(stats, alpha.shape)
    is_pinhole[0] = False  # the label of what is solid
    if is_pinhole.any():
        alpha[is_pinhole[labels]] = 1


def _touches_border(stats: NDArray[Any], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    return np.asarray((left == 0) | (top == 0) | (right == shape[1]) | (bottom == shape[0]))


def quantize(alpha: Plane) -> Pixels:
    """Eight bits, floor(255 alpha + .5); almost nothing becomes 0 and almost everything 255."""
    matte = (alpha * np.float32(255) + np.float32(0.5)).astype(np.uint8)
    matte[matte <= 3] = 0
    matte[matte >= 252] = 255
    return matte


def decontaminate(rgb: Pixels, matte: Pixels, *, recipe: Recipe = FINE) -> Pixels:
    """Return the foreground color of every pixel: the photo's own where matte is 255 (or 0), estimated between.

    Blur-fusion in one pass or two (Forte 2021, "Approximate fast foreground colour estimation"). The wide pass is
    smooth, so it is solved at a quarter of the size; the narrow one only in tiles that hold an edge.
    """
    foreground = rgb.copy()
    partial = (matte > 0) & (matte < 255)
    if not partial.any():
        return foreground
    height, width = matte.shape
    scale = (height * width / 1e6) ** 0.5
    wide, narrow = round(FUSION_RADII_PX[0] * max(scale, 0.5)), round(FUSION_RADII_PX[1] * max(scale, 1))
    means = _wide_means(rgb, matte, wide)
    if recipe.fusion_passes == 1:
        at = np.flatnonzero(partial)  # found once: every boolean index would look at all pixels again
        foreground.reshape(-1, 3)[at] = _fused_at(at, rgb, matte, means)
        return foreground
    near_f, near_b = (_enlarged(mean, (width, height)) for mean in means)
    halo = 2 * narrow
    for top in range(0, height, TILE_PX):
        for left in range(0, width, TILE_PX):
            inner = np.s_[top : top + TILE_PX, left : left + TILE_PX]
            if not partial[inner].any():
                continue
            y, x = max(0, top - halo), max(0, left - halo)
            outer = np.s_[y : top + TILE_PX + halo, x : left + TILE_PX + halo]
            tile = _narrow_pass(rgb[outer], matte[outer], near_f[outer], near_b[outer], narrow)
            tile = tile[top - y :, left - x :][:TILE_PX, :TILE_PX]
            foreground[inner][partial[inner]] = tile[partial[inner]]
    return foreground


def _fused_at(at: NDArray[np.intp], rgb: Pixels, matte: Pixels, means: tuple[Plane, Plane]) -> Pixels:
    """The wide estimate at these pixels, counted row by row: N x 3."""
    y, x = np.divmod(at, matte.shape[1])
    across, down = (
        np.minimum(place * small // full, small - 1)
        for place, full, small in zip((x, y), matte.shape[::-1], means[0].shape[1::-1], strict=True)
    )
    f, b = (mean[down, across] for mean in means)
    a = matte.reshape(-1)[at].astype(np.float32)[:, None] / FULL
    color = rgb.reshape(-1, 3)[at].astype(np.float32)
    return np.asarray(_fuse(color, a, f, b) + np.float32(0.5), np.uint8)


def _wide_means(rgb: Pixels, matte: Pixels, radius: int) -> tuple[Plane, Plane]:
    """Mean color of the subject and of its surroundings near each pixel, at a quarter of the size; 0..255."""
    height, width = matte.shape
    small = (max(1, width // 4), max(1, height // 4))
    color, alpha = _averaged(rgb, small), _averaged(matte, small) / FULL
    size = (max(1, radius // 4),) * 2
    return _weighted_mean(color, alpha, size), _weighted_mean(color, ONE - alpha, size)


def _enlarged(mean: Plane, size: tuple[int, int]) -> Pixels:
    """Bilinear, in eight bits."""
    return np.asarray(cv2.resize(np.clip(mean + 0.5, 0, 255).astype(np.uint8), size, interpolation=cv2.INTER_LINEAR))


def _narrow_pass(rgb: Pixels, matte: Pixels, near_f: Pixels, near_b: Pixels, radius: int) -> Pixels:
    """Two estimates of the foreground in one tile: from the wide means, then from what is close by."""
    color, a = rgb.astype(np.float32), matte.astype(np.float32)[:, :, None] / FULL
    first = _fuse(color, a, near_f.astype(np.float32), near_b.astype(np.float32))
    alpha, size = a[:, :, 0], (radius, radius)
    close_f = _weighted_mean(first, alpha, size)
    close_b = _weighted_mean(near_b.astype(np.float32), ONE - alpha, size)
    return np.asarray(_fuse(color, a, close_f, close_b) + np.float32(0.5), np.uint8)


def _fuse(color: Plane, a: Plane, f: Plane, b: Plane) -> Plane:
    """f corrected so that compositing it over b gives the photo's color again, as far as a allows; 0..255."""
    return np.asarray(np.clip(f + a * (color - a * f - (ONE - a) * b), 0, 255), np.float32)


def _weighted_mean(color: Plane, weight: Plane, size: tuple[int, int]) -> Plane:
    total = cv2.blur(color * weight[:, :, None], size)
    return np.asarray(total / (cv2.blur(weight, size)[:, :, None] + 1e-5), np.float32)


def _resized(plane: Plane, size: tuple[int, int]) -> Plane:
    """Bilinear, to (width, height)."""
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _averaged(pixels: Pixels, size: tuple[int, int]) -> Plane:
    """Area-averaged down to (width, height), still 0..255."""
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.float32)
