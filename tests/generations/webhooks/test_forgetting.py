"""What is deleted leaves the events and what receivers said to them; everything goes after thirty days."""

import json
from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now

from generations import refusing, retention, services
from generations.webhooks import delivering
from generations.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEvent
from tests.generations.submitting import submitted
from tests.generations.webhooks import acting
from tests.generations.webhooks.receiver import status

pytestmark = pytest.mark.usefixtures("quick", "files")
WORDS = "a p0rcupine in the rain"


def traces():
    """Everything we keep about webhooks, as one text."""
    rows = [WebhookEvent, WebhookDelivery, WebhookAttempt]
    return " ".join(str(row) for table in rows for row in table.objects.values_list())


# Who hands a picture back keeps photo and prompt for their time: only the picture's address has to go.
@pytest.mark.parametrize(("way", "gone"), [("delete", ["p0rcupine", "/r/"]), ("refuse", ["/r/"])])
def test_deleted_content_leaves_body_and_answers(receiver, alice, way, gone):
    receiver.behave = status("500 Oh no", body=WORDS.encode())
    _, secret = acting.endpoint_of(alice, receiver)
    row = acting.made(alice, prompt=WORDS)
    acting.send_due()
    assert "p0rcupine" in WebhookEvent.objects.get().body
    assert WebhookAttempt.objects.get().answer == WORDS
    if way == "delete":
        services.delete_content(generation=row)
    else:
        refusing.refuse(generation=row, reason="It is no porcupine.")
    assert WebhookAttempt.objects.get().answer == ""
    assert [word for word in gone if word in traces()] == []
    (delivery_id,) = acting.due()
    acting.now_is_later(delivery_id, by=timedelta(seconds=6))
    acting.send_due()
    told = acting.verified(receiver.calls[1], secret)
    assert (told["type"], told["result"]["image_url"]) == ("generation.succeeded", None)
    assert receiver.calls[0].headers["webhook-id"] == receiver.calls[1].headers["webhook-id"]
    assert [word for word in gone if word in traces()] == [], "a later answer repeats it"


def test_an_answer_that_comes_while_it_is_forgotten_is_not_kept(receiver, alice):
    receiver.behave = status("200 OK", body=WORDS.encode())
    acting.endpoint_of(alice, receiver)
    row = acting.made(alice, prompt=WORDS)
    claim = delivering._claim(acting.due()[0])
    outcome = delivering._send(claim)
    services.delete_content(generation=row)
    delivering._record(claim, outcome)
    assert acting.outcomes(claim.delivery_id) == [(200, "")]
    assert "p0rcupine" not in traces()


def test_one_that_is_deleted_while_it_is_open_is_told_as_canceled(receiver, alice):
    row = submitted(alice, webhook_url=receiver.url, prompt=WORDS)
    services.delete_content(generation=row)
    row.refresh_from_db()
    assert row.webhook_url == ""
    acting.send_due()
    assert json.loads(receiver.calls[0].body)["type"] == "generation.canceled"


def test_everything_goes_after_thirty_days(receiver, alice):
    acting.endpoint_of(alice, receiver)
    for number in range(3):
        acting.canceled(alice, prompt=f"picture {number}")
    acting.send_due()
    old = WebhookEvent.objects.order_by("created_at").values_list("id", flat=True)[:2]
    WebhookEvent.objects.filter(id__in=list(old)).update(created_at=F("created_at") - timedelta(days=30))
    sending = WebhookDelivery.objects.filter(event_id=old[1])
    sending.update(lease_until=Now() + timedelta(minutes=1))
    assert retention.purge() == 1
    assert WebhookEvent.objects.count() == 2, "what is being sent stays until it is done"
    sending.update(lease_until=None)
    assert [retention.purge(), retention.purge()] == [1, 0]
    tables = [WebhookEvent, WebhookDelivery, WebhookAttempt]
    assert [table.objects.count() for table in tables] == [1, 1, 1]
