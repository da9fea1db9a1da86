"""Fetching a customer's picture: what is connected to, what is followed, what is taken."""

import asyncio
import sys
import time
from datetime import timedelta
from ipaddress import ip_address

import pytest

from generations.addresses import Rules
from generations.errors import ImageUrlNotAllowed, ImageUrlUnreachable
from generations.fetch import Fetcher, Times, rules_of_settings
from generations.images.gate import LIMIT_BYTES
from tests.generations.picture_server import BODY, answer, certificate, serving
from tests.generations.test_addresses import REFUSED, SPELLINGS

QUICK = Times(*(timedelta(seconds=s) for s in (0.3, 0.5, 0.3, 0.8)))
_connects: list[object] = []
sys.addaudithook(lambda event, args: _connects.append(args[1]) if event == "socket.connect" else None)


@pytest.fixture
def connects():
    """Every address any socket of this process connects to, from here on."""
    _connects.clear()
    return _connects


def resolver(*answers):
    """Return a resolver that gives these lists of addresses one after another, and its calls."""
    calls, left = [], list(answers)

    async def resolve(host, port):
        calls.append(host)
        return [ip_address(text) for text in left.pop(0)]

    return resolve, calls


def get(reply, path="/a.png", *, scheme="http", host="127.0.0.1", times=QUICK, **options):
    """Fetch from a server of the operator's; return the body and what the server was asked."""

    async def go():
        async with serving(reply, tls=options.pop("server_tls", None)) as (port, seen):
            rules = Rules(allowed_hosts=frozenset({f"{host}:{port}"}))
            fetcher = Fetcher(rules=rules, times=times, **options)
            return await fetcher.fetch(f"{scheme}://{host}:{port}{path}"), seen

    return asyncio.run(go())


def refused(url, *, rules=Rules(), **options):  # noqa: B008  frozen
    with pytest.raises(ImageUrlNotAllowed):
        asyncio.run(Fetcher(rules=rules, times=QUICK, **options).fetch(url))


def test_bytes_arrive_as_they_are():
    body, seen = get(lambda path: answer(), "/a%20b.png?size=2")
    assert body == BODY
    assert seen[0].startswith("GET /a%20b.png?size=2 HTTP/1.1\r\n")
    sent = seen[0].lower()
    assert "accept-encoding: identity" in sent
    for name in ("cookie", "authorization", "referer"):
        assert f"\r\n{name}:" not in sent


def test_no_refused_address_is_ever_connected_to(connects):
    """Written out, oddly spelled, or as a name's answer: nothing is looked up, nothing connected to."""
    hosts = [f"[{text}]" if ":" in text else text for text in REFUSED] + SPELLINGS
    forbidden, lookups = resolver()
    for host in hosts:
        for scheme in ("https", "http", "HTTPS"):
            for port in ("", ":443", ":80"):
                rules = Rules(allow_http=True, ipv6=True, own_hosts=frozenset({"roomai.example.com"}))
                refused(f"{scheme}://{host}{port}/a.png", rules=rules, resolve=forbidden)
    for text in REFUSED:
        resolve, _ = resolver([text])
        refused("https://example.com/a.png", rules=Rules(ipv6=True), resolve=resolve)
    assert lookups == []
    assert connects == []


@pytest.mark.parametrize(
    "answers",
    [
        ["1.1.1.1", "127.0.0.1"],
        ["10.0.0.1", "1.1.1.1"],
        ["1.1.1.1", "::1"],
        ["2606:4700::1111"],
        [],
        [f"1.1.1.{n}" for n in range(17)],
    ],
    ids=str,
)
def test_one_bad_answer_refuses_the_name(connects, answers):
    resolve, calls = resolver(answers)
    refused("https://example.com/a.png", resolve=resolve)
    assert (calls, connects) == (["example.com"], [])


def test_a_name_nobody_knows_reads_like_a_refused_one(connects):
    async def unknown(host, port):
        raise OSError("Name or service not known")

    async def slow(host, port):
        await asyncio.sleep(5)

    for resolve in (unknown, slow):
        refused("https://example.com/a.png", resolve=resolve)
    assert connects == []


def test_a_name_is_resolved_once_and_its_address_is_connected_to(connects):
    """A second look-up, however short the answer's life, would find no answer left."""
    resolve, calls = resolver(["127.0.0.1"])
    body, seen = get(lambda path: answer(), host="pictures.example.com", resolve=resolve)
    assert (body, calls) == (BODY, ["pictures.example.com"])
    assert "\r\nHost: pictures.example.com:" in seen[0]
    assert [host for host, _ in connects] == ["127.0.0.1"]


def test_the_certificate_is_checked_for_the_name(tmp_path):
    server, client = certificate("pictures.example.com", tmp_path)
    options = {"scheme": "https", "server_tls": server, "tls": client}
    resolve, _ = resolver(["127.0.0.1"])
    assert get(lambda path: answer(), host="pictures.example.com", resolve=resolve, **options)[0] == BODY
    resolve, _ = resolver(["127.0.0.1"])
    with pytest.raises(ImageUrlUnreachable):
        get(lambda path: answer(), host="other.example.com", resolve=resolve, **options)
    resolve, _ = resolver(["127.0.0.1"])
    with pytest.raises(ImageUrlUnreachable):
        get(lambda path: answer(), host="pictures.example.com", resolve=resolve, scheme="https", server_tls=server)


