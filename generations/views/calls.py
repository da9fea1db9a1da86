"""What a call came to, as the playground prints it: status, headers, body and time of the API's own answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from asgiref.sync import async_to_sync
from django.http import HttpRequest
from django.http.response import HttpResponse

from generations.api import generate, headers
from generations.models import Generation

#: Said by an answer in this order; what else it carries follows.
FIRST = ("Content-Type", "X-Request-Id", "X-Tokens-Charged", "X-Tokens-Remaining")


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """An answer of the API to be read. time_ms: from the call to the answer, 0 while there is none."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: str
    time_ms: int

    @property
    def is_success(self) -> bool:
        """Say whether the call has brought a picture."""
        return self.status == HTTPStatus.OK

    @property
    def is_refusal(self) -> bool:
        """Say whether the answer is an error."""
        return self.status >= HTTPStatus.BAD_REQUEST

    @property
    def time_s(self) -> str:
        """Return the time in seconds, to the tenth."""
        return f"{self.time_ms / 1000:.1f}"


def printed(response: HttpResponse, *, request_id: str, time_ms: int) -> Printed:
    """Return this answer of the API to be read; its headers are complete but for the id of the request."""
    named = {"X-Request-Id": request_id, **response.headers}
    order = [*FIRST, *(name for name in named if name not in FIRST)]
    return Printed(
        status=response.status_code,
        reason=response.reason_phrase,
        headers=[(name, named[name]) for name in order if name in named],
        body=json.dumps(json.loads(response.content), indent=2, ensure_ascii=False),
        time_ms=time_ms,
    )


def of_generation(
    request: HttpRequest,
    generation: Generation,
    *,
    request_id: str,
    accept_ms: int,
    is_replay: bool,
    rate: Mapping[str, str],
) -> Printed:
    """Return what a waiting call is answered whose generation is as far as this one.

    request_id: of the call; accept_ms: from the call to the row of its generation, fetching a link included; rate: the
    headers that told where its workspace stood.
    """
    response = generate.answer_of(generation, request_id=request_id, is_replay=is_replay)
    async_to_sync(headers.add)(request, response)
    for name, value in rate.items():
        response.headers[name] = value
    worked_ms = 0
    if generation.finished_at:
        worked_ms = round((generation.finished_at - generation.created_at).total_seconds() * 1000)
    return printed(response, request_id=request_id, time_ms=accept_ms + worked_ms if worked_ms else 0)
