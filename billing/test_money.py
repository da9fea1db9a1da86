"""Tokens that were paid for in Stripe's test mode, and how they leave before real money comes in."""

from django.db import transaction

from billing import ledger
from billing.models import Purchase, PurchaseQuerySet

#: A purchase's `source` once its tokens were written off.
PURGED = "purged"


def purchases() -> PurchaseQuerySet:
    """Return the purchases of test mode whose tokens were never written off."""
    return Purchase.objects.filter(livemode=False, paid_at__isnull=False).exclude(source=PURGED)


def purge() -> tuple[int, int]:
    """Write off what is left of every purchase of test mode; return how many purchases, and tokens in all.

    What was spent or is held stays as it is: an adjustment takes no more than is available. Safe to run again.
    """
    done = tokens = 0
    for purchase_id in list(purchases().values_list("id", flat=True)):
        with transaction.atomic():
            purchase = Purchase.objects.select_for_update().get(id=purchase_id)
            if purchase.source == PURGED:
                continue
            tokens += _written_off(purchase)
            purchase.source = PURGED
            purchase.save(update_fields=["source"])
            done += 1
    return done, tokens


def _written_off(purchase: Purchase) -> int:
    available = ledger.snapshot(wallet_id=purchase.wallet_id).available
    tokens = min(purchase.tokens - purchase.tokens_taken, available)
    if tokens > 0:
        ledger.adjust(
            wallet_id=purchase.wallet_id,
            tokens=-tokens,
            key=f"adjust:test_money:{purchase.id}",
            actor="operator",
            reason="paid for in test mode",
        )
    return max(tokens, 0)
