"""The fallback: a place far out of focus behind the plane the subject stands on.

Where the prompt names a place that is not painted, its colors are lent to the backdrop and its word is listed
as not understood; where it names none, a warm gray studio of two planes.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from generations.engines.embedded import bokeh, noise, room, surfaces
from generations.engines.embedded.color import Color, Floats, light_of, of_kelvin, shifted
from generations.engines.embedded.families import living_room
from generations.engines.embedded.finish import Look
from generations.engines.embedded.stage import Stage

SHOWS = frozenset({"light"})
LOOK = Look(ev=-0.1, bloom=0.3, vignette=0.15, grain=1.0, shoulder=True)

_NEUTRAL: Color = (206, 200, 192)


@dataclass(frozen=True, slots=True)
class Palette:
    """sky: top and horizon, None indoors. backdrop: what stands behind, dark to bright. ground: the plane
    below.

    texture: the noise of the ground and its strength, or a floor material. water: a band before the horizon.
    """

    sky: tuple[Color, Color] | None
    backdrop: tuple[Color, ...]
    ground: Color
    texture: str
    rough: float = 0.0
    kind: str = "open"
    water: Color | None = None


_SKY = ((112, 164, 214), (222, 232, 238))
_GREENS: dict[str, tuple[Color, ...]] = {
    "garden": ((44, 66, 34), (84, 114, 56), (128, 156, 82), (176, 194, 122)),
}
_INDOORS = ((120, 104, 90), (166, 146, 124), (206, 190, 168))
_STREET = ((92, 92, 96), (128, 122, 118), (160, 152, 142))
_PLACES: dict[str, Palette] = {
    "beach": Palette(_SKY, (), (214, 196, 166), "fibers", 0.06, water=(52, 124, 142)),
    "garden": Palette(None, _GREENS["garden"], (116, 142, 74), "fibers", 0.16, "leaves"),
    "mountain": Palette(_SKY, ((132, 150, 126), (168, 186, 204)), (124, 136, 84), "fibers", 0.14, "hills"),
    "snow": Palette(
        ((150, 180, 210), (226, 234, 242)), ((166, 184, 200), (206, 218, 230)), (232, 238, 244), "clouds", 0.03, "hills"
    ),
    "desert": Palette(
        ((120, 162, 206), (238, 226, 204)), ((196, 146, 98), (222, 184, 142)), (214, 168, 118), "clouds", 0.07, "hills"
    ),
    "sky": Palette(((104, 154, 210), (226, 236, 244)), (), (232, 236, 240), "clouds", 0.05, "clouds"),
    "city": Palette(((150, 176, 204), (224, 226, 226)), _STREET, (118, 116, 114), "clouds", 0.05, "blocks"),
    "room": Palette(None, _INDOORS, (0, 0, 0), "oak", 0.0, "inside"),
    "table": Palette(None, _INDOORS, (0, 0, 0), "walnut", 0.0, "inside"),
}
_LAMPS: tuple[Color, ...] = ((255, 214, 160), (255, 190, 120), (255, 236, 210))


def paint(stage: Stage) -> Floats:
    """Paint the ground the subject stands on and the place behind it, melted by the lens."""
    camera = stage.camera
    palette = _palette(stage)
    unit = max(stage.shape)
    if palette.kind == "inside":
        return _focused(stage, living_room.paint(_furnished(stage)), 0.011 * unit)
    horizon = _horizon(stage)
    backdrop = _melted(_backdrop(stage, palette, horizon), 0.012 * unit)
    lit = of_kelvin(stage.light.kelvin, adapted=0.55)
    if not camera.stand.is_grounded:
        return np.asarray(backdrop * lit, np.float32)
    space = room.build(camera=camera)
    picture = backdrop.copy()
    picture[space.first_floor_row :] = _ground(stage, palette, space)
    return _focused(stage, np.asarray(picture * lit, np.float32), 0.012 * unit)


def _horizon(stage: Stage) -> float:
    """Where sky meets land: the camera's own horizon, moved into the frame, as the eye wants to see one."""
    height, wall = stage.camera.height, stage.camera.wall
    if not stage.camera.stand.is_grounded:
        return 0.62 * height
    return float(
        np.clip(
            stage.camera.horizon, max(0.16 * height, wall - 0.28 * height), max(0.16 * height, wall - 0.16 * height)
        )
    )


def _focused(stage: Stage, picture: Floats, blur_px: float) -> Floats:
    """Keep the ground near the feet sharp and melt it toward what is behind."""
    camera = stage.camera
    soft = _melted(picture, blur_px)
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
        return _place_by_light(_PLACES[plan.place], stage)
    base = plan.colors.get("", plan.colors.get("wall", _NEUTRAL))
    dark, bright = shifted(base, lightness=-0.10), shifted(base, lightness=0.06)
    return Palette(None, (dark, base, bright), shifted(base, lightness=0.03, chroma=0.8), "clouds", 0.02, "plain")


def _place_by_light(palette: Palette, stage: Stage) -> Palette:
    """Turn a clear day's sky into the hour's."""
    light = stage.light
    if palette.sky is None:
        return palette
    top, low = palette.sky
    if light.kelvin < 4500:
        top, low = (126, 130, 170), (248, 184, 126)
    elif light.ev < -0.6:
        top, low = (34, 46, 84), (104, 112, 150)
    elif light.ratio < 1.6:
        top, low = (170, 178, 186), (218, 222, 224)
    return Palette(
        (top, low), palette.backdrop, palette.ground, palette.texture, palette.rough, palette.kind, palette.water
    )


