"""Signs of life: each worker's main process and the timer write a row, so that a silent one is noticed.

They use connections of their own. A parent that opened Django's pool would pass it on to the children it forks.
"""

import os
import socket
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from threading import Event, Thread
from typing import Any

import psycopg
import structlog
from django.db import connection

log = structlog.get_logger(__name__)

BEAT = timedelta(seconds=10)
# Children of a worker act in the name of its main process, which hands it on before they are forked.
NAME_VARIABLE = "ROOMAI_PROCESS"

_WRITE = """
INSERT INTO generations_processstatus AS status (process, kind, queues, busy, seen_at)
VALUES (%(process)s, %(kind)s, %(queues)s, %(busy)s, now())
ON CONFLICT (process) DO UPDATE SET seen_at = now(), busy = excluded.busy
RETURNING status.exit_requested IS NOT NULL
"""
_REMOVE = "DELETE FROM generations_processstatus WHERE process = %(process)s OR seen_at < now() - interval '1 day'"


@cache
def own_name() -> str:
    """Return this process's name: host, pid and a start mark, so that no two ever share it."""
    return os.environ.get(NAME_VARIABLE) or f"{socket.gethostname()[:80]}:{os.getpid()}:{os.urandom(4).hex()}"


def direct_connection() -> psycopg.Connection[Any]:
    """Open a connection outside Django's pool, in autocommit; the caller closes it."""
    parameters = connection.get_connection_params() | {"autocommit": True}
    return psycopg.connect(**parameters)


class Sign:
    """Writes this process's row every ten seconds, from a thread, until stopped.

    busy: how many pieces of work are being done now. on_exit_requested: called once, when the watchdog asks.
    """

    def __init__(
        self, *, kind: str, queues: list[str], busy: Callable[[], int], on_exit_requested: Callable[[], None]
    ) -> None:
        self._row = {"process": own_name(), "kind": kind, "queues": queues}
        self._busy, self._on_exit_requested = busy, on_exit_requested
        self._stopped = Event()
        self._thread = Thread(target=self._keep_writing, name="sign-of-life", daemon=True)

    def start(self) -> None:
        """Begin; the first row is written at once."""
        self._thread.start()

    def stop(self) -> None:
        """End within a second and remove the row."""
        self._stopped.set()
        self._thread.join(timeout=1)

    def _keep_writing(self) -> None:
        while not self._stopped.is_set():
            try:
                with direct_connection() as own:
                    self._write_until_stopped(own)
            except psycopg.Error as error:
                log.warning("sign_of_life_not_written", error=type(error).__name__)
                self._stopped.wait(BEAT.total_seconds())

    def _write_until_stopped(self, own: psycopg.Connection[Any]) -> None:
        asked = False
        while True:
            answer = own.execute(_WRITE, self._row | {"busy": self._busy()}).fetchone()
            if answer is not None and answer[0] and not asked:
                asked = True
                self._on_exit_requested()
            if self._stopped.wait(BEAT.total_seconds()):
                own.execute(_REMOVE, self._row)
                return
