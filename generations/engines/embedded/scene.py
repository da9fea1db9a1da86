"""From a request to a plate: read the words, place the camera, light the scene, paint it small, finish it large."""

from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from generations.engines.base import EditRequest, Pixels
from generations.engines.embedded import camera, families, finish, grammar, light
from generations.engines.embedded.stage import Stage

# Raised with every change that may paint the same request differently.
REVISION = 2
# Scenes are painted at half size within these bounds: half a small picture would show, half a huge one costs time
# and memory for a backdrop that is out of focus anyway.
_LEAST_PIXELS, _MOST_PIXELS = 640_000, 1_300_000


@dataclass(frozen=True, slots=True)
class Painted:
    """A finished plate and the report on the words of its prompt."""

    plate: Pixels
    report: dict[str, Any]


def paint(request: EditRequest) -> Painted:
    """Paint the empty scene a request describes, in the size of its photograph. No prompt and no matte fails."""
    plan = grammar.plan(request.prompt, paints=families.shows())
    family = families.every()[plan.family]
    side = light.brighter_side(rgb=request.image, alpha=request.matte)
    lit = light.from_words(words=plan.light, side=side)
    if "window" in plan.removed or "window" in plan.things:
        lit = replace(lit, gobo="window" not in plan.removed)
    stage = Stage(camera.behind(alpha=_work_sized(request.matte)), lit, plan, request.seed)
    look = family.LOOK
    if look.shoulder:
        look = replace(look, ev=look.ev + lit.ev)
    plate = finish.develop(
        family.paint(stage),
        look=look,
        size=(request.width_px, request.height_px),
        noise_sigma=finish.measured_noise(request.image, request.matte),
        rng=stage.rng("grain"),
    )
    return Painted(plate, dict(plan.report))


def _work_sized(matte: Pixels) -> Pixels:
    height, width = matte.shape
    pixels = float(np.clip(height * width / 4, _LEAST_PIXELS, _MOST_PIXELS))
    scale = min(1.0, float(np.sqrt(pixels / (height * width))))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    return np.asarray(cv2.resize(matte, size, interpolation=cv2.INTER_AREA), np.uint8)
