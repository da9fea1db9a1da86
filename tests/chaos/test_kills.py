"""Each part is killed in mid-work: every picture still arrives or is refunded, and none is charged twice."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app

from generations import storage
from generations.models import Generation, ProcessStatus, State
from tests.chaos import rig as rigs
from tests.chaos.rig import Rig, accounts_agree, all_ended, eventually, some_running, states, submit_many
from tests.databases import CommittedDatabase
from tests.factories import Person, give

pytestmark = pytest.mark.chaos
TOKENS = 60


@pytest.fixture
def someone(alice: Person) -> Person:
    give(alice, tokens=TOKENS - 10)
    return alice


@pytest.fixture
def rig(committed_db: CommittedDatabase, settings: Any, files: Path) -> Iterator[Rig]:
    with rigs.running(committed_db, settings) as started:
        yield started


@pytest.fixture
def patient_rig(committed_db: CommittedDatabase, settings: Any, files: Path) -> Iterator[Rig]:
    with rigs.running(committed_db, settings, patience_s=25) as started:
        yield started


def all_arrived() -> bool:
    return all_ended() and set(Generation.objects.values_list("state", flat=True)) == {State.SUCCEEDED}


def test_the_worker_is_killed(rig: Rig, someone: Person) -> None:
    submit_many(someone, 8)
    eventually(some_running, within_s=15)
    rig.kill("pictures")
    eventually(all_ended, within_s=30)
    assert all_arrived(), states()
    assert max(attempt for _, attempt, _ in states()) == 2
    accounts_agree(someone, tokens=TOKENS)


def test_a_child_of_the_worker_is_killed(rig: Rig, someone: Person) -> None:
    submit_many(someone, 6, prompt="[[slow:0.5]]")
    eventually(some_running, within_s=15)
    rig.kill_child_of_worker()
    eventually(all_ended, within_s=30)
    assert all_arrived(), states()
    accounts_agree(someone, tokens=TOKENS)


def test_the_timer_is_killed(rig: Rig, someone: Person) -> None:
    submit_many(someone, 10)
    eventually(some_running, within_s=15)
    rig.kill("timer")
    eventually(all_ended, within_s=30)
    assert all_arrived(), states()
    accounts_agree(someone, tokens=TOKENS)


def test_valkey_is_killed_and_comes_back_empty(rig: Rig, someone: Person) -> None:
    submit_many(someone, 6)
    eventually(some_running, within_s=15)
    rig.kill_valkey()
    submit_many(someone, 4)
    eventually(all_ended, within_s=40)
    assert all_arrived(), states()
    accounts_agree(someone, tokens=TOKENS)


def test_a_picture_that_always_kills_its_worker_is_given_up_and_refunded(rig: Rig, someone: Person) -> None:
    [deadly] = submit_many(someone, 1, prompt="[[die]]")
    submit_many(someone, 3)
    eventually(all_ended, within_s=45)
    deadly.refresh_from_db()
    assert (deadly.state, deadly.attempt, deadly.error_code) == (State.EXPIRED, 3, "GENERATION_EXPIRED")
    assert [state for state, _, _ in states()].count(State.SUCCEEDED) == 3
    accounts_agree(someone, tokens=TOKENS)


def test_sigterm_lets_a_picture_finish_and_gives_the_rest_back(patient_rig: Rig, someone: Person) -> None:
    submit_many(someone, 4, prompt="[[slow:1.2]]")
    eventually(some_running, within_s=15)
    worker = patient_rig.children["pictures"].process
    assert worker is not None
    started = time.monotonic()
    worker.send_signal(rigs.TERM)
    worker.wait(timeout=20)
    assert time.monotonic() - started < 12
    eventually(all_ended, within_s=30)
    # Nobody's attempt was used up by our own shutdown.
    assert [(state, attempt) for state, attempt, _ in states()] == [("succeeded", 1)] * 4
    accounts_agree(someone, tokens=TOKENS)


def test_sigterm_releases_at_once_what_takes_too_long(rig: Rig, someone: Person) -> None:
    [slow] = submit_many(someone, 1, prompt="[[slow:3.5]]")
    eventually(some_running, within_s=15)
    worker = rig.children["pictures"].process
    assert worker is not None
    worker.send_signal(rigs.TERM)
    worker.wait(timeout=15)
    slow.refresh_from_db()
    assert slow.attempt in {0, 1}
    eventually(all_ended, within_s=30)
    assert [(state, attempt) for state, attempt, _ in states()] == [("succeeded", 1)]
    accounts_agree(someone, tokens=TOKENS)


def test_duplicates_ghosts_and_garbage_make_one_result_each(rig: Rig, someone: Person) -> None:
    made = submit_many(someone, 5, prompt="quick")
    for number in range(500):
        message = [str(made[number % 5].id), str(uuid4()), "garbage", json.dumps({"id": 1})][number % 4]
        current_app.send_task(
            "generations.tasks.run_generation",
            args=[message],
            queue="pictures",
            connection=current_app.connection_for_write(),
        )
    eventually(all_ended, within_s=30)
    assert [(state, attempt) for state, attempt, _ in states()] == [("succeeded", 1)] * 5
    for row in made:
        row.refresh_from_db()
        folder = f"gen/{row.id}"
        assert {f"{folder}/{name}" for name in storage.default_storage.listdir(folder)[1]} == set(
            storage.served_keys(row)
        )
    accounts_agree(someone, tokens=TOKENS)


def test_the_running_worker_has_the_settings_that_were_measured(rig: Rig, someone: Person) -> None:
    eventually(lambda: ProcessStatus.objects.filter(kind="worker", queues=["pictures"]).exists(), within_s=20)
    with current_app.connection_for_write() as connection:
        [answer] = current_app.control.inspect(connection=connection, timeout=5).conf().values()
    assert answer["task_acks_late"] is True
    assert answer["worker_prefetch_multiplier"] == 1
    assert answer["broker_transport_options"]["visibility_timeout"] == 540
    assert (answer["task_soft_time_limit"], answer["task_time_limit"]) == (150, 180)
