"""The guard: stands before Django, refuses what comes too often, is too large or has no key; no body is read.

Django reads a whole body before any view or middleware runs, so limits on it belong here. Programs are answered in
the contract's shape, a browser's form by a page.
"""

import json
import re

from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    ASGISendEvent,
    HTTPScope,
    Scope,
)
from csp.utils import build_policy
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string

from accounts import api_keys, networks, ratelimit
from accounts.gcra import Verdict
from generations.api import errors, throttling
from generations.api.headers import is_public
from generations.errors import BodyTooLarge, InvalidApiKey, InvalidHeader, UnsupportedMediaType
from roomai_web.errors import RoomAIError
from roomai_web.ids import uuid7
from roomai_web.middleware import GIVEN

KIB, MIB = 2**10, 2**20
LIMIT_JSON_BYTES, LIMIT_FORM_BYTES, LIMIT_HOOK_BYTES, LIMIT_BYTES = 28 * MIB, 41 * MIB, 1 * MIB, 64 * KIB
API = "/api/v1/"
HOOKS = "/hooks/"
STUDIO, PLAYGROUND = "/studio", "/developers/playground"
DIGITS = 18  # of a stated length: more, or as many zeros, is no length that anything honest states
# A type and plain parameters. Forms and JSON are UTF-8 whatever they say (RFC 7578, RFC 8259), so no other charset is
# believed: Python knows many by name that are none of text. Parameters with `*` (RFC 2231) carry charsets of their own.
CONTENT_TYPE = re.compile(
    rb"""[^;,]* (?: ; \s* (?: (?: charset = "?(?: utf-?8 | (?:us-)?ascii )"? (?= \s | ; | \Z )
                           | (?! charset ) [\w-]+ = (?: "[^"\\]*" | [^\s;,"]+ ) ) \s* )? )*""",
    re.IGNORECASE | re.VERBOSE,
)


def limit_bytes(scope: HTTPScope) -> int:
    """Return how large a body this route takes."""
    path = scope["path"]
    is_form = _header(scope, b"content-type").lower().startswith(b"multipart/form-data")
    if path == "/api/v1/generate":
        return LIMIT_FORM_BYTES if is_form else LIMIT_JSON_BYTES
    if path == "/api/v1/uploads" or (is_form and path.startswith((STUDIO, PLAYGROUND))):
        return LIMIT_FORM_BYTES
    return LIMIT_HOOK_BYTES if path == "/hooks/stripe" else LIMIT_BYTES


class Guard:
    """An ASGI application round another: calls of one address, body limits by route, shape and checksum of API keys."""

    def __init__(self, app: ASGI3Application) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Serve one connection, or refuse it in the contract's shape."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal: RoomAIError | None = None
        if scope["path"].startswith(API):
            verdict = await _count_address(scope)
            send = _telling(verdict, send)
            refusal = None if verdict.admitted else throttling.refusal(verdict)
        if refusal := refusal or _refusal(scope):
            await _answer(refusal, scope, send)
            return
        if scope["path"].startswith(API):
            send = _same_401(scope, send)
        await self.app(scope, _counted(scope, receive, send), send)


def _refusal(scope: HTTPScope) -> RoomAIError | None:
    length, limit = _header(scope, b"content-length"), limit_bytes(scope)
    if length and not length.isdigit():
        return InvalidHeader("Content-Length must be a whole number of bytes.")
    if _number(length) > limit:
        return BodyTooLarge(limit_bytes=limit)
    path = scope["path"]
    if path.startswith(API) and not is_public(path) and not api_keys.looks_right(bearer(scope)):
        return InvalidApiKey()
    if not all(CONTENT_TYPE.fullmatch(value) for name, value in scope["headers"] if name.lower() == b"content-type"):
        return UnsupportedMediaType("The charset of this Content-Type is not one we read. Send UTF-8.")
    return None


