"""A worker's main process: its sign of life, its exit when the watchdog asks, its rows on the way out.

SIGTERM stops it taking work and lets what runs finish, for so many seconds at most; what is left is cut off and its
rows are released. Celery's own soft shutdown is not used: it sleeps for the whole time however soon the work ends.

It opens nothing that its children could inherit over a fork: no pool of connections, no network. What it writes
goes over connections of its own (`generations.processes`).
"""

import atexit
import os
import signal
import sys
import time
from collections.abc import Callable
from threading import Timer, local
from typing import Any

import psycopg
import structlog
from celery.signals import celeryd_init, task_postrun, task_prerun, worker_ready
from celery.worker import state
from django.db import close_old_connections, connection

from generations import leases, messages, processes

log = structlog.get_logger(__name__)
_used = local()

CUT_OFF_TAKES_S = 8
# How long a connection may lie unused before it is looked at again.
RESTED_S = 5.0
# For a main process that does not even hear its signals: longer than all of the above.
LEAVE_WITHIN_S = 45


@celeryd_init.connect  # type: ignore[untyped-decorator]  # celery ships no types
def name_the_children(**_: Any) -> None:
    """Hand our name on before anything is forked: what a child claims is claimed in it."""
    os.environ[processes.NAME_VARIABLE] = processes.own_name()


@celeryd_init.connect  # type: ignore[untyped-decorator]
def refuse_a_forgetful_broker(**_: Any) -> None:
    """Exit with one sentence where the broker may throw messages away; where it is silent, Celery tries again."""
    if problem := messages.broker_problem():
        sys.exit(f"The worker does not start: {problem}")


@task_prerun.connect  # type: ignore[untyped-decorator]
def check_connections(**_: Any) -> None:
    """Give a connection that has rested back to the child's pool, which checks it before it gives it out again.

    One that served a moment ago is good: should it be gone all the same, the task fails, and is sent again.
    """
    now = time.monotonic()
    if connection.errors_occurred or now - getattr(_used, "at", 0.0) > RESTED_S:
        close_old_connections()
    _used.at = now


@task_postrun.connect  # type: ignore[untyped-decorator]
def note_use(**_: Any) -> None:
    """Remember when this thread's connection was last used."""
    _used.at = time.monotonic()


@worker_ready.connect  # type: ignore[untyped-decorator]
def show_life(sender: Any, **_: Any) -> None:
    """Begin to write this worker's row, and see to what has to be done last."""
    queues = list(sender.app.amqp.queues.consume_from)
    sign = processes.Sign(
        kind="worker", queues=queues, busy=lambda: len(state.active_requests), on_exit_requested=leave
    )
    sign.start()
    signal.signal(signal.SIGTERM, lambda *_: finish_and_leave(patience_s=sender.app.conf.shutdown_patience_s))
    # Celery's own signal of a shutdown is not sent when running work had to be cut off; this runs in either case,
    # after the children have gone, and not in them: they end without it.
    atexit.register(say_goodbye, sign)


def finish_and_leave(*, patience_s: float) -> None:
    """Take nothing new, let what runs finish; cut it off when the patience is over."""
    state.should_stop = os.EX_OK  # what Celery's own warm shutdown sets
    _after(patience_s, lambda: os.kill(os.getpid(), signal.SIGQUIT))
    _after(patience_s + CUT_OFF_TAKES_S, _end_now)


def leave() -> None:
    """End this worker as a deploy would; by force when it has not gone after 45 seconds."""
    log.warning("worker_told_to_exit", process=processes.own_name())
    _after(LEAVE_WITHIN_S, lambda: os.kill(os.getpid(), signal.SIGKILL))
    os.kill(os.getpid(), signal.SIGTERM)


def _after(seconds: float, act: Callable[[], object]) -> None:
    timer = Timer(seconds, act)
    timer.daemon = True
    timer.start()


def _end_now() -> None:
    """End although Celery has not found its way out; its children end when they notice."""
    release_rows()
    os._exit(os.EX_SOFTWARE)


def say_goodbye(sign: processes.Sign) -> None:
    """Take the sign of life down and release what is left."""
    sign.stop()
    release_rows()


def release_rows() -> None:
    """Give back the rows our children still had; should that fail, their leases lapse and do the same."""
    try:
        with processes.direct_connection() as own:
            released = own.execute(leases.RELEASE_WORKER, {"worker": processes.own_name()}).fetchall()
    except psycopg.Error as error:
        log.warning("rows_not_released", error=type(error).__name__)
        return
    log.info("worker_left", released=len(released))
