"""A table or counter, seen close: wood or stone up to its far edge, a room melted by the lens behind it."""

import cv2
import numpy as np

from generations.engines.embedded import bokeh, outdoors, surfaces
from generations.engines.embedded.camera import Camera
from generations.engines.embedded.color import Color, Floats, light_of, of_kelvin
from generations.engines.embedded.finish import Look
from generations.engines.embedded.stage import Stage

SHOWS = frozenset({"wall", "floor", "window", "light"})
LOOK = Look(ev=-0.05, bloom=0.35, vignette=0.15, grain=1.0, shoulder=True)

# The eye is this much nearer to a table than to a floor.
_SCALE = 0.34
_LAMPS: tuple[Color, ...] = ((255, 214, 160), (255, 196, 130), (255, 236, 210))


def paint(stage: Stage) -> Floats:
    """Paint the empty table; in a close-up cut by the lower border only the room behind is seen."""
    camera = outdoors.view(stage.camera, horizon=(0.06, 0.34), reach=0.58)
    behind = outdoors.melted(_room(stage, camera), 0.020 * max(stage.shape))
    if not camera.stand.is_grounded:
        return behind
    first = int(np.clip(np.floor(camera.wall), 0, camera.height - 2))
    top = _top(stage, camera, behind, first)
    # The far edge is rounded: a light line where it turns away, the room beyond.
    line = np.exp(-np.arange(top.shape[0], dtype=np.float32) / max(1.0, 0.004 * camera.height))[:, None, None]
    picture = behind.copy()
    picture[first:] = top * (1 + 0.15 * line)
    return outdoors.focused(picture, camera, blur=0.006)


def _top(stage: Stage, camera: Camera, behind: Floats, first: int) -> Floats:
    plan, light = stage.plan, stage.light
    right, away, row = outdoors.plane(camera, first)
    material = plan.materials.get("floor", "marble" if plan.place == "counter" else "walnut")
    if material not in surfaces.WOODS and material not in surfaces.STONES:
        material = "oak"
    if material in ("parquet", "herringbone"):
        material = "oak"
    a, b = right * _SCALE, np.broadcast_to(away * _SCALE, right.shape)
    pixel = np.asarray(np.broadcast_to(row * _SCALE, right.shape))
    # Boards run across a table; a slab of stone has no joints within the frame.
    if material in surfaces.WOODS:
        albedo = surfaces.floor(stage, material, (np.asarray(b), a, pixel))
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


def _room(stage: Stage, camera: Camera) -> Floats:
    """A room nobody looks at: a wall, a bright window on the light's side, furniture as dark masses, lamps."""
    light = stage.light
    rng = stage.rng("behind")
    shape, height, width = (camera.height, camera.width), camera.height, camera.width
    wall = stage.albedo("wall", (222, 206, 184) if stage.plan.place != "counter" else (226, 224, 220))
    x = np.arange(width, dtype=np.float32)[None, :] / width
    y = np.arange(height, dtype=np.float32)[:, None] / height
    toward = x if light.side > 0 else 1 - x
    level = (1 - 0.72 * light.lamps) * (0.48 + 0.42 * toward**1.5) * (1 - 0.2 * np.abs(y - 0.3))
    picture = np.asarray(wall * level[..., None], np.float32)
    line = camera.wall if camera.stand.is_grounded else 0.95 * height
    woods: tuple[Color, ...] = ((92, 66, 44), (140, 104, 72), (70, 58, 48), (176, 152, 122), (92, 104, 84))
    picture = bokeh.blocks(picture, rng, line, woods) * 0.5 + picture * 0.5
    if not light.lamps and "window" not in stage.plan.removed:
        _window(picture, light.side, line, 1.5 if light.gobo else 1.05)
    green = ((46, 62, 38), (78, 98, 54), (110, 128, 74))
    unit = max(shape)
    at = 0.62 * width if light.side > 0 else 0.05 * width
    plant = bokeh.discs(
        picture[:, int(at) : int(at + 0.33 * width)], rng, colors=green, count=26,
        radius_px=(0.015 * unit, 0.05 * unit), rows=(0.35 * line, 0.95 * line), strength=(0.3, 0.7), hard=0.2,
    )  # fmt: skip
    picture[:, int(at) : int(at + 0.33 * width)] = plant
    cast = of_kelvin(0.5 * (light.kelvin + light.fill_kelvin), adapted=0.6)
    picture = np.asarray(picture * cast, np.float32)
    if light.lamps or light.kelvin < 4600:
        picture = bokeh.lights(picture, rng, _LAMPS, rows=(0.05 * line, 0.8 * line))
    return np.asarray(picture, np.float32)


def _window(picture: Floats, side: float, line: float, strength: float) -> None:
    """Two tall panes, brighter than the rest of the room."""
    width = picture.shape[1]
    bright = [float(c) * strength for c in light_of((246, 248, 250))]
    for n in range(2):
        left = (0.02 + 0.15 * n) * width if side <= 0 else (0.85 - 0.15 * n) * width
        cv2.rectangle(picture, (int(left), 0), (int(left + 0.12 * width), int(0.72 * line)), bright, -1)
