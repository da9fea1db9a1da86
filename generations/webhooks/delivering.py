"""Sending: claim a delivery, call its address with nothing locked, write down what came of it.

A claim gives a worker the row until `lease_until` and a fence, as it does with generations. A worker that dies between
sending and writing leaves the lease to lapse, and the event is sent again: at least once, in no particular order.
"""

import random
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from generations import fetch, notices
from generations.errors import ImageUrlNotAllowed, ImageUrlUnreachable
from generations.transactions import durably
from generations.webhooks import events, signing
from generations.webhooks.models import (
    TEST,
    DeliveryState,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
    WebhookSecret,
)

log = structlog.get_logger(__name__)

#: From one attempt to the next: ten in all, the last three days after the first.
DELAYS = [
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
]
JITTER = 0.1
LEASE = timedelta(seconds=45)
#: Calls under way at once: to one server, and for one workspace, whose slow receivers then take no other's place.
TO_ONE_HOST, OF_ONE_WORKSPACE = 5, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to make one attempt, and all it takes to make it."""

    delivery_id: UUID
    fence: int
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of an attempt. status None: no answer, and `problem` says why."""

    sent_at: datetime
    duration_ms: int
    status: int | None = None
    problem: str = ""
    answer: str = ""

    @property
    def is_success(self) -> bool:
        """Say whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


def deliver(*, delivery_id: UUID) -> None:
    """Make one attempt if it is due and may be made now; otherwise do nothing."""
    try:
        claim = _claim(delivery_id)
        connection.close()  # no connection is held while somebody else's server thinks
        if claim is not None:
            outcome = _send(claim)
            _record(claim, outcome)
    finally:
        connection.close()


_DUE = """
WITH waiting AS (
    SELECT id, dispatch_after, row_number() OVER (PARTITION BY host ORDER BY dispatch_after, id) AS place
    FROM generations_webhookdelivery
    WHERE state = 'pending' AND dispatch_after <= statement_timestamp()
      AND (lease_until IS NULL OR lease_until < statement_timestamp())
), due AS (
    SELECT id FROM waiting WHERE place <= %(window)s ORDER BY dispatch_after LIMIT 200
)
UPDATE generations_webhookdelivery d SET dispatch_after = statement_timestamp() + %(again)s FROM due
WHERE d.id = due.id AND d.dispatch_after <= statement_timestamp() RETURNING d.id
"""


def send_due() -> int:
    """Send a message for each delivery that is due, few to one server; return how many. The timer's work."""
    parameters: dict[str, Any] = {"window": 2 * TO_ONE_HOST, "again": events.ANNOUNCE_AGAIN}
    with connection.cursor() as cursor:
        cursor.execute(_DUE, parameters)
        found = [delivery_id for (delivery_id,) in cursor.fetchall()]
    return events.announce(found)


def _claim(delivery_id: UUID) -> Claim | None:
    """Take a delivery; None when it is not due, not pending or in other hands, or when its turn has not come."""
    with transaction.atomic():
        rows = WebhookDelivery.objects.select_related("event", "endpoint")
        free = Q(lease_until__isnull=True) | Q(lease_until__lt=Now())
        due = rows.filter(free, id=delivery_id, state=DeliveryState.PENDING, due_at__lte=Now())
        row = due.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        if not _has_room(row):
            WebhookDelivery.objects.filter(id=row.id).update(dispatch_after=Now())
            return None
        row.fence += 1
        WebhookDelivery.objects.filter(id=row.id).update(fence=row.fence, lease_until=Now() + LEASE)
        salt = bytes(row.endpoint.salt) if row.endpoint else _workspace_salt(row.event)
    body = row.event.body.encode()
    headers = signing.headers(event_id=row.event.public_id, body=body, salt=salt)
    return Claim(delivery_id=row.id, fence=row.fence, url=row.url, headers=headers, body=body)


