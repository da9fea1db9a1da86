"""How often somebody may call: counted in Valkey for all processes at once, by one script and the server's own clock.

Two counts lie on a call of the API: its address, in the guard before anything is known of it, and its workspace with
the class of the route, once the key is known. While Valkey is away each process counts alone, at half the pace, going
on from what it last heard; when Valkey is back it is told what was admitted meanwhile. So through one process no more
than burst + rate * t pass in any window, up or down. A call waits for Valkey at most PATIENCE_S, and after a failure
one call in PAUSE_S tries again while the others do not ask.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import NamedTuple

import structlog
from django.conf import settings
from redis import ConnectionPool, Redis, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Disconnected
from redis.retry import Retry

from accounts.gcra import SECOND_US, Rule, Verdict, decide

log = structlog.get_logger(__name__)

PATIENCE_S = 0.5
PAUSE_S = 2
ALONE = 2
THREADS = 4
KEPT = 10_000

CLOCK = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
"""
# gcra.decide, line by line. owed: how far ahead the caller's own count stands, where it counted alone meanwhile.
# The key outlives its use by a minute, so that no small step of the clock lets it lapse early.
SCRIPT = """
local interval, tolerance, owed = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local stored = tonumber(redis.call('GET', KEYS[1]) or '0')
local due = math.min(math.max(stored, now + owed, now), now + tolerance)
local admitted, ahead = 0, due - now
if ahead + interval <= tolerance then
    admitted, ahead = 1, ahead + interval
end
if admitted == 1 or stored > now + tolerance then
    redis.call('SET', KEYS[1], string.format('%.0f', now + ahead), 'PX', math.ceil(ahead / 1000) + 60000)
end
return {admitted, ahead}
"""

#: Puts a call to the shared count: (rule, key, owed_us) -> (admitted, ahead_us). Raises RedisError, OSError.
Ask = Callable[[Rule, str, int], tuple[bool, int]]


class Count(NamedTuple):
    """What a process remembers of one key. due_us: by its own clock. is_owed: the shared count has not heard of it."""

    due_us: int
    is_owed: bool


class Limiter:
    """One process's view of the counts; safe to use from many threads."""

    def __init__(self, *, ask: Ask, clock_us: Callable[[], int]) -> None:
        self._ask, self._clock_us = ask, clock_us
        self._lock = threading.Lock()
        self._counts: dict[str, Count] = {}
        self._prune_at = KEPT
        self._is_away, self._ask_at_us = False, 0

    def check(self, *, rule: Rule, who: str) -> Verdict:
        """Count one call and judge it; never raises for a server that does not answer."""
        return self.without_asking(rule=rule, who=who) or self.by_asking(rule=rule, who=who)

    def without_asking(self, *, rule: Rule, who: str) -> Verdict | None:
        """Judge a call that no server need be asked about; None: ask.

        That is one to be refused by what this process has heard already, and every one while the server is away.
        """
        key = _key(rule, who)
        with self._lock:
            now = self._clock_us()
            due = self._counts[key].due_us if key in self._counts else 0
            refused, _ = decide(rule=rule, due_us=due, now_us=now)
            if self._is_away:
                if now < self._ask_at_us:
                    return self._alone(rule, key)
                self._ask_at_us = now + PAUSE_S * SECOND_US  # this call tries; those beside it do not wait for it
                return None
            return None if refused.admitted else refused

    def by_asking(self, *, rule: Rule, who: str) -> Verdict:
        """Count and judge one call by the shared count, or alone where that does not answer."""
        key = _key(rule, who)
        with self._lock:
            told = self._counts.get(key)
            owed_us = max(0, told.due_us - self._clock_us()) if told and told.is_owed else 0
        try:
            admitted, ahead_us = self._ask(rule, key, owed_us)
        except (RedisError, OSError) as error:
            with self._lock:
                self._stop_asking(error)
                return self._alone(rule, key)
        with self._lock:
            self._is_away = False
            self._remember(key, self._clock_us() + ahead_us, told=told if admitted else None)
        return Verdict(rule, admitted=admitted, ahead_us=ahead_us)

    def _alone(self, rule: Rule, key: str) -> Verdict:
        due = self._counts[key].due_us if key in self._counts else 0
        verdict, following = decide(rule=rule, due_us=due, now_us=self._clock_us(), slowness=ALONE)
        if verdict.admitted:
            self._keep(key, Count(following, is_owed=True))
        return verdict

    def _remember(self, key: str, due_us: int, *, told: Count | None) -> None:
        """Keep what the shared count says. told: what it was told of and has taken over, if anything."""
        now = self._counts.get(key)
        is_owed = now is not None and now.is_owed and now != told
        self._keep(key, Count(max(due_us, now.due_us) if now and is_owed else due_us, is_owed))

    def _keep(self, key: str, count: Count) -> None:
        self._counts[key] = count
        if len(self._counts) > self._prune_at:
            now = self._clock_us()
            self._counts = {one: kept for one, kept in self._counts.items() if kept.due_us > now}
            self._prune_at = max(KEPT, 2 * len(self._counts))

    def _stop_asking(self, error: Exception) -> None:
        if not self._is_away:
            log.warning("rate_limits_counted_alone", error=type(error).__name__)
        self._is_away, self._ask_at_us = True, self._clock_us() + PAUSE_S * SECOND_US


