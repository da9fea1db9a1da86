"""The gates round an engine and round the composite: which apply, how often to ask again, what is noted.

G2 drift and G3 growth are for engines that paint the subject, too; G5 change for every engine that is not built in.
What fails is asked for again with another seed, and given up when the seeds are used up. G4, the seam, is measured on
every composite; what fails is mended once, then only noted. The measures are in `images.gates` and `images.seams`.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generations.engines.base import Done, EditRequest, Engine
from generations.engines.errors import BadOutput, Unfaithful
from generations.images import compositing, gates, seams
from generations.parts import CutOut, Plate

Pixels = NDArray[np.uint8]

#: How many pictures are asked for at most. Growth is a matter of luck: there one seed more is worth its price.
TRIES, TRIES_GROWN = 2, 3
SEEDS = 2**31


@dataclass(frozen=True, slots=True)
class Judged:
    """Figures by gate, JSON-able, and how many tries what failed is worth; 0 where all passed."""

    figures: dict[str, Any]
    tries: int


def painted(
    *, engine: Engine, asked: EditRequest, photo: tuple[slice, slice], cut_out: Callable[[Pixels], Pixels]
) -> tuple[Done, dict[str, Any]]:
    """Let the engine paint until its picture passes; return it with the figures of its gates.

    photo: the rows and columns the photo covers. cut_out: finds the matte, HxW, of an HxWx3 picture.
    Raises BadOutput for what is not a picture of the size asked for, Unfaithful when every try fails a gate, and
    what the engine raises.
    """
    tried = 0
    while True:
        done = engine.submit(replace(asked, seed=(asked.seed + tried) % SEEDS))
        if done.plate.shape != asked.image.shape or done.plate.dtype != np.uint8:
            raise BadOutput(engine=engine.caps.name, detail=f"plate is {done.plate.dtype} {done.plate.shape}")
        found = judged(engine=engine, raw=done.plate, asked=asked, photo=photo, cut_out=cut_out)
        tried += 1
        if not found.tries:
            return done, found.figures
        if tried >= found.tries:
            raise Unfaithful(engine=engine.caps.name, detail=f"after {tried}: {found.figures}")


def judged(
    *,
    engine: Engine,
    raw: Pixels,
    asked: EditRequest,
    photo: tuple[slice, slice],
    cut_out: Callable[[Pixels], Pixels],
) -> Judged:
    """Measure what applies to this engine; the network is asked only when nothing else speaks against the picture."""
    caps, figures, tries = engine.caps, dict[str, Any](), 0
    if caps.redraws and (drift := gates.drift(raw=raw, source=asked.image, matte=asked.matte)):
        figures["g2"] = asdict(drift) | {"passed": drift.passed}
        tries = 0 if drift.passed else TRIES
    if caps.hosting != "embedded":
        change = gates.change(plate=raw[photo], source=asked.image[photo], matte=asked.matte[photo])
        if change:
            figures["g5"] = asdict(change) | {"passed": change.passed}
            tries = tries if change.passed else TRIES
    if caps.redraws and not tries:
        # What the same eye sees in the photo is the photo's own, also where the matte is finer: in hair, in leaves.
        own = np.maximum(asked.matte, cut_out(asked.image))
        growth = gates.growth(raw=raw, found=cut_out(raw), matte=own)
        figures["g3"] = asdict(growth) | {"passed": growth.passed}
        tries = 0 if growth.passed else 1 if growth.is_hopeless else TRIES_GROWN
    return Judged(figures, tries)


def composed(*, cut: CutOut, plate: Plate, dress: Callable[[Pixels], Pixels]) -> tuple[Pixels, dict[str, Any]]:
    """Paste the subject over the dressed plate and measure the seam; return the pixels and the figures of G4.

    dress: draws shadow and watermark on a plate. Where the seam shows, it is mended once, and the better of both
    pictures is taken.
    """
    behind = dress(plate.pixels)
    out, found = _pasted(cut, cut.foreground, plate.pixels, behind)
    mended = False
    if not found.passed:
        foreground, pixels = cut.foreground, plate.pixels
        if found.fringe > seams.FRINGE_MOST:
            foreground = seams.recolored(foreground=foreground, matte=cut.matte)
        if plate.is_redrawn and found.ratio > seams.RATIO_MOST:
            pixels = seams.extended(plate=pixels, matte=cut.matte)
            behind = dress(pixels)
        again, better = _pasted(cut, foreground, pixels, behind)
        if better.badness < found.badness:
            out, found, mended = again, better, True
    figures: dict[str, Any] = {"g4": asdict(found) | {"mended": mended, "passed": found.passed}}
    return out, figures | ({} if found.passed else {"flags": ["seam"]})


def _pasted(cut: CutOut, foreground: Pixels, plate: Pixels, behind: Pixels) -> tuple[Pixels, seams.Seam]:
    out = compositing.compose(foreground=foreground, matte=cut.matte, plate=behind)
    return out, seams.seam(out=out, source=cut.source, matte=cut.matte, plate=plate, behind=behind)
