"""A table's top before a room: what a small thing stands on, wherever it is shown."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from generations.engines.embedded import bokeh, outdoors, surfaces
from generations.engines.embedded.camera import EYE_M, Camera
from generations.engines.embedded.color import Floats, light_of, of_kelvin
from generations.engines.embedded.grammar import Plan
from generations.engines.embedded.stage import Stage

# The eye is this much nearer to a table than to a floor.
_SCALE = 0.34
# The room behind is painted this much smaller, since the lens melts it, its wall this far away.
_SHRUNK, _WALL_M = 2, 3.3


def before(stage: Stage, room: Callable[[Stage], Floats], *, material: str) -> Floats:
    """Paint a table of that material, or the one the plan names, before a room; in a close-up the room alone."""
    camera = outdoors.view(stage.camera, horizon=(0.06, 0.34), reach=0.58)
    behind = _melted(stage, camera, room)
    if not camera.stand.is_grounded:
        return behind
    first = int(np.clip(np.floor(camera.wall), 0, camera.height - 2))
    top = _top(stage, camera, behind, first, _of_table(stage.plan.materials.get("floor", material)))
    # The far edge is rounded: a light line where it turns away, the room beyond.
    line = np.exp(-np.arange(top.shape[0], dtype=np.float32) / max(1.0, 0.004 * camera.height))[:, None, None]
    picture = behind.copy()
    picture[first:] = top * (1 + 0.15 * line)
    return outdoors.focused(picture, camera, blur=0.006)


def _of_table(material: str) -> str:
    if material in ("parquet", "herringbone") or (material not in surfaces.WOODS and material not in surfaces.STONES):
        return "oak"
    return material


def _melted(stage: Stage, camera: Camera, room: Callable[[Stage], Floats]) -> Floats:
    """The room far out of focus, at the size of the stage."""
    small = room(replace(stage, camera=_smaller(camera), plan=_of_room(stage)))
    unit = max(stage.shape)
    soft = cv2.GaussianBlur(small, (0, 0), max(0.5, 0.010 * unit / _SHRUNK))
    picture = np.asarray(cv2.resize(soft, (camera.width, camera.height), interpolation=cv2.INTER_CUBIC), np.float32)
    light = stage.light
    if not light.lamps and light.kelvin >= 4000:
        return picture
    rng = stage.rng("far lamps")
    count = 9
    points = np.stack([rng.uniform(0, camera.width, count), rng.uniform(0.05, 0.55, count) * camera.wall], axis=1)
    radii = unit * rng.uniform(0.012, 0.026, count)
    picture = picture * np.float32(1 - 0.45 * light.lamps)
    return bokeh.glows(picture, points, radii, light_of((255, 194, 120)), rng, strength=0.30 + 0.30 * light.lamps)


def _of_room(stage: Stage) -> Plan:
    """What was said of the room: colors and materials without a place are the table's."""
    plan = stage.plan
    colors = {name: code for name, code in plan.colors.items() if name not in ("floor", "")}
    return replace(plan, colors=colors, materials={k: v for k, v in plan.materials.items() if k != "floor"})


def _smaller(camera: Camera) -> Camera:
    """The camera of the room behind: the same view, fewer pixels, the wall a room's length away."""
    by, stand = _SHRUNK, camera.stand
    width, height = max(8, camera.width // by), max(8, camera.height // by)
    horizon, focal = camera.horizon / by, camera.focal_px / by
    wall = horizon + focal * EYE_M / _WALL_M
    row = np.zeros(width, np.float32)
    small = replace(
        stand, left=stand.left // by, top=stand.top // by, right=stand.right // by, bottom=int(wall) + 2,
        cut=stand.cut - {"bottom"}, profile=row - 1, ground=row + wall, touch=row, rear=wall + 1,
    )  # fmt: skip
    return Camera(width, height, small, horizon, wall, focal)


def _top(stage: Stage, camera: Camera, behind: Floats, first: int, material: str) -> Floats:
    plan, light = stage.plan, stage.light
    right, away, row = outdoors.plane(camera, first)
    a, b = right * _SCALE, np.broadcast_to(away * _SCALE, right.shape)
    pixel = np.asarray(np.broadcast_to(row * _SCALE, right.shape))
    # Boards run across a table; a slab of stone has no joints within the frame.
    if material in surfaces.WOODS:
        albedo = surfaces.boards(stage, material, (np.asarray(b), a, pixel))
    else:
        albedo = surfaces.slab(stage, material, (a * 1.5, b * 1.5, pixel * 1.5))
    key = float(light.ratio / (1 + light.ratio)) * (1 - 0.5 * light.lamps)
    x = (np.arange(camera.width, dtype=np.float32)[None, :] / camera.width - 0.5) * np.sign(light.side)
    far = np.linspace(1, 0, right.shape[0], dtype=np.float32)[:, None]
    fall = key * (1 + 0.55 * x + 0.22 * far) + (1 - key)
    lit = albedo * fall[..., None] * of_kelvin(light.kelvin, adapted=0.6)
    rows = np.arange(first, camera.height)
    flipped = np.clip(2 * first - rows, 0, camera.height - 1)
    slope = (rows - camera.horizon) / camera.focal_px
    fresnel = 0.04 + 0.96 * (1 - slope / np.sqrt(1 + slope**2)) ** 5
    gloss = surfaces.GLOSS.get(material, 0.32) * (0.0 if "matt" in plan.camera else 1.0)
    mirrored = cv2.GaussianBlur(behind[flipped], (0, 0), 1 + 0.02 * camera.height)
    return np.asarray(lit + mirrored * (fresnel * gloss * 0.8)[:, None, None], np.float32)
