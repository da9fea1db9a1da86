"""The headers a caller may send (`Prefer`, `Idempotency-Key`) and those every answer carries."""

import re
from dataclasses import dataclass

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from billing import ledger
from generations.api import throttling
from generations.errors import InvalidHeader
from generations.threads import in_thread

WAIT_S, WAIT_MAX_S = 55, 120
PRINTABLE = re.compile(r"[\x20-\x7e]{1,255}")
PUBLIC = ("/api/v1/models", "/api/v1/openapi.json")

# Any page may read what needs no key. Nothing else answers to a page of another origin: no browser should hold a key.
CROSS_ORIGIN = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "X-Request-Id"}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type, X-Request-Id",
    "Access-Control-Max-Age": "86400",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """wait_s: how long the caller wants to wait, 0 for not at all. idem_key: None when none was given."""

    wait_s: int
    idem_key: str | None


def asked(request: HttpRequest) -> Asked:
    """Return what the headers ask for. Raises InvalidHeader naming the one that cannot be read."""
    return Asked(_wait_s(request.headers.get("Prefer", "")), _idem_key(request.headers.get("Idempotency-Key")))


def _wait_s(prefer: str) -> int:
    """Read RFC 7240's `respond-async` and `wait=N`; what else a caller prefers is ignored, as it says there."""
    wait_s = WAIT_S
    for preference in prefer.split(","):
        name, _, value = (part.strip() for part in preference.partition(";")[0].partition("="))
        if name.lower() == "respond-async":
            return 0
        if name.lower() == "wait":
            number = value.strip('"')
            if not (number.isascii() and number.isdigit() and len(number) <= 9):
                raise InvalidHeader("Prefer: wait must be a whole number of seconds.")
            wait_s = min(int(number), WAIT_MAX_S)
    return wait_s


def _idem_key(given: str | None) -> str | None:
    if given is not None and not PRINTABLE.fullmatch(given):
        raise InvalidHeader("Idempotency-Key must have 1 to 255 printable ASCII characters.")
    return given


def is_public(path: str) -> bool:
    """Say whether everybody may read what lies at this address, key or not."""
    return any(path == public or path.startswith(f"{public}/") for public in PUBLIC)


async def add(request: HttpRequest, response: HttpResponseBase) -> None:
    """Put on the answer what every answer tells: charge, balance, how many calls are left, and that nobody keeps it."""
    response.headers.setdefault("Cache-Control", "private, no-store")
    response.headers.setdefault("X-Tokens-Charged", "0")
    throttling.tell(request, response)
    if is_public(request.path):
        for name, value in (CROSS_ORIGIN | (PREFLIGHT if request.method == "OPTIONS" else {})).items():
            response.headers[name] = value
    caller = getattr(request, "caller", None)
    if caller and "X-Tokens-Remaining" not in response.headers:
        balance = await in_thread(lambda: ledger.snapshot(wallet_id=caller.wallet_id))
        response.headers["X-Tokens-Remaining"] = str(max(0, balance.available))
