"""The fallback: a place far out of focus behind the plane the subject stands on.

Where the prompt names a place that is not painted, its colors are lent to the backdrop and its word is listed
as not understood; where it names none, a warm gray studio of two planes.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from generations.engines.embedded import bokeh, greenery, noise, outdoors, room, sky, table
from generations.engines.embedded.camera import Camera
from generations.engines.embedded.color import Color, Floats, light_of, of_kelvin, shifted
from generations.engines.embedded.families import living_room
from generations.engines.embedded.finish import Look
from generations.engines.embedded.stage import Stage

SHOWS = frozenset({"light", "subject"})
LOOK = Look(ev=-0.1, bloom=0.3, vignette=0.15, grain=1.0, shoulder=True)

_NEUTRAL: Color = (206, 200, 192)


@dataclass(frozen=True, slots=True)
class Palette:
    """backdrop: what stands behind, near to far. ground: the plane below; texture: the noise of the ground and its
    strength, a floor material, or "lawn".
    """

    backdrop: tuple[Color, ...]
    ground: Color
    texture: str
    rough: float = 0.0
    kind: str = "open"


_GREENS: tuple[Color, ...] = ((44, 66, 34), (84, 114, 56), (128, 156, 82), (176, 194, 122))
_STREET: tuple[Color, ...] = ((72, 72, 78), (104, 98, 94), (132, 122, 112), (86, 92, 104))
_PLACES: dict[str, Palette] = {
    "beach": Palette((), (214, 196, 166), "clouds", 0.06),
    "garden": Palette(_GREENS, (116, 142, 74), "lawn", 0.16, "leaves"),
    "mountain": Palette(((66, 84, 58), (150, 168, 190)), (124, 136, 84), "lawn", 0.14, "hills"),
    "snow": Palette(((150, 168, 186), (206, 218, 230)), (232, 238, 244), "clouds", 0.03, "hills"),
    "desert": Palette(((178, 128, 84), (222, 190, 154)), (214, 168, 118), "clouds", 0.07, "hills"),
    "sky": Palette((), (232, 236, 240), "clouds", 0.05),
    "city": Palette(_STREET, (104, 103, 102), "clouds", 0.06, "blocks"),
    "room": Palette((), (0, 0, 0), "oak", 0.0, "inside"),
    "table": Palette((), (0, 0, 0), "walnut", 0.0, "table"),
}
_LAMPS: tuple[Color, ...] = ((255, 214, 160), (255, 190, 120), (255, 236, 210), (255, 120, 90), (170, 210, 255))


def paint(stage: Stage) -> Floats:
    """Paint the ground the subject stands on and the place behind it, melted by the lens."""
    camera = stage.camera
    palette = _palette(stage)
    unit = max(stage.shape)
    if palette.kind == "inside":
        return _focused(stage, living_room.room_of(_furnished(stage)), 0.011 * unit)
    if palette.kind == "table":
        return table.before(stage, living_room.room_of, material="walnut")
    if palette.kind == "plain":
        return _canvas(stage, palette)
    view = outdoors.view(camera, horizon=(0.27, 0.42), reach=0.34, eye_m=stage.eye_m)
    picture = _backdrop(stage, palette, view)
    # The ground of a hedge begins at its foot; all others reach the horizon.
    first = int(np.clip(view.wall if palette.kind == "leaves" else view.horizon, 0, view.height - 1))
    picture[first:] = _lit_ground(stage, palette, outdoors.plane(view, first), view)
    picture = _raised(stage, palette, view, picture)
    picture = outdoors.focused(picture, view, blur=0.008)
    return _wet(view, _street_lamps(stage, view, picture)) if palette.kind == "blocks" else picture


def _canvas(stage: Stage, palette: Palette) -> Floats:
    """Two planes in a studio: a painted canvas far behind and a floor that melts into it."""
    unit = max(stage.shape)
    picture = outdoors.melted(_plain(stage, palette) * _cast(stage), 0.012 * unit)
    if not stage.camera.stand.is_grounded:
        return picture
    space = room.build(camera=stage.camera)
    a, b, pixel = space.floor()
    picture[space.first_floor_row :] = _ground(stage, palette, (a, b, pixel)) * _cast(stage)
    return _focused(stage, picture, 0.012 * unit)


def _focused(stage: Stage, picture: Floats, blur_px: float) -> Floats:
    """Keep the ground near the feet sharp and melt it toward what is behind."""
    camera = stage.camera
    soft = outdoors.melted(picture, blur_px)
    rows = np.arange(camera.height, dtype=np.float32)[:, None, None]
    sharp = np.clip((rows - camera.wall) / max(0.9 * (camera.stand.rear - camera.wall), 1), 0, 1) ** 1.5
    return np.asarray(soft + (picture - soft) * sharp, np.float32)


def _furnished(stage: Stage) -> Stage:
    """The stage of a room nobody described, with what most rooms have."""
    things = ("curtain", "lamp", "sideboard") if stage.light.lamps else ("curtain", "plant", "sideboard")
    return replace(stage, plan=replace(stage.plan, things=stage.plan.things or things))


def _palette(stage: Stage) -> Palette:
    plan = stage.plan
    if plan.place:
        return _PLACES[plan.place]
    base = plan.colors.get("", plan.colors.get("wall", _NEUTRAL))
    dark, bright = shifted(base, lightness=-0.10), shifted(base, lightness=0.06)
    return Palette((dark, base, bright), shifted(base, lightness=0.03, chroma=0.8), "clouds", 0.007, "plain")


def _backdrop(stage: Stage, palette: Palette, camera: Camera) -> Floats:
    """What stands behind, lit by the hour, in focus."""
    rng = stage.rng("backdrop")
    key, fill = sky.falling(stage.light)
    if palette.kind == "leaves":
        gap = greenery.open_sky(sky.hour(stage.light).low)
        return np.asarray(bokeh.foliage(stage.shape, rng, palette.backdrop, gap) * (key + fill), np.float32)
    picture = sky.paint(stage, camera)
    if stage.light.haze:
        veil = 0.6 * stage.light.haze
        picture = picture * (1 - veil) + light_of((226, 228, 226)) * sky.hour(stage.light).level * veil
    return np.asarray(picture, np.float32)


def _raised(stage: Stage, palette: Palette, camera: Camera, picture: Floats) -> Floats:
    """What rises from the ground at the horizon: mountains, houses."""
    rng = stage.rng("raised")
    key, fill = sky.falling(stage.light)
    if palette.kind == "hills":
        air = light_of(sky.hour(stage.light).low)
        side = 1.0 if stage.light.side > 0 else -1.0
        return bokeh.ridges(
            picture,
            rng,
            camera.horizon,
            tones=(palette.backdrop[0], palette.backdrop[-1]),
            lit=(key, fill),
            air=air,
            side=side,
        )
    if palette.kind == "blocks":
        lit = 0.9 * (key + fill)
        return bokeh.houses(picture, rng, camera, palette.backdrop, lit, lamps=stage.light.lamps)
    return picture


def _street_lamps(stage: Stage, camera: Camera, picture: Floats) -> Floats:
    """Lamps and cars down the street after sunset: two rows that run together far away, every disc as large."""
    if sky.hour(stage.light).level > 0.85:
        return picture
    rng = stage.rng("street")
    unit = max(stage.shape)
    count = 16
    away = 9 * 1.28 ** np.arange(count) * rng.uniform(0.9, 1.1, count)
    for color, high, wide, strength in (
        (_LAMPS[0], 5.2, 5.0, 0.75), (_LAMPS[1], 3.4, 7.5, 0.55),
        (_LAMPS[3], 0.9, 2.2, 0.5), (_LAMPS[4], 2.6, 6.5, 0.35),
    ):  # fmt: skip
        for side in (-1, 1):
            room_m = np.stack([side * wide + rng.normal(0, 0.4, count), np.full(count, high), away], axis=1)
            points = camera.project(room_m.astype(np.float32))
            radii = unit * rng.uniform(0.010, 0.017, count)
            picture = bokeh.glows(picture, points, radii, light_of(color), rng, strength=strength)
    return picture


def _wet(camera: Camera, picture: Floats) -> Floats:
    """A street just rained on: what stands at its end hangs in it, drawn out toward us, fainter near the feet."""
    first = int(np.clip(camera.horizon, 0, camera.height - 1))
    rows = np.arange(first, camera.height)
    flipped = np.clip(2 * first - rows, 0, camera.height - 1)
    seen = cv2.GaussianBlur(picture[flipped], (0, 0), sigmaX=0.004 * camera.width + 1, sigmaY=0.05 * camera.height)
    slope = (rows - camera.horizon) / camera.focal_px
    share = 0.10 + 0.55 * (1 - slope / np.sqrt(1 + slope**2)) ** 4
    # The far end lies under the houses' own feet.
    share = share * np.clip((rows - camera.horizon) / (0.12 * camera.height), 0, 1)
    out = picture.copy()
    out[first:] += seen * share[:, None, None].astype(np.float32)
    return out


def _cast(stage: Stage) -> Floats:
    """The color and the strength of the light on a backdrop in a studio."""
    return np.asarray(of_kelvin(stage.light.kelvin, adapted=0.55) * (1 - 0.45 * stage.light.lamps), np.float32)


def _plain(stage: Stage, palette: Palette) -> Floats:
    """A painted canvas far behind: brighter toward the light, a little darker above."""
    height, width = stage.shape
    x = np.arange(width, dtype=np.float32)[None, :] / width
    y = np.arange(height, dtype=np.float32)[:, None] / height
    toward = x if stage.light.side > 0 else 1 - x
    fall = (0.74 + 0.38 * toward**1.4) * (1 - 0.14 * np.abs(y - 0.45))
    patches = 1 + 0.05 * noise.field(stage.shape, cells=4, rng=stage.rng("canvas"))
    return np.asarray(light_of(palette.backdrop[-1]) * (fall * patches)[..., None], np.float32)


def _lit_ground(stage: Stage, palette: Palette, ground: tuple[Floats, Floats, Floats], camera: Camera) -> Floats:
    """The open ground in the hour's light, by night with a lamp beside the camera."""
    key, fill = sky.falling(stage.light)
    lit = key + fill
    if sky.is_night(stage.light):
        lit = lit + outdoors.lantern(camera, ground, stage.light.lamps)
    a, away, pixel = ground
    b = np.asarray(np.broadcast_to(away, a.shape))
    air = light_of(sky.hour(stage.light).low) * sky.hour(stage.light).level
    veil = (0.55 * (1 - np.exp(-away / 45)))[..., None]
    albedo = _ground(stage, palette, (a, b, np.asarray(np.broadcast_to(pixel, a.shape))))
    return np.asarray(albedo * lit * (1 - veil) + air * veil, np.float32)


def _ground(stage: Stage, palette: Palette, ground: tuple[Floats, Floats, Floats]) -> Floats:
    """The plane the subject stands on, as albedo."""
    a, b, pixel = ground
    rng = stage.rng("ground")
    if palette.texture == "lawn":
        return greenery.lawn(stage, ground)
    base = np.asarray(light_of(palette.ground) * 0.92, np.float32)
    seen = np.clip(0.03 / np.maximum(pixel, 1e-4), 0.0, 1)
    coarse = noise.sample("clouds", a / 2.7 + float(rng.random()), b / 2.7) * outdoors.seen(pixel, 0.4)
    fine = noise.sample("clouds", a / 0.8, b / 0.8 + float(rng.random())) * seen
    grit = noise.sample("white", a / 0.7, b / 0.7) * outdoors.seen(pixel, 0.004)
    away = np.clip((b - b.min()) / 6, 0, 1)
    side = 1 + 0.10 * stage.light.side * (np.arange(stage.camera.width, dtype=np.float32) / stage.camera.width - 0.5)
    tone = (1 + palette.rough * (0.5 * coarse + fine + 0.8 * grit)) * (1 - 0.12 * away) * side[None, :]
    return np.asarray(base * tone[..., None], np.float32)
