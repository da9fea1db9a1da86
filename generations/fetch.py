"""The only code that opens an address a customer gave, to fetch a picture or to tell a webhook.

Names are resolved once, every answer is judged, and the connection goes to an address that was judged: no
second look-up can lead elsewhere. Two codes tell the caller all they learn: IMAGE_URL_NOT_ALLOWED for whatever
`addresses` refuses, always in the same words, and IMAGE_URL_UNREACHABLE for everything after. Operators should
besides refuse private networks at their firewall.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from django.conf import settings

from generations import addresses, slots
from generations.addresses import Address, Rules, Target
from generations.errors import ImageUrlNotAllowed, ImageUrlUnreachable
from generations.images.gate import LIMIT_BYTES

ANSWERS_MAX, REDIRECTS_MAX, HEADERS_MAX, HEADERS_MAX_BYTES = 16, 3, 100, 16 * 1024
REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: How much of a webhook's answer is read, and how many webhooks one process calls at once.
ANSWER_MAX_BYTES, CALLS_AT_ONCE = 4096, 64
# `identity`: what a compressed body grows to could not be counted while it streams.
HEADERS = {
    "Accept": "image/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": "RoomAI-Fetch/1.0",
}
CALL_HEADERS = HEADERS | {"Accept": "*/*", "Content-Type": "application/json", "User-Agent": "RoomAI-Webhooks/1.0"}
Resolve = Callable[[str, int], Coroutine[Any, Any, list[Address]]]


@dataclass(frozen=True, slots=True)
class Times:
    """How long one fetch may take: to resolve, to connect, from one byte to the next, and altogether."""

    resolve: timedelta = timedelta(seconds=2)
    connect: timedelta = timedelta(seconds=3)
    read: timedelta = timedelta(seconds=3)
    total: timedelta = timedelta(seconds=10)


TIMES = Times()
CALL_TIMES = Times(read=timedelta(seconds=15), total=timedelta(seconds=15))
# Look-ups cannot be interrupted, so they have threads of their own and never take those of the database.
_resolvers = ThreadPoolExecutor(slots.AT_ONCE + CALLS_AT_ONCE, thread_name_prefix="resolve")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook's receiver said. body: its first 4 kB at most."""

    status: int
    body: bytes


async def picture(*, url: str, workspace_id: UUID) -> bytes:
    """Return the bytes behind a customer's address, at most 20 MiB, unchecked otherwise.

    Raises ImageUrlNotAllowed, ImageUrlUnreachable; Overloaded when no slot came free in time. Ten at once in a
    process, three for a workspace.
    """
    fetcher = Fetcher(rules=rules_of_settings())
    addresses.read(url, rules=fetcher.rules)  # what is refused anyway waits for no slot
    leave = await slots.enter(workspace_id)
    try:
        return await fetcher.fetch(url)
    finally:
        # A look-up that was given up still has its thread: its slot is not free before the thread is.
        if fetcher.lookup is None or fetcher.lookup.done():
            leave()
        else:
            fetcher.lookup.add_done_callback(lambda _: leave())


def call(*, url: str, headers: dict[str, str], body: bytes) -> Answer:
    """Send a webhook by POST and return what was answered, whatever its status; redirects are not followed.

    Takes 15 s at most, and blocks: call it without a transaction or a connection. Raises ImageUrlNotAllowed,
    ImageUrlUnreachable; TimeoutError when no answer had begun by then.
    """
    return asyncio.run(Fetcher(rules=rules_of_settings(), times=CALL_TIMES).call(url, headers=headers, body=body))


def host_of(url: str) -> str:
    """Return `host:port` of an address that reads like one we may open; nothing is looked up.

    Raises ImageUrlNotAllowed for every other.
    """
    target = addresses.read(url, rules=rules_of_settings())
    return f"{target.host}:{target.port}"


def rules_of_settings() -> Rules:
    """Return the rules as the operator set them. Our own hosts are never fetched from."""
    own = {urlsplit(url).hostname or "" for url in (settings.PUBLIC_URL, settings.RESULTS_URL)}
    own |= {name.lower().lstrip(".") for name in settings.ALLOWED_HOSTS}
    return Rules(
        allow_http=settings.FETCH_ALLOW_HTTP,
        allowed_hosts=frozenset(settings.FETCH_ALLOW_HOSTS),
        denied_nets=addresses.networks(settings.FETCH_DENY_NETS),
        own_hosts=frozenset(own),
        ipv6=settings.FETCH_IPV6,
    )


