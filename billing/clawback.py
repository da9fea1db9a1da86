"""Refunds and disputes take tokens back, to the token: many partial refunds take what one full refund would.

For N tokens paid with the sum a, and r refunded so far, floor(N * r / a) tokens are taken in all. A dispute over d
takes floor(N * d / a), and both together never more than N. It is computed under the purchase's lock from what
Stripe says now, so no order of events matters.
"""

from functools import partial

from django.db import transaction

from accounts import audit
from billing import alerts, ledger, notices, stripe_gateway
from billing.errors import UnknownPurchase
from billing.models import Dispute, Purchase, Refund, Status
from billing.stripe_records import INQUIRY, DisputeState, RefundState

DONE, GIVEN_UP = "succeeded", {"failed", "canceled"}
WON, LOST = "won", "lost"
#: Paid, but never granted: money can go back, and there are no tokens to take.
CHECKED = {Status.MISMATCH, Status.REFUNDED}


def settle_refunds(*, intent_id: str) -> Purchase:
    """Write every refund of this payment as Stripe has it now, taking tokens or giving them back.

    Raises UnknownPurchase for a payment that is not (yet) known here.
    """
    states = stripe_gateway.refunds_of(intent_id=intent_id)
    with transaction.atomic(durable=True):
        purchase = _locked(intent_id)
        for state in states:
            _settle_refund(purchase, state)
        if purchase.status in {Status.PAID, Status.PART_REFUNDED, Status.REFUNDED, Status.MISMATCH} and states:
            purchase.status = _refund_status(purchase)
        purchase.save(update_fields=["status", "amount_refunded", "tokens_taken"])
    return purchase


def settle_dispute(*, dispute_id: str) -> Purchase:
    """Write a dispute as Stripe has it now: an inquiry is noted, a real one freezes the wallet and takes tokens.

    Raises UnknownPurchase for a payment that is not (yet) known here.
    """
    state = stripe_gateway.dispute(dispute_id=dispute_id)
    with transaction.atomic(durable=True):
        purchase = _locked(state.intent)
        _settle_dispute(purchase, state)
        purchase.save(update_fields=["status", "tokens_taken"])
    return purchase


def _locked(intent_id: str) -> Purchase:
    purchase = Purchase.objects.select_for_update().filter(payment_intent_id=intent_id).first() if intent_id else None
    if purchase is None or not (purchase.is_granted or purchase.status in CHECKED):
        raise UnknownPurchase(intent_id)
    return purchase


def _settle_refund(purchase: Purchase, state: RefundState) -> None:
    row, _made = Refund.objects.get_or_create(
        refund_id=state.id, defaults={"purchase": purchase, "amount": state.amount, "status": ""}
    )
    if row.status == state.status:
        return
    if state.status == DONE:
        purchase.amount_refunded += row.amount
        row.tokens_taken = _take_for_refund(purchase, row)
        transaction.on_commit(partial(notices.refunded, refund_id=row.refund_id), robust=True)
    elif state.status in GIVEN_UP and row.status == DONE:
        purchase.amount_refunded -= row.amount
        if row.tokens_taken:
            ledger.refund_failed(wallet_id=purchase.wallet_id, refund_id=row.refund_id)
            purchase.tokens_taken -= row.tokens_taken
        row.is_undone = True
    before, row.status = row.status, state.status
    row.save()
    _record(purchase, row, before)


def _record(purchase: Purchase, row: Refund, before: str) -> None:
    audit.record(
        actor=audit.STRIPE,
        what="refund_settled",
        workspace_id=purchase.wallet.workspace_id,
        target=f"purchase {purchase.id}",
        before={"status": before},
        after={"refund": row.refund_id, "status": row.status, "amount": row.amount, "tokens_taken": row.tokens_taken},
    )


def _take_for_refund(purchase: Purchase, row: Refund) -> int:
    """Take what all refunds so far are worth, less what they took before; return how many tokens."""
    taken = sum(other.tokens_taken for other in purchase.refunds.filter(is_undone=False).exclude(pk=row.pk))
    worth = _share(purchase, purchase.amount_refunded) - taken
    tokens = min(worth, purchase.tokens - purchase.tokens_taken)
    if tokens <= 0 or not purchase.is_granted:
        return 0
    payment = purchase.payment_intent_id or ""
    ledger.refund(wallet_id=purchase.wallet_id, tokens=tokens, refund_id=row.refund_id, payment=payment)
    purchase.tokens_taken += tokens
    return tokens


def _share(purchase: Purchase, amount: int) -> int:
    return purchase.tokens * min(amount, purchase.amount_paid) // max(purchase.amount_paid, 1)


def _refund_status(purchase: Purchase) -> str:
    if purchase.amount_refunded >= purchase.amount_paid and purchase.amount_refunded:
        return Status.REFUNDED
    if not purchase.is_granted:
        return Status.MISMATCH
    return Status.PART_REFUNDED if purchase.amount_refunded else Status.PAID


def _settle_dispute(purchase: Purchase, state: DisputeState) -> None:
    row, _made = Dispute.objects.get_or_create(
        dispute_id=state.id, defaults={"purchase": purchase, "amount": state.amount, "status": ""}
    )
    before, row.status = row.status, state.status
    if state.status == WON:
        _win(purchase, row)
    elif not state.is_inquiry and (before == "" or before.startswith(INQUIRY)):
        _contest(purchase, row)
    if state.status == LOST:
        purchase.status = Status.LOST
    row.save()


def _contest(purchase: Purchase, row: Dispute) -> None:
    """Money was taken from us: take the tokens, stop new work, tell people."""
    tokens = min(_share(purchase, row.amount), purchase.tokens - purchase.tokens_taken)
    if tokens > 0 and purchase.is_granted:
        payment = purchase.payment_intent_id or ""
        ledger.dispute(wallet_id=purchase.wallet_id, tokens=tokens, dispute_id=row.dispute_id, payment=payment)
        purchase.tokens_taken += tokens
        row.tokens_taken = tokens
    ledger.freeze(wallet_id=purchase.wallet_id, actor="stripe", reason=f"dispute {row.dispute_id}"[:64])
    purchase.status = Status.DISPUTED
    about = partial(alerts.raised, what="dispute_opened", about=str(purchase.id), detail=row.dispute_id)
    transaction.on_commit(about, robust=True)
    transaction.on_commit(partial(notices.disputed, purchase_id=purchase.id), robust=True)


def _win(purchase: Purchase, row: Dispute) -> None:
    """Give back exactly what the dispute took; thaw the wallet unless another dispute is open."""
    if row.is_undone or not row.pk:
        return
    if row.tokens_taken:
        ledger.dispute_won(wallet_id=purchase.wallet_id, dispute_id=row.dispute_id)
        purchase.tokens_taken -= row.tokens_taken
    row.is_undone = True
    purchase.status = Status.WON
    others = Dispute.objects.filter(purchase__wallet_id=purchase.wallet_id, is_undone=False).exclude(pk=row.pk)
    if not any(not other.status.startswith(INQUIRY) for other in others):
        ledger.unfreeze(wallet_id=purchase.wallet_id, actor="stripe", reason=f"dispute {row.dispute_id} won")
