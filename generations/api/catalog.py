"""GET /models: what can be asked for here, for everybody."""

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from generations import catalog, cutting_out
from generations.api import schemas
from generations.catalog import CatalogModel
from generations.errors import ModelUnavailable, NotFound, UnknownModel

router = Router(tags=["Models"])
MODEL: JsonDict = {
    "id": "changebg",
    "name": "Change Background AI",
    "category": "Tools",
    "tokens": 1,
    "summary": "Replace background with AI",
    "available": True,
    "parameters": {"type": "object", "properties": {"model": {"const": "changebg"}}, "required": ["model", "image"]},
}


class Model(Schema):
    id: str
    name: str
    category: str
    tokens: int
    summary: str
    available: bool
    parameters: dict[str, Any] = Field(description="JSON Schema of a request to this model.")


class Models(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "success", "models": [MODEL]}]})

    status: Literal["success"]
    models: list[Model]


class OneModel(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "success", "model": MODEL}]})

    status: Literal["success"]
    model: Model


@router.get(
    "/models",
    auth=None,
    operation_id="listModels",
    summary="List the models",
    response={200: Models, **schemas.public_refusals()},
)
async def models(request: HttpRequest) -> HttpResponse:
    """Answer every model there is, whether it is available now, and the JSON Schema of its parameters."""
    is_ready = cutting_out.fault() is None
    bodies = [_body(model, is_available=is_ready) for model in catalog.available()]
    return JsonResponse({"status": "success", "models": bodies})


@router.get(
    "/models/{model_id}",
    auth=None,
    operation_id="getModel",
    summary="Look at one model",
    response={200: OneModel, **schemas.public_refusals(404)},
)
async def model(request: HttpRequest, model_id: str) -> HttpResponse:
    """Answer one model."""
    try:
        found = catalog.get(model_id)
    except (UnknownModel, ModelUnavailable) as error:
        raise NotFound from error
    return JsonResponse({"status": "success", "model": _body(found, is_available=cutting_out.fault() is None)})


def _body(model: CatalogModel, *, is_available: bool) -> dict[str, Any]:
    """Return a model as answered. Each cuts a subject out, so none is available without the network for it."""
    return {
        "id": model.id,
        "name": model.name,
        "category": model.category,
        "tokens": model.tokens,
        "summary": model.summary,
        "available": is_available,
        "parameters": model.json_schema(),
    }
