"""Our own middleware, all async capable: one sync-only layer would bind a thread to each waiting call."""

import re
from collections.abc import Awaitable, Callable

import structlog
from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.decorators import sync_and_async_middleware

from roomai_web.ids import uuid7

GIVEN = re.compile(r"[0-9A-Za-z_-]{8,64}\Z")
Answer = HttpResponseBase | Awaitable[HttpResponseBase]
Handler = Callable[[HttpRequest], Answer]


def _around(
    before: Callable[[HttpRequest], None], after: Callable[[HttpRequest, HttpResponseBase], None]
) -> Callable[[Handler], Handler]:
    """Return a middleware that runs `before` and `after` round each request, in whichever way it is called."""

    @sync_and_async_middleware
    def middleware(get_response: Handler) -> Handler:
        if iscoroutinefunction(get_response):

            async def handle(request: HttpRequest) -> HttpResponseBase:
                before(request)
                response: HttpResponseBase = await get_response(request)
                after(request, response)
                return response

            return handle

        def handle_sync(request: HttpRequest) -> HttpResponseBase:
            before(request)
            response = get_response(request)
            after(request, response)  # type: ignore[arg-type]  # called synchronously, so it is no awaitable
            return response  # type: ignore[return-value]

        return handle_sync

    return middleware


def _name(request: HttpRequest) -> None:
    given = request.headers.get("X-Request-Id", "")
    request.request_id = given if GIVEN.match(given) else str(uuid7())  # type: ignore[attr-defined]
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]


def _say_name(request: HttpRequest, response: HttpResponseBase) -> None:
    response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]


def _nothing(_request: HttpRequest) -> None:
    return


def _keep_private(request: HttpRequest, response: HttpResponseBase) -> None:
    response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    # Reading request.user would make the session count as used; the cookie alone says somebody is signed in.
    if request.path.startswith("/api/") or request.session.session_key:
        response.headers.setdefault("Cache-Control", "private, no-store")


def _compress(request: HttpRequest, response: HttpResponseBase) -> None:
    # Answers to programs are short, and pictures are compressed as they are.
    if isinstance(response, HttpResponse) and response.headers.get("Content-Type", "").startswith("text/html"):
        _compressor.process_response(request, response)


# It pads each answer by a random length, so that lengths betray nothing of the page (Django's answer to BREACH).
_compressor = GZipMiddleware(lambda request: HttpResponse())

# Gives every request an id (the caller's own when it is plain), on the answer and on each log line.
request_id = _around(_name, _say_name)
# A signed-in page or an API answer is never kept by a cache between us and its reader.
private_pages = _around(_nothing, _keep_private)
# A page crosses a phone's network at a quarter of its size, also where no proxy stands in front.
small_pages = _around(_nothing, _compress)
