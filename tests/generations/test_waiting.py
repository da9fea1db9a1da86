import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db.models.functions import Now
from django.test import Client

from generations import finishing, messages, running, waiting
from generations.models import Generation, State
from tests.databases import CommittedDatabase
from tests.factories import Person
from tests.generations.submitting import submitted

pytestmark = pytest.mark.usefixtures("committed_db", "quick", "here")

WORKSPACE = uuid4()


@pytest.fixture
def here() -> Iterator[None]:
    """Leave the process as it was found: nobody waiting, not on its way out."""
    yield
    assert (waiting._Process.waiting, waiting._Process.waiting_of) == (0, {})
    waiting._Process.leaving = False


def in_a_loop(work: Callable[[], Awaitable[Any]]) -> Any:
    async def everything() -> Any:
        try:
            return await work()
        finally:
            await waiting.close()

    return asyncio.run(everything())


async def timed(generation_id: UUID, wait_s: float) -> tuple[bool, float]:
    started = time.monotonic()
    finished = await waiting.wait_until_finished(generation_id=generation_id, workspace_id=WORKSPACE, wait_s=wait_s)
    return finished, time.monotonic() - started


def test_a_waiter_is_woken_when_the_picture_is_there(alice: Person) -> None:
    made = submitted(alice)

    async def work() -> tuple[bool, float]:
        waiter = asyncio.create_task(timed(made.id, 20))
        # Later than the first polls, so that only the wake-up explains a quick answer.
        await asyncio.sleep(3.5)
        await asyncio.to_thread(running.run, generation_id=made.id)
        ended = time.monotonic()
        finished, _ = await waiter
        return finished, time.monotonic() - ended

    finished, after_s = in_a_loop(work)
    assert finished
    assert after_s < 0.5


@pytest.mark.parametrize("message", [b"not an id", b"\xff", b""])
def test_a_foolish_message_ends_no_wake_ups(alice: Person, message: bytes) -> None:
    made = submitted(alice)

    async def work() -> tuple[bool, float]:
        waiter = asyncio.create_task(timed(made.id, 20))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(messages._redis().publish, messages.DONE_CHANNEL, message)
        await asyncio.sleep(3.2)  # later than the first polls
        await asyncio.to_thread(finishing.cancel, generation_id=made.id)
        ended = time.monotonic()
        finished, _ = await waiter
        return finished, time.monotonic() - ended

    finished, after_s = in_a_loop(work)
    assert finished
    assert after_s < 0.5


def test_a_wait_that_ends_first_says_so(alice: Person) -> None:
    made = submitted(alice)
    finished, took_s = in_a_loop(lambda: timed(made.id, 0.5))
    assert not finished
    assert 0.4 < took_s < 1.5


def test_zero_only_looks(alice: Person) -> None:
    made = submitted(alice)
    assert in_a_loop(lambda: timed(made.id, 0))[0] is False
    finishing.cancel(generation_id=made.id)
    assert in_a_loop(lambda: timed(made.id, 0))[0] is True


def test_a_lost_wake_up_costs_a_poll_and_no_more(alice: Person) -> None:
    made = submitted(alice)

    async def work() -> tuple[bool, float]:
        waiter = asyncio.create_task(timed(made.id, 20))
        await asyncio.sleep(0.3)
        # An end that nobody announces.
        row = Generation.objects.filter(id=made.id)
        await asyncio.to_thread(row.update, state=State.CANCELED, finished_at=Now())
        return await waiter

    finished, took_s = in_a_loop(work)
    assert finished
    assert took_s < 3


def test_without_pub_sub_the_row_is_polled(alice: Person, settings: Any) -> None:
    settings.REDIS_URL = "unix:///nonexistent/socket"
    made = submitted(alice)

    async def work() -> tuple[bool, float]:
        waiter = asyncio.create_task(timed(made.id, 20))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(finishing.cancel, generation_id=made.id)
        return await waiter

    finished, took_s = in_a_loop(work)
    assert finished
    assert took_s < 3


def test_waiters_hold_no_connections(alice: Person, committed_db: CommittedDatabase) -> None:
    made = submitted(alice)

    async def work() -> tuple[int, list[tuple[bool, float]]]:
        waiters = [asyncio.create_task(timed(made.id, 30)) for _ in range(300)]
        await asyncio.sleep(2.5)
        connected = await asyncio.to_thread(_connections, committed_db)
        await asyncio.to_thread(finishing.cancel, generation_id=made.id)
        return connected, await asyncio.gather(*waiters)

    connected, answers = in_a_loop(work)
    assert all(finished for finished, _ in answers)
    # Ten read for everybody; this process's own ORM has one of its own.
    assert connected <= waiting.CONNECTIONS + 1


def _connections(database: CommittedDatabase) -> int:
    with psycopg.connect(database.url) as own:
        row = own.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()", [database.name]
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_full_process_says_so(alice: Person, settings: Any) -> None:
    settings.WAITING_CAP = 2
    made = submitted(alice)

    async def work() -> list[bool]:
        seen = [waiting.is_full(workspace_id=WORKSPACE)]
        waiters = [asyncio.create_task(timed(made.id, 1)) for _ in range(2)]
        await asyncio.sleep(0.2)
        seen.append(waiting.is_full(workspace_id=WORKSPACE))
        await asyncio.gather(*waiters)
        return [*seen, waiting.is_full(workspace_id=WORKSPACE)]

    assert in_a_loop(work) == [False, True, False]


def test_a_workspace_with_enough_waiting_calls_leaves_room_for_others(alice: Person, settings: Any) -> None:
    settings.WAITING_CAP_WORKSPACE = 2
    made = submitted(alice)

    async def work() -> list[bool]:
        waiters = [asyncio.create_task(timed(made.id, 1)) for _ in range(2)]
        await asyncio.sleep(0.2)
        seen = [waiting.is_full(workspace_id=one) for one in (WORKSPACE, uuid4())]
        await asyncio.gather(*waiters)
        return [*seen, waiting.is_full(workspace_id=WORKSPACE)]

    assert in_a_loop(work) == [True, False, False]


def test_everybody_is_let_go_when_the_process_leaves(alice: Person, client: Client) -> None:
    made = submitted(alice)

    async def work() -> tuple[list[tuple[bool, float]], bool]:
        waiters = [asyncio.create_task(timed(made.id, 30)) for _ in range(50)]
        await asyncio.sleep(0.3)
        waiting.let_everybody_go()
        return await asyncio.gather(*waiters), waiting.is_full(workspace_id=WORKSPACE)

    assert client.get("/readyz").status_code == 200
    answers, full = in_a_loop(work)
    assert full
    assert client.get("/readyz").status_code == 503
    assert not any(finished for finished, _ in answers)
    assert max(took_s for _, took_s in answers) < 2


def test_a_waiter_that_hangs_up_leaves_nothing(alice: Person) -> None:
    made = submitted(alice)

    async def work() -> int:
        waiter = asyncio.create_task(timed(made.id, 30))
        await asyncio.sleep(0.3)
        waiter.cancel()
        await asyncio.gather(waiter, return_exceptions=True)
        hub = waiting._Process.hub
        assert hub is not None
        return len(hub.waiters)

    assert in_a_loop(work) == 0


def test_nobody_waits_for_what_does_not_exist() -> None:
    assert in_a_loop(lambda: timed(uuid4(), 30))[0] is True
