"""A worker's main process: its sign of life, its exit when the watchdog asks, its rows on the way out.

It opens nothing that its children could inherit over a fork: no pool of connections, no network. What it writes
goes over connections of its own (`generations.processes`).
"""

import atexit
import os
import signal
from threading import Timer
from typing import Any

import psycopg
import structlog
from celery.signals import celeryd_init, worker_ready
from celery.worker import state

from generations import leases, processes

log = structlog.get_logger(__name__)

# Longer than the soft shutdown (30 s) and what follows it, shorter than any supervisor's patience.
LEAVE_WITHIN_S = 45


@celeryd_init.connect  # type: ignore[untyped-decorator]  # celery ships no types
def name_the_children(**_: Any) -> None:
    """Hand our name on before anything is forked: what a child claims is claimed in it."""
    os.environ[processes.NAME_VARIABLE] = processes.own_name()


@worker_ready.connect  # type: ignore[untyped-decorator]
def show_life(sender: Any, **_: Any) -> None:
    """Begin to write this worker's row, and see to what has to be done last."""
    queues = list(sender.app.amqp.queues.consume_from)
    sign = processes.Sign(
        kind="worker", queues=queues, busy=lambda: len(state.active_requests), on_exit_requested=leave
    )
    sign.start()
    # Celery's own signal of a shutdown is not sent when running work had to be cut off; this runs in either case,
    # after the children have gone, and not in them: they end without it.
    atexit.register(release_what_is_unfinished, sign)


def leave() -> None:
    """End this worker as a deploy would; by force when it has not gone after 45 seconds."""
    log.warning("worker_told_to_exit", process=processes.own_name())
    force = Timer(LEAVE_WITHIN_S, os.kill, (os.getpid(), signal.SIGKILL))
    force.daemon = True
    force.start()
    os.kill(os.getpid(), signal.SIGTERM)


def release_what_is_unfinished(sign: processes.Sign) -> None:
    """Give back the rows our children still had; should that fail, their leases lapse and do the same."""
    sign.stop()
    try:
        with processes.direct_connection() as own:
            released = own.execute(leases.RELEASE_WORKER, {"worker": processes.own_name()}).fetchall()
    except psycopg.Error as error:
        log.warning("rows_not_released", error=type(error).__name__)
        return
    log.info("worker_left", released=len(released))
