"""What would be missed without webhooks: every hour's events, purchases that stand open, and a daily comparison.

All of it is the timer's work. Nothing is corrected by the comparison: a difference is told to staff.
"""

from datetime import timedelta

import structlog
from django.utils import timezone

from billing import findings, fulfilment, inbox, stripe_gateway
from billing.errors import PaymentsError, UnknownPurchase
from billing.models import LedgerEntry, Purchase, Status, SweepCursor

log = structlog.get_logger(__name__)

OVERLAP = timedelta(hours=1)
FIRST_LOOK_BACK = timedelta(days=2)
STANDS_OPEN = timedelta(minutes=15)
COMPARED = timedelta(days=2)
BATCH = 200


def collect_events() -> int:
    """Fetch what Stripe has told since the last time this worked, and an hour before; return how many were new."""
    started = timezone.now()
    cursor, _made = SweepCursor.objects.get_or_create(
        name="stripe_events", defaults={"reached": started - FIRST_LOOK_BACK}
    )
    new = sum(inbox.store(event=event) for event in stripe_gateway.events_since(moment=cursor.reached - OVERLAP))
    SweepCursor.objects.filter(name=cursor.name).update(reached=started)
    return new


def settle_open() -> None:
    """Ask after every purchase that has stood open for a quarter of an hour."""
    due = Purchase.objects.filter(
        status__in=[Status.OPEN, Status.PROCESSING], created_at__lt=timezone.now() - STANDS_OPEN
    ).order_by("created_at")
    for session_id in list(due.values_list("session_id", flat=True)[:BATCH]):
        try:
            fulfilment.fulfil(session_id=session_id or "")
        except (PaymentsError, UnknownPurchase) as error:
            log.warning("purchase_not_settled", error=type(error).__name__)
    lost = Purchase.objects.filter(status=Status.CREATED, created_at__lt=timezone.now() - timedelta(hours=2))
    lost.update(status=Status.EXPIRED)  # its request was never answered, and Stripe would not take it any more


def compare() -> list[str]:
    """Return every payment of the last two days without its entry, and the other way round; staff hear of new ones."""
    since = timezone.now() - COMPARED
    paid = stripe_gateway.paid_intents_since(moment=since)
    granted = dict(
        LedgerEntry.objects.filter(kind="purchase")
        .values_list("payment_ref", "d_posted")
        .filter(payment_ref__in=[intent for intent, _purchase, _amount in paid])
    )
    known = {str(one.id): one for one in Purchase.objects.filter(id__in=[name for _intent, name, _amount in paid])}
    found = [f"{intent}: paid, not granted" for intent, _name, _amount in paid if intent not in granted]
    found += [
        f"{intent}: {amount} paid, {known[name].amount_paid} booked"
        for intent, name, amount in paid
        if name in known and intent in granted and known[name].amount_paid != amount
    ]
    mine = Purchase.objects.filter(paid_at__gte=since + OVERLAP, paid_at__lt=timezone.now() - OVERLAP)
    intents = {intent for intent, _name, _amount in paid}
    found += [f"{one.payment_intent_id}: granted, not paid" for one in mine if one.payment_intent_id not in intents]
    findings.settle(what="payments_differ", found={line.partition(":")[0]: line for line in found})
    return found
