"""A bedroom or hotel room: soft light, a paneled wall, carpet or boards, curtains and the glow of a lamp."""

import cv2
import numpy as np

from generations.engines.embedded import daylight, dressing, furnishing, room, surfaces, table
from generations.engines.embedded.color import Floats
from generations.engines.embedded.finish import Look
from generations.engines.embedded.room import Room
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
        "bed",
        "subject",
    }
)
LOOK = Look(ev=-0.28, bloom=0.35, vignette=0.16, grain=1.0, shoulder=True)

# Upholstered panels stand side by side along the wall, as behind a bed.
_PANEL_M, _HIGH_M, _GAP_M = 0.42, 1.18, 0.012
_USUAL: tuple[tuple[str, ...], ...] = (("bed", "lamp", "curtain"), ("bed", "lamp", "rug"), ("bed", "plant", "curtain"))


def paint(stage: Stage) -> Floats:
    """Paint the bedroom, or a table in it for a thing that would be lost on its floor."""
    return table.before(stage, _room, material="oak") if stage.plan.is_small else _room(stage)


def _room(stage: Stage) -> Floats:
    """The room itself, down to its floor."""
    worn = dressing.for_style(stage, wall="paint", floor="carpet")
    space = room.build(camera=stage.camera, yaw=dressing.yaw(stage) * 0.5)
    walls = surfaces.wall(stage, worn.wall, space.along, space.height, stage.albedo("wall", (222, 214, 204)))
    walls = dressing.skirting(stage, space, walls, worn)
    walls = _paneled(stage, space, walls)
    floor = surfaces.floor(stage, worn.floor, space.floor())
    if worn.floor == "carpet":
        # A bedroom's pile is deep and soft; its threads melt into each other.
        floor = np.asarray(cv2.GaussianBlur(floor, (0, 0), max(0.4, 0.0016 * max(stage.shape))), np.float32)
    usual = _USUAL[int(stage.rng("things").integers(len(_USUAL)))]
    if stage.light.lamps:
        usual = ("bed", "lamp", "curtain")
    stand = stage.camera.stand
    if stand.cut or stand.width_px > 0.8 * stage.camera.width:
        # What fills the frame in a bedroom is most likely the bed itself.
        usual = ("curtain", "lamp", "plant")
    things = furnishing.chosen(stage, usual)
    if "rug" in things and stage.camera.stand.is_grounded:
        floor = furnishing.rug(stage, space, floor)
    lamp = furnishing.lamp_column(stage, things)
    picture, shining = daylight.lit(stage, space, wall=walls, floor=floor, gloss=worn.gloss, lamp=lamp)
    picture = dressing.defocused(space, picture)
    return np.asarray(furnishing.furnish(stage, space, picture, shining, things), np.float32)


def _paneled(stage: Stage, space: Room, walls: Floats) -> Floats:
    """Cover the wall's lower part with padded panels: each swells in the middle and is dark in its seams."""
    if stage.plan.styles[:1] == ("industrial",):
        return walls
    pixel = (space.depth / space.camera.focal_px)[None, :]
    cover = np.clip((_HIGH_M - space.height) / pixel + 0.5, 0, 1)
    tones = ((150, 140, 128), (176, 164, 150), (120, 128, 124), (146, 122, 108))
    cloth = stage.albedo("panel", tones[int(stage.rng("panel").integers(len(tones)))])
    across = np.mod(space.along / _PANEL_M + 0.35, 1.0)[None, :]
    edge = np.minimum(across, 1 - across) * _PANEL_M
    top = np.maximum(_HIGH_M - space.height, 0)
    toward = 1.0 if stage.light.side > 0 else -1.0
    swell = 1 + 0.10 * toward * (across - 0.5) - 0.34 * np.exp(-edge / 0.016) + 0.10 * np.exp(-top / 0.02)
    seam = np.clip((_GAP_M - edge) / pixel + 0.5, 0, 1) * np.minimum(1, _GAP_M / (2 * pixel))
    panels = cloth * (swell * (1 - 0.5 * seam))[..., None]
    above = np.exp(-np.maximum(space.height - _HIGH_M, 0) / 0.05) * (1 - cover)
    out = walls * (1 - 0.12 * above[..., None])
    return np.asarray(out * (1 - cover[..., None]) + panels * cover[..., None], np.float32)
