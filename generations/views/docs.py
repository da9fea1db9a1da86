"""The documentation: guides, and one page per model, made from the catalogue."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from ninja import Schema

from generations import catalog, causes, refusing, samples
from generations.api import errors, headers, schemas
from generations.catalog.base import PROMPT_MAX_CHARS
from generations.errors import InvalidParameters
from generations.images import gate
from generations.samples import guides as programs
from generations.views import photos
from generations.views.guides import GUIDES, around

Text = str | Promise

#: Each kind of sample: what its tab says, and the language its code is in.
TABS: dict[str, tuple[Text, str]] = {
    "curl": ("cURL", "bash"),
    "javascript": ("JavaScript / Node.js", "javascript"),
    "python": ("Python", "python"),
    "multipart": (_("Multipart"), "bash"),
}
ENDPOINT = {"url": "https://shop.example.com/roomai", "events": ["generation.succeeded", "generation.failed"]}


@dataclass(frozen=True, slots=True)
class Tab:
    """One language of a sample. kind: as `samples` names it; label: for the reader; language: of the code."""

    kind: str
    label: Text
    language: str
    text: str


def tabs(code: Mapping[str, str]) -> list[Tab]:
    """Return a sample's languages in the order of their tabs."""
    return [Tab(kind, *about, code[kind]) for kind, about in TABS.items() if kind in code]


@require_safe
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a guide; an address without one is answered 404 among the contents."""
    if slug not in GUIDES:
        return _missing(request)
    return render(request, f"docs/{slug or 'start'}.html", around(slug) | _facts())


@require_safe
def model(request: HttpRequest, model_id: str) -> HttpResponse:
    """Show what a model is, takes, answers and refuses, from its entry of the catalogue."""
    found = {one.id: one for one in catalog.available()}.get(model_id)
    if found is None:
        return _missing(request)
    about, common = causes.of_model(found)
    context = {
        "model": found,
        "opening": samples.opening(model=found.id, base_url=settings.PUBLIC_URL),
        "rows": found.table(),
        "request_json": _json(found.request),
        "response_json": _json(found.response),
        "error_json": _json(_no_tokens(found.tokens)),
        "tabs": tabs(samples.for_request(body=found.request, base_url=settings.PUBLIC_URL)),
        "samples": photos.samples(),
        "errors": about,
        "common": common,
    }
    return render(request, "docs/model.html", around(f"models/{found.id}") | _facts() | context)


def _missing(request: HttpRequest) -> HttpResponse:
    return render(request, "docs/missing.html", around(""), status=404)


def _facts() -> dict[str, Any]:
    """Return what the guides say in figures and code: all of it from where it is decided."""
    home = settings.PUBLIC_URL
    return {
        "home": home,
        "code": _code(home),
        "errors": causes.rows(),
        "success_json": _json(_example(schemas.Success)),
        "first_json": _json(_first_answer()),
        "processing_json": _json(_example(schemas.Processing)),
        "refused_json": _json(_refused()),
        "endpoint_json": _json(ENDPOINT),
        "models": catalog.available(),
        "limits": {
            "mib": gate.LIMIT_BYTES // 2**20,
            "megapixels": gate.LIMIT_PIXELS // 1_000_000,
            "side_min": gate.SIDE_MIN_PX,
            "side_max": gate.SIDE_MAX_PX,
            "ratio": gate.RATIO_MAX,
            "prompt": PROMPT_MAX_CHARS,
            "wait_s": headers.WAIT_S,
            "wait_max_s": headers.WAIT_MAX_S,
            "open": settings.OPEN_CAP,
            "running": settings.RUNNING_CAP,
            "waiting": settings.WAITING_CAP_WORKSPACE,
            "days": settings.RETENTION_DAYS,
            "reason_min": refusing.REASON_MIN,
            "reason_max": refusing.REASON_MAX,
            "deadline_minutes": int(settings.DEADLINE.total_seconds() // 60),
        },
        "rates": settings.RATE_LIMITS,
        "signup_tokens": settings.SIGNUP_TOKENS,
    }


@cache
def _code(home: str) -> dict[str, list[Tab]]:
    """Return the guides' programs, read once: files of ours that change with a release only."""
    return {name: tabs(programs.of_guide(name, base_url=home)) for name in programs.names()}


def _example(schema: type[Schema]) -> dict[str, Any]:
    """Return the answer that the published schema gives as its example."""
    published = cast(dict[str, Any], schema.model_config["json_schema_extra"])
    return dict(published["examples"][0])


def _first_answer() -> dict[str, Any]:
    """Return what matters first of the published example of a success."""
    whole = _example(schemas.Success)
    shown = ("image_url", "model", "tokens_used", "processing_time_ms", "id", "width", "height")
    return whole | {"result": {name: whole["result"][name] for name in shown} | {"tokens_used": 0}}


def _no_tokens(required: int) -> dict[str, Any]:
    said = {"code": "INSUFFICIENT_TOKENS", "message": "Not enough tokens", "required": required, "balance": 0}
    return {"status": "error", "error": said}


def _refused() -> dict[str, Any]:
    """Return what the call of the guide to errors is answered."""
    try:
        catalog.get("changebg").validated({"model": "changebg", "image": programs.PHOTO, "format": "gif"})
    except InvalidParameters as refusal:
        return errors.body(refusal, request_id="01a8c5d2-7d3e-4f7a-9a55-3f5f0d1c2b47")
    raise AssertionError("the example of a wrong parameter is right")


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
