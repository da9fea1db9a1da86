"""The cache answers while Redis is away, and keeps out of the broker's database."""

from typing import Any

import pytest
from django.test import Client

from roomai_web.cache import SteadyCache, beside


@pytest.mark.parametrize(
    ("broker", "cache"),
    [
        ("unix:///run/v.sock?db=0", "unix:///run/v.sock?db=1"),
        ("unix:///run/v.sock", "unix:///run/v.sock?db=1"),
        ("redis://broker", "redis://broker/1"),
        ("redis://:secret@broker:6379/0", "redis://:secret@broker:6379/1"),
        ("rediss://broker/", "rediss://broker/1"),
    ],
)
def test_the_cache_has_a_database_of_its_own(broker: str, cache: str) -> None:
    assert beside(broker) == cache


def test_what_redis_cannot_keep_this_process_does() -> None:
    cache = SteadyCache("redis://127.0.0.1:1/1", {"OPTIONS": {"socket_connect_timeout": 0.2}})
    cache.clear()
    assert cache.get("tries", 0) == 0
    assert cache.add("tries", 1)
    assert not cache.add("tries", 5)
    assert cache.incr("tries") == 2
    cache.set_many({"a": 1, "b": 2})
    assert cache.get_many(["a", "b"]) == {"a": 1, "b": 2}
    cache.delete("tries")
    assert "tries" not in cache


def test_signing_in_needs_no_redis(db: None, client: Client, settings: Any) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/1"}}
    answer = client.post("/accounts/login/", {"login": "nobody@example.com", "password": "wrong password"})
    assert answer.status_code in {200, 422}
    assert "nobody@example.com" in answer.content.decode()
