"""What happened, written down once with the fact itself, and one delivery for each who wants to know.

Every function that writes an event runs in the transaction of the fact: both are there or neither is, so no crash
loses an event or makes up a second one. Messages follow the commit; the timer sends what they lost.
"""

import json
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from billing import ledger
from generations import fetch, messages
from generations.bodies import balance_body, generation_body
from generations.errors import ImageUrlNotAllowed
from generations.models import Generation, State
from generations.webhooks.models import (
    TEST,
    EventType,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)
from roomai_web.ids import uuid7

#: How long after a message nobody acted on it is sent again.
ANNOUNCE_AGAIN = timedelta(seconds=30)
ENDED = {
    State.SUCCEEDED: EventType.SUCCEEDED,
    State.FAILED: EventType.FAILED,
    State.EXPIRED: EventType.FAILED,
    State.CANCELED: EventType.CANCELED,
}
# Shared locks: an endpoint that is being changed or removed is waited for, and then asked about again.
_WHO_WANTS = """
SELECT id, url FROM generations_webhookendpoint
WHERE workspace_id = %(workspace)s AND livemode = %(livemode)s AND disabled_at IS NULL AND %(type)s = ANY(events)
ORDER BY id FOR SHARE
"""


def generation_ended(*, generation: Generation, address: str) -> None:
    """Write down the end of a generation, in its last transaction.

    generation: as it will be committed. address: the `webhook_url` of its request, or nothing.
    """
    kind = ENDED[State(generation.state)]
    receivers = _who_wants(generation.workspace_id, livemode=generation.livemode, kind=kind)
    if not receivers and not address:
        return
    event = WebhookEvent(
        key=f"generation:{generation.id}",
        workspace_id=generation.workspace_id,
        livemode=generation.livemode,
        type=kind,
        generation=generation,
    )
    _, content = generation_body(generation, request_id=event.public_id)
    _write(event, content, [*receivers, *([(None, address)] if address else [])])


def balance_low(*, workspace_id: UUID, wallet_id: int, entry: int, level: str) -> None:
    """Write down that tokens run out, once for a purchase and level, in the transaction that found it."""
    receivers = _who_wants(workspace_id, livemode=True, kind=EventType.BALANCE_LOW)
    if receivers:
        key = f"balance:{entry}:{level}"
        event = WebhookEvent(key=key, workspace_id=workspace_id, livemode=True, type=EventType.BALANCE_LOW)
        _write(event, balance_body(ledger.snapshot(wallet_id=wallet_id)), receivers)


def test(*, endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Write an event that only says that it is a test, for this endpoint alone; return its delivery."""
    event = WebhookEvent(workspace_id=endpoint.workspace_id, livemode=endpoint.livemode, type=TEST)
    event.key = f"test:{event.id}"
    with transaction.atomic():
        (delivery,) = _write(event, {"status": "success"}, [(endpoint.id, endpoint.url)])
    return delivery


def forget(*, generation: Generation) -> None:
    """Take what was deleted of a generation out of its event and out of what receivers said to it.

    generation: locked, and as it will be committed. What is still to be sent tells from now on what a poll would.
    """
    event = WebhookEvent.objects.select_for_update(no_key=True).filter(generation=generation).first()
    if event is None:
        return
    told = json.loads(event.body)
    _, content = generation_body(generation, request_id=event.public_id)
    head = {name: told[name] for name in ("type", "timestamp", "livemode")}
    event.body, event.is_forgotten = _as_text(head | content), True
    event.save(update_fields=["body", "is_forgotten"])
    WebhookAttempt.objects.filter(delivery__event=event).update(answer="")


def announce(ids: Iterable[UUID]) -> int:
    """Send a message for each delivery; return how many. Stops at the first the broker does not take."""
    sent = 0
    for delivery_id in ids:
        if not messages.announce_delivery(delivery_id=delivery_id):
            break
        sent += 1
    return sent


def host_of(url: str) -> str:
    """Return what deliveries to one server have in common; what we would not open (any more) is all one."""
    try:
        return fetch.host_of(url)
    except ImageUrlNotAllowed:
        return "refused"


def _who_wants(workspace_id: UUID, *, livemode: bool, kind: EventType) -> list[tuple[UUID | None, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_WHO_WANTS, {"workspace": workspace_id, "livemode": livemode, "type": kind.value})
        return list(cursor.fetchall())


def _write(
    event: WebhookEvent, content: dict[str, Any], receivers: list[tuple[UUID | None, str]]
) -> list[WebhookDelivery]:
    head = {"type": event.type, "timestamp": timezone.now().isoformat(), "livemode": event.livemode}
    event.body = _as_text(head | content)
    event.save(force_insert=True)
    deliveries = [
        WebhookDelivery(
            id=uuid7(),
            event=event,
            endpoint_id=endpoint_id,
            workspace_id=event.workspace_id,
            url=url,
            host=host_of(url),
            dispatch_after=Now() + ANNOUNCE_AGAIN,
        )
        for endpoint_id, url in receivers
    ]
    WebhookDelivery.objects.bulk_create(deliveries)
    transaction.on_commit(partial(announce, [one.id for one in deliveries]), robust=True)
    return deliveries


def _as_text(body: dict[str, Any]) -> str:
    return json.dumps(body, separators=(",", ":"))
