"""Every answer says how many calls are left; one too many is refused, whoever calls and whatever for."""

import asyncio
import re

import httpx
import pytest
from django.conf import settings
from redis.exceptions import ConnectionError as Disconnected

from accounts import ratelimit
from accounts.models import ApiKey
from generations.api import throttling
from generations.models import Generation
from tests.generations.api.calling import APP, AT_ONCE, BODY, call, program

POLICY = re.compile(r'"(burst|address)";q=(\d+);w=60')
LIMIT = re.compile(r'"(burst|address)";r=(\d+);t=\d+')
STRICT = {"address": 1000, "generate": 3, "uploads": 2, "reads": 5}


@pytest.fixture
def strict(monkeypatch):
    """The limits of these tests, counted from nothing."""
    monkeypatch.setattr(settings, "RATE_LIMITS", dict(STRICT))
    ratelimit._limiter.cache_clear()
    with ratelimit.server(settings.RATE_LIMIT_URL) as server:
        server.flushdb()
    yield settings.RATE_LIMITS
    ratelimit._limiter.cache_clear()


def from_address(address, path="/models", *, forwarded="", **headers):
    """Send one call to the API from this address."""
    headers |= {"X-Forwarded-For": forwarded} if forwarded else {}

    async def go():
        transport = httpx.ASGITransport(app=APP, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as sending:
            return await sending.get(f"/api/v1{path}", headers=headers)

    return asyncio.run(go())


def left(answer):
    """Return which limit the answer tells of, its quota and what is left of it."""
    policy = POLICY.fullmatch(answer.headers["RateLimit-Policy"])
    limit = LIMIT.fullmatch(answer.headers["RateLimit"])
    assert policy[1] == limit[1]
    return policy[1], int(policy[2]), int(limit[2])


@pytest.mark.parametrize("livemode", [True, False], ids=["live", "test"])
def test_one_call_too_many_is_refused_by_the_class_of_its_route(strict, alices, livemode):
    mine = program(alices.someone, livemode=livemode)
    for number in range(3):
        answer = mine.generate()
        assert (answer.status_code, left(answer)) == (202, ("burst", 3, 2 - number))
    refused = mine.generate()
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], left(refused)) == (429, "RATE_LIMITED", ("burst", 3, 0))
    assert 1 <= error["retry_after_s"] <= 20
    assert refused.headers["Retry-After"] == str(error["retry_after_s"])
    assert refused.headers["X-Tokens-Charged"] == "0"
    assert int(refused.headers["X-Tokens-Remaining"]) == alices.someone.available
    assert left(mine.get("/balance")) == ("burst", 5, 4)
    judged = throttling.judge(method="POST", path="/api/v1/uploads", workspace_id=mine.someone.workspace.id)
    assert (judged.rule.name, judged.remaining) == ("uploads", 1)


def test_live_and_test_keys_of_a_workspace_share_its_limits(strict, alices, charlies):
    live, test = alices, program(alices.someone, livemode=False)
    assert [left(one.get("/balance"))[2] for one in (live, test, live)] == [4, 3, 2]
    assert left(charlies.get("/balance"))[2] == 4


def test_every_kind_of_answer_tells(strict, alices):
    mine, poor = alices, program(alices.someone, scopes=("read",))
    whose = {
        "burst": [
            mine.get("/balance"),
            mine.get("/generations/0b0e7f7c-8a14-4d43-9b3a-2b3f4c5d6e7f"),
            poor.get("/balance"),
            mine.post("/generate", json={"model": "nothing"}),
            mine.post("/generate", content=b"{", headers={"Content-Type": "application/json"}),
            mine.get("/balance", headers={"Accept": "text/html"}),
        ],
        "address": [
            call("GET", "/models"),
            call("GET", "/nothing"),
            call("GET", "/balance", key="rai_live_wrong"),
            call("POST", "/generate", key=mine.key, headers={"Content-Length": str(2**30)}),
            call("POST", "/generate", key=mine.key, headers={"Content-Type": "text/plain; charset=rot13"}),
        ],
    }
    statuses = {name: [answer.status_code for answer in answers] for name, answers in whose.items()}
    assert statuses == {"burst": [200, 404, 403, 422, 400, 406], "address": [200, 401, 401, 413, 415]}
    told = {name: [left(answer)[0] for answer in answers] for name, answers in whose.items()}
    assert told["address"] == ["address"] * 5
    # The Accept header is looked at before the key is.
    assert told["burst"] == ["burst"] * 5 + ["address"]