async def resolve(host: str, port: int) -> list[Address]:
    """Return every address of a name by the system's resolver, once each. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.run_in_executor(_resolvers, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    return list(dict.fromkeys(ip_address(str(answer[4][0]).partition("%")[0]) for answer in found))


@cache
def _public_roots() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class Fetcher:
    """Fetches by one set of rules. resolve and tls: a resolver and certificates other than the system's, for tests."""

    def __init__(
        self,
        *,
        rules: Rules,
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
        times: Times = TIMES,
    ) -> None:
        self.rules, self._times = rules, times
        self._resolve, self._tls = resolve, tls or _public_roots()
        self.lookup: asyncio.Future[list[Address]] | None = None

    async def fetch(self, url: str) -> bytes:
        """Return the body behind the address after at most 3 redirects. Raises as `picture`, but for slots."""
        try:
            async with asyncio.timeout(self._times.total.total_seconds()):
                return await self._follow(url)
        except (httpx.HTTPError, httpx.StreamError, OSError, TimeoutError) as error:
            raise ImageUrlUnreachable from error

    async def call(self, url: str, *, headers: dict[str, str], body: bytes) -> Answer:
        """Send the body by POST; return the status and the beginning of the answer. Raises as the function `call`."""
        status, said = 0, bytearray()
        try:
            async with asyncio.timeout(self._times.total.total_seconds()):
                target = addresses.read(url, rules=self.rules)
                sending = CALL_HEADERS | headers
                async with self._opened(target, await self._checked(target), sending, body) as response:
                    status = response.status_code
                    await _read_beginning(response, said)
        except (httpx.HTTPError, httpx.StreamError, OSError, TimeoutError) as error:
            # Once the status is there the receiver has answered, however the rest of it ends.
            if not status and isinstance(error, TimeoutError | httpx.TimeoutException):
                raise TimeoutError from error
            if not status:
                raise ImageUrlUnreachable from error
        return Answer(status, bytes(said[:ANSWER_MAX_BYTES]))

    async def _follow(self, url: str) -> bytes:
        target, seen = addresses.read(url, rules=self.rules), set[str]()
        while True:
            seen.add(str(target.url))
            async with self._opened(target, await self._checked(target), HEADERS) as response:
                _check_head(response)
                if response.status_code not in REDIRECTS:
                    return await _body(response)
                location = response.headers.get("location", "")
            target = self._next(target, location)
            if str(target.url) in seen or len(seen) > REDIRECTS_MAX:
                raise ImageUrlNotAllowed

    def _next(self, target: Target, location: str) -> Target:
        # The raw text is read like an address of the caller's own before it is joined to the one before.
        if not location:
            raise ImageUrlNotAllowed
        addresses.check_spelling(location)
        try:
            following = addresses.read(str(target.url.join(location)), rules=self.rules)
        except (httpx.InvalidURL, ValueError) as error:
            raise ImageUrlNotAllowed from error
        if target.url.scheme == "https" and following.url.scheme != "https":
            raise ImageUrlNotAllowed
        return following

    async def _checked(self, target: Target) -> list[Address]:
        """Return the addresses to connect to, each judged; one refused answer refuses the name."""
        if target.literal is not None:
            return [target.literal]
        self.lookup = asyncio.ensure_future(self._resolve(target.host, target.port))
        self.lookup.add_done_callback(_see_error)
        try:
            async with asyncio.timeout(self._times.resolve.total_seconds()):
                answers = await asyncio.shield(self.lookup)
        except (OSError, TimeoutError, UnicodeError) as error:
            # Whether a name exists is told to nobody: it could be one of the operator's own network.
            raise ImageUrlNotAllowed from error
        if not 1 <= len(answers) <= ANSWERS_MAX:
            raise ImageUrlNotAllowed
        if target.is_operators:
            return answers
        if any(addresses.is_refused(answer, denied_nets=self.rules.denied_nets) for answer in answers):
            raise ImageUrlNotAllowed
        usable = [answer for answer in answers if answer.version == 4 or self.rules.ipv6]
        if not usable:
            raise ImageUrlNotAllowed
        return usable

    @asynccontextmanager
    async def _opened(
        self, target: Target, checked: list[Address], headers: dict[str, str], body: bytes | None = None
    ) -> AsyncIterator[httpx.Response]:
        """Yield the response's head from the first judged address that takes the connection; a body is sent by POST."""
        read_s, connect_s = self._times.read.total_seconds(), self._times.connect.total_seconds()
        timeout = httpx.Timeout(read_s, connect=connect_s)
        # The transport alone: a client reads redirects by itself, and stumbles over odd ones before we may refuse them.
        async with httpx.AsyncHTTPTransport(verify=self._tls, trust_env=False) as transport:
            for address in checked[:2]:
                request = httpx.Request(
                    "GET" if body is None else "POST",
                    target.url.copy_with(host=str(address)),
                    headers=headers | {"Host": target.host_header},
                    content=body,
                    extensions={"timeout": timeout.as_dict(), "sni_hostname": target.host},
                )
                try:
                    response = await transport.handle_async_request(request)
                except httpx.ConnectError:
                    continue
                try:
                    yield response
                finally:
                    await response.aclose()
                return
            raise ImageUrlUnreachable


def _see_error(lookup: asyncio.Future[list[Address]]) -> None:
    if not lookup.cancelled():
        lookup.exception()  # seen, so that asyncio does not report one that nobody waited for


def _check_head(response: httpx.Response) -> None:
    raw = response.headers.raw
    if len(raw) > HEADERS_MAX or sum(len(name) + len(value) for name, value in raw) > HEADERS_MAX_BYTES:
        raise ImageUrlUnreachable


async def _body(response: httpx.Response) -> bytes:
    """Return the body of a 200, counted as it streams."""
    head = response.headers
    if response.status_code != 200 or head.get("content-encoding", "identity") != "identity":
        raise ImageUrlUnreachable
    if int(head.get("content-length", 0)) > LIMIT_BYTES:
        raise ImageUrlUnreachable
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > LIMIT_BYTES:
            raise ImageUrlUnreachable
    return bytes(body)


async def _read_beginning(response: httpx.Response, said: bytearray) -> None:
    """Add the first bytes of an answer to `said` as they come; nothing of one that is compressed."""
    if response.headers.get("content-encoding", "identity") != "identity":
        return
    async for chunk in response.aiter_raw():
        said += chunk
        if len(said) >= ANSWER_MAX_BYTES:
            return
