"""How anybody checks a picture: the page about the proof, and the script it shows, from the one file we publish."""

import json
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from generations.api import schemas
from generations.views import guides

SCRIPT = Path("docs/verify_proof.py")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Show what is promised, what is measured, and how to measure it again; `generation` puts its id into the words."""
    context = {
        "script": _script(),
        "lines": len(_script().splitlines()),
        "home": settings.PUBLIC_URL,
        "address": f"{settings.PUBLIC_URL}/api/v1/generations/{_asked_for(request)}",
        "answer": json.dumps(_example(), indent=2, ensure_ascii=False),
    }
    return render(request, "site/proof.html", guides.around("proof") | context)


@require_safe
def script(_request: HttpRequest) -> HttpResponse:
    """Answer the script itself, to be saved."""
    answer = HttpResponse(_script(), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{SCRIPT.name}"'
    return answer


def _script() -> str:
    return Path(settings.BASE_DIR, SCRIPT).read_text(encoding="utf-8")


def _asked_for(request: HttpRequest) -> str:
    """Return the id that was asked about, whose it may be: it is only written into an address. Else a stand-in."""
    try:
        return str(UUID(request.GET.get("generation", "")))
    except ValueError:
        return "ID"


def _example() -> dict[str, Any]:
    """Return the answer that the published schema gives as its example."""
    published = cast(dict[str, Any], schemas.Proof.model_config["json_schema_extra"])  # in the order we answer in
    (example,) = published["examples"]
    return dict(example)
