"""Pages of the shell: home, health, and the answer to a form that was open too long."""

from datetime import date
from email.utils import parseaddr
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from accounts import waits
from generations import catalog, cutting_out, samples, waiting
from generations.views import photos
from roomai_web import landing, showcase

# The day each legal page was last changed, as it says at its head.
IN_FORCE = dict.fromkeys(("terms", "privacy", "rules"), date(2026, 11, 30))


def site(request: HttpRequest) -> dict[str, Any]:
    """Return what every page needs to know of this installation (a context processor)."""
    return {
        "embedded": settings.EMBEDDED,
        "version": settings.VERSION,
        "terms_version": settings.TERMS_VERSION,
        "canonical": settings.PUBLIC_URL + request.path,
    }


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show the landing page."""
    call = samples.for_request(body=catalog.get("changebg").request, base_url=settings.PUBLIC_URL)["curl"]
    context = {
        "signup_tokens": settings.SIGNUP_TOKENS,
        "samples": photos.samples(),
        "cases": landing.CASES,
        "edge": showcase.credit("coffee-edge-after"),
        "call": call,
        "least": landing.least(),
        "questions": landing.questions(),
    }
    return render(request, "site/landing.html", context)


@require_safe
def legal(request: HttpRequest, page: str) -> HttpResponse:
    """Show one of the pages that are only words: terms, privacy, content rules, help, credits."""
    context = {
        "retention_days": settings.RETENTION_DAYS,
        "groups": showcase.groups() if page == "credits" else (),
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "edition": IN_FORCE.get(page),
    }
    return render(request, f"site/{page}.html", context)


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 while this process can answer at all."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when database and broker answer, else 503 naming the one that does not; 503 too on the way out.

    `network` tells whether the cut-out network is there. Without it pictures fail, but pages and accounts work, so
    it takes no web process out of service.
    """
    if waiting.is_leaving():
        return JsonResponse({"status": "leaving"}, status=503)
    parts = {"database": _database_answers(), "broker": _broker_answers()}
    ready = all(parts.values())
    told = parts | {"network": cutting_out.fault() is None}
    return JsonResponse({"status": "ok" if ready else "unavailable", **told}, status=200 if ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except DatabaseError:
        return False


def _broker_answers() -> bool:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form whose secret no longer fits: nothing was sent, and the person can send it again.

    Without scripts the way back leads to the page the form stood on, where that is one of ours.
    """
    came_from = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
    return render(request, "403_csrf.html", {"reason": reason, "back": came_from if is_ours else "/"}, status=403)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a fault of ours: without the database, a session or a context processor, any of which may be the fault.

    The addresses of styles come from the manifest that was read at the start.
    """
    seen = {"request_id": getattr(request, "request_id", ""), "COOKIES": request.COOKIES}
    return HttpResponse(render_to_string("500.html", {"request": seen}), status=500)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer whoever signs in, signs up or asks for codes too often, with the seconds until it may work again."""
    wait_s = waits.seconds(request)
    response = render(request, "429.html", {"wait_s": wait_s}, status=429)
    response["Retry-After"] = str(wait_s)
    return response
