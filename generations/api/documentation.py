"""OpenAPI 3.1, made from the code: ninja lists the operations, the catalogue says what `/generate` takes."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from pydantic import ConfigDict, RootModel

from generations import catalog
from generations.api import error_examples, schemas
from generations.catalog import CatalogModel, Parameter

ABOUT = "Replace the background of a photograph; the subject keeps every pixel."
REF = "#/components/schemas/{name}"
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
REPLAYED = ("string", "`true` where an earlier call with this key made the generation.")
# Beside those of every answer, by status.
HEADERS_OF = {
    401: {"WWW-Authenticate": ("string", "`Bearer`.")},
    429: {"Retry-After": ("integer", "Seconds to wait before asking again.")},
    503: {"Retry-After": ("integer", "Seconds to wait before asking again.")},
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


class Described(RootModel[dict[str, Any]]):
    model_config = ConfigDict(json_schema_extra={"examples": [{"openapi": "3.1.0", "info": {}, "paths": {}}]})


def publish(api: NinjaAPI) -> None:
    """Add GET /openapi.json to the API it describes."""

    @api.get(
        "/openapi.json",
        auth=None,
        operation_id="getOpenApi",
        summary="This description, as OpenAPI 3.1",
        response={200: Described, **schemas.public_refusals()},
        tags=["Models"],
    )
    async def openapi(request: HttpRequest) -> HttpResponse:
        """Answer the description of this API, made from its code."""
        return JsonResponse(document(api))


@cache
def document(api: NinjaAPI) -> dict[str, Any]:
    """Return the whole description as JSON values, made once; what the catalogue says is read then."""
    # Through JSON once: ninja hands out dicts that share their parts, which must not be changed in place.
    whole: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema()))
    whole["info"]["description"] = ABOUT
    whole["info"]["contact"] = {"name": "Room AI", "url": settings.PUBLIC_URL}
    whole["servers"] = [{"url": settings.PUBLIC_URL}]
    operations = [one for by_method in whole["paths"].values() for one in by_method.values()]
    whole["tags"] = [{"name": name} for name in sorted({name for one in operations for name in one["tags"]})]
    for model in catalog.available():
        whole["components"]["schemas"] |= _schemas_of(model)
    for operation in operations:
        for status, response in operation["responses"].items():
            _complete(response, int(status), operation["operationId"])
        if operation["operationId"] == "generate":
            operation |= _generate()
            for response in operation["responses"].values():
                response["headers"]["Idempotent-Replayed"] = _header(*REPLAYED)
    return whole


def _complete(response: dict[str, Any], status: int, operation_id: str) -> None:
    """Add what an answer of this status has: its meaning, its headers, and each of its errors as an example."""
    codes = error_examples.codes(operation_id, status=status)
    usual = {202: "Not ready yet."}.get(status, "As asked.")
    response["description"] = f"One of: {', '.join(codes)}." if codes else usual
    response["headers"] = {name: _header(*about) for name, about in (HEADERS | HEADERS_OF.get(status, {})).items()}
    if codes:
        examples = {code: {"summary": code, "value": error_examples.of(code)} for code in codes}
        response["content"]["application/json"]["examples"] = examples


def _generate() -> dict[str, Any]:
    """Return what ninja cannot know of `/generate`: its two kinds of body, by the catalogue, and its headers."""
    models = catalog.available()
    whole = {model.id: {"summary": model.name, "value": dict(model.request)} for model in models}
    flat = {model.id: {"summary": model.name, "value": _flat(model.request)} for model in models}
    in_json, in_form = ({model.id: model.id + suffix for model in models} for suffix in ("", ".form"))
    bodies = {
        "application/json": {"schema": _one_of(in_json), "examples": whole},
        "multipart/form-data": {"schema": _one_of(in_form), "examples": flat},
    }
    return {"parameters": CALLER_HEADERS, "requestBody": {"required": True, "content": bodies}}


def body_of(schema: type[Schema], *, example: dict[str, Any]) -> dict[str, Any]:
    """Return the description of a JSON body that we read ourselves, to refuse it in our own words."""
    content = {"schema": schema.model_json_schema(), "example": example}
    return {"requestBody": {"required": True, "content": {"application/json": content}}}


def file_of(name: str, description: str) -> dict[str, Any]:
    """Return the description of a form with one file."""
    file = {"type": "string", "format": "binary", "description": description}
    schema = {"type": "object", "properties": {name: file}, "required": [name], "additionalProperties": False}
    content = {"schema": schema, "example": {name: "(the bytes of photo.jpg)"}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": content}}}


def _one_of(names: dict[str, str]) -> dict[str, Any]:
    """Return the choice between the models' schemas; names: of the schema, by the `model` that chooses it."""
    mapping = {model_id: REF.format(name=name) for model_id, name in names.items()}
    kinds = [{"$ref": ref} for ref in mapping.values()]
    return {"oneOf": kinds, "discriminator": {"propertyName": "model", "mapping": mapping}}


def _schemas_of(model: CatalogModel) -> dict[str, Any]:
    """Return the schemas of a model's request by their names; two models' parts may be called alike."""
    schema = model.json_schema(ref_template=REF.format(name=f"{model.id}.{{model}}"))
    parts = {f"{model.id}.{name}": part for name, part in schema.pop("$defs", {}).items()}
    return {model.id: schema, f"{model.id}.form": _form_schema(model), **parts}


def _form_schema(model: CatalogModel) -> dict[str, Any]:
    """Return the same parameters as fields of a form: parts by their dotted names, pictures as files or text."""
    rows = [row for row in model.table() if row.type != "object"]
    fields = {row.name: _field(row) for row in rows}
    required = [row.name for row in rows if row.required]
    return {"type": "object", "properties": fields, "required": required, "additionalProperties": False}


def _field(row: Parameter) -> dict[str, Any]:
    chosen: dict[str, Any] = {"enum": list(row.choices)} if row.choices else {}
    return {"type": "string", "description": row.description, **chosen}


def _flat(values: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """Return a request as a form sends it: text by dotted names."""
    flat: dict[str, str] = {}
    for name, value in values.items():
        flat |= _flat(value, f"{above}{name}.") if isinstance(value, Mapping) else {above + name: str(value)}
    return flat


def _header(kind: str, description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": kind}}
