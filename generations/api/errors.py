"""The one place that builds an error's body and answer; everything else raises."""

import json
from typing import Any

import structlog
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja.errors import ValidationError

from generations import errors
from generations.catalog import sentences
from roomai_web.errors import RoomAIError

log = structlog.get_logger(__name__)
UNEXPECTED = RoomAIError()


def body(error: RoomAIError, *, request_id: str) -> dict[str, Any]:
    """Return the contract's error body; the error's own fields stand beside code, message and request_id."""
    said = {"code": error.code, "message": str(error.message), "request_id": request_id}
    return {"status": "error", "error": said | error.extra}


def headers(error: RoomAIError) -> dict[str, str]:
    """Return the headers this error adds to its answer."""
    if error.http_status == 401:
        return {"WWW-Authenticate": "Bearer"}
    if "retry_after_s" in error.extra:
        return {"Retry-After": str(error.extra["retry_after_s"])}
    return {}


def answer(request: HttpRequest, fault: Exception | type[Exception]) -> HttpResponse:
    """Return the answer to whatever was raised; a fault of ours is logged and tells nothing of its cause."""
    error = refusal_for(fault)
    if error is UNEXPECTED:
        log.error("api.unexpected", path=request.path, exc_info=fault)
    return HttpResponse(
        json.dumps(body(error, request_id=request_id(request))),
        status=error.http_status,
        content_type="application/json",
        headers=headers(error),
    )


def refusal_for(fault: Exception | type[Exception]) -> RoomAIError:
    """Return the refusal that says what happened: the fault itself, Django's own in our words, or UNEXPECTED."""
    match fault:
        case RoomAIError() if fault.code != UNEXPECTED.code:
            return fault
        case Http404():
            return errors.NotFound()
        case RequestDataTooBig():
            return errors.BodyTooLarge(limit_bytes=41 * 2**20)
        case MultiPartParserError() | SuspiciousOperation() | BadRequest():
            return errors.InvalidParameters("The form could not be read.", fields={})
        case ValidationError():
            # Of an address's own parameters; those of a model are checked by its entry in the catalogue.
            return errors.InvalidParameters(fields={str(one["loc"][-1]): [sentences.of(one)] for one in fault.errors})
    return UNEXPECTED


def request_id(request: HttpRequest) -> str:
    """Return the id the middleware gave this request."""
    return str(getattr(request, "request_id", ""))
