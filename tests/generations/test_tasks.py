import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.db.models.functions import Now
from redis import Redis

from billing import invariants, ledger
from generations import dispatching, leases, messages, running, services, storage
from generations.models import Generation, State
from generations.tasks import run_generation
from tests.databases import CommittedDatabase
from tests.factories import Person
from tests.generations.submitting import now_is_later, submitted


def ended(made: Generation) -> Generation:
    running.run(generation_id=made.id)
    made.refresh_from_db()
    return made


def spent(someone: Person) -> tuple[int, int]:
    now = ledger.snapshot(wallet_id=someone.wallet_id)
    return 10 - now.posted, now.held


@pytest.mark.usefixtures("quick")
def test_a_picture_is_made_stored_and_charged_once(alice: Person) -> None:
    made = ended(submitted(alice))
    assert (made.state, made.tokens_used, made.stage) == (State.SUCCEEDED, 1, "saving")
    assert made.result_key is not None
    assert storage.read(made.result_key).startswith(b"\x89PNG")
    assert made.result.keys() == {
        "subject", "proof", "scene", "width", "height", "format", "seed", "engine",
        "processing_time_ms", "stage_ms", "gates", "network",
    }  # fmt: skip
    assert (made.result["seed"], made.result["network"]["watermark"]) == (7, False)
    run_generation(str(made.id))
    assert spent(alice) == (1, 0)
    assert invariants.breaks() == []


@pytest.mark.usefixtures("quick")
def test_a_test_key_gets_a_watermark_and_pays_nothing(alice: Person) -> None:
    made = ended(submitted(alice, livemode=False))
    assert (made.state, made.tokens_used, made.result["network"]["watermark"]) == (State.SUCCEEDED, 0, True)
    assert spent(alice) == (0, 0)
    assert invariants.breaks() == []


@pytest.mark.usefixtures("quick")
def test_a_refused_picture_ends_failed_with_its_code_and_costs_nothing(alice: Person) -> None:
    made = ended(submitted(alice, prompt="[[no-subject]]"))
    assert (made.state, made.error_code, made.error_extra) == (State.FAILED, "NO_SUBJECT_FOUND", {"stage": "matte"})
    assert (made.attempt, spent(alice)) == (1, (0, 0))
    assert invariants.breaks() == []


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("prompt", "code"), [("[[engine-down]]", "ENGINE_UNAVAILABLE"), ("[[bug]]", "ENGINE_FAILED")])
def test_what_may_pass_is_tried_three_times(alice: Person, prompt: str, code: str, files: Path) -> None:
    made = submitted(alice, prompt=prompt)
    for attempt in (1, 2):
        assert (ended(made).state, made.attempt) == (State.QUEUED, attempt)
        assert leases.due() == []
        now_is_later(made.id, by=timedelta(seconds=10))
    assert (ended(made).state, made.error_code, made.attempt) == (State.FAILED, code, 3)
    assert spent(alice) == (0, 0)
    assert not list(files.glob("gen/*/*"))
    assert invariants.breaks() == []


@pytest.mark.usefixtures("quick")
def test_an_input_that_is_gone_is_our_fault_and_free(alice: Person) -> None:
    made = submitted(alice)
    storage.delete(made.inputs["image"]["object_key"])
    Generation.objects.filter(id=made.id).update(attempt=2)
    assert (ended(made).state, made.error_code) == (State.FAILED, "ENGINE_FAILED")


@pytest.mark.usefixtures("quick", "committed_db")
def test_a_cancel_stops_a_running_picture_at_the_next_heartbeat(
    alice: Person, settings: Any, files: Path, at_once: Callable[..., list[Any]]
) -> None:
    settings.HEARTBEAT = timedelta(milliseconds=100)
    made = submitted(alice, prompt="[[slow:1]]")

    def act(number: int) -> None:
        if number == 0:
            running.run(generation_id=made.id)
            return
        while Generation.objects.get(id=made.id).state != State.RUNNING:
            time.sleep(0.02)
        services.cancel(generation=made)

    at_once(2, act)
    made.refresh_from_db()
    assert (made.state, spent(alice)) == (State.CANCELED, (0, 0))
    assert not list(files.glob("gen/*/*"))
    assert invariants.breaks() == []


@pytest.mark.usefixtures("quick", "committed_db")
def test_a_heartbeat_keeps_a_lease_longer_than_it_was_given(alice: Person, settings: Any) -> None:
    settings.LEASE, settings.HEARTBEAT = timedelta(seconds=1), timedelta(milliseconds=100)
    made = ended(submitted(alice, prompt="[[slow:1.6]]"))
    assert (made.state, made.attempt) == (State.SUCCEEDED, 1)


@pytest.mark.usefixtures("quick", "committed_db")
def test_a_worker_that_lost_its_lease_throws_its_work_away(
    alice: Person, settings: Any, files: Path, at_once: Callable[..., list[Any]]
) -> None:
    settings.HEARTBEAT = timedelta(milliseconds=100)
    made = submitted(alice, prompt="[[slow:1]]")

    def act(number: int) -> None:
        if number == 0:
            running.run(generation_id=made.id)
            return
        while Generation.objects.get(id=made.id).state != State.RUNNING:
            time.sleep(0.02)
        Generation.objects.filter(id=made.id).update(lease_until=Now() - timedelta(seconds=1))
        assert leases.claim(generation_id=made.id, worker="another") is not None

    at_once(2, act)
    made.refresh_from_db()
    assert (made.state, made.worker, made.attempt) == (State.RUNNING, "another", 2)
    assert not list(files.glob("gen/*/*"))


# Fixed, since every process of a parallel run must collect the same tests.
NOBODY = "01a20400-0000-7000-8000-000000000000"


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("message", ["", "garbage", "0", None, 7, ["x"], NOBODY, f"{NOBODY}; DROP TABLE"])
def test_foolish_messages_do_nothing(message: object) -> None:
    assert run_generation(message) is None


def test_a_commit_sends_the_id_and_nothing_else(committed_db: CommittedDatabase, alice: Person, settings: Any) -> None:
    broker = Redis.from_url(settings.REDIS_URL)
    broker.delete("pictures")
    made = submitted(alice)
    [message] = broker.lrange("pictures", 0, -1)
    with current_app.connection_for_read() as connection, connection.SimpleQueue("pictures") as queue:
        assert queue.get(timeout=1).payload[0] == [str(made.id)]
    assert b"quiet room" not in message
    broker.delete("pictures")


def test_a_broker_that_is_away_is_nobodys_error(committed_db: CommittedDatabase, alice: Person, away: None) -> None:
    started = time.monotonic()
    made = submitted(alice)
    messages.announce_end(generation_id=made.id)
    assert time.monotonic() - started < 2
    assert made.state == State.QUEUED
    now_is_later(made.id, by=timedelta(minutes=1))
    assert dispatching.send_due() == 0
    assert leases.due() == []  # asked for again only after REDISPATCH
    assert not messages.broker_answers()
