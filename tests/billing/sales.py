"""Purchases as fulfilment leaves them, without asking anybody."""

from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing import ledger
from billing.models import Purchase, Status

PRICE = 500


@transaction.atomic
def sold(wallet: int, *, tokens: int, pack_code: str = "test") -> Purchase:
    """Return a paid purchase whose tokens are in the wallet."""
    payment = f"pi_{uuid4().hex}"
    ledger.purchase(wallet_id=wallet, tokens=tokens, payment=payment)
    return Purchase.objects.create(
        wallet_id=wallet,
        pack_code=pack_code,
        tokens=tokens,
        currency="usd",
        unit_amount=PRICE,
        amount_paid=PRICE,
        payment_intent_id=payment,
        status=Status.PAID,
        paid_at=timezone.now(),
        livemode=False,
    )


@transaction.atomic
def refunded(purchase: Purchase, *, tokens: int) -> str:
    """Take tokens back; return the refund's id."""
    refund_id = f"re_{uuid4().hex}"
    payment = purchase.payment_intent_id or ""
    ledger.refund(wallet_id=purchase.wallet_id, tokens=tokens, refund_id=refund_id, payment=payment)
    Purchase.objects.filter(id=purchase.id).update(tokens_taken=F("tokens_taken") + tokens)
    return refund_id


@transaction.atomic
def refund_failed(purchase: Purchase, *, refund_id: str) -> None:
    """Give back what that refund took."""
    entry = ledger.refund_failed(wallet_id=purchase.wallet_id, refund_id=refund_id)
    Purchase.objects.filter(id=purchase.id).update(tokens_taken=F("tokens_taken") - entry.d_posted)
