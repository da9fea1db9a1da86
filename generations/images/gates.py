"""What an engine's raw picture must pass before it becomes a plate: drift (G2), growth (G3), change (G5).

Pure measures with their limits. G1 is in `checks`, G4 in `seams`. An engine that paints the whole picture is given
the subject to paint around; the photo's own pixels are pasted over it later, so a subject it moved, redrew or made
larger would show as a double. An engine that sends the photo back unchanged has not done its work.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from generations.images import oklab

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

# Limits: starting values, measured on synthetic cases (faithful with noise: peak .79, another subject: .01; a grown
# stand: share .125, four pixels more: 0, sixteen more: .146), to be set anew on two hundred labeled pictures.
DRIFT_SHIFT_PX, DRIFT_SCALE, DRIFT_PEAK = 2.0, 0.01, 0.2
# Thin poles leave the correlation little to hear. Faithful answers to the evaluation set, lossy, grainy or warmer, are
# at 0 here; a lamp three pixels aside at .08, a subject drawn anew at .05 to .52.
DRIFT_UNLIKE, UNLIKE_CODES = 0.04, 32
GROWTH_SHARE, GROWTH_HOPELESS = 0.05, 0.15
CHANGED_SSIM, CHANGED_COLOR = 0.6, 0.02

#: Drift is measured at this long side of the subject's box at most; a tenth of a pixel there is still told.
DRIFT_PX = 512
NOISE = 3.0  # code values: what grain and lossy files change, and the correlation must not hear
TAPER_SHARE = 0.02
GROWTH_MARGIN_PX, GROWTH_MARGIN_SHARE = 8, 0.008
BACKDROP_WINDOW, BACKDROP_LEAST, BACKDROP_ALIKE = (0.3, 0.02), 0.02, 0.08  # shares; OKLab distance
CHANGED_PX = 512
CHANGED_MARGIN_SHARE = 0.016  # of the long side: 16 px at one megapixel
#: Where neither picture has a spread of so many code values there is no structure to compare, only color.
TEXTURE, TEXTURED_LEAST = 8.0, 0.02
# Wang et al. 2004, "Image quality assessment: from error visibility to structural similarity".
SSIM_SIGMA, SSIM_C1, SSIM_C2 = 1.5, (0.01 * 255) ** 2, (0.03 * 255) ** 2


@dataclass(frozen=True, slots=True)
class Drift:
    """How the subject came back: moved by so many pixels, scaled, and how surely (peak 0..1); unlike: the share of
    its core that is far from the photo in lightness, beyond what one tone for all explains."""

    shift_px: float
    scale: float
    peak: float
    unlike: float

    @property
    def passed(self) -> bool:
        is_there = self.shift_px < DRIFT_SHIFT_PX and abs(self.scale - 1) <= DRIFT_SCALE
        return is_there and self.peak >= DRIFT_PEAK and self.unlike <= DRIFT_UNLIKE


@dataclass(frozen=True, slots=True)
class Growth:
    """share: what is joined to the subject in the raw picture and was not of it, in parts of the subject's area."""

    share: float

    @property
    def passed(self) -> bool:
        return self.share <= GROWTH_SHARE

    @property
    def is_hopeless(self) -> bool:
        """So much that another seed is not worth its price."""
        return self.share > GROWTH_HOPELESS


@dataclass(frozen=True, slots=True)
class Change:
    """Background against the photo's. ssim: structure, None where both are plain; color: mean OKLab distance."""

    ssim: float | None
    color: float

    @property
    def passed(self) -> bool:
        return self.ssim < CHANGED_SSIM if self.ssim is not None else self.color >= CHANGED_COLOR


def drift(*, raw: Pixels, source: Pixels, matte: Pixels) -> Drift | None:
    """Gate G2: phase correlation of both pictures over the core (matte 255); None where there is no core.

    raw, source: HxWx3; matte: HxW. Frequencies that carry no more than noise weigh little, so that plain subjects
    are not judged by their grain. The scale comes from how far the halves of the core moved apart.
    """
    core = (matte == 255).astype(np.uint8)
    left, top, wide, high = cv2.boundingRect(core)
    if wide == 0:
        return None
    shrink = min(1.0, DRIFT_PX / max(wide, high))
    size = (max(8, round(wide * shrink)), max(8, round(high * shrink)))
    box = np.s_[top : top + high, left : left + wide]
    before, after = (_grey(cv2.resize(p[box], size, interpolation=cv2.INTER_AREA)) for p in (source, raw))
    weight = _tapered(cv2.resize(core[box], size, interpolation=cv2.INTER_NEAREST))
    (x, y), peak = _correlated(before, after, weight)
    scale = 1.0 if peak < DRIFT_PEAK else _scale(before, after, weight)
    shift_px = round(float(np.hypot(x, y)) / shrink, 2)
    return Drift(shift_px, round(scale, 4), round(peak, 4), _unlike(raw[box], source[box], core[box] > 0))


