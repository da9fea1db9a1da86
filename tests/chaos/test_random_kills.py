"""Parts are killed one after another, at random, while pictures keep coming. `SEED=n` replays the order."""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connections

from generations.models import Generation, State
from tests.chaos import rig as rigs
from tests.chaos.rig import Rig, accounts_agree, all_ended, eventually, states, submit_many
from tests.databases import CommittedDatabase
from tests.factories import Person, give

pytestmark = [pytest.mark.chaos, pytest.mark.slow]
JOBS, KILLS = 30, 4


@pytest.fixture
def rig(committed_db: CommittedDatabase, settings: Any, files: Path) -> Iterator[Rig]:
    with rigs.running(committed_db, settings) as started:
        yield started


def test_whatever_dies_every_picture_arrives_or_is_refunded(rig: Rig, alice: Person) -> None:
    seed = int(os.environ.get("SEED", "0")) or random.randrange(1, 10_000)
    sys.stdout.write(f"SEED={seed}\n")  # pytest shows it when the test fails
    chance = random.Random(seed)
    give(alice, tokens=JOBS)
    faults: list[Callable[[], object]] = [
        lambda: rig.kill("pictures"),
        rig.kill_child_of_worker,
        lambda: rig.kill("timer"),
        rig.kill_valkey,
    ]
    client = Thread(target=_submit_all, args=(alice,))
    client.start()
    try:
        for _ in range(KILLS):
            time.sleep(chance.uniform(1, 3))
            chance.choice(faults)()
    finally:
        client.join()
    eventually(all_ended, within_s=60)
    assert Generation.objects.count() == JOBS
    assert {state for state, _, _ in states()} <= {State.SUCCEEDED, State.EXPIRED}
    accounts_agree(alice, tokens=JOBS + 10)


def _submit_all(someone: Person) -> None:
    try:
        submit_many(someone, JOBS, every_s=0.2)
    finally:
        connections.close_all()
