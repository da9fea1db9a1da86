from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from billing import invariants, ledger
from billing.ledger import Balance
from generations import finishing, leases, running, services, storage
from generations.errors import EngineFailed
from generations.finishing import Outcome
from generations.leases import Lease
from generations.models import Generation, State
from tests.databases import CommittedDatabase
from tests.factories import Person, give, person
from tests.generations.submitting import now_is_later, submitted

MINUTE = timedelta(minutes=1)


def claimed(generation: Generation, worker: str = "one") -> Lease:
    lease = leases.claim(generation_id=generation.id, worker=worker)
    assert lease is not None
    return lease


def lapse(generation: Generation) -> None:
    Generation.objects.filter(id=generation.id).update(lease_until=Now() - timedelta(seconds=1))


def outcome(generation: Generation) -> Outcome:
    return Outcome(result_key=f"gen/{generation.id}/1-{'0' * 32}.png", inputs={}, result={"width": 16})


def balance(someone: Person) -> Balance:
    return ledger.snapshot(wallet_id=someone.wallet_id)


def test_a_claim_is_exclusive_until_its_lease_lapses(alice: Person) -> None:
    made = submitted(alice)
    first = claimed(made)
    assert (first.attempt, first.is_last_attempt) == (1, False)
    assert leases.claim(generation_id=made.id, worker="two") is None
    lapse(made)
    second = claimed(made, "two")
    assert (second.attempt, second.fence) == (2, first.fence + 1)


def test_a_lease_lasts_from_the_claim_and_is_renewed(alice: Person, settings: Any) -> None:
    settings.LEASE = timedelta(seconds=3)
    made = submitted(alice)
    lease = claimed(made)
    settings.LEASE = timedelta(seconds=60)
    assert leases.heartbeat(lease=lease) is False
    made.refresh_from_db()
    assert made.lease_until is not None
    assert timedelta(seconds=50) < made.lease_until - timezone.now() <= timedelta(seconds=61)


def test_a_stale_fence_writes_nothing(alice: Person) -> None:
    made = submitted(alice)
    stale = claimed(made)
    lapse(made)
    current = claimed(made, "two")
    assert leases.heartbeat(lease=stale) is None
    assert not leases.release(lease=stale)
    assert not finishing.succeed(row=made, fence=stale.fence, outcome=outcome(made))
    assert not finishing.fail(generation_id=made.id, fence=stale.fence, error=EngineFailed())
    assert not finishing.cancel_running(generation_id=made.id, fence=stale.fence)
    assert finishing.succeed(row=made, fence=current.fence, outcome=outcome(made))
    assert not finishing.succeed(row=made, fence=current.fence, outcome=outcome(made))
    assert (balance(alice).posted, balance(alice).held) == (9, 0)
    assert invariants.breaks() == []


def test_a_released_generation_is_due_after_its_delay(alice: Person) -> None:
    made = submitted(alice)
    assert leases.release(lease=claimed(made), delay=MINUTE)
    assert leases.due() == []
    now_is_later(made.id, by=MINUTE)
    assert leases.due() == [(made.id, "pictures")]
    assert claimed(made).attempt == 2


def test_a_shutdown_gives_the_attempt_back(alice: Person) -> None:
    made = submitted(alice)
    assert leases.release(lease=claimed(made), gives_attempt_back=True)
    assert claimed(made).attempt == 1


def test_a_workspace_runs_no_more_than_its_cap(alice: Person, charlie: Person, settings: Any) -> None:
    settings.RUNNING_CAP = 2
    give(charlie, tokens=1)
    first, _second, third = [submitted(alice) for _ in range(3)]
    claimed(first)
    claimed(_second)
    assert leases.claim(generation_id=third.id, worker="one") is None
    claimed(submitted(charlie))
    lapse(first)
    claimed(third)


