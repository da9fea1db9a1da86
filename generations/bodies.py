"""The contract's body for a generation in any state and for a balance: what a poll answers, and a webhook tells."""

from http import HTTPStatus
from typing import Any

from django.conf import settings

from billing.ledger import Balance
from generations import storage, wording
from generations.models import Generation, State

RETRY_AFTER_S = 60
FIGURES = ("width", "height", "format", "seed", "engine", "subject")


def generation_body(generation: Generation, *, request_id: str = "") -> tuple[int, dict[str, Any]]:
    """Return the status `/generate` answers with, and its body: success, processing or error.

    request_id: of the call that is answered; it stands in error bodies.
    """
    match generation.state:
        case State.SUCCEEDED:
            return 200, {"status": "success", "result": _result(generation)}
        case State.QUEUED | State.RUNNING:
            return 202, _processing(generation)
        case State.CANCELED:
            return _error(generation, "GENERATION_CANCELED", request_id)
        case State.EXPIRED:
            return _error(generation, "GENERATION_EXPIRED", request_id)
    return _error(generation, generation.error_code, request_id)


def address(generation: Generation) -> str:
    """Return where this generation can be asked for; the value of `processing_url`, too."""
    return f"{settings.PUBLIC_URL}/api/v1/generations/{generation.id}"


def list_item(generation: Generation, *, request_id: str) -> dict[str, Any]:
    """Return one row of the list: what it is and when, then its body."""
    _, body = generation_body(generation, request_id=request_id)
    return {
        "id": str(generation.id),
        "state": generation.state,
        "model": generation.model,
        "created_at": generation.created_at.isoformat(),
        **body,
    }


def balance_body(balance: Balance) -> dict[str, Any]:
    """Return the tokens available, those held for open generations, and those owed after a refund."""
    return {"status": "success", "available": max(0, balance.available), "held": balance.held, "owed": balance.owed}


def _result(generation: Generation) -> dict[str, Any]:
    figures = generation.result or {}
    scene = {"scene": figures["scene"]} if figures.get("scene") else {}
    back = (
        {"at": at.isoformat(), "tokens_returned": generation.tokens_returned} if (at := generation.refused_at) else {}
    )
    return {
        # In the trash, its address answers 410 until somebody takes it out.
        "image_url": storage.result_url(generation) if generation.result_key and not generation.trashed_at else None,
        "model": generation.model,
        "tokens_used": generation.tokens_used,
        "processing_time_ms": figures.get("processing_time_ms"),
        "id": str(generation.id),
        **{name: figures.get(name) for name in FIGURES},
        "expires_at": generation.delete_after.isoformat(),
        **scene,
        **({"refused": back} if back else {}),
    }


def _processing(generation: Generation) -> dict[str, Any]:
    here = address(generation)
    return {
        "status": "processing",
        "id": str(generation.id),
        "status_url": here,
        "cancel_url": f"{here}/cancel",
        "processing_url": here,
    }


def _error(generation: Generation, code: str, request_id: str) -> tuple[int, dict[str, Any]]:
    words = wording.of(code)
    said: dict[str, Any] = {
        "code": code,
        "message": wording.sentences(code, extra=generation.error_extra),
        "request_id": request_id,
        "id": str(generation.id),
    }
    if words.http_status == HTTPStatus.SERVICE_UNAVAILABLE:
        said["retry_after_s"] = RETRY_AFTER_S  # unless the engine itself has said when
    return words.http_status, {"status": "error", "error": said | generation.error_extra}
