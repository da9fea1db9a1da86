"""From a request to a plate: read the words, place the camera, light the scene, paint it small, finish it large."""

from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np

from generations.engines.base import EditRequest, Pixels
from generations.engines.embedded import camera, families, finish, grammar, light, photograph
from generations.engines.embedded import plates as plates_of
from generations.engines.embedded.plates import BadPlate, Folder
from generations.engines.embedded.stage import Stage

# Raised with every change that may paint the same request differently.
REVISION = 3
# Scenes are painted at half size within these bounds: half a small picture would show, half a huge one costs time
# and memory for a backdrop that is out of focus anyway.
_LEAST_PIXELS, _MOST_PIXELS = 640_000, 1_300_000


@dataclass(frozen=True, slots=True)
class Painted:
    """A finished plate and the report on the words of its prompt.

    origin: for the record, `plate_sha256` of a photograph that was used, `plate_fault` of one that could not be.
    """

    plate: Pixels
    report: dict[str, Any]
    origin: dict[str, str] = field(default_factory=dict)


def paint(request: EditRequest, *, plates: Folder | None = None) -> Painted:
    """Make the empty scene a request describes, in the size of its photograph. No prompt and no matte fails.

    plates: photographs to choose from; where none fits, is large enough or can be read, the scene is painted.
    """
    plan = grammar.plan(request.prompt, paints=families.shows())
    family = families.every()[plan.family]
    side = light.brighter_side(rgb=request.image, alpha=request.matte)
    lit = light.from_words(words=plan.light, side=side)
    if "window" in plan.removed or "window" in plan.things:
        lit = replace(lit, gobo="window" not in plan.removed)
    stage = Stage(camera.behind(alpha=_work_sized(request.matte)), lit, plan, request.seed)
    origin: dict[str, str] = {}
    if plates is not None:
        try:
            photographed = _photographed(request, stage, plates)
        except BadPlate as fault:
            origin["plate_fault"] = str(fault)
        else:
            if photographed is not None:
                return photographed
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
    return Painted(plate, dict(plan.report), origin)


def _photographed(request: EditRequest, stage: Stage, plates: Folder) -> Painted | None:
    """Cut the plate from the operator's best photograph, None where there is none; BadPlate where it is broken."""
    plan = stage.plan
    photo = plates_of.choose(plates.photos, prompt=request.prompt, family=plan.family, seed=request.seed)
    if photo is None:
        return None
    pixels = plates.pixels(photo)
    frame = (request.height_px, request.width_px)
    horizon = stage.camera.horizon * request.height_px / stage.camera.height
    plate = photograph.fit(pixels, photo, frame=frame, horizon=horizon, light=stage.light)
    if plate is None:
        return None
    wanted = finish.measured_noise(request.image, request.matte)
    has = finish.measured_noise(plate, np.zeros_like(request.matte))
    missing = float(np.sqrt(max(wanted**2 - has**2, 0.0)))
    plate = photograph.grained(plate, sigma=missing, rng=stage.rng("grain"))
    report = plates_of.carries(photo, plan.report, request.prompt)
    return Painted(plate, report, {"plate_sha256": photo.sha256})


def _work_sized(matte: Pixels) -> Pixels:
    height, width = matte.shape
    pixels = float(np.clip(height * width / 4, _LEAST_PIXELS, _MOST_PIXELS))
    scale = min(1.0, float(np.sqrt(pixels / (height * width))))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    return np.asarray(cv2.resize(matte, size, interpolation=cv2.INTER_AREA), np.uint8)
