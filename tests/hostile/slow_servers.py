"""Servers that take their time, in every way we know: each fetch ends within its ten seconds, all of them at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

from tests.generations.picture_server import answer, serving
from tests.hostile import grounds
from tests.hostile.outcome import Outcome
from tests.hostile.watching import Watch

MOST_S = 10.5
STEP_S = 2.8  # below the three seconds one read may take: each step by itself is allowed


async def _slow_head() -> AsyncIterator[bytes]:
    for byte in b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello":
        yield bytes([byte])
        await asyncio.sleep(STEP_S)


async def _slow_body() -> AsyncIterator[bytes]:
    yield answer(b"x" * 100)[:-100]
    for _ in range(100):
        yield b"x"
        await asyncio.sleep(STEP_S)


async def _slow_chunks() -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for _ in range(100):
        yield b"1\r\nx\r\n"
        await asyncio.sleep(STEP_S)


async def _early_hints() -> AsyncIterator[bytes]:
    for _ in range(100):
        yield b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        await asyncio.sleep(STEP_S)


async def _more_headers() -> AsyncIterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for number in range(100):
        yield f"X-{number}: y\r\n".encode()
        await asyncio.sleep(STEP_S)


async def _silence() -> AsyncIterator[bytes]:
    await asyncio.sleep(60)
    yield b""


async def _half_a_body() -> AsyncIterator[bytes]:
    yield answer(b"x" * 100)[:-50]
    await asyncio.sleep(60)


async def _lazy_redirect(path: str) -> AsyncIterator[bytes]:
    await asyncio.sleep(STEP_S)
    yield answer(b"", status="302 Found", headers=[f"Location: {path}x"])


SERVERS: dict[str, Callable[[str], AsyncIterator[bytes]]] = {
    "a head byte by byte": lambda path: _slow_head(),
    "a body byte by byte": lambda path: _slow_body(),
    "a chunk at a time": lambda path: _slow_chunks(),
    "early hints for ever": lambda path: _early_hints(),
    "ever another header": lambda path: _more_headers(),
    "no answer": lambda path: _silence(),
    "half a body": lambda path: _half_a_body(),
    "redirects after a pause": _lazy_redirect,
}


def run() -> Outcome:
    """All of them, four times each."""
    return asyncio.run(_all(4))


def short() -> Outcome:
    """All of them at once."""
    return asyncio.run(_all(1))


async def _all(times: int) -> Outcome:
    grounds.prepare()
    watch, outcome = Watch(), Outcome(cases=times * (len(SERVERS) + 1))
    took = await asyncio.gather(
        *(_one(name, made, watch, outcome) for name, made in SERVERS.items() for _ in range(times)),
        *(_deaf(watch, outcome) for _ in range(times)),
    )
    outcome.notes["longest"] = f"{max(took):.2f} s"
    return outcome


async def _one(name: str, made: Callable[[str], AsyncIterator[bytes]], watch: Watch, outcome: Outcome) -> float:
    async with serving(made) as (port, _):
        return await _timed(name, f"http://127.0.0.1:{port}/a.png", port, watch, outcome)


async def _deaf(watch: Watch, outcome: Outcome) -> float:
    """A server that takes the connection and never speaks TLS."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        return await _timed("no handshake", f"https://127.0.0.1:{port}/a.png", port, watch, outcome)


async def _timed(name: str, url: str, port: int, watch: Watch, outcome: Outcome) -> float:
    from generations.addresses import Rules
    from generations.errors import ImageUrlUnreachable
    from generations.fetch import Fetcher

    watch.home |= {port}
    began = time.monotonic()
    ended: type[BaseException] | None = None
    try:
        await Fetcher(rules=Rules(allowed_hosts=frozenset({f"127.0.0.1:{port}"}))).fetch(url)
    except Exception as error:
        ended = type(error)
    took = time.monotonic() - began
    outcome.expect(ended is ImageUrlUnreachable, f"{name} ended as {ended}")
    outcome.expect(took <= MOST_S, f"{name} took {took:.1f} s")
    return took
