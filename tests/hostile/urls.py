"""Addresses x spellings x scheme, port and user: nothing refused is looked up or connected to, and good ones pass.

Whatever name is asked for, our resolver answers with an address that is refused, so a spelling that slips past the
first look would end at a connection. Those are watched by an audit hook of this process, the one that fetches.
"""

import asyncio
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import cycle, islice

from tests.hostile import grounds, spellings
from tests.hostile.outcome import Outcome, chance
from tests.hostile.watching import Watch, is_forbidden

OUR_HOSTS = frozenset({"room.example"})
NAMES = (
    *(
        "localhost",
        "LOCALHOST",
        "localhost.",
        "a.localhost",
        "printer.local",
        "db.internal",
        "metadata.google.internal",
    ),
    *("nas.lan", "router.home.arpa", "x.onion", "evil.test", "no.invalid", "intranet", "room.example", "Room.Example"),
    *("ⓛocalhost", "lo\u00adcalhost", "exam\u202eple.com", "ex\u200bample.com", "раypal.com", "www.раypal.com"),
    *("-a.example.com", "a_b.example.com", "example.c0m", "example..com", "xn--.com", "xn--a.xn--b", "x" * 64 + ".com"),
    # Looked up, and refused by what they lead to.
    *(
        "127.0.0.1.nip.io",
        "10-0-0-1.sslip.io",
        "localtest.me",
        "a9fea9fe.nip.io",
        "0x7f000001.nip.io",
        "bücher.example",
    ),
)
WHOLE = (
    *("https://1.1.1.1 &@2.2.2.2# @3.3.3.3/", "https://127.0.0.1:443\\@1.1.1.1/", "https://a@b", "https:/1.1.1.1"),
    *("https:///x", "//1.1.1.1", "https://", "https:", "", "https://[", "https://]", "https://[]/", "https://:443/"),
    *(
        "https://1.1.1.1:443:80/",
        "https://1.1.1.1%00.evil.test/",
        "https://1.1.1.1.:443/",
        "https://example.com/\r\nA: b",
    ),
    *(
        "jar:https://1.1.1.1!/a",
        "blob:https://1.1.1.1/1",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "dict://1.1.1.1/",
    ),
    *("ldap://1.1.1.1/", "data:text/html;base64,AAAA", "https://1.1.1.1/" + "a" * 2048, "https://1.1.1.1/\ud800"),
)
GOOD_NAMES = (
    *("example.com", "EXAMPLE.com", "cdn.example.com", "bücher.example.com", "例え.jp", "faß.com", "a-b.example.org"),
    *(
        "xn--bcher-kva.example.com",
        "1.example.com",
        "127.0.0.1.example.com",
        "sub.sub.sub.example.net",
        "123.example.museum",
    ),
)
GOOD_ADDRESSES = (
    *("1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.32.0.1", "192.0.1.1"),
    *("223.255.255.255", "8.8.8.8", "[2606:4700::1111]", "[2a00:1450::1]", "[2001:4860:4860::8888]"),
)
GOOD_SHELLS = (
    "https://{}/a.png", "HTTPS://{}:443/a%20b.png?size=2&x=@#top", "https://{}", "http://{}/a.jpg", "https://{}?u=//x@y",
)  # fmt: skip


def run() -> Outcome:
    """Every spelling once, as many again with odd shells, the hand-written ones, and the good ones."""
    random = chance("urls")
    return _played([*spellings.plain(), *_by_hand(), *(spellings.drawn(random) for _ in range(7500))])


def short() -> Outcome:
    """Three hundred of them, and all good ones."""
    random = chance("urls")
    some = random.sample([*spellings.plain(), *_by_hand()], 150)
    return _played([*some, *(spellings.drawn(random) for _ in range(150))])


def _by_hand() -> list[str]:
    return [*WHOLE, *(f"{scheme}{name}/a.png" for name in NAMES for scheme in ("https://", "http://", "HTTPS://"))]


def _played(urls: list[str]) -> Outcome:
    grounds.prepare()
    watch, outcome = Watch(), Outcome(cases=len(urls))
    asyncio.run(_refused(urls, watch, outcome))
    good = asyncio.run(_good(list(islice(_good_urls(), 50)), watch, outcome))
    outcome.notes |= {"good URLs that passed": f"{good} of 50"}
    return outcome


async def _refused(urls: Iterable[str], watch: Watch, outcome: Outcome) -> None:
    from generations.errors import ImageUrlNotAllowed

    lookups, connects, answers = 0, 0, cycle([ip_address(text) for text in spellings.NAMED])
    moving = {f"{scheme}{name}/a.png" for name in NAMES for scheme in ("https://", "http://", "HTTPS://")}

    async def resolve(host: str, port: int) -> list[IPv4Address | IPv6Address]:
        nonlocal lookups
        lookups += 1
        return [next(answers)]

    for url in urls:
        before = lookups
        ended = await _ended(url, resolve)
        outcome.expect(ended is ImageUrlNotAllowed, f"{url!a} ended as {ended.__name__}")
        connects += len(seen := watch.taken())
        outcome.expect(not seen, f"{url!a} connected to {seen}")
        outcome.expect(lookups == before or url in moving, f"{url!a} was looked up")
    outcome.notes |= {"connects": connects, "look-ups of names": lookups}


async def _ended(url: str, resolve: object) -> type[BaseException]:
    """Fetch under the most permissive rules an operator can set; return what it ended with."""
    from generations.addresses import Rules
    from generations.fetch import Fetcher

    rules = Rules(allow_http=True, ipv6=True, own_hosts=OUR_HOSTS)
    try:
        await Fetcher(rules=rules, resolve=resolve).fetch(url)  # type: ignore[arg-type]
    except Exception as error:
        return type(error)
    return type(None)  # type: ignore[return-value]


def _good_urls() -> Iterable[str]:
    for shell in GOOD_SHELLS:
        for host in (*GOOD_NAMES, *GOOD_ADDRESSES):
            yield shell.format(host)


async def _good(urls: list[str], watch: Watch, outcome: Outcome) -> int:
    """Count those that come as far as a connection to exactly the address they name or resolve to."""
    from generations.errors import ImageUrlUnreachable

    async def resolve(host: str, port: int) -> list[IPv4Address | IPv6Address]:
        return [ip_address("93.184.215.14")]

    passed = 0
    for url in urls:
        ended, seen = await _ended(url, resolve), watch.taken()
        host = next((text.strip("[]") for text in GOOD_ADDRESSES if text in url), "93.184.215.14")
        wanted = [(host, 80 if url.startswith("http:") else 443)]
        is_right = ended is ImageUrlUnreachable and seen == wanted and not is_forbidden(host)
        outcome.expect(is_right, f"good {url!a} ended as {ended.__name__} after {seen}")
        passed += is_right
    return passed