def _backdrop(stage: Stage, palette: Palette, horizon: float) -> Floats:
    rng = stage.rng("backdrop")
    shape, height = stage.shape, stage.camera.height
    match palette.kind:
        case "leaves":
            picture = bokeh.foliage(shape, rng, palette.backdrop, (228, 236, 214))
        case "plain":
            picture = _plain(stage, palette)
        case _:
            sky = palette.sky or _SKY
            picture = bokeh.ramp(shape, sky[0], sky[1], horizon)
            if palette.kind == "clouds" or palette.kind == "open":
                cloud = np.clip(noise.field(shape, cells=6, rng=rng) * 0.4 - 0.1, 0, 1)[..., None]
                picture = picture * (1 - 0.5 * cloud) + light_of((244, 242, 240)) * 0.5 * cloud
            if stage.light.elevation_deg < 20:
                picture = bokeh.sun(picture, stage.light, horizon, (255, 196, 120))
            if palette.kind == "hills":
                picture = bokeh.hills(picture, rng, horizon + 0.05 * height, palette.backdrop[0], palette.backdrop[-1])
            if palette.kind == "blocks":
                picture = bokeh.blocks(picture, rng, horizon + 0.2 * height, palette.backdrop)
                picture = bokeh.lights(picture, rng, _LAMPS, rows=(0.2 * height, horizon + 0.1 * height))
    if stage.light.haze:
        veil = 0.6 * stage.light.haze
        picture = picture * (1 - veil) + light_of((226, 228, 226)) * veil
    if palette.water:
        picture = _sea(stage, picture, palette.water, horizon)
    return np.asarray(picture, np.float32)


def _sea(stage: Stage, picture: Floats, color: Color, horizon: float) -> Floats:
    """Water from the horizon down: the sky in it at the far end, its own color near, long glints of light."""
    height, width = stage.shape
    y = np.arange(height, dtype=np.float32)[:, None]
    depth = np.clip((y - horizon) / max(stage.camera.wall - horizon, 0.05 * height), 0, 1)
    row = min(max(int(horizon) - 2, 0), height - 1)
    sky = picture[row : row + 1]
    share = (0.30 + 0.55 * depth)[..., None]
    water = sky * 0.78 * (1 - share) + light_of(color) * (0.9 * 2.0 ** (0.6 * stage.light.ev)) * share
    waves = noise.field((height, max(8, width // 12)), cells=150, rng=stage.rng("waves"))
    long = cv2.resize(np.asarray(waves, np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    glints = np.clip(long - 0.9, 0, None)[..., None] * sky * (0.6 * (1 - 0.7 * depth))[..., None]
    water = water * (1 + 0.10 * long[..., None]) + glints
    # The last of the water runs out over the sand as a line of foam.
    foam = np.exp(-(((y - stage.camera.wall + 0.012 * height * (1 + long)) / (0.008 * height)) ** 2))[..., None]
    water = water * (1 - 0.7 * foam) + light_of((240, 238, 232)) * 0.7 * foam
    mask = np.clip((y - horizon) / 1.5 + 0.5, 0, 1)[..., None]
    return np.asarray(picture * (1 - mask) + water * mask, np.float32)


def _plain(stage: Stage, palette: Palette) -> Floats:
    """A painted canvas far behind: brighter toward the light, a little darker above."""
    height, width = stage.shape
    x = np.arange(width, dtype=np.float32)[None, :] / width
    y = np.arange(height, dtype=np.float32)[:, None] / height
    toward = x if stage.light.side > 0 else 1 - x
    fall = (0.74 + 0.38 * toward**1.4) * (1 - 0.14 * np.abs(y - 0.45))
    patches = 1 + 0.05 * noise.field(stage.shape, cells=4, rng=stage.rng("canvas"))
    return np.asarray(light_of(palette.backdrop[-1]) * (fall * patches)[..., None], np.float32)


def _ground(stage: Stage, palette: Palette, space: room.Room) -> Floats:
    a, b, pixel = space.floor()
    rng = stage.rng("ground")
    if palette.texture in surfaces.WOODS:
        albedo = surfaces.floor(stage, palette.texture, (a, b, pixel))
    else:
        base = np.asarray(light_of(palette.ground) * 0.92, np.float32)
        seen = np.clip(0.03 / np.maximum(pixel, 1e-4), 0.15, 1)
        coarse = noise.sample("clouds", a / 2.7 + float(rng.random()), b / 2.7)
        kind: noise.Kind = (
            "fibers" if palette.texture == "fibers" else "leaves" if palette.texture == "leaves" else "clouds"
        )
        fine = noise.sample(kind, a / 0.8, b / 0.8 + float(rng.random())) * seen
        albedo = base * (1 + palette.rough * (0.5 * coarse + fine))[..., None]
    away = np.clip((b - b.min()) / 6, 0, 1)
    fall = 1 - 0.12 * away
    side = 1 + 0.10 * stage.light.side * (np.arange(stage.camera.width, dtype=np.float32) / stage.camera.width - 0.5)
    return np.asarray(albedo * (fall * side[None, :])[..., None], np.float32)


def _melted(picture: Floats, sigma_px: float) -> Floats:
    """A wide blur, worked out at a quarter of the size."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (max(4, width // 4), max(4, height // 4)), interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), max(0.5, sigma_px / 4))
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
