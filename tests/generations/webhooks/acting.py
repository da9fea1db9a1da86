"""What tests of webhooks do again and again, through the product's own doors."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import current_app
from django.db.models import F
from standardwebhooks import Webhook

from generations import running, services
from generations.models import Generation
from generations.webhooks import delivering, endpoints, events
from generations.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint, every_type
from tests.factories import Person
from tests.generations.submitting import submitted
from tests.generations.webhooks.receiver import Call, Receiver


def endpoint_of(
    someone: Person, receiver: Receiver, *, livemode: bool = True, event_types: Sequence[str] = ()
) -> tuple[WebhookEndpoint, str]:
    """Return a new endpoint at the receiver and its secret."""
    return endpoints.create(
        workspace=someone.workspace,
        livemode=livemode,
        url=receiver.url,
        event_types=event_types or every_type(),
    )


def made(someone: Person, **arguments: Any) -> Generation:
    """Return a generation of this person's after a worker had it."""
    row = submitted(someone, **arguments)
    running.run(generation_id=row.id)
    row.refresh_from_db()
    return row


def canceled(someone: Person, **arguments: Any) -> Generation:
    """Return a generation that was canceled before anybody began it."""
    return services.cancel(generation=submitted(someone, **arguments))


def tested(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Return the delivery of a test event."""
    return events.test(endpoint=endpoint)


def due() -> list[UUID]:
    """Return what could be sent now, oldest first."""
    return list(WebhookDelivery.objects.filter(state="pending").order_by("created_at").values_list("id", flat=True))


def send_due() -> None:
    """Make one attempt at everything that is due."""
    for delivery_id in due():
        delivering.deliver(delivery_id=delivery_id)


def now_is_later(delivery_id: UUID, *, by: timedelta) -> None:
    """Move a delivery's times into the past, which is what time passing looks like to it."""
    times = ("due_at", "dispatch_after", "lease_until")
    WebhookDelivery.objects.filter(id=delivery_id).update(**{name: F(name) - by for name in times})


def verified(call: Call, secret: str) -> dict[str, Any]:
    """Return a call's body after the reference implementation has checked its signature."""
    Webhook(secret).verify(call.body, call.headers)
    told: dict[str, Any] = json.loads(call.body)
    return told


def outcomes(delivery_id: UUID) -> list[tuple[int | None, str]]:
    """Return (status, problem) of each attempt."""
    return list(
        WebhookAttempt.objects.filter(delivery_id=delivery_id).order_by("number").values_list("status", "problem")
    )


def messages_taken() -> list[str]:
    """Take every message off the default queue and return the ids of the calls among them."""
    found = []
    with current_app.connection_for_read() as connection, connection.SimpleQueue("default") as queue:
        while True:
            try:
                message = queue.get(timeout=0.2)
            except queue.Empty:
                return found
            if message.headers["task"] == "generations.tasks.deliver_webhook":
                found.append(message.payload[0][0])
            message.ack()
