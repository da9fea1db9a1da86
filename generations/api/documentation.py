"""OpenAPI 3.1, made from the code: ninja lists the operations, the catalogue says what `/generate` takes."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema

from generations import catalog, wording
from generations.api import schemas
from generations.catalog import CatalogModel

ABOUT = "Replace the background of a photograph; the subject keeps every pixel."
REF = "#/components/schemas/{model}"
HEADERS = {
    "X-Request-Id": ("string", "Names this call; give it when you ask us about it."),
    "X-Tokens-Charged": ("integer", "Tokens charged for the generation this answer is about."),
    "X-Tokens-Remaining": ("integer", "Tokens available now; once the key is known."),
    "RateLimit-Policy": (
        "string",
        'Calls at once (q), and as many again in so many seconds (w): "burst";q=60;w=60',
    ),
    "RateLimit": ("string", 'Calls left now (r), and the seconds until all are there again (t): "burst";r=59;t=1'),
}
CALLER_HEADERS = [
    {
        "in": "header",
        "name": "Prefer",
        "schema": {"type": "string"},
        "description": "`wait=N` waits 0..120 seconds (default 55), `respond-async` not at all.",
        "example": "wait=30",
    },
    {
        "in": "header",
        "name": "Idempotency-Key",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "description": "The same key and body give the same generation, charged once.",
        "example": "order-7421",
    },
]


def publish(api: NinjaAPI) -> None:
    """Add GET /openapi.json to the API it describes."""
    made: dict[str, Any] = {}

    @api.get(
        "/openapi.json",
        auth=None,
        operation_id="getOpenApi",
        summary="This description, as OpenAPI 3.1",
        response={200: dict[str, Any], **schemas.public_refusals()},
        tags=["Models"],
    )
    async def openapi(request: HttpRequest) -> HttpResponse:
        """Answer the description of this API, made from its code."""
        if not made:
            made.update(document(api))
        return JsonResponse(made)


def document(api: NinjaAPI) -> dict[str, Any]:
    """Return the whole description as JSON values."""
    # Through JSON once: ninja hands out dicts that share their parts, which must not be changed in place.
    whole: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    whole["info"]["description"] = ABOUT
    whole["servers"] = [{"url": settings.PUBLIC_URL}]
    named = whole["components"]["schemas"]
    for model in catalog.available():
        named |= model.json_schema(ref_template=REF).get("$defs", {})
    for operations in whole["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                response["description"] = _described(int(status))
                response["headers"] = {name: _header(*about) for name, about in HEADERS.items()}
    return whole


def generate() -> dict[str, Any]:
    """Return what ninja cannot know of `/generate`: its two kinds of body, by the catalogue, and its headers."""
    models = catalog.available()
    examples = {model.id: {"summary": model.name, "value": dict(model.request)} for model in models}
    bodies = {
        "application/json": {"schema": _any_of([_json_schema(model) for model in models]), "examples": examples},
        "multipart/form-data": {"schema": _any_of([_form_schema(model) for model in models])},
    }
    return {"parameters": CALLER_HEADERS, "requestBody": {"required": True, "content": bodies}}


def body_of(schema: type[Schema], *, example: dict[str, Any]) -> dict[str, Any]:
    """Return the description of a JSON body that we read ourselves, to refuse it in our own words."""
    content = {"schema": schema.model_json_schema(), "example": example}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def _any_of(kinds: list[dict[str, Any]]) -> dict[str, Any]:
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _json_schema(model: CatalogModel) -> dict[str, Any]:
    schema = model.json_schema(ref_template=REF)
    return {name: value for name, value in schema.items() if name != "$defs"}


def _form_schema(model: CatalogModel) -> dict[str, Any]:
    """Return the same parameters as fields of a form: parts by their dotted names, pictures as files or text."""
    rows = [row for row in model.table() if row.type != "object"]
    fields = {row.name: {"type": "string", "description": row.description} for row in rows}
    required = [row.name for row in rows if row.required]
    return {"type": "object", "properties": fields, "required": required, "additionalProperties": False}


def _described(status: int) -> str:
    """Return what an answer with this status means: the codes it can carry, or its success."""
    codes = [code for code, words in wording.WORDS.items() if words.http_status == status]
    return f"One of: {', '.join(codes)}." if codes else {202: "Not ready yet."}.get(status, "As asked.")


def _header(kind: str, description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": kind}}
