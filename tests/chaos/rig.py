"""Workers, a timer and a Valkey of one's own, to be killed; a supervisor starts again what ended, as a launcher does.

PostgreSQL is the test's fresh database. Times are short: lease 3 s, heartbeat 0.5 s, a message again after 2 s.
"""

import contextlib
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil
from celery import current_app
from django.db import connections

from billing import invariants, ledger
from generations import messages
from generations.models import OPEN, Generation
from roomai_web.celery import broker_url
from roomai_web.embedded import processes
from roomai_web.embedded.valkey import Valkey
from tests.databases import CommittedDatabase
from tests.factories import Person
from tests.generations.submitting import submitted

QUICK = {
    "GENERATION_LEASE_S": "3",
    "GENERATION_HEARTBEAT_MS": "500",
    "GENERATION_REDISPATCH_S": "2",
    "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
}


@dataclass
class Rig:
    """What runs. children: "pictures" (the worker) and "timer"."""

    valkey: Valkey
    children: dict[str, processes.Child]
    stopped: Event

    def kill(self, name: str) -> None:
        """End a process and everything it started by SIGKILL."""
        self.children[name].kill()

    def kill_child_of_worker(self) -> None:
        """End one of the worker's children only, as the kernel does when memory runs out."""
        main = self.children["pictures"].process
        assert main is not None
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(main.pid).children()[:1]:
                child.kill()

    def kill_valkey(self, *, away_s: float = 0.5) -> None:
        """End Valkey by SIGKILL and start it again, empty."""
        assert self.valkey.process is not None
        self.valkey.process.kill()
        self.valkey.process.wait()
        time.sleep(away_s)
        shutil.rmtree(self.valkey.data_dir)
        self.valkey.start()

    def supervise(self) -> None:
        """Start again what has ended, until the rig is stopped."""
        while not self.stopped.wait(0.1):
            for child in self.children.values():
                if child.ended() is not None:
                    child.start()


@contextlib.contextmanager
def running(database: CommittedDatabase, settings: Any, *, patience_s: int = 2) -> Iterator[Rig]:
    """Start everything, this process's own messages included; stop it at the end.

    patience_s: how long a worker lets its running pictures go on after SIGTERM.
    """
    room = Path(tempfile.mkdtemp(prefix="rai"))
    room.chmod(0o711)
    valkey = Valkey(room / "kv", room / "s" / "s", durable=False)
    valkey.start()
    settings.REDIS_URL = valkey.url()
    settings.LEASE, settings.REDISPATCH = timedelta(seconds=3), timedelta(seconds=2)
    environment = {**os.environ, **database.environment(), **QUICK, "RIG_PATIENCE_S": str(patience_s)}
    environment |= {"REDIS_URL": valkey.url(), "MEDIA_ROOT": str(settings.STORAGES["default"]["OPTIONS"]["location"])}
    ours = processes.ours(environment=environment, port=1)
    rig = Rig(valkey, {child.name: child for child in ours if child.name in {"pictures", "timer"}}, Event())
    for child in rig.children.values():
        child.start()
    supervisor = Thread(target=rig.supervise)
    supervisor.start()
    try:
        with _messages_through(valkey.url()):
            yield rig
    finally:
        rig.stopped.set()
        supervisor.join()
        for child in rig.children.values():
            child.kill()
            child.wait_or_kill()
        valkey.stop()
        shutil.rmtree(room, ignore_errors=True)


@contextlib.contextmanager
def _messages_through(redis_url: str) -> Iterator[None]:
    usual = current_app.conf.broker_write_url
    current_app.conf.broker_write_url = broker_url(redis_url)
    _forget_connections()
    try:
        yield
    finally:
        current_app.conf.broker_write_url = usual
        _forget_connections()


def _forget_connections() -> None:
    messages._producers.cache_clear()
    messages._redis.cache_clear()


def submit_many(someone: Person, count: int, *, prompt: str = "[[slow:0.2]]", every_s: float = 0) -> list[Generation]:
    """Submit so many pictures, one after another."""
    made = []
    for _ in range(count):
        made.append(submitted(someone, prompt=prompt))
        time.sleep(every_s)
    return made


def eventually(what: Callable[[], object], *, within_s: float) -> None:
    """Wait until `what()` is true; fail after so many seconds."""
    until = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < until, f"not within {within_s} s: {states()}"
        time.sleep(0.05)


def states() -> list[tuple[str, int, str]]:
    """Return state, attempts and error of every generation, oldest first."""
    return list(Generation.objects.order_by("created_at").values_list("state", "attempt", "error_code"))


def some_running() -> bool:
    """Say whether a worker is at work on something."""
    return Generation.objects.filter(state="running").exists()


def all_ended() -> bool:
    """Say whether nothing is open any more."""
    return not Generation.objects.filter(state__in=OPEN).exists()


def accounts_agree(someone: Person, *, tokens: int) -> None:
    """Assert that each success was charged once, nothing else was, and each has exactly its files."""
    succeeded = list(Generation.objects.filter(state="succeeded"))
    now = ledger.snapshot(wallet_id=someone.wallet_id)
    assert (tokens - now.posted, now.held) == (len(succeeded), 0), states()
    assert all(row.tokens_used == 1 and row.result_key for row in succeeded)
    assert invariants.breaks() == []
    connections.close_all()


TERM = signal.SIGTERM
