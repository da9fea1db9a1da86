"""How often a workspace may call, and what every answer says of it."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts import networks, ratelimit
from accounts.gcra import Verdict
from generations.errors import RateLimited

GENERATE = ("POST", "/api/v1/generate")
CLASSES = {GENERATE: "generate", ("POST", "/api/v1/uploads"): "uploads"}


def ip_of(request: HttpRequest) -> str:
    """Return the address of who called, as the trusted proxies tell it."""
    return networks.client_ip(
        peer=request.META.get("REMOTE_ADDR", ""),
        forwarded_for=request.headers.get("X-Forwarded-For", ""),
        proxies=settings.ALLAUTH_TRUSTED_PROXY_COUNT,
    )


def judge(*, method: str, path: str, workspace_id: UUID) -> Verdict:
    """Count one call of this workspace, live or test key alike, by the class of its route; may wait for Valkey."""
    rule = ratelimit.rule_for(CLASSES.get((method, path), "reads"))
    return ratelimit.check(rule=rule, who=str(workspace_id))


def refusal(verdict: Verdict) -> RateLimited:
    """Return the refusal of a call that was not admitted."""
    return RateLimited(retry_after_s=verdict.retry_after_s)


def tell(request: HttpRequest, response: HttpResponseBase) -> None:
    """Put on the answer where its workspace stands; before the key is known, the guard tells of the address."""
    verdict: Verdict | None = getattr(request, "rate", None)
    if verdict is not None:
        for name, value in ratelimit.headers(verdict).items():
            response.headers[name] = value
