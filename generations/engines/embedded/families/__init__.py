"""The families of scenes, found by listing this folder: a module each.

A family offers `SHOWS`, the surfaces, things and kinds of words it can show, `LOOK`, how its pictures are
finished, and `paint(stage)`, which returns the empty scene in linear light, (h, w, 3) of the stage's size.
"""

import functools
import importlib
import pkgutil
from typing import Protocol, cast

from generations.engines.embedded.color import Floats
from generations.engines.embedded.finish import Look
from generations.engines.embedded.stage import Stage


class Family(Protocol):
    SHOWS: frozenset[str]
    LOOK: Look

    def paint(self, stage: Stage) -> Floats: ...


@functools.cache
def every() -> dict[str, Family]:
    """Every family by its name, the name of its file."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: cast(Family, importlib.import_module(f"{__name__}.{name}")) for name in names}


def shows() -> dict[str, frozenset[str]]:
    """What each family can show, as the grammar wants to know it."""
    return {name: family.SHOWS for name, family in every().items()}