@pytest.mark.parametrize("state", ["deadline", "attempts", "canceled"])
def test_what_cannot_be_worked_on_is_not_claimed(alice: Person, state: str) -> None:
    made = submitted(alice)
    if state == "deadline":
        now_is_later(made.id, by=timedelta(minutes=16))
    elif state == "attempts":
        Generation.objects.filter(id=made.id).update(attempt=F("max_attempts"))
    else:
        services.cancel(generation=made)
    assert leases.claim(generation_id=made.id, worker="one") is None


def test_reap_expires_what_ran_out_of_time(alice: Person) -> None:
    made, other = submitted(alice), submitted(alice)
    now_is_later(made.id, by=timedelta(minutes=16))
    assert (leases.reap(), leases.reap()) == (1, 0)
    made.refresh_from_db()
    other.refresh_from_db()
    assert (made.state, made.error_code, other.state) == (State.EXPIRED, "GENERATION_EXPIRED", State.QUEUED)
    assert (balance(alice).posted, balance(alice).held) == (10, 1)
    assert invariants.breaks() == []


def test_a_row_that_cannot_be_ended_keeps_no_other_open(alice: Person, caplog: Any) -> None:
    bad, *others = [submitted(alice) for _ in range(3)]
    # Nothing was ever held for it: its hold cannot be released.
    Generation.objects.filter(id=bad.id).update(wallet_id=person("dave").wallet_id)
    for made in (bad, *others):
        now_is_later(made.id, by=timedelta(minutes=16))
    assert (leases.reap(), leases.reap()) == (2, 0)
    assert {Generation.objects.get(id=made.id).state for made in others} == {State.EXPIRED}
    assert Generation.objects.get(id=bad.id).state == State.QUEUED
    assert "generation_not_ended" in caplog.text
    assert str(bad.id) in caplog.text


def test_reap_expires_what_three_workers_died_of(alice: Person) -> None:
    made = submitted(alice)
    for _ in range(3):
        lease = claimed(made)
        assert leases.reap() == 0
        lapse(made)
    assert lease.is_last_attempt
    assert leases.reap() == 1
    made.refresh_from_db()
    assert (made.state, balance(alice).held) == (State.EXPIRED, 0)
    assert leases.heartbeat(lease=lease) is None
    assert not finishing.succeed(row=made, fence=lease.fence, outcome=outcome(made))
    assert invariants.breaks() == []


def test_reap_cancels_what_was_cancelled_while_its_worker_died(alice: Person) -> None:
    made = submitted(alice)
    claimed(made)
    assert services.cancel(generation=made).state == State.RUNNING
    lapse(made)
    assert leases.reap() == 1
    made.refresh_from_db()
    assert (made.state, balance(alice).held) == (State.CANCELED, 0)


def test_reap_cancels_what_was_released_after_a_cancel(alice: Person) -> None:
    made = submitted(alice)
    lease = claimed(made)
    services.cancel(generation=made)
    assert leases.release(lease=lease)
    assert leases.reap() == 1
    made.refresh_from_db()
    assert made.state == State.CANCELED


def test_a_cancel_wins_over_a_result_that_comes_later(alice: Person) -> None:
    made = submitted(alice)
    lease = claimed(made)
    services.cancel(generation=made)
    assert leases.heartbeat(lease=lease) is True
    assert not finishing.succeed(row=made, fence=lease.fence, outcome=outcome(made))
    made.refresh_from_db()
    assert (made.state, made.result_key, balance(alice).posted) == (State.CANCELED, None, 10)
    assert invariants.breaks() == []


def test_dispatch_names_each_due_row_once_and_only_a_window_of_each_workspace(
    alice: Person, charlie: Person, settings: Any
) -> None:
    settings.RUNNING_CAP = 1
    give(charlie, tokens=1)
    mine = [submitted(alice).id for _ in range(5)]
    theirs = submitted(charlie).id
    Generation.objects.update(dispatch_after=Now())
    assert {found for found, _ in leases.due(workspace_id=alice.workspace.id)} == set(mine[:3])
    assert leases.due() == [(theirs, "pictures")]
    assert leases.due() == []
    Generation.objects.update(dispatch_after=Now())
    # A workspace that runs as many as it may is sent nothing: no claim would succeed.
    claimed(Generation.objects.get(id=mine[0]))
    assert leases.due() == [(theirs, "pictures")]