def redirecting(**ways):
    """Return replies: each path named leads where it says, every other is the picture."""

    def reply(path):
        way = ways.get(path.strip("/"))
        return answer(b"", status=way[0], headers=[f"Location: {way[1]}"]) if way else answer()

    return reply


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_redirects_are_followed_by_hand(status):
    body, seen = get(redirecting(a=(status, "/b"), b=(status, "c?x=1"), c=(status, "/d")), "/a")
    assert (body, [line.split()[1] for line in seen]) == (BODY, ["/a", "/b", "/c?x=1"])


@pytest.mark.parametrize(
    "location",
    [
        *(f"https://{f'[{text}]' if ':' in text else text}/a.png" for text in REFUSED),
        *("http://127.0.0.1:1/", "//169.254.169.254/latest/", "http://localhost/", "ftp://example.com/a", ""),
        *("https://127.0.0.1:443\\@1.1.1.1/", "https://2130706433/", "https://a@example.com/", "/a"),
        *("//@127.0.0.1:1/b", "/b c", "//127.0.0.1:+1/b", "/b\u200b", "/" + "b" * 2048),
        *("data:image/png;base64,AAAA", "https://127.1:8443/", "https://2001:db8::1:8443/", "https://[", "http:///b"),
    ],
)
def test_a_redirect_to_a_refused_address_is_not_followed(connects, location):
    with pytest.raises(ImageUrlNotAllowed):
        get(redirecting(a=("302 Found", location)), "/a")
    assert len(connects) == 1


def test_four_redirects_are_too_many():
    ways = {name: ("302 Found", f"/{to}") for name, to in zip("abcd", "bcde", strict=True)}
    with pytest.raises(ImageUrlNotAllowed):
        get(redirecting(**ways), "/a")


def test_https_never_leads_to_http(tmp_path):
    server, client = certificate("pictures.example.com", tmp_path)

    async def go():
        async with serving(lambda path: answer()) as (plain, seen):
            reply = redirecting(a=("302 Found", f"http://127.0.0.1:{plain}/b"))
            async with serving(reply, tls=server) as (port, _):
                names = frozenset({f"pictures.example.com:{port}", f"127.0.0.1:{plain}"})
                resolve, _ = resolver(["127.0.0.1"])
                fetcher = Fetcher(rules=Rules(allowed_hosts=names), resolve=resolve, tls=client)
                with pytest.raises(ImageUrlNotAllowed):
                    await fetcher.fetch(f"https://pictures.example.com:{port}/a")
            return seen

    assert asyncio.run(go()) == []


async def dripping():
    yield answer(b"x" * 100)[:-100]
    for _ in range(100):
        yield b"x"
        await asyncio.sleep(0.05)


async def stalling():
    yield answer(b"x" * 100)[:-50]
    await asyncio.sleep(5)


async def endless():
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for _ in range(LIMIT_BYTES // 2**20 + 2):
        yield b"100000\r\n" + bytes(2**20) + b"\r\n"


async def headless():
    for _ in range(200):
        yield b"HTTP/1.1 100 Continue\r\n\r\n"
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "made",
    [
        answer(status="404 Not Found"),
        answer(status="204 No Content"),
        answer(status="206 Partial Content"),
        answer(status="300 Multiple Choices", headers=["Location: /b"]),
        answer(headers=["Content-Encoding: gzip"]),
        answer(headers=[f"X-{n}: y" for n in range(101)]),
        answer(headers=[f"X-Long: {'y' * 17_000}"]),
        b"HTTP/1.1 200 OK\r\nContent-Length: 20971521\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        answer(status="302 Found", headers=["Location: /a", *(f"X-{n}: y" for n in range(101))]),
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
)
def test_what_is_not_a_plain_200_within_limits_is_unreachable(made):
    with pytest.raises(ImageUrlUnreachable):
        get(lambda path: made)


@pytest.mark.parametrize("made", [dripping, stalling, headless])
def test_a_slow_answer_ends_in_time(made):
    started = time.monotonic()
    with pytest.raises(ImageUrlUnreachable):
        get(lambda path: made())
    assert time.monotonic() - started < 2 * QUICK.total.total_seconds()


def test_a_body_without_length_is_counted_as_it_streams():
    with pytest.raises(ImageUrlUnreachable):
        get(lambda path: endless(), times=Times())


def test_our_own_hosts_are_never_fetched_from(settings):
    settings.PUBLIC_URL, settings.RESULTS_URL = "https://room.example", "https://files.example:8443"
    settings.ALLOWED_HOSTS = ["room.example", "Www.Room.example", ".tenants.example", "*"]
    never, lookups = resolver()
    for host in ("room.example", "files.example", "www.room.example", "tenants.example"):
        refused(f"https://{host}/a.png", rules=rules_of_settings(), resolve=never)
    assert lookups == []


def test_nobody_listening_is_unreachable():
    rules = Rules(allowed_hosts=frozenset({"127.0.0.1:1"}))
    with pytest.raises(ImageUrlUnreachable) as refusal:
        asyncio.run(Fetcher(rules=rules).fetch("http://127.0.0.1:1/a.png"))
    assert (refusal.value.extra, "127.0.0.1" in refusal.value.message) == ({}, False)
