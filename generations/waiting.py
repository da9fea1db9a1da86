"""Wait for a generation to end, without a thread and without a database connection.

One subscription per web process hears of every end; a waiter registers, THEN reads the row (else it could miss the
wake-up between the two), lets the connection go and sleeps until it is woken or polls anyway. The row decides.
"""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any, ClassVar
from uuid import UUID

import psycopg
import structlog
from django.conf import settings
from django.db import connection
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from redis import RedisError
from redis.asyncio import Redis

from generations.messages import DONE_CHANNEL

log = structlog.get_logger(__name__)

CONNECTIONS = 10
PAUSES_S = (1, 2, 4)
LONG_PAUSE_S = 5.0
DEAF_PAUSE_S = 1.0

_FINISHED = "SELECT finished_at IS NOT NULL FROM generations_generation WHERE id = %s"


class Hub:
    """One event loop's waiters, the subscription that wakes them and the few connections they read through."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.waiters: defaultdict[UUID, set[asyncio.Event]] = defaultdict(set)
        self.is_listening = False
        parameters: dict[str, Any] = connection.get_connection_params() | {"autocommit": True}
        del parameters["cursor_factory"]  # Django's is for its own, synchronous connections
        self._reads = AsyncConnectionPool(
            kwargs=parameters, min_size=0, max_size=CONNECTIONS, timeout=5, max_idle=30, open=False
        )
        self._listener: asyncio.Task[None] | None = None
        self._opened = asyncio.Lock()

    async def open(self) -> None:
        """Start listening, once."""
        async with self._opened:
            if self._listener is None:
                await self._reads.open()
                self._listener = self.loop.create_task(self._keep_listening(), name="generations-wake-ups")

    async def close(self) -> None:
        """Stop listening and close the connections."""
        if self._listener is None:
            return
        while not self._listener.done():
            # Once is not enough: redis-py swallows a cancel that meets it while it connects.
            self._listener.cancel()
            await asyncio.wait({self._listener}, timeout=0.2)
        await self._reads.close()

    async def is_finished(self, generation_id: UUID) -> bool:
        """Read the row; while the database does not answer, nothing is known to have ended."""
        try:
            async with self._reads.connection() as reading:
                row = await (await reading.execute(_FINISHED, [generation_id])).fetchone()
        except (psycopg.Error, PoolTimeout) as error:
            log.warning("waiting_could_not_read", error=type(error).__name__)
            return False
        return row is None or bool(row[0])

    def wake(self, generation_id: UUID) -> None:
        """Let everybody who waits for this generation look at its row."""
        for event in self.waiters.get(generation_id, ()):
            event.set()

    def hear(self, message: bytes) -> None:
        """Wake those a message is for; one that is no id is for nobody."""
        try:
            self.wake(UUID(message.decode()))
        except ValueError:
            log.warning("wake_up_not_understood")

    def wake_all(self) -> None:
        """Let every waiter look again."""
        for generation_id in list(self.waiters):
            self.wake(generation_id)

    async def _keep_listening(self) -> None:
        while True:
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                log.warning("wake_ups_not_heard", error=type(error).__name__)
            finally:
                self.is_listening = False
            await asyncio.sleep(random.uniform(0.5, 2))

    async def _listen(self) -> None:
        async with (
            Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, health_check_interval=10) as redis,
            redis.pubsub(ignore_subscribe_messages=True) as heard,
        ):
            await heard.subscribe(DONE_CHANNEL)
            self.is_listening = True
            self.wake_all()  # what ended while nobody listened
            while True:
                message = await heard.get_message(timeout=5)
                if message is not None:
                    self.hear(message["data"])


class _Process:
    """What one process keeps: its hub, how many wait, and whether it is on its way out."""

    hub: Hub | None = None
    waiting = 0
    waiting_of: ClassVar[Counter[UUID]] = Counter()
    leaving = False


def is_full(*, workspace_id: UUID) -> bool:
    """Say whether so many calls wait here already, of all or of this workspace, that the next is answered 202."""
    of_all, of_workspace = _Process.waiting, _Process.waiting_of[workspace_id]
    return _Process.leaving or of_all >= settings.WAITING_CAP or of_workspace >= settings.WAITING_CAP_WORKSPACE


def is_leaving() -> bool:
    """Say whether this process has let everybody go because it is about to stop."""
    return _Process.leaving


def let_everybody_go() -> None:
    """Answer every waiter now and take no more: this process is about to stop. Call it from the event loop."""
    _Process.leaving = True
    if _Process.hub is not None:
        _Process.hub.wake_all()


async def close() -> None:
    """Stop listening and let the connections go: the last thing a process does."""
    if _Process.hub is not None:
        await _Process.hub.close()
        _Process.hub = None


async def wait_until_finished(*, generation_id: UUID, workspace_id: UUID, wait_s: float) -> bool:
    """Wait at most `wait_s` seconds; return whether the generation has ended. 0 only looks.

    workspace_id: whose call waits, for `is_full`.
    """
    hub = await _hub()
    woken = asyncio.Event()
    hub.waiters[generation_id].add(woken)
    _Process.waiting += 1
    _Process.waiting_of[workspace_id] += 1
    try:
        return await _wait(hub, generation_id, woken, until=hub.loop.time() + wait_s)
    finally:
        _Process.waiting -= 1
        _Process.waiting_of[workspace_id] -= 1
        if not _Process.waiting_of[workspace_id]:
            del _Process.waiting_of[workspace_id]
        hub.waiters[generation_id].discard(woken)
        if not hub.waiters[generation_id]:
            del hub.waiters[generation_id]


async def _wait(hub: Hub, generation_id: UUID, woken: asyncio.Event, *, until: float) -> bool:
    for pause_s in _pauses_s():
        woken.clear()
        if await hub.is_finished(generation_id):
            return True
        left_s = until - hub.loop.time()
        if left_s <= 0 or _Process.leaving:
            return False
        pause_s = pause_s if hub.is_listening else min(pause_s, DEAF_PAUSE_S)
        try:
            async with asyncio.timeout(min(left_s, pause_s * random.uniform(0.8, 1.2))):
                await woken.wait()
        except TimeoutError:
            continue
    raise AssertionError("pauses never end")


def _pauses_s() -> Iterator[float]:
    return chain(PAUSES_S, repeat(LONG_PAUSE_S))


async def _hub() -> Hub:
    """Return the hub of the running event loop. A server has one; each test brings another."""
    if _Process.hub is None or _Process.hub.loop is not asyncio.get_running_loop():
        _Process.hub = Hub()
    await _Process.hub.open()
    return _Process.hub