async def _count_address(scope: HTTPScope) -> Verdict:
    forwarded = [value for name, value in scope["headers"] if name.lower() == b"x-forwarded-for"]
    ip = networks.client_ip(
        peer=(scope.get("client") or ("",))[0],
        forwarded_for=b",".join(forwarded).decode("latin-1"),
        proxies=settings.ALLAUTH_TRUSTED_PROXY_COUNT,
    )
    return await ratelimit.check_on_loop(rule=ratelimit.rule_for("address"), who=networks.subscriber(ip))


def _telling(verdict: Verdict, send: ASGISendCallable) -> ASGISendCallable:
    """Return a `send` that says where the address stands on every answer that does not tell of its workspace."""
    told = [(name.lower().encode(), value.encode()) for name, value in ratelimit.headers(verdict).items()]

    async def sent(message: ASGISendEvent) -> None:
        if message["type"] == "http.response.start":
            given = list(message["headers"])
            if not any(name.lower() == b"ratelimit" for name, _ in given):
                message = {**message, "headers": [*given, *told]}
        await send(message)

    return sent


def _number(length: bytes) -> int:
    """Return a stated length, 0 where there is none; Python reads no number of thousands of digits."""
    return int(length[:DIGITS]) if length.isdigit() else 0


def bearer(scope: HTTPScope) -> str:
    """Return the key of the Authorization header; empty when there is none, or one of another scheme."""
    scheme, _, key = _header(scope, b"authorization").partition(b" ")
    return key.strip().decode("latin-1") if scheme.lower() == b"bearer" else ""


def _header(scope: HTTPScope, name: bytes) -> bytes:
    return next((value for found, value in scope["headers"] if found.lower() == name), b"")


def _counted(scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> ASGIReceiveCallable:
    """Return a `receive` that counts: past the limit it answers 413 itself and tells Django the caller has gone."""
    limit, seen = limit_bytes(scope), 0

    async def counted() -> ASGIReceiveEvent:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > limit:
                await _answer(BodyTooLarge(limit_bytes=limit), scope, send)
                return {"type": "http.disconnect"}
        return message

    return counted


def _same_401(scope: HTTPScope, send: ASGISendCallable) -> ASGISendCallable:
    """Return a `send` that puts the guard's own 401 in place of Django's: no cause can be told by a header."""
    replaced = False

    async def sent(message: ASGISendEvent) -> None:
        nonlocal replaced
        if message["type"] == "http.response.start" and message["status"] == 401:
            replaced = True
            await _answer(InvalidApiKey(), scope, send)
        elif not replaced:
            await send(message)

    return sent


def _is_form_of_a_browser(scope: HTTPScope) -> bool:
    """Say whether a person is to read the answer; scripts and programs do not ask for HTML."""
    return not scope["path"].startswith((API, HOOKS)) and b"text/html" in _header(scope, b"accept")


def _page(error: BodyTooLarge, scope: HTTPScope, request_id: str) -> str:
    stated = _header(scope, b"content-length")
    context = {
        "size": filesizeformat(_number(stated)) if stated.isdigit() else "",
        "limit": filesizeformat(error.extra["limit_bytes"]),
        "back": next((form for form in (STUDIO, PLAYGROUND) if scope["path"].startswith(form)), "/"),
        "request_id": request_id,
    }
    return render_to_string("413.html", context)


async def _answer(error: RoomAIError, scope: HTTPScope, send: ASGISendCallable) -> None:
    given = _header(scope, b"x-request-id").decode("latin-1")
    request_id = given if GIVEN.match(given) else str(uuid7())
    if isinstance(error, BodyTooLarge) and _is_form_of_a_browser(scope):
        kind, body = "text/html; charset=utf-8", _page(error, scope, request_id).encode()
    else:
        kind, body = "application/json", json.dumps(errors.body(error, request_id=request_id)).encode()
    headers = {
        "Content-Type": kind,
        "Content-Security-Policy": build_policy(),
        "Content-Length": str(len(body)),
        "X-Request-Id": request_id,
        "X-Tokens-Charged": "0",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
    } | errors.headers(error)
    named = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": error.http_status, "headers": named, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})
