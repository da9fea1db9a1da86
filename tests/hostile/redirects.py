"""Chains of redirects between servers of ours, each ending where nobody's picture may be fetched, or at a picture.

The servers stand on loopback as an operator's own hosts: their two ports are all that may be connected to.
"""

import asyncio
import ssl
import tempfile
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from random import Random

from tests.generations.picture_server import BODY, answer, certificate, serving
from tests.hostile import grounds, spellings
from tests.hostile.outcome import Outcome, chance
from tests.hostile.watching import Watch

NAME = "pictures.example.com"
STATUSES = ("301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect")
#: How a chain ends, and whether the picture behind it may be had.
ENDS = (
    *("picture", "spelled", "drawn", "name", "downgrade", "loop", "too long", "no location", "own host"),
    *("odd scheme", "hidden sign", "long head", "wrong port"),
)


@dataclass(frozen=True, slots=True)
class Chain:
    """hops: (status, location) by path; the first path is `/NUMBER/0`. is_tls: served with a certificate."""

    number: int
    end: str
    is_tls: bool
    hops: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Ports:
    plain: int
    tls: int


def run() -> Outcome:
    """Two hundred chains."""
    return _played(200)


def short() -> Outcome:
    """Twenty chains."""
    return _played(20)


def _played(count: int) -> Outcome:
    grounds.prepare()
    watch, outcome, random = Watch(), Outcome(cases=count), chance("redirects")
    with tempfile.TemporaryDirectory() as room:
        server, client = certificate(NAME, Path(room))
        asyncio.run(_all(count, random, watch, outcome, server, client))
    return outcome


async def _all(
    count: int, random: Random, watch: Watch, outcome: Outcome, server: ssl.SSLContext, client: ssl.SSLContext
) -> None:
    from generations.addresses import Rules
    from generations.fetch import Fetcher

    hops: dict[str, tuple[str, str]] = {}

    async def resolve(host: str, port: int) -> list[IPv4Address | IPv6Address]:
        return [ip_address("127.0.0.1")]  # good for our own host only, whose port is the operator's

    def reply(path: str) -> bytes:
        if path not in hops:
            return answer()
        status, location = hops[path]
        many = [f"X-{n}: y" for n in range(101)] if location.endswith("#long") else []
        return answer(b"", status=status, headers=[*([f"Location: {location}"] if location else []), *many])

    async with serving(reply) as (plain, seen), serving(reply, tls=server) as (secure, seen_tls):
        ports = Ports(plain, secure)
        watch.home |= {plain, secure}
        own = frozenset({f"127.0.0.1:{plain}", f"{NAME}:{secure}"})
        rules = Rules(allow_http=True, ipv6=True, allowed_hosts=own, own_hosts=frozenset({"room.example"}))
        ended: dict[str, int] = {}
        for number in range(count):
            chain = _chain(number, ENDS[number % len(ENDS)], random, ports)
            hops |= chain.hops
            fetcher = Fetcher(rules=rules, resolve=resolve, tls=client)  # type: ignore[arg-type]
            await _judge(chain, fetcher, ports, watch, outcome)
            ended[chain.end] = ended.get(chain.end, 0) + 1
        outcome.notes |= {
            "requests served": len(seen) + len(seen_tls),
            "ends": len(ended),
            "pictures": ended["picture"],
        }


async def _judge(chain: Chain, fetcher: object, ports: Ports, watch: Watch, outcome: Outcome) -> None:
    from generations.errors import ImageUrlNotAllowed, ImageUrlUnreachable

    wanted: object = {"picture": BODY, "long head": ImageUrlUnreachable}.get(chain.end, ImageUrlNotAllowed)
    got: object
    try:
        got = await fetcher.fetch(f"{_base(chain.is_tls, ports)}/{chain.number}/0")  # type: ignore[attr-defined]
    except Exception as error:
        got = type(error)
    outcome.expect(got == wanted, f"chain {chain.number} to {chain.end} ended as {got}: {chain.hops}")
    outcome.expect(not (seen := watch.taken()), f"chain {chain.number} to {chain.end} connected to {seen}")


def _base(is_tls: bool, ports: Ports) -> str:
    return f"https://{NAME}:{ports.tls}" if is_tls else f"http://127.0.0.1:{ports.plain}"


def _chain(number: int, end: str, random: Random, ports: Ports) -> Chain:
    is_tls = end == "downgrade" or random.random() < 0.5
    base = _base(is_tls, ports)
    length = {"too long": 4, "loop": random.randrange(1, 4)}.get(end, random.randrange(0 if end == "picture" else 1, 4))
    hops = {}
    for hop in range(length):
        path = f"/{number}/{hop + 1}"
        location = random.choice((path, f"{base}{path}", f"{hop + 1}", f"//{base.partition('//')[2]}{path}#top"))
        hops[f"/{number}/{hop}"] = (random.choice(STATUSES), location)
    if end not in ("picture", "too long"):
        hops[f"/{number}/{length - 1}"] = (random.choice(STATUSES), _last(end, number, random, ports))
    return Chain(number, end, is_tls, hops)


def _last(end: str, number: int, random: Random, ports: Ports) -> str:
    host = random.choice(spellings.of(random.choice(spellings.ADDRESSES)))
    match end:
        case "spelled":
            return f"https://{spellings.of(random.choice(spellings.ADDRESSES))[0]}/latest/meta-data/"
        case "drawn":
            return _sendable(spellings.drawn(random)) or "https://2130706433/"
        case "name":
            return random.choice(("https://pictures.example.org/a", "//rebound.example.net/", "https://localhost/"))
        case "downgrade":
            return f"http://127.0.0.1:{ports.plain}/{number}/9"
        case "loop":
            return f"/{number}/0"
        case "no location":
            return ""
        case "own host":
            return "https://room.example/r/1"
        case "odd scheme":
            return random.choice(
                ("file:///etc/passwd", "ftp://example.com/a", "data:image/png;base64,AAAA", "ws://a.b/")
            )
        case "hidden sign":
            return random.choice((f"/{number}/9 9", f"/{number}/\u200b9", f"/{number}/9\\", f"/{number}/\u00a09"))
        case "long head":
            return f"/{number}/9#long"
    return f"https://{_sendable(host) or '127.1'}:{random.choice((0, 22, 8443, ports.plain))}/"


def _sendable(text: str) -> str:
    """Return the text without what would end the header's line: that is a fault of its own, tried elsewhere."""
    return "".join(sign for sign in text if sign not in "\r\n\x00")
