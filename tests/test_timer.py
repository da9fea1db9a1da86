import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psycopg
import pytest
from django.db.models.functions import Now
from redis import Redis

from generations import leases, processes, watchdog
from generations.models import Generation, ProcessStatus, State
from roomai_web import timer
from roomai_web.timer import Loop
from tests.databases import CommittedDatabase
from tests.factories import Person
from tests.generations.submitting import now_is_later, submitted

ROOT = Path(__file__).resolve().parent.parent
TURN = timedelta(milliseconds=50)


def eventually(what: Callable[[], object], *, within_s: float = 30) -> None:
    until = time.monotonic() + within_s
    while not what():
        assert time.monotonic() < until, "it did not come to that in time"
        time.sleep(0.05)


@pytest.fixture
def started(committed_db: CommittedDatabase) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start timers as an operator would, and leave none behind."""
    running: list[subprocess.Popen[bytes]] = []

    def start(**environment: str) -> subprocess.Popen[bytes]:
        everything = {
            **os.environ,
            **committed_db.environment(),
            "DJANGO_SETTINGS_MODULE": "roomai_web.settings",
            **environment,
        }
        running.append(subprocess.Popen([sys.executable, "manage.py", "timer"], cwd=ROOT, env=everything))
        return running[-1]

    yield start
    for process in running:
        process.kill()
        process.wait()


def test_it_sends_what_is_due_and_ends_what_is_lost(started: Callable[..., Any], alice: Person, settings: Any) -> None:
    broker = Redis.from_url(settings.REDIS_URL)
    due, lost = submitted(alice), submitted(alice)
    broker.delete("pictures")
    now_is_later(due.id, by=timedelta(minutes=1))
    now_is_later(lost.id, by=timedelta(minutes=20))
    process = started()
    eventually(lambda: Generation.objects.get(id=lost.id).state == State.EXPIRED)
    eventually(lambda: broker.llen("pictures"))
    eventually(lambda: ProcessStatus.objects.filter(kind="timer").exists())
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    assert not ProcessStatus.objects.exists()
    broker.delete("pictures")


def test_it_works_while_the_broker_is_down(started: Callable[..., Any], alice: Person) -> None:
    lost = submitted(alice)
    now_is_later(lost.id, by=timedelta(minutes=20))
    now_is_later(submitted(alice).id, by=timedelta(minutes=1))
    started(REDIS_URL="unix:///nonexistent/socket")
    eventually(lambda: Generation.objects.get(id=lost.id).state == State.EXPIRED)


def test_of_two_timers_one_is_active_and_the_other_takes_over(started: Callable[..., Any], alice: Person) -> None:
    first = started()
    eventually(lambda: _holders() == 1)
    second = started()
    eventually(lambda: ProcessStatus.objects.filter(kind="timer").count() == 2)
    assert _holders() == 1
    first.kill()
    first.wait()
    lost = submitted(alice)
    now_is_later(lost.id, by=timedelta(minutes=20))
    eventually(lambda: Generation.objects.get(id=lost.id).state == State.EXPIRED, within_s=10)
    assert second.poll() is None


def test_a_timer_whose_lock_is_gone_exits_at_once(started: Callable[..., Any], committed_db: CommittedDatabase) -> None:
    process = started()
    eventually(lambda: _holders() == 1)
    with psycopg.connect(committed_db.url, autocommit=True) as own:
        # Of this database only: pg_locks lists the whole server's, and the running copy's timer has such a lock too.
        own.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    assert process.wait(timeout=5) == 1


def test_a_loop_that_fails_or_hangs_stops_no_other(committed_db: CommittedDatabase, caplog: Any) -> None:
    counted, stop = {"fails": 0, "works": 0}, Event()

    def fail() -> None:
        counted["fails"] += 1
        raise ZeroDivisionError("scenario")

    def work() -> None:
        counted["works"] += 1

    loops = [Loop("hangs", TURN, lambda: time.sleep(60)), Loop("fails", TURN, fail), Loop("works", TURN, work)]
    thread = Thread(target=lambda: timer.run(loops=loops, stop=stop))
    thread.start()
    eventually(lambda: counted["fails"] > 3 and counted["works"] > 3)
    asked = time.monotonic()
    stop.set()
    thread.join(timeout=6)
    assert not thread.is_alive()
    assert time.monotonic() - asked < 6
    assert "timer_loop_failed" in caplog.text


def test_the_loops_are_those_of_the_design() -> None:
    every = {loop.name: loop.every.total_seconds() for loop in timer.LOOPS}
    assert every == {
        "dispatch": 1,
        "reap": 5,
        "watchdog": 10,
        "check_ledger": 60,
        "low_balance": 60,
        "full_keys": 60,
        "webhooks": 1,
        "exports": 10,
        "closing": 600,
        "retention": 600,
        "sweep_objects": 86_400,
    }
    assert {loop.name: loop.every.total_seconds() for loop in timer.MONEY_LOOPS} == {
        "stripe_inbox": 2,
        "stripe_endpoint": 3_600,
        "stripe_events": 3_600,
        "stripe_open": 600,
        "stripe_refunds": 600,
        "stripe_compare": 86_400,
        "stripe_payloads": 86_400,
    }


def test_a_broken_ledger_is_an_alert(alice: Person, caplog: Any) -> None:
    timer.check_ledger()
    assert "ledger_break" not in caplog.text
    made = submitted(alice)
    Generation.objects.filter(id=made.id).update(state=State.FAILED, finished_at=Now())
    timer.check_ledger()
    assert "ledger_break" in caplog.text
    assert "I4" in caplog.text


class TestWatchdog:
    def test_an_idle_worker_beside_old_work_is_told_to_exit_once_a_minute(self, overdue: Generation) -> None:
        _worker("idle")
        _worker("other")
        [asked] = watchdog.look()
        assert watchdog.look() == []
        assert ProcessStatus.objects.get(exit_requested__isnull=False).process == asked

    def test_busy_silent_and_other_workers_are_left_alone(self, overdue: Generation) -> None:
        _worker("busy", busy=1)
        _worker("elsewhere", queues=["default"])
        _worker("silent")
        ProcessStatus.objects.filter(process="silent").update(seen_at=Now() - timedelta(minutes=1))
        assert watchdog.look() == []

    def test_nobody_is_blamed_while_the_work_is_young(self, alice: Person) -> None:
        submitted(alice)
        _worker("idle")
        assert watchdog.look() == []

    @pytest.fixture
    def overdue(self, alice: Person) -> Generation:
        made = submitted(alice)
        now_is_later(made.id, by=timedelta(minutes=2))
        assert leases.queue_ages_s()["pictures"] > 60
        return made


def test_a_sign_of_life_appears_is_told_and_goes(committed_db: CommittedDatabase, settings: Any) -> None:
    told = Event()
    sign = processes.Sign(kind="worker", queues=["pictures"], busy=lambda: 2, on_exit_requested=told.set)
    ProcessStatus.objects.create(process=processes.own_name(), kind="worker", exit_requested=Now())
    sign.start()
    assert told.wait(5)
    row = ProcessStatus.objects.get()
    assert (row.process, row.busy) == (processes.own_name(), 2)
    sign.stop()
    assert not ProcessStatus.objects.exists()


def _holders() -> int:
    with processes.direct_connection() as own:
        row = own.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        ).fetchone()
    assert row is not None
    return int(row[0])


def _worker(name: str, *, busy: int = 0, queues: list[str] | None = None) -> None:
    ProcessStatus.objects.create(process=name, kind="worker", queues=queues or ["pictures"], busy=busy)
