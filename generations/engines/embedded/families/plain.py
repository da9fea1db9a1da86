"""One color, exactly, or a gradient between two."""

import numpy as np

from generations.engines.embedded.color import Color, Floats, from_oklab, light_of, lightness, shifted, to_oklab
from generations.engines.embedded.finish import Look
from generations.engines.embedded.stage import Stage

SHOWS: frozenset[str] = frozenset()
# No grain, no vignette, no shoulder: the color asked for is the color given.
LOOK = Look()


def paint(stage: Stage) -> Floats:
    """Fill the frame: white where no color is named; a gradient runs from the first color down to the second."""
    stops = stage.plan.stops or ((255, 255, 255),)
    if not stage.plan.gradient and len(stops) == 1:
        return np.broadcast_to(light_of(stops[0]), (*stage.shape, 3)).astype(np.float32)
    top, bottom = (stops[0], stops[1]) if len(stops) > 1 else _two_of(stops[0])
    t = np.linspace(0, 1, stage.shape[0], dtype=np.float32)[:, None]
    t = t * t * (3 - 2 * t)
    rows = from_oklab(to_oklab(light_of(top)) * (1 - t) + to_oklab(light_of(bottom)) * t)
    return np.repeat(rows[:, None, :], stage.shape[1], axis=1).astype(np.float32)


def _two_of(color: Color) -> tuple[Color, Color]:
    """The ends of a gradient in one color: paler above, itself a little deeper below."""
    room = 0.97 - lightness(color)
    return shifted(color, lightness=max(0.0, room * 0.75), chroma=0.55), shifted(color, lightness=-0.05, chroma=1.15)
