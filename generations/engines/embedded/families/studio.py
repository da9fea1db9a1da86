"""A photographer's studio: a seamless sweep of paper or paint, a large soft key and its fall-off."""

import numpy as np

from generations.engines.embedded import noise
from generations.engines.embedded.color import Floats, of_kelvin
from generations.engines.embedded.finish import Look
from generations.engines.embedded.stage import Stage

SHOWS = frozenset({"wall", "floor", "backdrop", "light"})
LOOK = Look(ev=0.10, bloom=0.15, vignette=0.10, grain=0.8, shoulder=True)


def paint(stage: Stage) -> Floats:
    """Paint the sweep: the floor bends up into the backdrop without a line, brightest around the subject."""
    camera, light = stage.camera, stage.light
    height, width = stage.shape
    colors = stage.plan.colors
    named = next((name for name in ("backdrop", "wall", "") if name in colors), "backdrop")
    # A dark set is hung with dark paper: white paper in little light is gray and dull.
    is_dark = "dark" in stage.plan.light
    base = stage.albedo(named, (96, 97, 100) if is_dark else (240, 239, 237))
    y = np.arange(height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None, :]
    bend = max(0.10 * height, 0.8 * (camera.stand.rear - camera.wall))
    rise = np.clip((camera.wall + 0.35 * bend - y) / bend, 0, 1)
    rise = rise * rise * (3 - 2 * rise)
    size = max(camera.stand.width_px, camera.stand.height_px, 0.25 * max(height, width))
    dx = (x - camera.subject_x + 0.3 * light.side * -size) / (1.5 * size)
    pool = 1 / (1 + dx**2 + ((y - camera.stand.bottom) / (1.3 * size)) ** 2)
    halo = 1 / (1 + (dx * 0.9) ** 2 + ((y - camera.wall) / (1.2 * size)) ** 2)
    key = 1.06 * pool**0.8 * (1 - rise) + 1.0 * halo * rise
    # Where the paper bends away from the light above it, a broad faint band is darker.
    key = key * (1 - 0.08 * np.exp(-(((y - camera.wall) / (0.55 * bend)) ** 2)))
    key = key * (1 + 0.16 * light.side * (x / width - 0.5))
    # A studio's fill is the key thrown back by white walls, so it has hardly a color of its own.
    fill = of_kelvin(0.8 * light.kelvin + 0.2 * light.fill_kelvin)
    share = float(np.clip(0.26 + 0.14 * (light.ratio - 1), 0.2, 0.85))
    mottle = 1 + 0.006 * noise.field((height, width), cells=5, rng=stage.rng("paper"))
    lit = of_kelvin(light.kelvin) * (share * key)[..., None] + fill * (1 - share)
    return np.asarray(base * lit * mottle[..., None], np.float32)