def _grey(rgb: NDArray[np.generic]) -> Plane:
    return np.asarray(cv2.cvtColor(np.asarray(rgb, np.uint8), cv2.COLOR_RGB2GRAY), np.float32)


def _tapered(core: NDArray[np.generic]) -> Plane:
    """Fade the core out towards its edge, so that the outline itself, equal in both, says nothing."""
    reach = max(1.0, TAPER_SHARE * max(core.shape))
    padded = np.pad(np.asarray(core, np.uint8), 1)
    distance = cv2.distanceTransform(padded, cv2.DIST_L2, 3)[1:-1, 1:-1]
    return np.asarray(np.clip(distance / reach, 0, 1), np.float32)


def _correlated(before: Plane, after: Plane, weight: Plane) -> tuple[tuple[float, float], float]:
    """Return how far `after` lies to the right of and below `before`, in pixels, and the peak, 0..1."""
    a, b = (np.fft.rfft2(_centered(p, weight)) for p in (before, after))
    noise = NOISE**2 * float((weight**2).sum()) + 1e-6
    cross = b * np.conj(a)
    surface = np.fft.irfft2(cross / (np.abs(cross) + noise), s=before.shape)
    power = np.abs(a) ** 2
    whole = float(np.fft.irfft2(power / (power + noise), s=before.shape)[0, 0])
    at = np.unravel_index(int(surface.argmax()), surface.shape)
    shift = tuple(_between(surface, (int(at[0]), int(at[1])), axis) for axis in (1, 0))
    return (shift[0], shift[1]), float(np.clip(surface[at] / max(whole, 1e-9), 0, 1))


def _centered(plane: Plane, weight: Plane) -> Plane:
    mean = float((plane * weight).sum() / max(float(weight.sum()), 1e-6))
    return np.asarray((plane - np.float32(mean)) * weight, np.float32)


def _between(surface: NDArray[np.float64], at: tuple[int, int], axis: int) -> float:
    """Where along the axis the top of a parabola through the peak and its two neighbors lies, as a signed shift."""
    length = surface.shape[axis]
    low, mid, high = (float(surface[_step(at, axis, by, length)]) for by in (-1, 0, 1))
    curve = low - 2 * mid + high
    place = at[axis] + (0.5 * (low - high) / curve if curve < 0 else 0.0)
    return place - length if place > length / 2 else place


def _step(at: tuple[int, int], axis: int, by: int, length: int) -> tuple[int, int]:
    moved = (at[axis] + by) % length
    return (moved, at[1]) if axis == 0 else (at[0], moved)


def _unlike(raw: Pixels, source: Pixels, core: Mask) -> float:
    before, after = _grey(source)[core], _grey(raw)[core]
    slope = float(np.cov(before, after)[0, 1] / max(float(before.var()), 1.0)) if before.size > 1 else 1.0
    slope = min(1.25, max(0.8, slope))
    toned = slope * before + np.float32(np.median(after - slope * before))
    return round(float((np.abs(after - toned) > UNLIKE_CODES).mean()), 4)


def _scale(before: Plane, after: Plane, weight: Plane) -> float:
    """1 plus how far two halves moved apart over the distance between them; by the axis that tells most surely."""
    found: list[tuple[float, float]] = []
    for axis in (0, 1):
        along = weight.sum(axis=1 - axis).cumsum()
        middle = int(np.searchsorted(along, along[-1] / 2))
        ramp = np.clip((np.arange(weight.shape[axis]) - middle) / max(1.0, 0.05 * weight.shape[axis]), -1, 1)
        ramp = ramp.reshape((-1, 1) if axis == 0 else (1, -1)).astype(np.float32)
        halves = [np.asarray(weight * np.clip(sign * ramp, 0, 1), np.float32) for sign in (-1, 1)]
        moved = [_correlated(before, after, half) for half in halves]
        apart = _center(halves[1], axis) - _center(halves[0], axis)
        surest = min(peak for _, peak in moved)
        if apart > 1 and surest >= DRIFT_PEAK:
            found.append((surest, 1 + (moved[1][0][1 - axis] - moved[0][0][1 - axis]) / apart))
    return max(found)[1] if found else 1.0


def _center(weight: Plane, axis: int) -> float:
    along = weight.sum(axis=1 - axis)
    return float((along * np.arange(along.size)).sum() / max(float(along.sum()), 1e-6))


