"""Early fraud warnings: the card's bank suspects a payment before anybody disputes it."""

from django.conf import settings

from billing import alerts, clawback, stripe_gateway
from billing.errors import UnknownPurchase
from billing.models import EventStatus, Purchase, StripeEvent

WARNED = "radar.early_fraud_warning.created"


def warned(*, warning_id: str) -> None:
    """Tell staff, once for a warning however often it is delivered; with `EFW_AUTO_REFUND` on, give the whole
    payment back, once. Raises UnknownPurchase.
    """
    intent_id = stripe_gateway.intent_of_warning(warning_id=warning_id)
    purchase = Purchase.objects.filter(payment_intent_id=intent_id).first() if intent_id else None
    if purchase is None:
        raise UnknownPurchase(intent_id)
    left = purchase.amount_paid - purchase.amount_refunded
    if settings.EFW_AUTO_REFUND and left > 0:
        stripe_gateway.create_refund(intent_id=intent_id, amount=left, key=f"refund:{purchase.id}:efw")
        clawback.settle_refunds(intent_id=intent_id)
    told = StripeEvent.objects.filter(type=WARNED, object_id=warning_id, status=EventStatus.HANDLED)
    if not told.exists():
        alerts.raised(what="early_fraud_warning", about=str(purchase.id), detail=warning_id)
