"""What passes from step to step while a picture is made: the photo taken apart, the plate, the finished pixels."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generations.images import canvas, provenance

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class CutOut:
    """The photo taken apart. source: the reference of "unchanged". foreground: source without the old background
    shining through half-transparent pixels. origin: where the matte came from, for the record. photo: the rows and
    columns that the photo covers."""

    source: Pixels
    matte: Pixels
    foreground: Pixels
    origin: dict[str, Any]
    photo: tuple[slice, slice] = (slice(None), slice(None))

    def framed(self, frame: canvas.Frame) -> "CutOut":
        """The same in the frame's geometry: grey, and nothing kept, beyond the photo."""
        (left, top), (height, width) = frame.offset_px, self.matte.shape
        return replace(
            self,
            photo=(slice(max(0, top), max(0, top + height)), slice(max(0, left), max(0, left + width))),
            source=canvas.translated(self.source, frame=frame, outside=canvas.OUTSIDE),
            matte=canvas.translated(self.matte, frame=frame, outside=0),
            foreground=canvas.translated(self.foreground, frame=frame, outside=canvas.OUTSIDE),
        )


@dataclass(frozen=True, slots=True)
class KeptMatte:
    """What a network found in this very picture before. png: L8 of the photo's size; said: the figures of then."""

    png: bytes
    said: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FoundMatte:
    """A photo's matte, HxW uint8, and where it came from, for the record."""

    matte: Pixels
    origin: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Plate:
    """A background without the subject, HxWx3, and who made it. origin: of an operator's photograph, for the record.
    is_redrawn: the engine painted the whole picture. gates: figures of those it passed."""

    pixels: Pixels
    engine: str
    made: provenance.Made
    scene: dict[str, Any] | None
    wants_shadow: bool = True
    is_redrawn: bool = False
    origin: dict[str, str] = field(default_factory=dict)
    gates: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drawn:
    """The finished pixels, HxWx3 or with transparency HxWx4, who made what is not the photo's, and gates passed."""

    pixels: Pixels
    engine: str
    made: provenance.Made
    scene: dict[str, Any] | None
    origin: dict[str, str] = field(default_factory=dict)
    gates: dict[str, Any] = field(default_factory=dict)
