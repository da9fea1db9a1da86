"""Engines, found by listing this folder: every module or package with a `build()` is one."""

import importlib
import pkgutil

from generations.engines.base import Engine

# The contract itself lives beside those who fulfill it.
_NOT_ENGINES = frozenset({"base", "errors"})


def names() -> list[str]:
    """Name every engine this installation carries, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name not in _NOT_ENGINES)


def get_engine(name: str) -> Engine:
    """Build the engine of that name; raise LookupError naming the known ones where there is none.

    An engine is a module of this package that offers `build() -> Engine`; it is imported only when asked for.
    """
    if name not in names():
        raise LookupError(f"There is no engine {name!r}; known are {', '.join(names())}.")
    engine: Engine = importlib.import_module(f"{__name__}.{name}").build()
    return engine
