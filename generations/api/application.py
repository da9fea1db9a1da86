"""The NinjaAPI object, and the envelope round each of its views: one shape of error, the same headers everywhere."""

from collections.abc import Awaitable, Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI

from generations.api import errors
from generations.errors import MethodNotAllowed, NotAcceptable, NotFound

View = Callable[..., Awaitable[HttpResponseBase]]
PUBLIC = ("/api/v1/models", "/api/v1/openapi.json")


class RoomAPI(NinjaAPI):
    """Ninja's routing and documentation; errors, 404, 405 and 406 in the contract's shape."""

    def __init__(self) -> None:
        super().__init__(title="Room AI", version="1.0.0", openapi_url=None, docs_url=None, urls_namespace="api")
        self.add_exception_handler(Exception, errors.answer)

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """Every address below /api/v1, each view in its envelope, and an answer for all others."""
        patterns, app_name, namespace = super().urls
        for pattern in patterns:
            # Ninja's root page is there to be reversed only; what it shows is not ours.
            view = _nothing_here if pattern.name == "api-root" else pattern.callback
            pattern.callback = in_envelope(view)
        return [*patterns, path("<path:rest>", in_envelope(_nothing_here))], app_name, namespace


async def _nothing_here(_request: HttpRequest, **_parts: str) -> HttpResponse:
    raise NotFound


def in_envelope(view: View) -> View:
    """Return the view with our refusals in place of Django's, and the headers every answer has."""

    async def enveloped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            if not request.accepts("application/json"):
                raise NotAcceptable
            response = await view(request, *args, **kwargs)
        except Exception as fault:
            response = errors.answer(request, fault)
        if response.status_code == 405:
            allowed = response["Allow"]
            response = errors.answer(request, MethodNotAllowed())
            response["Allow"] = allowed
        _add_headers(request, response)
        return response

    enveloped.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie ever authorises a call
    return enveloped


def _add_headers(request: HttpRequest, response: HttpResponseBase) -> None:
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers.setdefault("X-Tokens-Charged", "0")
    if request.path.startswith(PUBLIC):
        response.headers["Access-Control-Allow-Origin"] = "*"
