"""What a room wears when the prompt does not say: colors, materials and the turn of its walls, by style."""

from dataclasses import dataclass

import cv2
import numpy as np

from generations.engines.embedded import surfaces
from generations.engines.embedded.color import Color, Floats
from generations.engines.embedded.room import Room
from generations.engines.embedded.stage import Stage

_SKIRTING_M = 0.095


@dataclass(frozen=True, slots=True)
class Dress:
    """wall, floor: materials. wall_color: of the wall unless the plan names one. gloss: 0 dull .. 1 polished."""

    wall: str
    floor: str
    wall_color: Color
    gloss: float
    has_skirting: bool


_STYLES: dict[str, tuple[str, str, Color]] = {
    "minimalist": ("", "", (238, 236, 232)),
    "scandinavian": ("", "oak", (236, 233, 226)),
    "industrial": ("brick", "concrete", (142, 94, 76)),
    "rustic": ("plaster", "pine", (228, 216, 196)),
    "luxury": ("", "herringbone", (226, 221, 212)),
    "modern": ("", "", (226, 223, 217)),
    "vintage": ("", "parquet", (206, 198, 178)),
    "boho": ("plaster", "pine", (222, 206, 186)),
}


def for_style(stage: Stage, *, wall: str, floor: str) -> Dress:
    """Fill what the prompt leaves open from its first style, then from the family's own materials."""
    plan = stage.plan
    color: Color = (232, 229, 224)
    for style in plan.styles[:1]:
        style_wall, style_floor, color = _STYLES[style]
        wall, floor = style_wall or wall, style_floor or floor
    wall = plan.materials.get("wall", wall)
    floor = plan.materials.get("floor", floor)
    if wall not in ("brick", "plaster", "concrete"):
        wall = "paint"
    if wall == "concrete":
        color = (176, 174, 170)
    if wall == "brick":
        color = (142, 94, 76)
    if floor not in surfaces.WOODS and floor not in surfaces.STONES:
        floor = "concrete"
    gloss = surfaces.GLOSS.get(floor, 0.32)
    if "reflective" in plan.camera:
        gloss = min(1.0, gloss + 0.3)
    if "matt" in plan.camera:
        gloss = 0.0
    return Dress(wall, floor, color, gloss, has_skirting=wall not in ("brick", "concrete"))


def yaw(stage: Stage) -> float:
    """Turn the walls a little, the far end away from the window, as rooms are seldom met head on."""
    return (0.05 + 0.06 * float(stage.rng("yaw").random())) * (1 if stage.light.side < 0 else -1)


def corner(stage: Stage) -> float | None:
    """The column of the room's corner, on the side away from the window, where the subject leaves room for it."""
    camera = stage.camera
    stand = camera.stand
    share = 0.10 + 0.07 * float(stage.rng("corner").random())
    if stage.light.side < 0:
        column, is_free = camera.width * (1 - share), stand.right < camera.width * (0.97 - share)
    else:
        column, is_free = camera.width * share, stand.left > camera.width * (0.03 + share)
    return column if is_free and stand.is_grounded else None


def skirting(stage: Stage, space: Room, walls: Floats, chosen: Dress) -> Floats:
    """Nail a board along the foot of the walls; its upper edge catches light and throws a thin line."""
    if not chosen.has_skirting or "skirting" in stage.plan.removed:
        return walls
    pixel = (space.depth / space.camera.focal_px)[None, :]
    board = np.clip((_SKIRTING_M - space.height) / pixel + 0.5, 0, 1)
    edge = np.exp(-(((space.height - _SKIRTING_M + pixel) / (0.9 * pixel)) ** 2)) * 0.5
    below = np.exp(-(((space.height - _SKIRTING_M - 1.2 * pixel) / (1.2 * pixel)) ** 2)) * 0.12
    color = stage.albedo("skirting", (240, 238, 234))
    out = walls * (1 - board[..., None]) + color * board[..., None]
    return np.asarray(out * (1 + 0.10 * edge - below)[..., None], np.float32)


def defocused(space: Room, picture: Floats) -> Floats:
    """Blur what lies behind the subject, more with its distance, as a lens focused on the subject does."""
    camera = space.camera
    sigma = (0.0032 if camera.stand.is_grounded else 0.007) * max(camera.width, camera.height)
    soft = cv2.GaussianBlur(picture, (0, 0), sigma)
    rows = np.arange(camera.height, dtype=np.float32)
    span = max(camera.stand.rear - camera.wall, 1.0)
    near = np.clip((rows - camera.wall) / span, 0, 1)[:, None, None]
    return np.asarray(soft + (picture - soft) * near**0.7, np.float32)
