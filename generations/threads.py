"""How an async view does what blocks, and what it does even when its caller hangs up."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from asgiref.sync import SyncToAsync, sync_to_async
from django.db import connections

T = TypeVar("T")
_going_on: set[asyncio.Task[Any]] = set()


async def in_thread(work: Callable[[], T]) -> T:
    """Return what `work` returns, run in a thread of the shared pool that gives its connection back at once.

    Not in Django's thread of the request: that one would be kept for as long as the request waits.
    """

    def and_give_back() -> T:
        try:
            return work()
        finally:
            connections.close_all()

    return await sync_to_async(and_give_back, thread_sensitive=False)()


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns; a caller who hangs up meanwhile is told nothing, but the work goes on."""
    task = asyncio.ensure_future(work)
    _going_on.add(task)
    task.add_done_callback(_forget)
    return await asyncio.shield(task)


def let_go_of_thread() -> None:
    """End the thread Django made for this request's signal handlers; should it need one again, it makes another.

    It would idle for as long as the call waits, and a thousand calls may wait.
    """
    context = SyncToAsync.thread_sensitive_context.get(None)
    if context is not None and (pool := SyncToAsync.context_to_thread_executor.pop(context, None)):
        pool.shutdown(wait=False)


def _forget(task: asyncio.Task[Any]) -> None:
    _going_on.discard(task)
    if not task.cancelled():
        task.exception()  # seen, so that asyncio does not report it a second time
