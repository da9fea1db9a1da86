"""Each error as an answer shows it, with the fields its code adds, and which operation can give it."""

from typing import Any

from generations import catalog, wording

REQUEST_ID = "01993b52-7a3e-7c51-9d11-3f0f4a6c8e22"
GENERATION = {"id": "01993b52-7a3e-7c51-9d11-3f0f4a6c8e21"}

# Codes that only these operations give; any other code may be given by each operation that has its status.
GENERATE, PICTURES = frozenset({"generate"}), frozenset({"generate", "upload"})
ONLY = {
    "INVALID_HEADER": GENERATE,
    "ACCOUNT_FROZEN": GENERATE,
    "IDEMPOTENCY_CONFLICT": GENERATE,
    "GENERATION_CANCELED": GENERATE,
    "ALREADY_FINISHED": frozenset({"cancelGeneration"}),
    "REFUSE_NOT_ALLOWED": frozenset({"refuseGeneration"}),
    "IMAGE_TOO_LARGE": PICTURES,
    "IMAGE_UNREADABLE": PICTURES,
    "IMAGE_FORMAT_NOT_ALLOWED": PICTURES,
    "UNKNOWN_MODEL": GENERATE,
    "MODEL_UNAVAILABLE": GENERATE,
    "IMAGE_URL_NOT_ALLOWED": GENERATE,
    "IMAGE_URL_UNREACHABLE": GENERATE,
    "CANVAS_NOT_POSSIBLE": GENERATE,
    "NO_SUBJECT_FOUND": GENERATE,
    "PROMPT_REJECTED": GENERATE,
    "RESULT_REJECTED": GENERATE,
    "TOO_MANY_IN_FLIGHT": GENERATE,
}


def codes(operation_id: str, *, status: int) -> list[str]:
    """Return the codes this operation can answer with this status; none where the status is no error."""
    every = [code for code, words in wording.WORDS.items() if words.http_status == status]
    return [code for code in every if operation_id in ONLY.get(code, {operation_id})]


def _extra(code: str) -> dict[str, Any]:
    """Return the fields of a code beside `code`, `message` and `request_id`."""
    names = [model.id for model in catalog.available()]
    fields: dict[str, dict[str, Any]] = {
        "INSUFFICIENT_TOKENS": {"required": 1, "balance": 0},
        "KEY_LIMIT_REACHED": {"limit": 500, "used": 500, "resets_at": "2026-12-01T00:00:00+00:00"},
        "MISSING_SCOPE": {"scope": "generate"},
        "GENERATION_CANCELED": GENERATION,
        "REFUSE_NOT_ALLOWED": {"rule": "too_late"},
        "IMAGE_TOO_LARGE": {"limit_pixels": 25_000_000},
        "BODY_TOO_LARGE": {"limit_bytes": 41 * 2**20},
        "INVALID_PARAMETERS": {"fields": {"seed": ["This must be a whole number."]}},
        "UNKNOWN_MODEL": {"available": names},
        "MODEL_UNAVAILABLE": {"available": names},
        "CANVAS_NOT_POSSIBLE": GENERATION | {"rule": "cuts_subject"},
        "NO_SUBJECT_FOUND": GENERATION | {"stage": "matte"},
        "PROMPT_REJECTED": GENERATION | {"stage": "input", "categories": ["violence"]},
        "RESULT_REJECTED": GENERATION | {"stage": "result", "categories": ["violence"]},
        "RATE_LIMITED": {"retry_after_s": 2},
        "TOO_MANY_IN_FLIGHT": {"retry_after_s": 5},
        "OVERLOADED": {"retry_after_s": 30},
        "ENGINE_FAILED": GENERATION,
        "ENGINE_UNAVAILABLE": GENERATION | {"retry_after_s": 60},
        "GENERATION_EXPIRED": GENERATION,
    }
    return fields.get(code, {})


def of(code: str) -> dict[str, Any]:
    """Return the whole body of an answer with this code."""
    said = {"code": code, "message": str(wording.of(code).sentence), "request_id": REQUEST_ID}
    return {"status": "error", "error": said | _extra(code)}