def rule_for(name: str) -> Rule:
    """Return the rule of "address", or of a class of routes: "generate", "uploads" or "reads"."""
    number = settings.RATE_LIMITS[name]
    return Rule(name, burst=number, per_minute=number)


def check(*, rule: Rule, who: str) -> Verdict:
    """Count one call of `who` and judge it; may wait for Valkey, so call it in a thread."""
    return _limiter().check(rule=rule, who=who)


async def check_on_loop(*, rule: Rule, who: str) -> Verdict:
    """Do the same from an event loop, which does not wait."""
    limiter = _limiter()
    if verdict := limiter.without_asking(rule=rule, who=who):
        return verdict
    work = partial(limiter.by_asking, rule=rule, who=who)
    return await asyncio.get_running_loop().run_in_executor(_threads(), work)


def headers(verdict: Verdict) -> dict[str, str]:
    """Return the headers that tell a caller where it stands (draft-ietf-httpapi-ratelimit-headers)."""
    name = '"address"' if verdict.rule.name == "address" else '"burst"'
    return {
        "RateLimit-Policy": f"{name};q={verdict.quota};w={verdict.window_s}",
        "RateLimit": f"{name};r={verdict.remaining};t={verdict.reset_s}",
    }


def server(url: str) -> "Redis":
    """Return connections to the server of the counts; no call takes much longer than PATIENCE_S."""
    pool = ConnectionPool.from_url(
        url,
        socket_timeout=PATIENCE_S,
        socket_connect_timeout=PATIENCE_S,
        # Once more over a new connection where the server has restarted, but not after it has kept us waiting.
        retry=Retry(NoBackoff(), 1, supported_errors=(Disconnected,)),
    )
    return Redis(connection_pool=pool)


def shared_count(server: "Redis", *, clock: str = CLOCK) -> Ask:
    """Return what asks this server. clock: Lua that sets `now`, in microseconds; tests bring their own."""
    script = server.register_script(clock + SCRIPT)  # by its digest; sent whole where the server does not know it

    def ask(rule: Rule, key: str, owed_us: int) -> tuple[bool, int]:
        admitted, ahead_us = script(keys=[key], args=[rule.interval_us, rule.tolerance_us, owed_us])
        return bool(admitted), int(ahead_us)

    return ask


def _key(rule: Rule, who: str) -> str:
    return f"rate:{rule.name}:{who}"


def _clock_us() -> int:
    return time.monotonic_ns() // 1000


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="rate-limits")


@cache
def _limiter() -> Limiter:
    return Limiter(ask=shared_count(server(settings.RATE_LIMIT_URL)), clock_us=_clock_us)
