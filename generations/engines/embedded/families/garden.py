"""A garden, park or meadow: trees and bushes far out of focus, a lawn or pavers under the subject."""

import numpy as np

from generations.engines.embedded import greenery, outdoors, sky, surfaces
from generations.engines.embedded.camera import Camera
from generations.engines.embedded.color import Floats
from generations.engines.embedded.finish import Look
from generations.engines.embedded.stage import Stage

SHOWS = frozenset({"floor", "light", "subject"})
LOOK = Look(ev=-0.05, bloom=0.35, vignette=0.15, grain=1.0, shoulder=True)

_GROUNDS = {"patio": "tile", "deck": "pine"}


def paint(stage: Stage) -> Floats:
    """Paint the empty garden; its ground is the lawn unless a patio, a deck or a floor's material is asked for."""
    camera = outdoors.view(stage.camera, horizon=(0.16, 0.40), reach=0.36, eye_m=stage.eye_m)
    now, (key, fill) = sky.hour(stage.light), sky.falling(stage.light)
    leaves = greenery.backdrop(stage, camera, greenery.GARDEN, sky=greenery.open_sky(now.low), gap=0.55)
    first = int(np.clip(np.floor(camera.wall), 0, camera.height - 1))
    ground = outdoors.plane(camera, first)
    albedo = _ground(stage, ground)
    spots = greenery.dapples(stage, ground, cover=0.0)[..., None] if now.level > 0.6 else 0.5
    away = ground[1] - ground[1].min()
    deep = np.clip(away / max(float(away.max()), 0.1), 0, 1)[..., None]
    # Under the bushes the sky is hidden as well.
    under = 1 - 0.5 * deep**6
    picture: Floats = leaves * (key * 1.1 + fill) * (1.0 if now.level > 0.6 else 0.8) * _toward_light(stage, camera)
    lit: Floats = key * (0.66 + 0.78 * spots) + fill
    if sky.is_night(stage.light):
        lit = lit + outdoors.lantern(camera, ground, stage.light.lamps)
    picture[first:] = albedo * lit * under * 1.15
    picture = outdoors.focused(np.asarray(picture, np.float32), camera, blur=0.014)
    if sky.is_night(stage.light):
        return greenery.fairy_lights(stage, camera, picture)
    return greenery.low_sun(stage, camera, picture) if now.sun else picture


def _ground(stage: Stage, ground: tuple[Floats, Floats, Floats]) -> Floats:
    plan = stage.plan
    material = plan.materials.get("floor", _GROUNDS.get(plan.place, ""))
    if material not in surfaces.WOODS and material not in surfaces.STONES:
        return greenery.lawn(stage, ground)
    a, away, pixel = ground
    b = np.broadcast_to(away, a.shape)
    return surfaces.floor(stage, material, (a, np.asarray(b), np.asarray(np.broadcast_to(pixel, a.shape))))


def _toward_light(stage: Stage, camera: Camera) -> Floats:
    """Leaves are brighter on the side the light comes from."""
    x = np.linspace(-0.5, 0.5, camera.width, dtype=np.float32)[None, :, None]
    return np.asarray(1 + 0.45 * np.sign(stage.light.side) * x, np.float32)
