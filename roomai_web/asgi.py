"""The ASGI application: static files by their own branch, everything else through the guard to Django."""

import asyncio
import os
import re
import signal
from collections.abc import Iterable
from types import FrameType
from typing import TYPE_CHECKING, cast

import django
from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    ASGISendEvent,
    HTTPScope,
    Scope,
)
from asgiref.wsgi import WsgiToAsgi

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roomai_web.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402  settings are read after set-up
from django.core.asgi import get_asgi_application  # noqa: E402
from whitenoise import WhiteNoise  # noqa: E402

from generations import waiting  # noqa: E402
from roomai_web.guard import Guard  # noqa: E402

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+\Z")


def _not_a_file(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
    return [b"There is no such file."]


def _is_hashed(_path: str, url: str) -> bool:
    return bool(HASHED.search(url))


def _common_headers(headers: dict[str, str], _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


# `manage.py collectstatic` has filled the folder; a name with a hash in it never changes, so it is kept for ever.
_static = WsgiToAsgi(  # type: ignore[no-untyped-call]  # asgiref leaves its constructor untyped
    WhiteNoise(
        _not_a_file,
        root=settings.STATIC_ROOT,
        prefix=settings.STATIC_URL,
        max_age=60,
        immutable_file_test=_is_hashed,
        add_headers_function=_common_headers,
    )
)
# Django types its handler with plain dicts; it speaks ASGI 3 all the same.
_site = Guard(cast(ASGI3Application, get_asgi_application()))


async def _no_body() -> ASGIReceiveEvent:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _serve_file(scope: HTTPScope, send: ASGISendCallable) -> None:
    """Answer GET and HEAD; whatever body comes along is never read, since asgiref would write all of it to disk."""

    async def send_marked(event: ASGISendEvent) -> None:
        await send(event)  # asgiref warns of a server's own callable that is not marked as async

    if scope["method"] in {"GET", "HEAD"}:
        await _static(scope, _no_body, send_marked)
        return
    headers = [(b"allow", b"GET, HEAD"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 405, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def application(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Serve one connection. WhiteNoise is sync-only, so it stands beside Django and never in its middleware."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith(settings.STATIC_URL):
        await _serve_file(scope, send)
    else:
        await _site(scope, receive, send)


async def _live(receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    """Follow the server from its start to its end, which comes after the last answer."""
    await receive()
    _let_waiters_go_on_a_signal()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await waiting.close()
    await send({"type": "lifespan.shutdown.complete"})


def _let_waiters_go_on_a_signal() -> None:
    """Answer every waiting call as soon as the server is told to stop: it stops when all have been answered.

    The server's own handlers are installed before the application starts. Its event loop hears of a signal through a
    pipe whatever is put in their place, and what stood there is called as well.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        servers_own = signal.getsignal(number)

        def leave(number: int, frame: FrameType | None, servers_own: object = servers_own) -> None:
            loop.call_soon_threadsafe(waiting.let_everybody_go)
            if callable(servers_own):
                servers_own(number, frame)

        signal.signal(number, leave)
