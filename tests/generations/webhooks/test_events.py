"""What is told: once for each end of a generation, in the words of a poll, to those who want it and to nobody else."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from billing import low_balance
from generations import finishing, leases
from generations.bodies import generation_body
from generations.models import Generation, State
from generations.webhooks import endpoints, events
from generations.webhooks.models import WebhookDelivery, WebhookEvent
from tests.billing import wallets
from tests.generations.submitting import now_is_later, submitted
from tests.generations.webhooks import acting

pytestmark = pytest.mark.usefixtures("quick", "files")


def told():
    return [json.loads(event.body) for event in WebhookEvent.objects.order_by("created_at")]


@pytest.mark.parametrize(
    ("prompt", "type_", "code"),
    [("a quiet room", "generation.succeeded", None), ("[[no-subject]]", "generation.failed", "NO_SUBJECT_FOUND")],
)
def test_an_end_is_told_as_a_poll_would_tell_it(receiver, alice, prompt, type_, code):
    acting.endpoint_of(alice, receiver)
    row = acting.made(alice, prompt=prompt)
    (body,) = told()
    event = WebhookEvent.objects.get()
    assert (body.pop("type"), body.pop("livemode")) == (type_, True)
    assert body.pop("timestamp") <= event.created_at.isoformat()
    assert body == generation_body(row, request_id=event.public_id)[1]
    assert body.get("error", {}).get("code") == code
    if code is None:
        assert body["result"]["image_url"].startswith("http://localhost:8000/r/")


def test_an_expired_one_has_failed_and_a_canceled_one_was_canceled(receiver, alice):
    acting.endpoint_of(alice, receiver)
    lost = submitted(alice)
    now_is_later(lost.id, by=timedelta(hours=1))
    assert leases.reap() == 1
    acting.canceled(alice, prompt="another")
    assert [(body["type"], body["error"]["code"]) for body in told()] == [
        ("generation.failed", "GENERATION_EXPIRED"),
        ("generation.canceled", "GENERATION_CANCELED"),
    ]


def test_where_nobody_asked_nothing_is_kept(receiver, alice, charlie):
    acting.endpoint_of(charlie, receiver)
    acting.endpoint_of(alice, receiver, livemode=False)
    acting.endpoint_of(alice, receiver, event_types=["generation.canceled"])
    off, _ = acting.endpoint_of(alice, receiver)
    endpoints.change(endpoint=off, enabled=False)
    assert acting.made(alice).is_succeeded
    assert not WebhookEvent.objects.exists()


def test_live_and_test_are_never_mixed(receiver, alice):
    live, _ = acting.endpoint_of(alice, receiver)
    test, _ = acting.endpoint_of(alice, receiver, livemode=False)
    acting.made(alice)
    acting.made(alice, livemode=False, prompt="for a test")
    found = WebhookDelivery.objects.values_list("endpoint_id", "event__livemode")
    assert sorted(found) == sorted([(live.id, True), (test.id, False)])


def test_one_event_goes_to_each_who_wants_it_and_to_the_address_of_the_request(receiver, alice):
    first, _ = acting.endpoint_of(alice, receiver)
    second, _ = acting.endpoint_of(alice, receiver)
    row = acting.made(alice, webhook_url=receiver.url)
    found = WebhookDelivery.objects.values_list("endpoint_id", "url", "host")
    assert set(found) == {(whose, receiver.url, receiver.host) for whose in (first.id, second.id, None)}
    assert WebhookEvent.objects.count() == 1
    assert row.webhook_url == ""


def test_the_event_and_the_end_are_one(receiver, alice):
    """Neither survives without the other, and a generation cannot end, or be told, twice."""
    acting.endpoint_of(alice, receiver)
    row = submitted(alice)

    with transaction.atomic():
        locked = Generation.objects.select_for_update().get(id=row.id)
        finishing._end(locked, State.CANCELED)
        assert WebhookEvent.objects.count() == 1
        transaction.set_rollback(True)  # as when the worker dies before its commit
    row.refresh_from_db()
    assert (row.state, WebhookEvent.objects.count()) == (State.QUEUED, 0)
    assert acting.messages_taken() == []
    for _ in range(2):
        finishing.cancel(generation_id=row.id)
    assert WebhookEvent.objects.count() == 1
    row.refresh_from_db()
    with pytest.raises(IntegrityError), transaction.atomic():
        events.generation_ended(generation=row, address="")


def test_an_endpoint_removed_at_that_moment_spoils_no_end(receiver, alice, at_once):
    for number in range(12):
        endpoint, _ = acting.endpoint_of(alice, receiver)
        row = submitted(alice, prompt=f"picture {number}")
        acts = [
            lambda row=row: finishing.cancel(generation_id=row.id),
            lambda endpoint=endpoint: endpoints.remove(endpoint=endpoint),
        ]
        at_once(2, lambda number, acts=acts: acts[number]())
        row.refresh_from_db()
        assert row.state == State.CANCELED
    assert not WebhookDelivery.objects.exists()


def test_tokens_that_run_out_are_told_once(receiver, alice):
    acting.endpoint_of(alice, receiver)
    acting.endpoint_of(alice, receiver, livemode=False)
    reference = submitted(alice, tokens=10).id
    wallets.post(alice.wallet_id, tokens=10, reference=reference)
    assert [low_balance.tell(listener=events.balance_low) for _ in range(3)] == [1, 0, 0]
    (body,) = told()
    assert body.pop("timestamp")
    assert body == {
        "type": "balance.low", "livemode": True, "status": "success", "available": 0, "held": 0, "owed": 0,
    }  # fmt: skip
    assert WebhookDelivery.objects.count() == 1