def growth(*, raw: Pixels, found: Pixels, matte: Pixels) -> Growth:
    """Gate G3: how much of the subject found in the raw picture lies beyond the photo's own.

    raw: HxWx3; found: the matte cut out of it, HxW; matte: the photo's. Counted is what hangs together with the
    subject, farther than 8 px (at one megapixel) from it, in a color that the raw backdrop beside it has not: a
    network that fills the gap between two legs has found no stand.
    """
    subject = matte >= 128
    area = int(np.count_nonzero(subject))
    if area == 0:
        return Growth(0.0)
    kept = (found >= 128) | subject
    _, labels = cv2.connectedComponents(kept.astype(np.uint8), connectivity=8)
    joined = np.isin(labels, np.unique(labels[subject]))
    margin = max(GROWTH_MARGIN_PX, round(GROWTH_MARGIN_SHARE * max(matte.shape)))
    beyond = joined & (_distance(subject) > margin)
    if beyond.any():
        beyond &= ~_shows_backdrop(raw, kept)
    return Growth(round(float(np.count_nonzero(beyond) / area), 4))


def _shows_backdrop(raw: Pixels, kept: Mask) -> Mask:
    """Where the color is that of what is not kept, beside it in a wide, low window: walls and floors go on sideways."""
    height, width = kept.shape
    size = (max(1, width // 4), max(1, height // 4))
    color = cv2.resize(raw, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    free = 1 - cv2.dilate(
        cv2.resize(kept.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST), np.ones((3, 3), np.uint8)
    )
    window = tuple(int(share * max(size)) | 1 for share in BACKDROP_WINDOW)
    share = cv2.blur(free.astype(np.float32), window)
    mean = cv2.blur(color * free[:, :, None], window) / np.maximum(share, 1e-6)[:, :, None]
    beside = np.asarray(np.clip(mean + 0.5, 0, 255), np.uint8)
    alike = oklab.distance(oklab.of_srgb(beside), oklab.of_srgb(np.asarray(color + 0.5, np.uint8))) < BACKDROP_ALIKE
    alike &= share > BACKDROP_LEAST
    return np.asarray(cv2.resize(alike.astype(np.uint8), (width, height), interpolation=cv2.INTER_NEAREST) > 0)


def change(*, plate: Pixels, source: Pixels, matte: Pixels) -> Change | None:
    """Gate G5: SSIM of plate and photo away from the subject; None where nothing of the background is left to see.

    All of the photo's geometry. SSIM is averaged where either picture has structure; two plain pictures are alike in
    structure whatever their colors, so there the color decides.
    """
    margin = max(2, round(CHANGED_MARGIN_SHARE * max(matte.shape)))
    away = (_distance(matte >= 8) > margin).astype(np.uint8)
    shrink = min(1.0, CHANGED_PX / max(matte.shape))
    size = (max(1, round(matte.shape[1] * shrink)), max(1, round(matte.shape[0] * shrink)))
    seen = cv2.resize(away, size, interpolation=cv2.INTER_NEAREST) > 0
    if not seen.any():
        return None
    one, other = (np.asarray(cv2.resize(p, size, interpolation=cv2.INTER_AREA), np.uint8) for p in (plate, source))
    color = float(oklab.distance(oklab.of_srgb(one[seen]), oklab.of_srgb(other[seen])).mean())
    similar, spread = _ssim(_grey(one), _grey(other))
    told = seen & (spread > TEXTURE)
    is_plain = np.count_nonzero(told) < TEXTURED_LEAST * np.count_nonzero(seen)
    return Change(None if is_plain else round(float(similar[told].mean()), 4), round(color, 4))


def _ssim(one: Plane, other: Plane) -> tuple[Plane, Plane]:
    """SSIM at every pixel, and the larger of both standard deviations there."""

    def mean(plane: Plane) -> Plane:
        return np.asarray(cv2.GaussianBlur(plane, (11, 11), SSIM_SIGMA), np.float32)

    m1, m2 = mean(one), mean(other)
    v1, v2 = np.maximum(mean(one * one) - m1 * m1, 0), np.maximum(mean(other * other) - m2 * m2, 0)
    both = mean(one * other) - m1 * m2
    similar = (2 * m1 * m2 + SSIM_C1) * (2 * both + SSIM_C2)
    similar /= (m1 * m1 + m2 * m2 + SSIM_C1) * (v1 + v2 + SSIM_C2)
    return np.asarray(similar, np.float32), np.asarray(np.sqrt(np.maximum(v1, v2)), np.float32)


def _distance(mask: Mask) -> Plane:
    """Pixels from the mask, 0 on it; everywhere far where the mask is empty."""
    if not mask.any():
        return np.full(mask.shape, np.inf, np.float32)
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 3), np.float32)
