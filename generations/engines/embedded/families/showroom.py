"""A showroom, gallery or loft: two walls, a hard floor, daylight through tall panes."""

import numpy as np

from generations.engines.embedded import daylight, dressing, furnishing, room, surfaces
from generations.engines.embedded.color import Floats
from generations.engines.embedded.finish import Look
from generations.engines.embedded.stage import Stage

SHOWS = frozenset(
    {"wall", "floor", "skirting", "window", "plant", "art", "sideboard", "rug", "curtain", "lamp", "style", "light"}
)
LOOK = Look(ev=-0.42, bloom=0.3, vignette=0.13, grain=1.0, shoulder=True)


def paint(stage: Stage) -> Floats:
    """Paint the empty showroom; it holds only what is asked for."""
    worn = dressing.for_style(stage, wall="paint", floor="tile")
    space = room.build(camera=stage.camera, yaw=dressing.yaw(stage), corner=dressing.corner(stage))
    walls = surfaces.wall(stage, worn.wall, space.along, space.height, stage.albedo("wall", worn.wall_color))
    walls = dressing.skirting(stage, space, walls, worn)
    floor = surfaces.floor(stage, worn.floor, space.floor())
    things = furnishing.chosen(stage, ())
    if "rug" in things and stage.camera.stand.is_grounded:
        floor = furnishing.rug(stage, space, floor)
    lamp = furnishing.lamp_column(stage, things)
    picture, shining = daylight.lit(stage, space, wall=walls, floor=floor, gloss=worn.gloss, lamp=lamp)
    picture = dressing.defocused(space, picture)
    return np.asarray(furnishing.furnish(stage, space, picture, shining, things), np.float32)
