"""A beach: the hour's sky, the sea with its surf, wet sand that mirrors, dry sand under the subject."""

import numpy as np

from generations.engines.embedded import noise, outdoors, sky
from generations.engines.embedded.camera import Camera
from generations.engines.embedded.color import Floats, light_of
from generations.engines.embedded.finish import Look
from generations.engines.embedded.stage import Stage

SHOWS = frozenset({"light", "subject"})
LOOK = Look(ev=0.0, bloom=0.35, vignette=0.13, grain=1.0, shoulder=True)

_DEEP, _SHALLOW = (22, 84, 116), (78, 168, 168)
_DRY, _WET = (224, 206, 176), (158, 138, 112)


def paint(stage: Stage) -> Floats:
    """Paint the empty beach; the sea ends between the horizon and the subject's rearmost foot."""
    camera = outdoors.view(stage.camera, horizon=(0.20, 0.42), reach=0.40, eye_m=stage.eye_m)
    heaven = sky.paint(stage, camera)
    picture = heaven.copy()
    first = int(np.clip(np.floor(camera.horizon), 0, camera.height - 1))
    a, away, pixel = outdoors.plane(camera, first)
    wave = _wave(stage, a)
    shore = camera.depth_m(camera.wall)
    # Meters of water between us and a point; negative on the sand.
    out = away - shore * (1 + 0.05 * wave)
    ground = _sand(stage, camera, heaven, (a, away, pixel), out)
    water = _sea(stage, camera, heaven, (a, away, pixel), out / shore)
    edge = np.clip(out / np.maximum(pixel, 0.02) + 0.5, 0, 1)[..., None]
    whole = ground * (1 - edge) + water * edge
    rows = np.arange(first, camera.height, dtype=np.float32)[:, None, None]
    mask = np.clip(rows - camera.horizon + 0.5, 0, 1)
    picture[first:] = picture[first:] * (1 - mask) + whole * mask
    return outdoors.focused(picture, camera, blur=0.0034)


def _wave(stage: Stage, a: Floats) -> Floats:
    """The wandering line a wave leaves on a beach, about zero mean, one value a column and row."""
    shift = stage.rng("wave").random(2).astype(np.float32)
    return noise.sample("clouds", a / 46 + shift[0], np.full((1, 1), shift[1], np.float32))


def _sea(stage: Stage, camera: Camera, heaven: Floats, ground: tuple[Floats, Floats, Floats], out: Floats) -> Floats:
    """Water: by Fresnel the sky at grazing angles, its own color near; glitter under the sun, lines of surf.

    out: how far out a point lies, in distances to the shore.
    """
    a, away, _ = ground
    light, now = stage.light, sky.hour(stage.light)
    rng = stage.rng("sea")
    shift = rng.random(4).astype(np.float32)
    # Waves look alike at every distance when their size goes with it.
    u, v = a / away * 0.9 + shift[0], np.log(away)
    slope = noise.sample("clouds", u, v * 1.5 + shift[1])
    ripple = noise.sample("clouds", u * 2.7 + shift[2], v * 4.1 + shift[3])
    rough = 0.6 * slope + 0.4 * ripple
    deep = np.clip(out / 2.2, 0, 1)[..., None] ** 0.6
    body = (light_of(_SHALLOW) * (1 - deep) + light_of(_DEEP) * deep) * (0.85 * now.level + 0.03)
    row = int(np.clip(camera.horizon - 0.05 * camera.height, 0, camera.height - 1))
    above = heaven[row].mean(axis=0)
    fresnel = np.clip(0.28 + 0.30 * deep[..., 0] + 0.20 * rough, 0.05, 0.9)[..., None]
    water = above * 0.80 * fresnel + body * (1 - fresnel) * (1 + 0.22 * rough[..., None])
    column = (sky.column_of_sun(camera, light) - camera.center) / camera.focal_px
    is_night = sky.is_night(light)
    path = np.exp(-(((a / away - column) / (0.09 if is_night else 0.16)) ** 2)) * (
        now.sun + (0.75 if is_night else 0.12)
    )
    glitter = np.clip(rough - 0.15, 0, 1.5) ** 1.5 * path
    water = water + glitter[..., None] * light_of((255, 206, 150) if now.sun else (206, 216, 236)) * 1.1
    foam = _surf(stage, out, rough)[..., None]
    white = light_of((246, 246, 244)) * (0.55 * above + 0.5 * now.level)
    return np.asarray(water * (1 - foam) + white * foam, np.float32)


def _surf(stage: Stage, out: Floats, rough: Floats) -> Floats:
    """Lines of foam: the last of a wave on the sand, and breakers farther out, each torn by the waves' noise."""
    total = np.exp(-((out / 0.045) ** 2)) * np.clip(0.75 + 0.4 * rough, 0, 1)
    for n, at in enumerate((0.30, 0.95)):
        place = at * (1 + 0.15 * float(stage.rng(f"breaker{n}").random()))
        crest = (out - place - 0.05 * rough) / (0.06 + 0.05 * n)
        line = np.where(crest > 0, np.exp(-((crest / 0.35) ** 2)), np.exp(np.minimum(crest, 0) * 1.1))
        total = np.maximum(total, line * np.clip(0.30 + 0.75 * rough, 0, 0.9))
    return np.asarray(np.clip(total, 0, 0.92), np.float32)


def _sand(stage: Stage, camera: Camera, heaven: Floats, ground: tuple[Floats, Floats, Floats], out: Floats) -> Floats:
    """Sand: trodden and blown uneven, dark and mirroring where the last wave left it wet."""
    a, away, pixel = ground
    light = stage.light
    shift = stage.rng("sand").random(2).astype(np.float32) * 7
    x, z = a + shift[0], np.broadcast_to(away, a.shape) + shift[1]
    shore = camera.depth_m(camera.wall)
    wet = np.clip(1 + out / (0.24 * shore), 0, 1) ** 1.5
    low = 0.5 + 0.22 * np.clip((45 - light.elevation_deg) / 30, 0, 1)
    coarse = outdoors.bumps("clouds", x, z, period_m=3.1, side=light.side, reach_m=0.05) * outdoors.seen(pixel, 0.1)
    fine = outdoors.bumps("clouds", x, z, period_m=0.61, side=light.side, reach_m=0.01) * outdoors.seen(pixel, 0.03)
    trodden = noise.sample("clouds", z / 1.7, x / 1.7) * outdoors.seen(pixel, 0.1)
    shade = 0.34 * coarse + 0.30 * fine + 0.06 * trodden
    grains = noise.sample("white", x / 0.9, z / 0.9) * outdoors.seen(pixel, 0.004)
    tone = 1 + 0.05 * noise.sample("clouds", x / 5.7, z / 5.7) + 0.085 * grains
    dry, damp = light_of(_DRY) * 0.92, light_of(_WET) * 0.8
    albedo = (dry * (1 - wet[..., None]) + damp * wet[..., None]) * tone[..., None]
    key, fill = sky.falling(light)
    sunlit = np.clip(1 + low * shade * (1 - 0.8 * wet), 0.35, 1.7)[..., None]
    lit = albedo * (key * sunlit + fill) * 1.05
    if sky.is_night(light):
        lit = lit + albedo * outdoors.lantern(camera, ground, light.lamps) * sunlit
    first = camera.height - a.shape[0]
    flipped = np.clip(2 * camera.horizon - np.arange(first, camera.height), 0, camera.height - 1).astype(int)
    mirrored = outdoors.melted(heaven, 0.02 * camera.height)[flipped]
    return np.asarray(lit + mirrored * (0.42 * wet**2)[..., None], np.float32)
