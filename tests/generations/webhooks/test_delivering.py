"""From the event to the receiver: signed, tried again by a schedule, at least once, few at once, nothing lost."""

import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from generations import fetch
from generations.webhooks import delivering, endpoints, events
from generations.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests.generations.webhooks import acting
from tests.generations.webhooks.receiver import hangs, receiving, status

pytestmark = pytest.mark.usefixtures("quick", "files")
SCHEDULE_S = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]


def test_it_arrives_signed_byte_for_byte(receiver, alice):
    _, secret = acting.endpoint_of(alice, receiver)
    row = acting.made(alice)
    acting.send_due()
    (call,) = receiver.calls
    told = acting.verified(call, secret)
    assert (told["type"], told["result"]["id"]) == ("generation.succeeded", str(row.id))
    delivery = WebhookDelivery.objects.get()
    assert call.body.decode() == delivery.event.body
    assert call.headers["webhook-id"] == delivery.event.public_id
    assert call.headers["content-type"] == "application/json"
    assert call.path == "/hook?token=t0p-s3cret"
    assert not {"cookie", "authorization", "referer"} & set(call.headers)
    assert (delivery.state, acting.outcomes(delivery.id)) == ("succeeded", [(200, "")])
    acting.send_due()
    delivering.deliver(delivery_id=delivery.id)
    assert len(receiver.calls) == 1


def test_the_address_of_a_request_is_signed_with_the_workspaces_secret(receiver, alice):
    secret = endpoints.new_secret(workspace=alice.workspace, livemode=True)
    acting.made(alice, webhook_url=receiver.url)
    acting.send_due()
    assert acting.verified(receiver.calls[0], secret)["status"] == "success"
    other = endpoints.new_secret(workspace=alice.workspace, livemode=False)
    renewed = endpoints.new_secret(workspace=alice.workspace, livemode=True)
    assert len({secret, other, renewed}) == 3
    acting.canceled(alice, webhook_url=receiver.url, prompt="another")
    acting.send_due()
    assert acting.verified(receiver.calls[1], renewed)["error"]["code"] == "GENERATION_CANCELED"


def test_a_failing_receiver_is_tried_ten_times_over_three_days(receiver, alice):
    receiver.behave = status("500 Oh no", body=b"try later")
    acting.endpoint_of(alice, receiver)
    acting.canceled(alice)
    (delivery_id,) = acting.due()
    for delay_s in SCHEDULE_S:
        before = timezone.now()
        acting.send_due()
        row = WebhookDelivery.objects.get(id=delivery_id)
        assert row.state == "pending"
        waits_s = (row.due_at - before).total_seconds()
        assert delay_s <= waits_s <= delay_s * 1.1 + 5
        assert row.dispatch_after == row.due_at
        sent = len(receiver.calls)
        acting.send_due()  # not due yet
        assert len(receiver.calls) == sent
        acting.now_is_later(delivery_id, by=timedelta(seconds=waits_s + 1))
    acting.send_due()
    assert WebhookDelivery.objects.get(id=delivery_id).state == "failed"
    assert acting.outcomes(delivery_id) == [(500, "")] * 10
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    assert len({call.headers["webhook-timestamp"] for call in receiver.calls}) >= 1
    acting.send_due()
    assert len(receiver.calls) == 10


def test_a_receiver_that_comes_back_ends_the_tries(receiver, alice):
    receiver.behave = status("503 Not now")
    _, secret = acting.endpoint_of(alice, receiver)
    acting.canceled(alice)
    acting.send_due()
    (delivery_id,) = acting.due()
    receiver.behave = status("204 Thanks")
    acting.now_is_later(delivery_id, by=timedelta(seconds=6))
    acting.send_due()
    assert acting.outcomes(delivery_id) == [(503, ""), (204, "")]
    assert acting.due() == []
    assert [acting.verified(call, secret) for call in receiver.calls]


def test_gone_switches_the_endpoint_off_and_nothing_else(receiver, alice):
    receiver.behave = status("410 Gone")
    endpoint, _ = acting.endpoint_of(alice, receiver)
    beside, _ = acting.endpoint_of(alice, receiver, event_types=["generation.succeeded"])
    for number in range(3):
        acting.canceled(alice, prompt=f"picture {number}")
    delivering.deliver(delivery_id=acting.due()[0])
    assert acting.due() == []
    states = WebhookDelivery.objects.filter(endpoint=endpoint).values_list("state", flat=True)
    assert list(states) == ["failed"] * 3
    is_off = dict(WebhookEndpoint.objects.values_list("id", "disabled_at"))
    assert is_off[endpoint.id]
    assert is_off[beside.id] is None
    acting.canceled(alice, prompt="after that")
    assert len(receiver.calls) == 1
    assert WebhookDelivery.objects.count() == 3


def test_a_worker_that_dies_after_sending_sends_again(receiver, alice):
    """At least once: what was claimed and never recorded is another's when the lease has lapsed."""
    _, secret = acting.endpoint_of(alice, receiver)
    acting.canceled(alice)
    (delivery_id,) = acting.due()
    claim = delivering._claim(delivery_id)
    outcome = delivering._send(claim)
    assert len(receiver.calls) == 1
    delivering.deliver(delivery_id=delivery_id)
    assert len(receiver.calls) == 1, "the lease is still good"
    acting.now_is_later(delivery_id, by=delivering.LEASE)
    acting.messages_taken()
    assert delivering.send_due() == 1
    assert acting.messages_taken() == [str(delivery_id)]
    delivering.deliver(delivery_id=delivery_id)
    first, second = receiver.calls
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert acting.verified(first, secret) == acting.verified(second, secret)
    delivering._record(claim, outcome)  # the dead one comes back late, with a fence nobody asks for
    assert acting.outcomes(delivery_id) == [(200, "")]


