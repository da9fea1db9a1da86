"""A cache that answers from this process's memory while Redis is away: a limit gets stricter or looser, never a 500."""

import re
from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

log = structlog.get_logger(__name__)
CACHE_DATABASE, LIMITS_DATABASE = 1, 2


def beside(redis_url: str, database: int = CACHE_DATABASE) -> str:
    """Return the address of another database on the same server: what is cached may go, what the broker holds not."""
    if redis_url.startswith("unix://"):
        return re.sub(r"\?db=\d+\Z", "", redis_url) + f"?db={database}"
    return re.sub(r"(?<=[^/])/\d*\Z", "", redis_url) + f"/{database}"


class SteadyCache(RedisCache):
    """Django's Redis cache, with this process's own memory where Redis does not answer."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._own = LocMemCache("while-redis-is-away", {"KEY_PREFIX": params.get("KEY_PREFIX", "")})


def _steady(name: str) -> Callable[..., Any]:
    def answer(self: SteadyCache, *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except RedisError as error:
            log.warning("cache_away", error=type(error).__name__)
            return getattr(self._own, name)(*args, **kwargs)

    answer.__name__ = name
    return answer


for _name in (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "has_key",
    "incr",
    "set_many",
    "delete_many",
    "clear",
):
    setattr(SteadyCache, _name, _steady(_name))