def _has_room(row: WebhookDelivery) -> bool:
    """Say whether one more call may go to this server; whoever asks about the same one meanwhile waits for us."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [row.host])
    at_work = WebhookDelivery.objects.filter(lease_until__gt=Now()).exclude(id=row.id)
    if at_work.filter(host=row.host).count() >= TO_ONE_HOST:
        return False
    return at_work.filter(workspace_id=row.workspace_id).count() < OF_ONE_WORKSPACE


def _workspace_salt(event: WebhookEvent) -> bytes:
    secret, _ = WebhookSecret.objects.get_or_create(workspace_id=event.workspace_id, livemode=event.livemode)
    return bytes(secret.salt)


def _send(claim: Claim) -> Outcome:
    began, outcome = time.monotonic(), partial(Outcome, sent_at=timezone.now())

    def took_ms() -> int:
        return round((time.monotonic() - began) * 1000)

    try:
        answer = fetch.call(url=claim.url, headers=claim.headers, body=claim.body)
    except ImageUrlNotAllowed:
        return outcome(duration_ms=took_ms(), problem="address_not_allowed")
    except ImageUrlUnreachable:
        return outcome(duration_ms=took_ms(), problem="unreachable")
    except TimeoutError:
        return outcome(duration_ms=took_ms(), problem="timed_out")
    # PostgreSQL keeps no NUL in a text.
    said = answer.body.decode("utf-8", errors="replace").replace("\0", "\ufffd")
    return outcome(duration_ms=took_ms(), status=answer.status, answer=said)


def _record(claim: Claim, outcome: Outcome) -> None:
    """Write the attempt and what follows from it; a claim that lapsed meanwhile writes nothing."""

    def work() -> None:
        rows = WebhookDelivery.objects.select_for_update().filter(id=claim.delivery_id, fence=claim.fence)
        if (row := rows.first()) is None:
            return
        # The event's lock keeps an answer from being written while its content is being forgotten.
        event = WebhookEvent.objects.select_for_update(no_key=True).get(id=row.event_id)
        row.attempts_made, row.lease_until = row.attempts_made + 1, None
        WebhookAttempt.objects.create(
            delivery=row,
            number=row.attempts_made,
            sent_at=outcome.sent_at,
            duration_ms=outcome.duration_ms,
            status=outcome.status,
            problem=outcome.problem,
            answer="" if event.is_forgotten else outcome.answer,
        )
        if row.state == DeliveryState.PENDING:
            _go_on(row, event, outcome)
        row.save(update_fields=["attempts_made", "lease_until", "state", "due_at", "dispatch_after"])

    durably(work)
    log.info(
        "webhook_attempt",
        delivery_id=str(claim.delivery_id),
        status=outcome.status,
        problem=outcome.problem,
        duration_ms=outcome.duration_ms,
    )


def _go_on(row: WebhookDelivery, event: WebhookEvent, outcome: Outcome) -> None:
    """Decide what becomes of the locked row: done, given up, or tried again after the next delay."""
    if outcome.is_success:
        row.state = DeliveryState.SUCCEEDED
    elif outcome.status == HTTPStatus.GONE:
        row.state = DeliveryState.FAILED
        if row.endpoint_id and disable(endpoint_id=row.endpoint_id):
            transaction.on_commit(partial(notices.endpoint_disabled, endpoint_id=row.endpoint_id), robust=True)
    elif event.type == TEST or row.attempts_made > len(DELAYS):
        row.state = DeliveryState.FAILED
    else:
        row.due_at = row.dispatch_after = Now() + DELAYS[row.attempts_made - 1] * random.uniform(1, 1 + JITTER)


def disable(*, endpoint_id: UUID) -> bool:
    """Send nothing more to an endpoint, in the caller's transaction: what was on its way is given up.

    False when it had been disabled before.
    """
    is_new = WebhookEndpoint.objects.filter(id=endpoint_id, disabled_at__isnull=True).update(disabled_at=Now())
    pending = WebhookDelivery.objects.filter(endpoint_id=endpoint_id, state=DeliveryState.PENDING)
    pending.update(state=DeliveryState.FAILED)
    return bool(is_new)
