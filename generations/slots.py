"""How many pictures one process fetches at once: some in all, few for one workspace, and whoever waits is bounded."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID
from weakref import WeakKeyDictionary, WeakValueDictionary

from generations.errors import Overloaded

SLOT = timedelta(seconds=10)
AT_ONCE, AT_ONCE_PER_WORKSPACE = 10, 3


class _Slots:
    """How many fetches run at once, on one event loop."""

    def __init__(self) -> None:
        self.all = asyncio.Semaphore(AT_ONCE)
        # Weak: a workspace's entry goes with the last fetch that holds or awaits it.
        self._by_workspace: WeakValueDictionary[UUID, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, workspace_id: UUID) -> asyncio.Semaphore:
        return self._by_workspace.setdefault(workspace_id, asyncio.Semaphore(AT_ONCE_PER_WORKSPACE))


_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, _Slots] = WeakKeyDictionary()


async def enter(workspace_id: UUID) -> Callable[[], None]:
    """Wait for a slot of the workspace and of the process; return what gives both back. Raises Overloaded."""
    slots = _slots.setdefault(asyncio.get_running_loop(), _Slots())
    own = slots.of(workspace_id)
    try:
        async with asyncio.timeout(SLOT.total_seconds()):
            await own.acquire()
            try:
                await slots.all.acquire()
            except BaseException:
                own.release()
                raise
    except TimeoutError as error:
        raise Overloaded(retry_after_s=5) from error

    def leave() -> None:
        slots.all.release()
        own.release()

    return leave