def test_an_address_is_counted_before_anything_is_known_of_the_call(strict, alices):
    strict["address"] = 2
    mine = alices
    answers = [
        from_address("198.51.100.1"),
        from_address("198.51.100.1", "/balance"),
        from_address("198.51.100.1", "/balance", Authorization=f"Bearer {mine.key}"),
    ]
    assert [answer.status_code for answer in answers] == [200, 401, 429]
    assert left(answers[2]) == ("address", 2, 0)
    assert answers[2].headers["Retry-After"] == str(answers[2].json()["error"]["retry_after_s"])
    assert from_address("198.51.100.2").status_code == 200


def test_an_ipv6_subscriber_is_a_64_and_a_mapped_address_its_ipv4(strict):
    strict["address"] = 1
    assert from_address("2001:db8:1:2::1").status_code == 200
    assert from_address("2001:db8:1:2:ffff::9").status_code == 429
    assert from_address("2001:db8:1:3::1").status_code == 200
    assert from_address("203.0.113.9").status_code == 200
    assert from_address("::ffff:203.0.113.9").status_code == 429


def test_a_proxy_is_believed_only_where_it_is_counted(strict, monkeypatch):
    strict["address"] = 1
    assert from_address("198.51.100.7", forwarded="192.0.2.1").status_code == 200
    assert from_address("198.51.100.7", forwarded="192.0.2.2").status_code == 429
    monkeypatch.setattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 1)
    assert from_address("198.51.100.7", forwarded="9.9.9.9, 192.0.2.1").status_code == 200
    assert from_address("198.51.100.7", forwarded="8.8.8.8, 192.0.2.1").status_code == 429
    assert from_address("198.51.100.7", forwarded="9.9.9.9, 192.0.2.3").status_code == 200


def test_pages_are_not_counted_here(strict, db):
    strict["address"] = 1

    async def go():
        transport = httpx.ASGITransport(app=APP, client=("198.51.100.3", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as sending:
            return [await sending.get("/terms") for _ in range(3)]

    answers = asyncio.run(go())
    assert [answer.status_code for answer in answers] == [200] * 3
    assert not any("RateLimit" in answer.headers for answer in answers)


def test_without_valkey_there_is_a_stricter_limit_and_no_failure(strict, alices, monkeypatch):
    def nobody(*_call):
        raise Disconnected

    strict["reads"] = 6
    monkeypatch.setattr(ratelimit._limiter(), "_ask", nobody)
    mine = alices
    answers = [mine.get("/balance") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert left(answers[0]) == ("burst", 3, 2)


def test_a_refused_call_makes_nothing(strict, alices):
    strict["generate"] = 1
    alices.generate()
    before = alices.someone.available
    assert alices.post("/generate", json=BODY, headers=AT_ONCE).status_code == 429
    assert alices.someone.available == before
    assert Generation.objects.for_workspace(alices.someone.workspace).count() == 1


def test_a_key_works_in_its_own_networks_alone(strict, alices, monkeypatch):
    mine = alices
    ApiKey.objects.filter(last4=mine.key[-4:]).update(allowed_networks=["203.0.113.0/24", "2001:db8::/48"])
    bearer = {"Authorization": f"Bearer {mine.key}"}
    inside = ("203.0.113.7", "2001:db8:0:9::1", "::ffff:203.0.113.7")
    assert [from_address(one, "/balance", **bearer).status_code for one in inside] == [200] * 3
    outside = ("203.0.114.7", "2001:db9::1", "not an address")
    assert [from_address(one, "/balance", **bearer).status_code for one in outside] == [401] * 3
    assert from_address("203.0.114.7", "/balance", forwarded="203.0.113.7", **bearer).status_code == 401
    monkeypatch.setattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 1)
    assert from_address("203.0.114.7", "/balance", forwarded="203.0.113.7", **bearer).status_code == 200
