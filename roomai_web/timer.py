"""`manage.py timer`: one process of plain loops that keeps every promise about time.

A PostgreSQL advisory lock on a connection of its own makes it the only one; a second timer waits for the lock and
takes over. Each loop has a thread and a database connection of its own: one that fails is logged and goes on at its
next turn, one that hangs holds up no other. Nothing here needs the broker but the sending half of dispatch.
"""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.db import close_old_connections, connections

from billing import endpoint, full_keys, inbox, invariants, low_balance, refunds, sweeps
from generations import closing, dispatching, leases, packing, processes, retention, watchdog
from generations.webhooks import delivering, events

log = structlog.get_logger(__name__)

# Any constant will do, as long as nothing else in this database locks it.
LOCK = 0x526F6F6D4149
RETRY_LOCK = timedelta(seconds=5)
LEAVE_WITHIN = timedelta(seconds=4)


@dataclass(frozen=True, slots=True)
class Loop:
    """Something to be done again and again. first_after: how long after the start it is done first."""

    name: str
    every: timedelta
    work: Callable[[], object]
    first_after: timedelta = timedelta(0)


def check_ledger() -> None:
    """Log every invariant that does not hold; each line is an alert."""
    for found in invariants.breaks():
        log.error("ledger_break", rule=found.rule, ref=found.ref)


def stripe_inbox() -> None:
    """Handle what Stripe told us, as long as something is due."""
    while inbox.handle_due():
        pass


#: Where tokens are sold: no broker is needed, so a dead one delays no payment.
MONEY_LOOPS = [
    Loop("stripe_inbox", timedelta(seconds=2), stripe_inbox),
    Loop("stripe_endpoint", timedelta(hours=1), endpoint.check),
    Loop("stripe_events", timedelta(hours=1), sweeps.collect_events, first_after=timedelta(minutes=1)),
    Loop("stripe_open", timedelta(minutes=10), sweeps.settle_open),
    Loop("stripe_refunds", timedelta(minutes=10), refunds.ask_again, first_after=timedelta(minutes=2)),
    Loop("stripe_compare", timedelta(days=1), sweeps.compare, first_after=timedelta(minutes=5)),
    Loop("stripe_payloads", timedelta(days=1), inbox.forget_payloads, first_after=timedelta(minutes=10)),
]
LOOPS = [
    Loop("dispatch", timedelta(seconds=1), dispatching.send_due),
    Loop("reap", timedelta(seconds=5), leases.reap),
    Loop("watchdog", timedelta(seconds=10), watchdog.look),
    Loop("check_ledger", timedelta(seconds=60), check_ledger),
    Loop("low_balance", timedelta(minutes=1), partial(low_balance.tell, listener=events.balance_low)),
    Loop("full_keys", timedelta(minutes=1), full_keys.tell),
    Loop("webhooks", timedelta(seconds=1), delivering.send_due),
    Loop("exports", timedelta(seconds=10), packing.send_due),
    Loop("closing", timedelta(minutes=10), closing.end_due),
    Loop("retention", timedelta(minutes=10), retention.purge),
    Loop("sweep_objects", timedelta(days=1), retention.sweep_objects, first_after=timedelta(minutes=10)),
    *(MONEY_LOOPS if settings.SHOP else []),
]


class LockLost(Exception):
    """The lock's connection is gone, so another timer may be at work: end at once and be started again."""


def run(*, loops: list[Loop], stop: Event) -> None:
    """Wait for the lock, then run the loops until `stop` is set; return within five seconds of that.

    Raises LockLost when the lock's connection breaks.
    """
    sign = processes.Sign(kind="timer", queues=[], busy=lambda: 0, on_exit_requested=stop.set)
    sign.start()
    try:
        with processes.direct_connection() as own:
            if _locked(own, stop):
                log.info("timer_started", loops=[loop.name for loop in loops])
                _run_loops(loops, own, stop)
    except psycopg.Error as error:
        raise LockLost(type(error).__name__) from error
    finally:
        stop.set()
        sign.stop()
    log.info("timer_left")


def stop_on_signals() -> Event:
    """Return an event that SIGTERM or Ctrl-C sets."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _locked(own: psycopg.Connection[Any], stop: Event) -> bool:
    """Try every five seconds to be the one timer; False when told to stop first."""
    while not stop.is_set():
        row = own.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
        if row is not None and row[0]:
            return True
        stop.wait(RETRY_LOCK.total_seconds())
    return False


def _run_loops(loops: list[Loop], own: psycopg.Connection[Any], stop: Event) -> None:
    threads = [Thread(target=_turn, args=(loop, stop), name=loop.name, daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    while not stop.wait(1):
        own.execute("SELECT 1")  # raises when the lock is gone
    until = time.monotonic() + LEAVE_WITHIN.total_seconds()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


def _turn(loop: Loop, stop: Event) -> None:
    """Do the loop's work at each turn; whatever goes wrong concerns this turn of this loop only."""
    stop.wait(loop.first_after.total_seconds())
    while not stop.is_set():
        close_old_connections()
        try:
            loop.work()
        except Exception:
            log.exception("timer_loop_failed", loop=loop.name)
        finally:
            connections.close_all()
        stop.wait(loop.every.total_seconds())
