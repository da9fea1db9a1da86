"""GET /models: what can be asked for here, for everybody."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from generations import catalog, cutting_out
from generations.api import schemas
from generations.catalog import CatalogModel
from generations.errors import ModelUnavailable, NotFound, UnknownModel

router = Router(tags=["Models"])


@router.get(
    "/models",
    auth=None,
    operation_id="listModels",
    summary="List the models",
    response={200: schemas.Models, **schemas.public_refusals()},
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
    response={200: schemas.OneModel, **schemas.public_refusals(404)},
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
