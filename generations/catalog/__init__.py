"""The models on offer: one file of this folder each, found by listing it."""

import pkgutil
from functools import cache
from importlib import import_module

from generations.catalog.base import CatalogModel, Parameter, Parameters, Part
from generations.catalog.inputs import ImageInput, InlineImage, UploadImage, UrlImage
from generations.errors import ModelUnavailable, UnknownModel

__all__ = [
    "CatalogModel",
    "ImageInput",
    "InlineImage",
    "Parameter",
    "Parameters",
    "Part",
    "UploadImage",
    "UrlImage",
    "available",
    "get",
]

# Names that programs written for the original service may send. No engine here can do them, so they are
# offered nowhere; who asks is told so, rather than that the name is wrong.
WITHOUT_ENGINE = frozenset(
    {
        *("interior", "fill", "exterior", "landscape", "magicwand", "removefurniture", "enhance"),
        *("sketch", "magicprompt", "expand", "pattern", "vector", "render", "3dgen", "video", "fluw"),
    }
)


@cache
def _entries() -> dict[str, CatalogModel]:
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    models = [module.MODEL for module in modules if hasattr(module, "MODEL")]
    return {model.id: model for model in sorted(models, key=lambda model: (model.category, model.id))}


def available() -> list[CatalogModel]:
    """Return the models that can be asked for here."""
    return list(_entries().values())


def get(model_id: str) -> CatalogModel:
    """Return the model of this name. Raises UnknownModel or ModelUnavailable, each with those `available`."""
    if model := _entries().get(model_id):
        return model
    names = list(_entries())
    if model_id in WITHOUT_ENGINE:
        raise ModelUnavailable(available=names)
    raise UnknownModel(available=names)
