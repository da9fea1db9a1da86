"""What an engine is: it is given a photograph, its matte and a prompt, and makes a plate.

An engine makes the background only. The subject is pasted over the plate by `generations.images.compositing`,
so no engine is trusted with a pixel of it. Engines read no settings and no database: what they need arrives
in their constructor or in the request. They are synchronous and thread-safe, and run in a worker.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class EngineCaps:
    """What an engine can do, so that the pipeline asks instead of knowing names.

    revision changes whenever the same request may give another plate. plate: it paints an empty scene and
    leaves the shadow to us. redraws: it sends back the subject too, which must then be checked for drift.
    seed: the same seed gives the same plate.
    """

    name: str
    revision: str
    hosting: Literal["embedded", "selfhosted", "hosted"]
    plate: bool
    redraws: bool
    seed: bool


@dataclass(frozen=True, slots=True)
class EditRequest:
    """One plate to make.

    image: HxWx3 sRGB, the photograph in canvas geometry. matte: HxW, 255 keeps. seed: 0..2147483647.
    """

    image: Pixels
    matte: Pixels
    prompt: str
    seed: int

    @property
    def width_px(self) -> int:
        return int(self.image.shape[1])

    @property
    def height_px(self) -> int:
        return int(self.image.shape[0])


@dataclass(frozen=True, slots=True)
class Done:
    """A finished plate: HxWx3 sRGB of the request's size, and what the engine has to say about it.

    run_s: seconds spent painting. notes["scene"], where the engine follows a grammar: which words it read.
    """

    plate: Pixels
    run_s: float
    notes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Health:
    ok: bool
    detail: str


class Engine(Protocol):
    """The one interface every engine speaks; `fake.FakeEngine` is its smallest example."""

    @property
    def caps(self) -> EngineCaps: ...

    def submit(self, request: EditRequest) -> Done:
        """Make the plate; raise an `errors.EngineError` and nothing else where that is not possible."""
        ...

    def health(self) -> Health:
        """Tell cheaply whether a request would be taken; never a paid call."""
        ...
