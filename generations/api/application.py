"""The NinjaAPI object, and the envelope round each of its views: one shape of error, the same headers everywhere."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, re_path
from ninja import NinjaAPI

from generations.api import errors, headers
from generations.errors import MethodNotAllowed, NotAcceptable, NotFound

View = Callable[..., Awaitable[HttpResponseBase]]


class RoomAPI(NinjaAPI):
    """Ninja's routing and documentation; errors, 404, 405 and 406 in the contract's shape."""

    def __init__(self) -> None:
        super().__init__(title="Room AI", version="1.0.0", openapi_url=None, docs_url=None, urls_namespace="api")

    def set_default_exception_handlers(self) -> None:
        """Let one function answer whatever is raised, in place of ninja's own handlers."""
        self.add_exception_handler(Exception, errors.answer)

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """Every address below /api/v1, each view in its envelope, and an answer for all others."""
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            assert isinstance(pattern, URLPattern), "ninja lists its views flat"
            # Ninja's root page is there to be reversed only; what it shows is not ours.
            pattern.callback = in_envelope(_nothing_here if pattern.name == "api-root" else pattern.callback)
        # Whatever it is: Django's own `path` stops at a line break, and a page would answer what lies behind one.
        return [*patterns, re_path("", in_envelope(_nothing_here))], app_name, namespace


async def _nothing_here(_request: HttpRequest, **_parts: str) -> HttpResponse:
    raise NotFound


def _takes_json(request: HttpRequest) -> bool:
    try:
        return request.accepts("application/json")
    except ValueError:  # of a parameter in a charset that does not exist (RFC 2231)
        return False


def _told_methods(request: HttpRequest, methods: list[str]) -> HttpResponse:
    """Return the answer to OPTIONS, or 405; both name the methods of this address in `Allow`."""
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        del response.headers["Content-Type"]
    else:
        response = errors.answer(request, MethodNotAllowed())
    response["Allow"] = ", ".join(sorted({*methods, "OPTIONS", *(["HEAD"] if "GET" in methods else [])}))
    return response


def _without_body(response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer with its length stated and its body left out, as HEAD is answered (RFC 9110, 9.3.2)."""
    if isinstance(response, HttpResponse):
        response.headers["Content-Length"] = str(len(response.content))
        response.content = b""
    return response


def in_envelope(view: View) -> Any:
    """Return the view with our refusals in place of Django's, and the headers every answer has.

    HEAD is answered as GET without its body, OPTIONS by the methods there are.
    """

    async def enveloped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked, request.method = request.method, "GET" if request.method == "HEAD" else request.method
        try:
            if not _takes_json(request):
                raise NotAcceptable
            response = await view(request, *args, **kwargs)
        except Exception as fault:
            response = errors.answer(request, fault)
        request.method = asked
        if response.status_code == 405:
            response = _told_methods(request, response["Allow"].split(", "))
        await headers.add(request, response)
        return _without_body(response) if asked == "HEAD" else response

    enveloped.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie ever authorises a call
    return enveloped
