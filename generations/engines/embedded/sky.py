"""The sky by the hour: its colors, its clouds, its low sun, and how much of all that reaches the ground."""

from dataclasses import dataclass

import numpy as np

from generations.engines.embedded import noise
from generations.engines.embedded.camera import Camera
from generations.engines.embedded.color import Color, Floats, light_of, of_kelvin
from generations.engines.embedded.light import Light
from generations.engines.embedded.stage import Stage


@dataclass(frozen=True, slots=True)
class Hour:
    """high, middle, low: the sky overhead, half-way and at the horizon. lit, shade: the bright and the dark of clouds.

    level: how brightly the ground is lit, 1 by day. sun: strength of a sun in view, 0 for none.
    """

    high: Color
    middle: Color
    low: Color
    lit: Color
    shade: Color
    level: float = 1.0
    sun: float = 0.0


_DAY = Hour((74, 138, 206), (134, 184, 226), (206, 224, 234), (250, 250, 250), (206, 214, 224))
_LOW = Hour((96, 120, 172), (206, 164, 164), (252, 190, 122), (255, 206, 162), (150, 120, 140), 0.80, 1.0)
_DAWN = Hour((126, 152, 196), (214, 188, 196), (250, 208, 176), (255, 224, 206), (172, 160, 182), 0.78, 0.7)
_DUSK = Hour((44, 64, 114), (92, 106, 152), (190, 150, 152), (128, 122, 152), (62, 72, 110), 0.42)
_NIGHT = Hour((16, 26, 58), (32, 50, 94), (84, 106, 150), (104, 120, 160), (30, 42, 76), 0.30)
_GRAY = Hour((168, 176, 184), (192, 198, 203), (214, 217, 219), (226, 228, 230), (168, 174, 180), 0.86)
# A cloud's shape is looked up on a layer this flat; higher would stretch less toward the horizon.
_LAYER = 0.09


def hour(light: Light) -> Hour:
    """Tell the hour from a scene's light."""
    if light.lamps >= 1.0:
        return _NIGHT
    if light.kelvin >= 8500:
        return _DUSK
    if light.elevation_deg < 13:
        return _DAWN
    if light.elevation_deg < 20:
        return _LOW
    return _GRAY if light.ratio < 1.6 else _DAY


def column_of_sun(camera: Camera, light: Light) -> float:
    """Where the sun, or its brightest sky, stands: beside the subject, on the side the light comes from."""
    side = 1.0 if light.side > 0 else -1.0
    return camera.center + side * 0.34 * camera.width


def paint(stage: Stage, camera: Camera) -> Floats:
    """Paint the sky over the whole frame (h, w, 3); below the horizon it keeps the color it has there."""
    now = hour(stage.light)
    height, width = camera.height, camera.width
    rows = np.arange(height, dtype=np.float32)[:, None]
    up = np.maximum(camera.horizon - rows, 0) / camera.focal_px
    t = 1 - np.exp(-up / 0.16)
    picture = _stops(now, t) * np.ones((1, width, 1), np.float32)
    picture = _clouded(stage, camera, now, picture, up)
    if now.sun:
        picture = picture + _sun(camera, stage.light, now, rows)
    if now is _NIGHT:
        picture = picture + _moon(camera, stage.light)
    if stage.light.haze:
        veil = 0.7 * stage.light.haze * np.exp(-up / 0.3)[..., None]
        picture = picture * (1 - veil) + light_of(now.low) * 0.9 * veil
    return np.asarray(picture, np.float32)


def falling(light: Light) -> tuple[Floats, Floats]:
    """Colors of the sun's and of the sky's light on open ground, together about the hour's level."""
    level = hour(light).level
    share = float(np.clip(light.ratio / (1 + light.ratio), 0.3, 0.8))
    # By night the moon shines, which the eye takes for blue, and not the lamps that light a room.
    kelvin = 12000 if light.lamps >= 1.0 else light.kelvin
    adapted = 0.15 if light.lamps >= 1.0 else 0.5
    key, fill = of_kelvin(kelvin, adapted=adapted), of_kelvin(light.fill_kelvin, adapted=adapted)
    return np.asarray(key * share * level, np.float32), np.asarray(fill * (1 - share) * level, np.float32)


def is_night(light: Light) -> bool:
    """Tell whether the moon shines and lamps are lit."""
    return hour(light) is _NIGHT


def _stops(now: Hour, t: Floats) -> Floats:
    low, middle, high = (light_of(c) for c in (now.low, now.middle, now.high))
    first, second = np.clip(t * 2, 0, 1)[..., None], np.clip(t * 2 - 1, 0, 1)[..., None]
    return np.asarray((low * (1 - first) + middle * first) * (1 - second) + high * second, np.float32)


def _clouded(stage: Stage, camera: Camera, now: Hour, picture: Floats, up: Floats) -> Floats:
    """Lay clouds on the sky: a flat layer seen from below, its edges lit, thinner overhead."""
    rng = stage.rng("clouds")
    ray = (np.arange(camera.width, dtype=np.float32)[None, :] - camera.center) / camera.focal_px
    away = 1 / (up + _LAYER)
    shift = rng.random(2).astype(np.float32)
    u, v = ray * away * 0.085 + shift[0], away * 0.11 + shift[1]
    toward = 0.012 * (1.0 if stage.light.side > 0 else -1.0)
    mass = noise.sample("clouds", u, v)
    rim = mass - noise.sample("clouds", u + toward, v - 0.012)
    cover = 0.85 if now is _GRAY else 0.25
    density = np.clip(0.42 * mass + cover - 0.18, 0, 1) ** 1.3
    density = density * np.clip(up / 0.035, 0, 1) * 0.8
    tone = np.clip(0.55 + 0.9 * rim, 0, 1)[..., None]
    cloud = light_of(now.shade) * (1 - tone) + light_of(now.lit) * tone
    return np.asarray(picture * (1 - density[..., None]) + cloud * density[..., None], np.float32)


def _sun(camera: Camera, light: Light, now: Hour, rows: Floats) -> Floats:
    unit = float(max(camera.height, camera.width))
    columns = np.arange(camera.width, dtype=np.float32)[None, :]
    dx = (columns - column_of_sun(camera, light)) / unit
    dy = (rows - (camera.horizon - 0.075 * unit)) / unit
    distance = np.sqrt(dx * dx + (1.25 * dy) ** 2)
    disc = 2.2 * np.exp(-((distance / 0.026) ** 4))
    glow = 0.50 * np.exp(-distance / 0.16) + 0.55 * np.exp(-distance / 0.045)
    colored = glow[..., None] * light_of((255, 178, 104)) + disc[..., None] * light_of((255, 226, 176))
    return np.asarray(now.sun * colored, np.float32)


def _moon(camera: Camera, light: Light) -> Floats:
    """A full moon as a lens out of focus sees it, and its halo in the damp air."""
    unit = float(max(camera.height, camera.width))
    row = max(camera.horizon - 0.19 * unit, 0.07 * camera.height)
    columns, rows = np.arange(camera.width, dtype=np.float32), np.arange(camera.height, dtype=np.float32)[:, None]
    distance = np.hypot(columns[None, :] - column_of_sun(camera, light), rows - row) / unit
    disc = np.clip((0.021 - distance) / 0.004 + 0.5, 0, 1)
    halo = 0.20 * np.exp(-distance / 0.05) + 0.16 * np.exp(-distance / 0.22)
    return np.asarray(disc[..., None] * 0.95 + halo[..., None] * light_of((176, 196, 232)), np.float32)