def test_many_workers_with_one_message_send_once(receiver, alice, at_once):
    acting.endpoint_of(alice, receiver)
    acting.canceled(alice)
    (delivery_id,) = acting.due()
    at_once(8, lambda _: delivering.deliver(delivery_id=delivery_id))
    assert len(receiver.calls) == 1


def test_five_at_once_to_one_server_and_the_others_wait(receiver, alice, at_once):
    released = threading.Event()
    receiver.behave = hangs(released)
    acting.endpoint_of(alice, receiver)
    for number in range(9):
        acting.canceled(alice, prompt=f"picture {number}")
    ids = acting.due()
    threading.Timer(2, released.set).start()
    at_once(9, lambda number: delivering.deliver(delivery_id=ids[number]))
    assert (receiver.most_at_once, len(receiver.calls)) == (5, 5)
    acting.messages_taken()
    assert delivering.send_due() == 4, "those that had no turn are due again at once"


def test_a_slow_receiver_delays_only_itself(receiver, alice, settings, at_once):
    released = threading.Event()
    with receiving(hangs(released)) as slow:
        settings.FETCH_ALLOW_HOSTS = [receiver.host, slow.host]
        acting.endpoint_of(alice, slow)
        acting.endpoint_of(alice, receiver)
        for number in range(3):
            acting.canceled(alice, prompt=f"picture {number}")
        ids, took_s = acting.due(), {}

        def one(number):
            began = time.monotonic()
            delivering.deliver(delivery_id=ids[number])
            took_s[ids[number]] = time.monotonic() - began

        threading.Timer(4, released.set).start()
        at_once(len(ids), one)
        good = WebhookDelivery.objects.filter(host=receiver.host).values_list("id", flat=True)
        assert len(receiver.calls) == len(slow.calls) == 3
        assert max(took_s[one] for one in good) < 3.5
        assert min(took for one, took in took_s.items() if one not in set(good)) > 3.5


def test_the_broker_may_be_away(receiver, alice, away):
    """Nothing is sent meanwhile and nothing lost: the timer's next turn finds it."""
    acting.endpoint_of(alice, receiver)
    began = time.monotonic()
    acting.canceled(alice)
    assert time.monotonic() - began < 5
    (delivery_id,) = acting.due()
    assert delivering.send_due() == 0
    acting.now_is_later(delivery_id, by=events.ANNOUNCE_AGAIN)
    assert delivering.send_due() == 0
    assert acting.due() == [delivery_id]


def test_a_message_follows_the_commit_and_is_sent_again_when_lost(receiver, alice):
    acting.messages_taken()
    acting.endpoint_of(alice, receiver)
    acting.canceled(alice)
    (delivery_id,) = acting.due()
    assert acting.messages_taken() == [str(delivery_id)]
    assert delivering.send_due() == 0
    acting.now_is_later(delivery_id, by=events.ANNOUNCE_AGAIN)
    assert [delivering.send_due(), delivering.send_due()] == [1, 0]
    assert acting.messages_taken() == [str(delivery_id)]


def test_ten_thousand_for_one_server_fill_no_queue(receiver, alice, charlie):
    for someone in (alice, charlie):
        acting.endpoint_of(someone, receiver)
    with receiving() as other:
        fetch.host_of(receiver.url)
        for number in range(3):
            acting.canceled(alice, prompt=f"picture {number}")
        one = WebhookDelivery.objects.first()
        more = [
            WebhookDelivery(event=one.event, endpoint=one.endpoint, workspace_id=one.workspace_id, url=one.url)
            for _ in range(50)
        ]
        for row in more:
            row.host, row.is_redelivery = receiver.host, True
        more[-1].host = other.host
        WebhookDelivery.objects.bulk_create(more)
        assert delivering.send_due() == 11


def test_a_changed_address_takes_what_is_on_its_way_along(receiver, alice, settings):
    receiver.behave = status("500 Oh no")
    endpoint, secret = acting.endpoint_of(alice, receiver)
    acting.canceled(alice)
    acting.send_due()
    (delivery_id,) = acting.due()
    with receiving() as new:
        settings.FETCH_ALLOW_HOSTS = [new.host]
        endpoints.change(endpoint=endpoint, url=new.url)
        acting.now_is_later(delivery_id, by=timedelta(seconds=6))
        acting.send_due()
        assert acting.verified(new.calls[0], secret)["type"] == "generation.canceled"
    assert WebhookDelivery.objects.get().host == new.host


def test_sending_again_by_hand_is_one_more_delivery_at_most(receiver, alice, at_once):
    endpoint, secret = acting.endpoint_of(alice, receiver)
    acting.canceled(alice)
    acting.send_due()
    delivery = WebhookDelivery.objects.get()
    made = at_once(4, lambda _: endpoints.redeliver(endpoint=endpoint, delivery=delivery).id)
    assert len(set(made)) == 1
    acting.send_due()
    assert len(receiver.calls) == 2
    assert acting.verified(receiver.calls[1], secret) == acting.verified(receiver.calls[0], secret)
    assert receiver.calls[0].headers["webhook-id"] == receiver.calls[1].headers["webhook-id"]


def test_a_test_event_is_sent_once(receiver, alice):
    receiver.behave = status("500 Oh no")
    endpoint, secret = acting.endpoint_of(alice, receiver)
    delivery = acting.tested(endpoint)
    acting.send_due()
    delivery.refresh_from_db()
    assert (delivery.state, acting.outcomes(delivery.id)) == ("failed", [(500, "")])
    told = acting.verified(receiver.calls[0], secret)
    assert (told["type"], told["status"], told["livemode"]) == ("test", "success", True)
