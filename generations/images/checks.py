"""What a picture must pass: a subject before painting, and untouched pixels after compositing.

Thresholds are shares of the picture; the raw figures are the network's, before normalizing (see `matting`).
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from generations.images.errors import MaskRefused, NoSubjectFound, PixelsChanged
from generations.images.matting import Coarse

Pixels = NDArray[np.uint8]

RAW_MAX_LEAST, RAW_SHARE_LEAST = 0.5, 0.003
COVERAGE_LEAST, COVERAGE_MOST = 0.004, 0.97
MASK_LEAST, MASK_MOST = 0.004, 0.996
FILLS_THE_FRAME = (
    "The subject fills the picture, so there is no background to replace. "
    "Try a photo with more room around it, or send a mask that shows what to keep."
)


@dataclass(frozen=True, slots=True)
class Kept:
    """How the fully kept pixels (the core, matte 255) came through; None where there is no such pixel."""

    unchanged_fraction: float | None
    max_difference: int | None


def require_subject(*, coarse: Coarse, matte: Pixels) -> None:
    """Raise NoSubjectFound (stage "matte") for an automatic matte that keeps nothing, or everything."""
    if coarse.raw_max < RAW_MAX_LEAST or coarse.raw_share < RAW_SHARE_LEAST:
        raise NoSubjectFound(stage="matte")
    share = coverage(matte)
    if share < COVERAGE_LEAST:
        raise NoSubjectFound(stage="matte")
    if share > COVERAGE_MOST:
        raise NoSubjectFound(FILLS_THE_FRAME, stage="matte")


def require_mask(matte: Pixels) -> None:
    """Raise MaskRefused for a mask of the caller's that keeps next to nothing, or next to everything."""
    if not MASK_LEAST <= coverage(matte) <= MASK_MOST:
        raise MaskRefused


def require_own_alpha(matte: Pixels) -> None:
    """Raise NoSubjectFound (stage "alpha") for a cut-out that is empty."""
    if coverage(matte) < MASK_LEAST:
        raise NoSubjectFound("This picture is transparent all over.", stage="alpha")


def kept(*, out: Pixels, source: Pixels, matte: Pixels) -> Kept:
    """Compare the finished pixels (HxWx3, or HxWx4 for a cut-out) with the photo wherever the matte is 255.

    A cut-out must be opaque there, too: what its alpha lacks counts as a difference.
    """
    core = matte == 255
    count = int(np.count_nonzero(core))
    if count == 0:
        return Kept(None, None)
    planes, reference = cv2.split(out), (*cv2.split(source), matte)
    difference = np.zeros_like(matte)
    for plane, wanted in zip(planes, reference, strict=False):
        difference = np.asarray(cv2.max(difference, cv2.absdiff(plane, wanted)), np.uint8)
    difference[~core] = 0
    changed = int(np.count_nonzero(difference))
    return Kept(unchanged_fraction=(count - changed) / count, max_difference=int(difference.max()))


def require_unchanged(figures: Kept) -> None:
    """Gate G1: raise PixelsChanged when any fully kept pixel differs at all."""
    if figures.max_difference:
        raise PixelsChanged


def subject_report(*, matte: Pixels, figures: Kept, offset_px: tuple[int, int]) -> dict[str, Any]:
    """The answer's `subject`: measured figures, four decimals, JSON-able."""
    some, core = int(np.count_nonzero(matte)), int(np.count_nonzero(matte == 255))
    core_fraction = core / some if some else 0.0
    return {
        "unchanged_fraction": figures.unchanged_fraction,
        "max_difference": figures.max_difference,
        "coverage": round(coverage(matte), 4),
        "core_fraction": round(core_fraction, 4),
        "edge_fraction": round(1 - core_fraction, 4) if some else 0.0,
        "offset_px": list(offset_px),
    }


def coverage(matte: Pixels) -> float:
    """Share of the picture the matte keeps, half-transparent pixels counted by their part; 0..1."""
    return float(matte.mean(dtype=np.float64)) / 255
