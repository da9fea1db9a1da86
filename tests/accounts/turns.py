"""Two pieces of work of which the second must wait for the first: brought about, not hoped for."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connection, connections, transaction

T = TypeVar("T")
PATIENCE_S = 5


def in_turn(first: Callable[[], T], second: Callable[[], T]) -> tuple[T, T]:
    """Do `first` and keep its transaction open until `second`, in a thread, waits for a lock or is through.

    Return what both returned. Needs the fixture `committed_db`.
    """

    def apart() -> T:
        try:
            return second()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            one = first()
            other = pool.submit(apart)
            _wait_until_it_waits(other)
        return one, other.result()


def _wait_until_it_waits(work: Future[T]) -> None:
    until = time.monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        while not work.done() and time.monotonic() < until:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.01)
