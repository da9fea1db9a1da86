"""Keys that are almost ours: not one opens the door, and every answer is the same.

Each key goes through the guard and Django to a route that needs one, from an address of its own, as by a botnet.
"""

import asyncio
import json
import string
from collections import Counter
from random import Random
from typing import Any

import httpx

from tests.hostile import grounds
from tests.hostile.outcome import Outcome, chance

PATH = "/api/v1/balance"
#: Header lines in which a key counts as missing, however good it is.
PLACES = (
    *("Basic {}", "{}", "Bearer", "Bearer  ", "Token {}", "Bearer {} x", "Bearer x {}", "Bearer {}\u00a0"),
    *("Bearer: {}", "Bearer {},Bearer {}", "Bearer '{}'", 'Bearer "{}"', "Bearer%20{}", "bearer=\u200b{}"),
)
ELSEWHERE = ("query", "cookie", "X-API-Key", "Proxy-Authorization", "body")

LOOK_ALIKES = dict(zip("iaervlts", "\u0456\u0430\u0435\u0433\u03bd\uff4c\uff54\uff53", strict=True))


def run() -> Outcome:
    """Ten thousand keys."""
    return _played(10_000)


def short() -> Outcome:
    """Five hundred keys."""
    return _played(500)


def _played(count: int) -> Outcome:
    grounds.prepare(database=True)
    from tests import factories

    random, outcome = chance("keys"), Outcome(cases=count)
    someone = factories.person(f"keys{random.getrandbits(48):x}", tokens=1)
    every = ("generate", "read", "billing:read", "webhooks")
    good = {live: factories.key_of(someone, scopes=every, livemode=live) for live in (True, False)}
    spoiled = [_spoiled(good[random.random() < 0.8], KINDS[number % len(KINDS)], random) for number in range(count)]
    asyncio.run(_all(good[True], spoiled, outcome))
    return outcome


def _spoiled(good: str, kind: str, random: Random) -> tuple[str, dict[str, Any]]:
    """Return what was done, and the request that carries the outcome."""
    if kind == "another line":
        line = random.choice(PLACES).replace("{}", good)
        return kind, {"headers": {b"Authorization": line.encode()}}
    if kind == "another place":
        return kind, _elsewhere(good, random.choice(ELSEWHERE))
    return kind, {"headers": {b"Authorization": f"Bearer {_changed(good, kind, random)}".encode()}}


def _elsewhere(good: str, place: str) -> dict[str, Any]:
    match place:
        case "query":
            return {"params": {"key": good, "api_key": good, "access_token": good}}
        case "cookie":
            return {"headers": {"Cookie": f"Authorization={good}; session={good}; api_key={good}"}}
        case "body":
            told = {"api_key": good, "Authorization": f"Bearer {good}"}
            return {"method": "POST", "url": "/api/v1/generate", "json": told}
    return {"headers": {place: f"Bearer {good}"}}


KINDS = (
    *("check digits", "one sign", "case", "all upper", "shorter", "longer", "swapped", "other network", "made up"),
    *("no such prefix", "hidden sign", "another script", "another line", "another place", "signed anew"),
)


def _changed(good: str, kind: str, random: Random) -> str:
    from accounts.api_keys import ALPHABET, check_digits

    at = random.randrange(len(good))
    match kind:
        case "check digits":
            return good[:-6] + _other(good[-6:], lambda: "".join(random.choices(ALPHABET, k=6)))
        case "one sign":
            return good[:at] + _other(good[at], lambda: random.choice(string.printable[:94])) + good[at + 1 :]
        case "case":
            at = random.choice([n for n, sign in enumerate(good) if sign.isalpha()])
            return good[:at] + good[at].swapcase() + good[at + 1 :]
        case "all upper":
            return random.choice((good.upper(), good.lower(), good.title(), good.swapcase()))
        case "shorter":
            return good[: random.randrange(len(good))] if random.random() < 0.7 else good[at + 1 :]
        case "longer":
            return good + "".join(random.choices(ALPHABET, k=random.choice((1, 2, 6, 1000))))
        case "swapped":
            one = random.choice([n for n in range(9, len(good) - 1) if good[n] != good[n + 1]])
            return good[:one] + good[one + 1] + good[one] + good[one + 2 :]
        case "other network":
            body = good.replace("live", "TEMP").replace("test", "live").replace("TEMP", "test")[:-6]
            return body + check_digits(body)
        case "made up":
            body = good[:9] + "".join(random.choices(ALPHABET, k=32))
            return body + check_digits(body)
        case "signed anew":
            at = random.randrange(9, len(good) - 6)
            body = good[:at] + _other(good[at], lambda: random.choice(ALPHABET)) + good[at + 1 : -6]
            return body + check_digits(body)
        case "no such prefix":
            return random.choice(("rai_prod_", "rai_", "sk_live_", "RAI_live_", "rai-live-", "")) + good[9:]
        case "hidden sign":
            at = random.randrange(1, len(good))  # within: white space round a header's value is not part of it
            return good[:at] + random.choice(("\u200b", "\t", " ", "\x0b", "\x7f", "\u2028")) + good[at:]
    at = random.choice([n for n, sign in enumerate(good) if sign in LOOK_ALIKES])
    return good[:at] + LOOK_ALIKES[good[at]] + good[at + 1 :]


def _other(than: str, made: Any) -> str:
    while (found := made()) == than:
        pass
    return str(found)


async def _all(good: str, spoiled: list[tuple[str, dict[str, Any]]], outcome: Outcome) -> None:
    from django.core.asgi import get_asgi_application

    from roomai_web.guard import Guard

    app = Guard(get_asgi_application())
    works = {"headers": {"Authorization": f"Bearer {good}"}}
    said, accepted = Counter[str](), 0
    outcome.expect((await _answer(app, works, 0)).status_code == 200, "the good key does not work")
    for number, (kind, request) in enumerate(spoiled, start=1):
        answer = await _answer(app, request, number)
        outcome.expect(answer.status_code == 401, f"{kind}: {answer.status_code} to {request!a}")
        accepted += answer.is_success
        said[_told(answer)] += 1
    outcome.expect((await _answer(app, works, len(spoiled) + 1)).status_code == 200, "the good key no longer works")
    outcome.expect(len(said) == 1, f"answers differ: {said}")
    outcome.notes |= {"accepted": accepted, "different answers": len(said)}


async def _answer(app: Any, request: dict[str, Any], number: int) -> httpx.Response:
    client = (f"11.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}", 40000)
    transport = httpx.ASGITransport(app=app, client=client)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as sending:
        return await sending.request(**{"method": "GET", "url": PATH} | request)


def _told(answer: httpx.Response) -> str:
    """Return all an answer says but for the request's own id."""
    body = answer.json()
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return f"{answer.status_code} {json.dumps(body | {'error': body.get('error', {}) | {'request_id': ''}})} {headers}"
