"""What the photograph says about the network's answer: thin legs back in, gaps back out.

The network sees 320 x 320 pixels, so a chair's leg is one or two of them and comes out faint. Yet it comes out
well above what surrounds it, and it differs in color from what stands left and right of it at the same height.
Both are measured here in nats (log odds), beside every pixel, and added to the network's answer:

1. the backdrop of a pixel: robust mean and spread of color, and mean log odds, in a wide, low window, since
   walls and floors go on sideways; the subject, and what stands out itself, have no part in it;
2. color evidence: how many spreads from the backdrop. A darker or slightly brighter shade of the same color is
   shadow or light on the backdrop, after Horprasert et al. 1999, "A statistical approach for real-time robust
   background subtraction". Only where the backdrop is plain: in a busy place color says nothing, and the network's
   word stands. Evidence against keeping counts only as far as the subject itself differs from the backdrop;
3. supports: what hangs together with the subject, lies below it, is no wider than a leg, and for which network
   and color together speak, is kept. A rug is wide, a shadow is shade, a picture on the wall is not below.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

BESIDE = (0.16, 0.02)  # width and height of the window, of the long side
ROUNDS = 2
SHADE = (0.45, 1.05)
LEAST_SPREAD = 0.02  # of 0..1: grain and JPEG blocks
PLAIN_SPREAD = (0.02, 0.04)  # full trust up to the first, none from the second
NATS_PER_SPREAD, NEUTRAL_SPREADS = 1.5, 2.0
MOST_FOR, MOST_AGAINST = 2.0, 4.0
ALIKE_SPREADS = (2.0, 4.0)  # a subject that differs less than the first cannot be told by color at all
NEAR = 0.1
SUPPORT_NATS, SUPPORT_ABOVE, SUPPORT_SPREADS = 3.0, 2.5, 1.0
SUPPORT_PLAIN = 0.08
SUPPORT_WIDTH = 0.1
UNDERSIDE, ASIDE, REACH = 0.3, 0.1, 2.0  # of the part that stands on them
LEAST_PART = 0.02
CERTAIN, DOUBT = 0.98, 1e-5


@dataclass(frozen=True, slots=True)
class Backdrop:
    """Beside every pixel: how far the color is from the backdrop's (in spreads), that spread (0..1), the network's
    log odds above the backdrop's, and the share of the window that is backdrop at all."""

    spreads: Plane
    spread: Plane
    above: Plane
    share: Plane


def weigh(plane: Plane, *, rgb: Pixels, long_side_px: int = 480) -> Plane:
    """Return the network's plane (h x w, 0..1) after hearing the colors of the HxWx3 picture.

    The answer has the picture's shape, at most long_side_px long. Where nothing is found the plane comes back as is.
    """
    height, width = rgb.shape[:2]
    scale = min(1.0, long_side_px / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    color = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    odds = _odds(np.clip(cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR), DOUBT, 1 - DOUBT))
    beside = backdrop(color=color, odds=odds)
    votes = color_votes(beside, subject=odds > 0)
    told = odds + votes
    subject = told > 0
    told[supports(beside, subject=subject)] = _odds(np.float32(CERTAIN))
    return np.asarray(1 / (1 + np.exp(-told)), np.float32)