def test_rows_beyond_the_window_are_due_as_soon_as_they_come_into_it(alice: Person, settings: Any) -> None:
    settings.RUNNING_CAP = 1
    made = [submitted(alice) for _ in range(4)]
    assert leases.due() == []  # three were sent by submit, the fourth is not in the window
    services.cancel(generation=made[0])
    assert leases.due() == [(made[3].id, "pictures")]


def test_queue_age_is_that_of_the_oldest_row_somebody_could_claim(alice: Person, settings: Any) -> None:
    settings.RUNNING_CAP = 1
    assert leases.queue_ages_s() == {}
    waiting, running = submitted(alice), submitted(alice)
    now_is_later(waiting.id, by=MINUTE)
    assert 59 < leases.queue_ages_s()["pictures"] < 63
    claimed(running)
    assert leases.queue_ages_s() == {}


def test_two_workers_make_one_charge(
    committed_db: CommittedDatabase, alice: Person, quick: None, at_once: Callable[..., list[Any]]
) -> None:
    made = submitted(alice, prompt="[[slow:0.2]]")
    at_once(8, lambda _: running.run(generation_id=made.id))
    made.refresh_from_db()
    assert (made.state, made.attempt, made.tokens_used) == (State.SUCCEEDED, 1, 1)
    assert len(storage.default_storage.listdir(f"gen/{made.id}")[1]) == 3
    assert (balance(alice).posted, balance(alice).held) == (9, 0)
    assert invariants.breaks() == []


def test_one_end_among_many_at_once(
    committed_db: CommittedDatabase, alice: Person, at_once: Callable[..., list[Any]]
) -> None:
    made = submitted(alice)
    lease = claimed(made)
    services.cancel(generation=made)
    lapse(made)
    ends: list[Callable[[], object]] = [
        lambda: finishing.succeed(row=made, fence=lease.fence, outcome=outcome(made)),
        lambda: finishing.fail(generation_id=made.id, fence=lease.fence, error=EngineFailed()),
        lambda: finishing.cancel_running(generation_id=made.id, fence=lease.fence),
        leases.reap,
    ]
    at_once(16, lambda number: ends[number % 4]())
    made.refresh_from_db()
    assert (made.state, balance(alice).posted, balance(alice).held) == (State.CANCELED, 10, 0)
    assert invariants.breaks() == []


def test_racing_submits_of_one_key_make_one_row_and_one_hold(
    committed_db: CommittedDatabase, alice: Person, at_once: Callable[..., list[Any]]
) -> None:
    made = at_once(32, lambda _: submitted(alice, idem_key="k").id)
    assert len(set(made)) == 1
    assert Generation.objects.count() == 1
    assert (balance(alice).posted, balance(alice).held) == (10, 1)
    assert invariants.breaks() == []


def test_racing_cancels_and_a_claim_agree(
    committed_db: CommittedDatabase, alice: Person, quick: None, at_once: Callable[..., list[Any]]
) -> None:
    rows = [submitted(alice) for _ in range(8)]

    def act(number: int) -> None:
        row = rows[number % 8]
        if number < 8:
            running.run(generation_id=row.id)
        else:
            finishing.cancel(generation_id=row.id)

    at_once(16, act)
    leases.reap()
    states = list(Generation.objects.values_list("state", flat=True))
    assert set(states) <= {State.SUCCEEDED, State.CANCELED, State.QUEUED}
    spent = states.count(State.SUCCEEDED)
    assert (balance(alice).posted, balance(alice).held) == (10 - spent, states.count(State.QUEUED))
    assert invariants.breaks() == []
