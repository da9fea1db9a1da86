"""On a running copy: from the key to the signed call, and through the death of the worker that was sending it."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.db.models import F
from django.utils import timezone
from standardwebhooks import Webhook

from generations.webhooks.models import WebhookDelivery
from roomai_web.embedded import processes
from tests.generations.api.calling import BODY
from tests.generations.api.test_live import photo
from tests.generations.webhooks.receiver import OK, Receiver, hangs, receiving, says
from tests.live import Live

PATIENCE_S = 60


def eventually(what, *, within_s=PATIENCE_S):
    end = time.monotonic() + within_s
    while not (found := what()):
        assert time.monotonic() < end, "it did not come to that in time"
        time.sleep(0.1)
    return found


@pytest.fixture
def sender(live: Live) -> Iterator[processes.Child]:
    """The worker that calls customers' servers, which no other journey needs."""
    ours = processes.ours(environment=live.environment, port=int(live.environment["PORT"]))
    child = next(child for child in ours if child.name == "default")
    child.start()
    yield child
    processes.stop_all([child])


@pytest.fixture
def receiver(live: Live) -> Iterator[Receiver]:
    with receiving(port=live.callable_port) as made:
        yield made


@pytest.fixture
def client(live: Live) -> Iterator[httpx.Client]:
    someone = live.person(tokens=3)
    key = live.key_of(someone, scopes=("generate", "read", "webhooks"))
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=f"{live.url}/api/v1", headers=headers, timeout=PATIENCE_S) as made:
        made.someone = someone  # type: ignore[attr-defined]
        yield made


def test_a_picture_is_told_within_seconds(live, sender, receiver, client):
    made = client.post("/webhook_endpoints", json={"url": receiver.url}).json()
    endpoint = made["webhook_endpoint"]["id"]
    answer = client.post("/generate", json=BODY | {"image": photo(live, client.someone)})
    assert answer.status_code == 200, answer.text
    ready = time.time()
    (call,) = eventually(lambda: receiver.calls)
    assert call.at - ready < 20
    told = Webhook(made["secret"]).verify(call.body, call.headers)
    assert told["result"] == answer.json()["result"]
    assert httpx.get(told["result"]["image_url"]).status_code == 200

    def log():
        (one,) = client.get(f"/webhook_endpoints/{endpoint}/deliveries").json()["deliveries"]
        return one if one["attempts"] else None

    delivery = eventually(log)
    assert (delivery["state"], delivery["attempts"][0]["response"]["body"]) == ("succeeded", "ok")


def test_a_sender_killed_in_the_middle_is_followed_by_another(live, sender, receiver, client):
    """kill -9 while the receiver thinks: the event comes again under the same id once the lease has lapsed."""
    released = threading.Event()
    receiver.behave = hangs(released)
    endpoint = client.post("/webhook_endpoints", json={"url": receiver.url}).json()["webhook_endpoint"]["id"]
    client.post(f"/webhook_endpoints/{endpoint}/test")
    eventually(lambda: receiver.calls)
    sender.kill()
    sender.wait_or_kill()
    receiver.behave = says(OK)
    released.set()
    sender.start()

    def lapse() -> None:
        rows = WebhookDelivery.objects.filter(endpoint_id=endpoint, lease_until__gt=timezone.now())
        rows.update(lease_until=timezone.now(), dispatch_after=timezone.now(), due_at=F("created_at"))

    live.do(lapse)
    eventually(lambda: len(receiver.calls) == 2)
    first, second = receiver.calls
    assert (first.headers["webhook-id"], first.body) == (second.headers["webhook-id"], second.body)

    def states() -> list[tuple[str, int]]:
        return list(WebhookDelivery.objects.filter(endpoint_id=endpoint).values_list("state", "attempts_made"))

    eventually(lambda: live.do(states) == [("succeeded", 1)])


def test_a_hanging_receiver_holds_up_no_other(live, sender, receiver, client):
    """Four calls hang; one sent after them arrives while they do."""
    released = threading.Event()
    receiver.behave = hangs(released)
    made = [client.post("/webhook_endpoints", json={"url": receiver.url}).json() for _ in range(2)]
    slow, good = (one["webhook_endpoint"]["id"] for one in made)
    for _ in range(4):
        client.post(f"/webhook_endpoints/{slow}/test")
    eventually(lambda: len(receiver.calls) == 4)
    receiver.behave = says(OK)
    client.post(f"/webhook_endpoints/{good}/test")
    eventually(lambda: len(receiver.calls) == 5, within_s=10)
    assert receiver.most_at_once >= 4
    Webhook(made[1]["secret"]).verify(receiver.calls[4].body, receiver.calls[4].headers)
    released.set()


def test_a_stopping_sender_finishes_what_it_sends(live, sender, receiver, client):
    """A deploy: SIGTERM while the receiver thinks loses no attempt and leaves no lease behind."""
    released = threading.Event()
    receiver.behave = hangs(released)
    endpoint = client.post("/webhook_endpoints", json={"url": receiver.url}).json()["webhook_endpoint"]["id"]
    client.post(f"/webhook_endpoints/{endpoint}/test")
    eventually(lambda: receiver.calls)
    assert sender.process is not None
    os.kill(sender.process.pid, signal.SIGTERM)
    time.sleep(1)
    released.set()
    assert sender.process.wait(timeout=30) == 0

    def left() -> list[tuple[int, object]]:
        return list(WebhookDelivery.objects.filter(endpoint_id=endpoint).values_list("attempts_made", "lease_until"))

    assert live.do(left) == [(1, None)]
    assert Path(f"/proc/{sender.process.pid}").exists() is False
