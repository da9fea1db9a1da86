"""A living room: a painted wall, boards, a window's light and a few things at the wall."""

import numpy as np

from generations.engines.embedded import daylight, dressing, furnishing, room, surfaces, table
from generations.engines.embedded.color import Floats
from generations.engines.embedded.finish import Look
from generations.engines.embedded.stage import Stage

SHOWS = frozenset(
    {
        "wall",
        "floor",
        "skirting",
        "window",
        "art",
        "sideboard",
        "plant",
        "curtain",
        "rug",
        "lamp",
        "style",
        "light",
        "subject",
    }
)
LOOK = Look(ev=-0.42, bloom=0.3, vignette=0.15, grain=1.0, shoulder=True)

_USUAL: tuple[tuple[str, ...], ...] = (
    ("plant", "art", "sideboard"),
    ("curtain", "plant", "art"),
    ("rug", "plant", "art"),
    ("curtain", "sideboard", "art"),
)


def paint(stage: Stage) -> Floats:
    """Paint the empty living room, or a table in it for a thing that would be lost on its floor."""
    return table.before(stage, room_of, material="oak") if stage.plan.is_small else room_of(stage)


def room_of(stage: Stage) -> Floats:
    """The room itself, down to its floor."""
    worn = dressing.for_style(stage, wall="paint", floor="oak")
    space = room.build(camera=stage.camera, yaw=dressing.yaw(stage) * 0.6)
    walls = surfaces.wall(stage, worn.wall, space.along, space.height, stage.albedo("wall", worn.wall_color))
    walls = dressing.skirting(stage, space, walls, worn)
    floor = surfaces.floor(stage, worn.floor, space.floor())
    usual = _USUAL[int(stage.rng("things").integers(len(_USUAL)))]
    if stage.light.lamps:
        usual = ("lamp", *usual)
    if "floor" in stage.plan.colors or "floor" in stage.plan.materials:
        usual = tuple(thing for thing in usual if thing != "rug")
    things = furnishing.chosen(stage, usual)
    if "rug" in things and stage.camera.stand.is_grounded:
        floor = furnishing.rug(stage, space, floor)
    lamp = furnishing.lamp_column(stage, things)
    picture, shining = daylight.lit(stage, space, wall=walls, floor=floor, gloss=worn.gloss, lamp=lamp)
    picture = dressing.defocused(space, picture)
    return np.asarray(furnishing.furnish(stage, space, picture, shining, things), np.float32)
