"""Renew leases, write down stages, and tell the work when to stop: one thread of the process beside all its work.

A stage is written as it begins. Only one that follows another within a glance waits that long: if it is over by then
nobody could have seen it, and a picture that is quick pays for no row it writes over at once.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from threading import Condition, Event, Lock, Thread

import structlog
from django.conf import settings
from django.db import DatabaseError, connections

from generations import finishing, leases
from generations.leases import Lease

log = structlog.get_logger(__name__)

#: Far less than the quickest page asks again after, and more than the shortest stages take.
GLANCE_S = 0.05


class LeaseLost(Exception):
    """Somebody else has the generation, or it has ended: whatever was made is thrown away."""


class Pulse:
    """The lease as the working thread sees it."""

    def __init__(self, lease: Lease) -> None:
        self.lease = lease
        self.beats_at = time.monotonic() + settings.HEARTBEAT.total_seconds()
        self._lost = Event()
        # Whoever writes a stage holds this, so that the row never goes back to an earlier one.
        self._writing = Lock()
        self._stage, self._entered_at, self._written_at = "", 0.0, time.monotonic()

    @property
    def due_at(self) -> float:
        """When somebody must see to it next, on the clock of `time.monotonic`."""
        return min(self.beats_at, self._entered_at + GLANCE_S) if self._stage else self.beats_at

    def lose(self) -> None:
        """Note that the lease is gone."""
        self._lost.set()

    def check(self) -> None:
        """Raise LeaseLost if the work is no longer ours."""
        if self._lost.is_set():
            raise LeaseLost

    def enter_stage(self, stage: str) -> None:
        """Have the row say what is being done from now on; raises LeaseLost."""
        self.check()
        with self._writing:
            self._stage, self._entered_at = stage, time.monotonic()
            waits = self._entered_at - self._written_at < GLANCE_S
            if not waits:
                self._write_stage()
        if waits:
            _keeper().expect(self.due_at)
        self.check()

    def settle(self) -> None:
        """Write the stage the work ends in, however short it was; a lease that is lost writes nothing."""
        with self._writing:
            if self._stage:
                self._write_stage()

    def see_to(self, now: float) -> None:
        """Do what is due: write the stage that has lasted a glance, renew the lease. Raises DatabaseError."""
        with self._writing:
            if self._stage and now >= self._entered_at + GLANCE_S:
                self._write_stage()
        if now >= self.beats_at:
            self.beats_at = now + settings.HEARTBEAT.total_seconds()
            if not _renewed(self.lease):
                self.lose()

    def _write_stage(self) -> None:
        stage, self._stage, self._written_at = self._stage, "", time.monotonic()
        since = timedelta(seconds=self._written_at - self._entered_at)
        if not leases.enter_stage(lease=self.lease, stage=stage, since=since):
            self.lose()


class _Keeper:
    """The thread that sees to every pulse of this process, with a database connection of its own while it does."""

    def __init__(self) -> None:
        self._pulses: set[Pulse] = set()
        self._changed = Condition()
        self._wakes_at = 0.0
        self._thread: Thread | None = None

    def add(self, pulse: Pulse) -> None:
        with self._changed:
            self._pulses.add(pulse)
            if self._thread is None or not self._thread.is_alive():
                self._thread = Thread(target=self._run, name="heartbeats", daemon=True)
                self._thread.start()
        self.expect(pulse.due_at)

    def remove(self, pulse: Pulse) -> None:
        with self._changed:
            self._pulses.discard(pulse)

    def expect(self, at: float) -> None:
        """Be awake at this moment."""
        with self._changed:
            if at < self._wakes_at:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            for pulse in self._due():
                try:
                    pulse.see_to(time.monotonic())
                except DatabaseError as error:
                    # The lease outlives several lost beats; if it does not, the next one that arrives says so.
                    log.warning("heartbeat_failed", error=type(error).__name__)
            connections.close_all()

    def _due(self) -> list[Pulse]:
        """Wait until something is due; return it."""
        with self._changed:
            while True:
                now = time.monotonic()
                if due := [pulse for pulse in self._pulses if pulse.due_at <= now]:
                    return due
                # Idle, it wakes as often as a lease is renewed: so a lease that begins meanwhile need not wake it.
                longest = now + settings.HEARTBEAT.total_seconds()
                self._wakes_at = min((longest, *(pulse.due_at for pulse in self._pulses)))
                self._changed.wait(self._wakes_at - now)


@cache
def _keeper() -> _Keeper:
    return _Keeper()


@contextmanager
def kept(lease: Lease) -> Iterator[Pulse]:
    """Keep the lease alive while the block runs."""
    pulse = Pulse(lease)
    _keeper().add(pulse)
    try:
        yield pulse
    finally:
        _keeper().remove(pulse)


def _renewed(lease: Lease) -> bool:
    """Renew the lease; False when it is lost, be it because we have just ended what was to be cancelled."""
    cancel_requested = leases.heartbeat(lease=lease)
    if cancel_requested:
        finishing.cancel_running(generation_id=lease.generation_id, fence=lease.fence)
    return cancel_requested is False
