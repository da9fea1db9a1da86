"""Renew a lease from a thread beside the work, and tell the work when to stop."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog
from django.conf import settings
from django.db import DatabaseError, connections

from generations import finishing, leases
from generations.leases import Lease

log = structlog.get_logger(__name__)


class LeaseLost(Exception):
    """Somebody else has the generation, or it has ended: whatever was made is thrown away."""


class Pulse:
    """The lease as the working thread sees it."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self._lost = Event()

    def lose(self) -> None:
        """Note that the lease is gone."""
        self._lost.set()

    def check(self) -> None:
        """Raise LeaseLost if the work is no longer ours."""
        if self._lost.is_set():
            raise LeaseLost

    def enter_stage(self, stage: str) -> None:
        """Write to the row what is being done from now on; raises LeaseLost."""
        self.check()
        if not leases.enter_stage(lease=self.lease, stage=stage):
            raise LeaseLost


@contextmanager
def kept(lease: Lease) -> Iterator[Pulse]:
    """Keep the lease alive while the block runs, from a thread with a database connection of its own."""
    pulse, ended = Pulse(lease), Event()
    thread = Thread(target=_beat, args=(pulse, ended), name=f"heartbeat-{lease.generation_id}", daemon=True)
    thread.start()
    try:
        yield pulse
    finally:
        ended.set()
        thread.join()


def _beat(pulse: Pulse, ended: Event) -> None:
    try:
        while not ended.wait(settings.HEARTBEAT.total_seconds()):
            try:
                if not _renewed(pulse.lease):
                    pulse.lose()
                    return
            except DatabaseError as error:
                # The lease outlives several lost beats; if it does not, the next one that arrives says so.
                log.warning("heartbeat_failed", error=type(error).__name__)
                connections.close_all()
    finally:
        connections.close_all()


def _renewed(lease: Lease) -> bool:
    """Renew the lease; False when it is lost, be it because we have just ended what was to be cancelled."""
    cancel_requested = leases.heartbeat(lease=lease)
    if cancel_requested:
        finishing.cancel_running(generation_id=lease.generation_id, fence=lease.fence)
    return cancel_requested is False
