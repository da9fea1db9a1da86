"""How long somebody has to wait whom allauth turned away for asking too often."""

import math
import time

from allauth.account import app_settings
from allauth.core.internal.ratelimit import get_cache_key, get_rates
from django.core.cache import cache
from django.http import HttpRequest

#: Said where the limit is one of an address or account that the request does not tell us.
USUAL_S = 60


def seconds(request: HttpRequest) -> int:
    """Return after how many seconds the limits of the request's own address let it through; at least 1."""
    now = time.time()
    waits = [wait for action in app_settings.RATE_LIMITS for wait in _waits(request, action, now)]
    return math.ceil(max(waits, default=USUAL_S))


def _waits(request: HttpRequest, action: str, now: float) -> list[float]:
    waits = []
    for rate in get_rates(app="allauth.account", action=action):
        if rate.per != "ip":
            continue
        key = get_cache_key(request, app="allauth.account", action=action, rate=rate, key=None, user=None)
        # Newest first, as allauth keeps them; the oldest of those that count leaves first.
        recent = [at for at in cache.get(key, []) if at > now - rate.duration]
        if len(recent) >= rate.amount:
            waits.append(recent[rate.amount - 1] + rate.duration - now)
    return waits
