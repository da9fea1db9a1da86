"""A table or counter, seen close: wood or stone up to its far edge, a room melted by the lens behind it."""

from dataclasses import replace

from generations.engines.embedded import table
from generations.engines.embedded.color import Floats
from generations.engines.embedded.families import living_room
from generations.engines.embedded.finish import Look
from generations.engines.embedded.stage import Stage

SHOWS = frozenset(
    {"wall", "floor", "window", "plant", "art", "sideboard", "curtain", "lamp", "style", "light", "subject"}
)
LOOK = Look(ev=-0.05, bloom=0.35, vignette=0.15, grain=1.0, shoulder=True)


def paint(stage: Stage) -> Floats:
    """Paint the empty table; in a close-up cut by the lower border only the room behind is seen."""
    material = "marble" if stage.plan.place == "counter" else "walnut"
    return table.before(stage, _behind, material=material)


def _behind(stage: Stage) -> Floats:
    """A room with what most rooms have, so that something is seen even out of focus."""
    things = ("lamp", "plant", "sideboard") if stage.light.lamps else ("plant", "art", "sideboard")
    return living_room.room_of(replace(stage, plan=replace(stage.plan, things=stage.plan.things or things)))
