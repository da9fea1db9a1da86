"""What Stripe tells us: stored once under the event's id, answered at once, handled afterwards by asking again.

No handler depends on an order, and none believes an event's content: it only says which object to look at. One that
fails is tried again with growing patience; after ten tries it is dead, and staff hear of it.
"""

import json
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import DataError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from psycopg.types.json import Jsonb

from accounts import audit
from billing import alerts, checkout, clawback, fraud, fulfilment, limits, stripe_gateway
from billing.errors import PaymentsError, TooManyCheckouts, UnknownPurchase
from billing.models import EventStatus, StripeEvent
from billing.stripe_records import Event, read_event

log = structlog.get_logger(__name__)

PATIENCE = [timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10)]
PATIENCE += [timedelta(hours=1)] * 5
ATTEMPTS = len(PATIENCE) + 1
BATCH = 50
KEPT = timedelta(days=30)
INSERT = """
INSERT INTO billing_stripeevent (event_id, type, object_id, api_version, livemode, created, payload,
                                 received_at, status, attempts, next_try_at, error)
VALUES (%s, %s, %s, %s, %s, %s, %s, now(), 'received', 0, now(), '') ON CONFLICT (event_id) DO NOTHING
"""


class Refused(Exception):
    """The message is not Stripe's, or not for us; the caller learns nothing more."""


def receive(*, body: bytes, signature: str) -> None:
    """Store what Stripe sent, once; raise Refused when it is not signed, too old or new, or of the other mode."""
    if not stripe_gateway.is_signed(body=body, header=signature, now=time.time()):
        raise Refused
    payload = _parsed(body)
    if payload.get("object") == "v2.core.event":
        log.info("stripe_event_ignored", type=payload.get("type"))  # a thin one: none of ours ask for them
        return
    try:
        event = read_event(payload)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Refused from error
    if event.livemode != settings.STRIPE_LIVE or payload.get("account"):
        raise Refused
    try:
        with transaction.atomic():
            store(event=event)
    except DataError as error:  # an id too long for a row, a number or a character JSON in PostgreSQL cannot hold
        raise Refused from error


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused from error
    if not isinstance(payload, dict):
        raise Refused
    return payload


def store(*, event: Event) -> bool:
    """Keep an event; False when it is known already."""
    kept: Any = Jsonb(dict(event.payload))
    values = [event.id, event.type, event.object_id, event.api_version, event.livemode, event.created, kept]
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)
        return bool(cursor.rowcount)


def handle_due() -> int:
    """Handle what is due, the oldest first; return how many. The timer's work, and safe beside another timer's."""
    due = StripeEvent.objects.filter(
        status__in=[EventStatus.RECEIVED, EventStatus.FAILED], next_try_at__lte=timezone.now()
    ).order_by("next_try_at")
    ids = list(due.values_list("event_id", flat=True)[:BATCH])
    for event_id in ids:
        handle(event_id=event_id)
    return len(ids)


def handle(*, event_id: str) -> None:
    """Act on one stored event and write what came of it."""
    row = StripeEvent.objects.get(event_id=event_id)
    try:
        outcome = EventStatus.HANDLED if _act(row) else EventStatus.IGNORED
    except (PaymentsError, UnknownPurchase) as error:
        _later(row, type(error).__name__)
        return
    except Exception as error:
        # The border of a loop: a fault in one event must not hold up the others.
        log.exception("stripe_event_broke", event_id=event_id)
        _later(row, type(error).__name__)
        return
    StripeEvent.objects.filter(event_id=event_id).update(status=outcome, attempts=F("attempts") + 1, error="")


def replay(*, event_id: str, actor: str = audit.SYSTEM, reason: str = "") -> None:
    """Make an event due again, a dead one too, and write down who asked for it."""
    with transaction.atomic():
        row = StripeEvent.objects.select_for_update().get(event_id=event_id)
        before = {"status": row.status, "attempts": row.attempts}
        StripeEvent.objects.filter(event_id=event_id).update(status=EventStatus.RECEIVED, attempts=0, next_try_at=Now())
        target = f"event {event_id}"
        audit.record(actor=actor, what="event_replayed", target=target, reason=reason, before=before)


def forget_payloads() -> None:
    """Drop what events carried, thirty days after they came; the rows stay, so a late copy is still known."""
    StripeEvent.objects.filter(received_at__lt=timezone.now() - KEPT, payload__isnull=False).update(payload=None)


def _later(row: StripeEvent, error: str) -> None:
    attempts = row.attempts + 1
    changes: dict[str, Any] = {"attempts": attempts, "error": error}
    if attempts >= ATTEMPTS:
        changes["status"] = EventStatus.DEAD
    else:
        changes |= {"status": EventStatus.FAILED, "next_try_at": timezone.now() + PATIENCE[attempts - 1]}
    with transaction.atomic():
        StripeEvent.objects.filter(event_id=row.event_id).update(**changes)
    if changes["status"] == EventStatus.DEAD:
        alerts.raised(what="stripe_event_dead", about=row.event_id, detail=f"{row.type}: {error}")


def _act(row: StripeEvent) -> bool:
    """Look at the object the event names; False for a type that is nothing to us."""
    match row.type.split("."):
        # A checkout was paid, will be, was left or lapsed.
        case ["checkout", "session", _]:
            fulfilment.fulfil(session_id=row.object_id)
        # The same from the payment's side; and every try with a card is counted.
        case ["payment_intent", "succeeded" | "payment_failed" | "canceled"]:
            _payment(row.object_id)
        # Money goes back, or comes back when the bank could not place it.
        case ["refund", _]:
            clawback.settle_refunds(intent_id=stripe_gateway.intent_of_refund(refund_id=row.object_id))
        case ["charge", "refunded"]:
            clawback.settle_refunds(intent_id=stripe_gateway.intent_of_charge(charge_id=row.object_id))
        # A card's owner contests a payment; later it is closed one way or the other.
        case ["charge", "dispute", _]:
            clawback.settle_dispute(dispute_id=row.object_id)
        # The card's bank warns of fraud before anybody disputes.
        case ["radar", "early_fraud_warning", "created"]:
            fraud.warned(warning_id=row.object_id)
        case ["customer", "deleted"]:
            checkout.forget_customer(customer_id=row.object_id)
        case _:
            return False
    return True


def _payment(intent_id: str) -> None:
    payment = stripe_gateway.checkout_of_intent(intent_id=intent_id)
    if payment is None:
        return
    purchase = fulfilment.settle(payment=payment)
    fulfilment.note_attempts(purchase=purchase, attempts=stripe_gateway.attempts_of(intent_id=intent_id))
    if payment.is_open:
        # The page at Stripe takes one card after the other; where no new one would be opened, this one closes.
        try:
            limits.check_cards(wallet_id=purchase.wallet_id)
        except TooManyCheckouts:
            stripe_gateway.expire_checkout(session_id=payment.session)