def backdrop(*, color: Plane, odds: Plane) -> Backdrop:
    """Measure what surrounds every pixel; color HxWx3 0..1, odds HxW in nats."""
    kept = 1 / (1 + np.exp(-odds))
    inside = cv2.dilate((kept > 0.5).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    start = np.where(inside, 0, np.clip(1 - kept / 0.3, 0, 1) ** 2).astype(np.float32) + np.float32(1e-5)
    weight = start
    for _ in range(ROUNDS):
        share = _beside(weight)
        above = odds - _beside(odds * weight) / share
        mean = _beside(color * weight[:, :, None]) / share[:, :, None]
        shade = np.clip(_dot(color, mean) / (_dot(mean, mean) + np.float32(1e-6)), *SHADE)
        rest = color - shade[:, :, None] * mean
        distance = _dot(rest, rest)
        # A running sum that has passed the subject may end a hair below zero over a backdrop of one black.
        variance = np.maximum(_beside(distance * weight) / share, 0)
        squares = distance / (variance + np.float32(LEAST_SPREAD**2))
        # What stands out is no backdrop: Gaussian in the color, twice as wide a one in the network's odds.
        doubt = squares / np.float32(1.5**2) + np.float32(0.75) * (np.maximum(above, 0) / 2) ** 2
        weight = start * np.exp(np.float32(-0.5) * doubt) + np.float32(1e-6)
    return Backdrop(np.sqrt(squares), np.sqrt(variance), above, share)


def color_votes(beside: Backdrop, *, subject: Mask) -> Plane:
    """Nats for (positive) or against keeping each pixel, by its color alone."""
    trust = np.clip(beside.share / np.float32(0.05), 0, 1) * _fade(beside.spread, PLAIN_SPREAD)
    side = _odd(NEAR * max(subject.shape))
    weight = subject * trust
    usual = cv2.blur(np.minimum(beside.spreads, 6) * weight, (side, side)) / (cv2.blur(weight, (side, side)) + 1e-3)
    against = np.float32(MOST_AGAINST) * (1 - _fade(usual, ALIKE_SPREADS))
    votes = np.float32(NATS_PER_SPREAD) * (beside.spreads - np.float32(NEUTRAL_SPREADS))
    return np.asarray(np.clip(votes, -against, MOST_FOR) * trust, np.float32)


def supports(beside: Backdrop, *, subject: Mask) -> Mask:
    """Find what the subject stands on: thin, below, joined, with network and color together speaking for it."""
    votes = beside.above + np.float32(NATS_PER_SPREAD) * (beside.spreads - np.float32(NEUTRAL_SPREADS))
    likely = (votes > SUPPORT_NATS) & (beside.spreads > SUPPORT_SPREADS) & (beside.above > SUPPORT_ABOVE)
    likely &= (beside.spread < SUPPORT_PLAIN) & (beside.share > 0.02) & below(subject) & ~subject
    if not likely.any():
        return likely
    widest = np.ones((1, max(2, int(SUPPORT_WIDTH * max(subject.shape)))), np.uint8)
    likely &= cv2.morphologyEx((likely | subject).astype(np.uint8), cv2.MORPH_OPEN, widest) == 0
    # Legs cross skirting boards, which hide them for as many rows as two windows are high: mean, then spread.
    bridge = np.ones((2 * _odd(BESIDE[1] * max(subject.shape)) + 1, 3), np.uint8)
    joined = cv2.dilate((likely | subject).astype(np.uint8), bridge)
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    reached = np.zeros(count, bool)
    reached[np.unique(labels[subject])] = True
    return np.asarray(likely & reached[labels])


def below(subject: Mask) -> Mask:
    """Where supports may be: under each part of the subject, from its lower third on, a little to both sides.

    A part cut by the lower edge of the picture stands on nothing that can be seen.
    """
    height, width = subject.shape
    count, _, stats, _ = cv2.connectedComponentsWithStats(subject.astype(np.uint8), connectivity=8)
    place = np.zeros(subject.shape, bool)
    largest = stats[1:, cv2.CC_STAT_AREA].max() if count > 1 else 0
    for left, top, wide, high, area in stats[1:]:
        if area < LEAST_PART * largest or top + high >= height - 1:
            continue
        margin, start = int(ASIDE * wide), int(top + (1 - UNDERSIDE) * high)
        end = min(height, int(top + high + REACH * max(wide, high)))
        place[start:end, max(0, left - margin) : min(width, left + wide + margin)] = True
    return place


def _odds(share: Plane | np.float32) -> Plane:
    return np.asarray(np.log(share / (1 - share)), np.float32)


def _beside(plane: Plane) -> Plane:
    wide, high = (_odd(part * max(plane.shape[:2])) for part in BESIDE)
    return np.asarray(cv2.blur(plane, (wide, high)), np.float32)


def _dot(a: Plane, b: Plane) -> Plane:
    return np.asarray(np.einsum("ijk,ijk->ij", a, b), np.float32)


def _fade(values: Plane, span: tuple[float, float]) -> Plane:
    """1 up to the first value of span, 0 from the second."""
    return np.asarray(np.clip((span[1] - values) / (span[1] - span[0]), 0, 1), np.float32)


def _odd(length: float) -> int:
    return int(length) | 1
