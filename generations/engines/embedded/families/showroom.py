"""A showroom, gallery or loft: two walls, a hard floor, daylight through tall panes."""

import numpy as np

from generations.engines.embedded import architecture, daylight, dressing, furnishing, room, surfaces, table
from generations.engines.embedded.color import Floats
from generations.engines.embedded.finish import Look
from generations.engines.embedded.stage import Stage

SHOWS = frozenset(
    {
        "wall",
        "floor",
        "skirting",
        "window",
        "plant",
        "art",
        "sideboard",
        "rug",
        "curtain",
        "lamp",
        "style",
        "light",
        "plinth",
        "subject",
    }
)
LOOK = Look(ev=-0.33, bloom=0.3, vignette=0.13, grain=1.0, shoulder=True)


def paint(stage: Stage) -> Floats:
    """Paint the empty showroom, or a table in it for a thing that would be lost on its floor."""
    return table.before(stage, _room, material="marble") if stage.plan.is_small else _room(stage)


def _room(stage: Stage) -> Floats:
    """The room itself: it holds what is asked for, and unless it is minimalist a plinth."""
    worn = dressing.for_style(stage, wall="paint", floor="tile")
    space = room.build(camera=stage.camera, yaw=dressing.yaw(stage), corner=dressing.corner(stage))
    walls = surfaces.wall(stage, worn.wall, space.along, space.height, stage.albedo("wall", worn.wall_color))
    walls = architecture.built(stage, space, walls)
    walls = dressing.skirting(stage, space, walls, worn)
    floor = surfaces.floor(stage, worn.floor, space.floor())
    things = furnishing.chosen(stage, () if "minimalist" in stage.plan.styles else ("plinth",))
    if "rug" in things and stage.camera.stand.is_grounded:
        floor = furnishing.rug(stage, space, floor)
    lamp = furnishing.lamp_column(stage, things)
    ceiling = architecture.washed(stage, space) if lamp is None else None
    picture, shining = daylight.lit(stage, space, wall=walls, floor=floor, gloss=worn.gloss, lamp=lamp, ceiling=ceiling)
    picture = dressing.defocused(space, picture)
    return np.asarray(furnishing.furnish(stage, space, picture, shining, things), np.float32)
