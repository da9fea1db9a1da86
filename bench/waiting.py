"""A thousand calls that wait in one web process: what each costs in memory, and whether anybody else is kept waiting.

No worker runs, so nothing is finished before all wait; then everything is canceled at once, and everybody answered.
"""

import asyncio
import base64
import contextlib
import json
import os
import socket
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psutil

from roomai_web.embedded import processes

CALLS, AT_ONCE, BALANCES = 1_000, 50, 100
WAIT_S = 110
Figures = dict[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Web:
    """One web process and a key to ask it with."""

    port: int
    process: psutil.Process
    key: str

    async def ask(self, method: str, path: str, body: bytes = b"", prefer: str = "") -> int:
        """Send one request on a connection of its own; return the status of its answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = f"{method} /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.key}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{prefer}\r\n"
        try:
            writer.write(head.encode() + body)
            return int((await reader.read()).split(b" ", 2)[1])
        finally:
            writer.close()


def main() -> Figures:
    """Return memory per waiting call, the 95th percentile of a balance read beside them, and how all were answered."""
    with _web() as web:
        return asyncio.run(_measure(web))


async def _measure(web: Web) -> Figures:
    for _ in range(20):
        await web.ask("GET", "balance")
    before = web.process.memory_info().rss
    gate = asyncio.Semaphore(AT_ONCE)
    calls = [asyncio.create_task(_call(web, gate)) for _ in range(CALLS)]
    await _until_open(CALLS)
    kilobytes = (web.process.memory_info().rss - before) / 1024 / CALLS
    reads = [await _timed_ms(web) for _ in range(BALANCES)]
    started = time.perf_counter()
    await asyncio.to_thread(_cancel_all)
    statuses = await asyncio.gather(*calls)
    took_s = time.perf_counter() - started
    assert set(statuses) == {409}, sorted(set(statuses))
    return {
        "waiting calls in one web process": {"value": CALLS, "unit": "calls", "goal": "1,000"},
        "memory of one waiting call": {"value": round(kilobytes), "unit": "kB", "goal": "<= 90 kB"},
        "balance read beside them, p95": {
            "value": round(statistics.quantiles(reads, n=20)[-1]),
            "unit": "ms",
            "goal": "<= 150 ms",
        },
        "all of them canceled and answered": {"value": round(took_s, 1), "unit": "s"},
    }


async def _call(web: Web, gate: asyncio.Semaphore) -> int:
    from tests.generations.quick_pictures import png

    image = "data:image/png;base64," + base64.b64encode(png()).decode()
    body = json.dumps({"model": "changebg", "image": image, "prompt": "a quiet room"}).encode()
    async with gate:
        asked = asyncio.create_task(web.ask("POST", "generate", body, f"Prefer: wait={WAIT_S}\r\n"))
        await asyncio.wait({asked}, timeout=0.5)
    return await asked


async def _until_open(count: int) -> None:
    from generations.models import OPEN, Generation

    end = time.monotonic() + WAIT_S - 20
    while (now := await Generation.objects.filter(state__in=OPEN).acount()) < count:
        assert time.monotonic() < end, f"{now} of {count} were accepted"
        await asyncio.sleep(0.5)


async def _timed_ms(web: Web) -> float:
    started = time.perf_counter()
    assert await web.ask("GET", "balance") == 200
    return (time.perf_counter() - started) * 1000


def _cancel_all() -> None:
    from django.db import connections

    from generations import finishing
    from generations.models import OPEN, Generation

    def cancel(generation_id: Any) -> None:
        finishing.cancel(generation_id=generation_id)
        connections.close_all()

    open_ones = Generation.objects.filter(state__in=OPEN)
    with ThreadPoolExecutor(4) as hands:
        list(hands.map(cancel, list(open_ones.values_list("id", flat=True))))
    connections.close_all()


@contextlib.contextmanager
def _web() -> Iterator[Web]:
    from django.conf import settings

    from tests import factories

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    given = {
        "PORT": str(port),
        "GENERATION_OPEN_CAP": str(CALLS * 2),
        "GENERATION_QUEUE_AGE_CAP_S": "600",
        "WAITING_CAP_WORKSPACE": str(CALLS * 2),
        **dict.fromkeys(("RATE_LIMIT_ADDRESS", "RATE_LIMIT_GENERATE", "RATE_LIMIT_READS"), "1000000"),
        "API_KEY_PEPPERS": ",".join(settings.API_KEY_PEPPERS),
    }
    [child] = [c for c in processes.ours(environment={**os.environ, **given}, port=port) if c.name == "web"]
    child.start()
    assert child.process is not None
    try:
        payer = factories.person("bench-waiting", tokens=CALLS * 2)
        key = factories.key_of(payer)
        _until_listening(port)
        main = psutil.Process(child.process.pid)
        yield Web(port, (main.children() or [main])[0], key)
    finally:
        child.ask_to_stop()
        child.wait_or_kill()


def _until_listening(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError("the web process did not start")
