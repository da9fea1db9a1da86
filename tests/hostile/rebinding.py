"""Names that move: an answer that changes between two questions, mixed answers, aliases, and many at once.

Our DNS server gives every answer with TTL 0 and, for a racing name, another with each question: what is judged must be
what is connected to, and one fetch may look a name up once only.
"""

import asyncio
from collections.abc import Callable
from random import Random

from tests.generations.picture_server import answer, serving
from tests.hostile import grounds
from tests.hostile.dns_stub import AAAA, CNAME, NXDOMAIN, A, Answer, Server, pointed_at
from tests.hostile.outcome import Outcome, chance
from tests.hostile.watching import Watch, is_forbidden

GOOD = ("1.1.1.1", "8.8.8.8", "93.184.215.14", "172.32.0.1", "192.0.1.1")
BAD = ("127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "100.100.100.200", "0.0.0.0", "172.16.0.9")
BAD_IPV6 = ("::1", "::ffff:127.0.0.1", "fd00:ec2::254", "fe80::1", "64:ff9b::7f00:1", "2002:7f00:1::")
#: The kinds of moving names, and how many of four fetches at once get a good answer, and so may connect.
CONNECTS = {
    "first good": 1,
    "first bad": 3,
    "each other": 2,
    "after a redirect": 1,
    "mixed": 0,
    "bad IPv6": 0,
    "alias": 0,
    "crowd": 0,
    "no such name": 0,
    "nothing": 0,
    "garbage": 0,
    "too slow": 0,
}
KINDS = tuple(CONNECTS)
TOGETHER = 4


def run() -> Outcome:
    """A hundred races."""
    return _played(100)


def short() -> Outcome:
    """Ten races, none of which waits for a slow answer."""
    return _played(10)


def _played(count: int) -> Outcome:
    grounds.prepare()
    watch, outcome, random = Watch(), Outcome(cases=count), chance("rebinding")
    races = {f"{number}.race.example": _race(KINDS[number % len(KINDS)], random) for number in range(count)}
    server = Server(lambda name, kind: races[name](kind))
    with pointed_at(server) as lookups:
        asyncio.run(_all(list(races), random, watch, outcome, lookups))
    outcome.notes |= {"DNS questions": server.asked}
    server.close()
    return outcome


def _race(kind: str, random: Random) -> Callable[[int], Answer]:
    """Return what the server says of one name; each question for an IPv4 address moves it on."""
    good, bad, turn = random.choice(GOOD), random.choice(BAD), 0

    def ipv4() -> Answer:
        nonlocal turn
        turn += 1
        match kind:
            case "first good" | "after a redirect":
                return Answer(((A, good if turn == 1 else bad),))
            case "first bad":
                return Answer(((A, bad if turn == 1 else good),))
            case "each other":
                return Answer(((A, (good, bad)[turn % 2]),))
            case "mixed":
                return Answer(((A, good), (A, bad)) if turn % 2 else ((A, bad), (A, good)))
            case "alias":
                return Answer(((CNAME, "localhost"), (A, bad)))
            case "crowd":
                return Answer(tuple((A, f"1.1.{turn % 256}.{n}") for n in range(17)))
            case "no such name":
                return Answer(code=NXDOMAIN)
            case "garbage":
                return Answer(is_garbage=True)
            case "too slow":
                return Answer(((A, good),), after_s=2.5)
            case "nothing":
                return Answer()
        return Answer(((A, good),))

    def says(asked: int) -> Answer:
        if asked == A:
            return ipv4()
        return Answer(((AAAA, random.choice(BAD_IPV6)),) if kind == "bad IPv6" else ())

    return says


async def _all(names: list[str], random: Random, watch: Watch, outcome: Outcome, lookups: Callable[[], int]) -> None:
    """Fetch each name several times at once; about half of the races start at a redirect of the operator's."""

    def reply(path: str) -> bytes:
        return answer(b"", status="302 Found", headers=[f"Location: https:/{path}/a.png"])

    connects = bad = 0
    async with serving(reply) as (port, _):
        watch.home |= {port}
        for number, name in enumerate(names):
            before = lookups()
            is_redirected = KINDS[number % len(KINDS)] == "after a redirect" or random.random() < 0.5
            url = f"http://127.0.0.1:{port}/{name}" if is_redirected else f"https://{name}/a.png"
            ended = await asyncio.gather(*(_ended(url, port) for _ in range(TOGETHER)))
            seen = watch.taken()
            connects, bad = connects + len(seen), bad + sum(is_forbidden(host) for host, _ in seen)
            outcome.expect(set(ended) <= {"NotAllowed", "Unreachable"}, f"{name} ended as {ended}")
            # Nothing but a watched connection can be unreachable here: each such end has its connection, and none more.
            outcome.expect(len(seen) == ended.count("Unreachable"), f"{name} ended as {ended} after {seen}")
            kind = KINDS[number % len(KINDS)]
            outcome.expect(len(seen) == CONNECTS[kind], f"{name}, {kind}: {len(seen)} connects, not {CONNECTS[kind]}")
            outcome.expect(not any(is_forbidden(host) for host, _ in seen), f"{name} connected to {seen}")
            outcome.expect(lookups() - before == TOGETHER, f"{name} was looked up {lookups() - before} times")
    outcome.notes |= {"fetches": TOGETHER * len(names), "connects": connects, "of them to refused addresses": bad}


async def _ended(url: str, port: int) -> str:
    from generations.addresses import Rules
    from generations.errors import ImageUrlNotAllowed, ImageUrlUnreachable
    from generations.fetch import Fetcher

    try:
        await Fetcher(rules=Rules(ipv6=True, allowed_hosts=frozenset({f"127.0.0.1:{port}"}))).fetch(url)
    except ImageUrlNotAllowed:
        return "NotAllowed"
    except ImageUrlUnreachable:
        return "Unreachable"
    return "a picture"
