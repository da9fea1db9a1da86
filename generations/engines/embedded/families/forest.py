"""A wood: trunks in depth, light through the leaves, litter and moss under the subject."""

import numpy as np

from generations.engines.embedded import greenery, outdoors, sky
from generations.engines.embedded.color import Floats, light_of
from generations.engines.embedded.finish import Look
from generations.engines.embedded.stage import Stage

SHOWS = frozenset({"light", "subject"})
LOOK = Look(ev=-0.05, bloom=0.4, vignette=0.17, grain=1.0, shoulder=True)


def paint(stage: Stage) -> Floats:
    """Paint the empty wood; mist pales what is far away."""
    camera = outdoors.view(stage.camera, horizon=(0.18, 0.42), reach=0.34, eye_m=stage.eye_m)
    now, (key, fill) = sky.hour(stage.light), sky.falling(stage.light)
    gap = greenery.open_sky(now.low)
    picture = greenery.backdrop(stage, camera, greenery.WOODS, sky=gap, gap=0.25)
    # Mist takes the color of the sky it is lit by.
    air = (0.5 * light_of((206, 214, 208)) + 0.5 * light_of(now.low)) * now.level
    first = int(np.clip(np.floor(camera.wall), 0, camera.height - 1))
    ground = outdoors.plane(camera, first)
    spots = (
        greenery.dapples(stage, ground, cover=0.15 if stage.light.gobo else 0.4)[..., None] if now.level > 0.6 else 0.3
    )
    picture = picture * (key * 1.1 + fill)
    lit = key * (0.35 + 1.15 * spots) + fill
    if sky.is_night(stage.light):
        lit = lit + outdoors.lantern(camera, ground, stage.light.lamps)
    picture[first:] = greenery.litter(stage, ground) * lit
    mist = max(stage.light.haze, 0.36 if sky.is_night(stage.light) else 0.06)
    if mist:
        rows = np.arange(camera.height, dtype=np.float32)[:, None]
        far = np.clip((camera.stand.rear - rows) / max(camera.stand.rear - camera.wall, 1.0), 0, 1)
        veil = np.clip(1.3 * mist * far**0.8, 0, 0.9)[..., None]
        picture = picture * (1 - veil) + air * veil
    picture = greenery.trunks(stage, camera, picture, air=air, falling=key + fill, mist=mist)
    is_night = sky.is_night(stage.light)
    if stage.light.gobo or stage.light.haze or is_night:
        beam = light_of((150, 178, 232) if is_night else (255, 240, 204))
        picture = picture + greenery.beams(stage, camera)[..., None] * beam * (0.34 * now.level)
    picture = outdoors.focused(np.asarray(picture, np.float32), camera, blur=0.009)
    return greenery.low_sun(stage, camera, picture) if now.sun else picture
