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
from billing.models import Dispute, Purchase, Refund, Status, Wallet
from billing.stripe_records import INQUIRY, DisputeState, RefundState

DONE, GIVEN_UP = "succeeded", {"failed", "canceled"}
WON, LOST = "won", "lost"
#: How the reason of a freeze of ours begins; a person's freeze is a person's to lift.
FROZEN_FOR = "dispute "


def settle_refunds(*, intent_id: str) -> Purchase:
    """Write every refund of this payment as Stripe has it now, taking tokens or giving them back.

    Raises UnknownPurchase for a payment that is not (yet) known here.
    """
    refunds = _refunds_of(intent_id)
    with transaction.atomic(durable=True):
        purchase = _locked(intent_id)
        for refund in refunds:
            _settle_refund(purchase, refund)
        _conclude(purchase)
    return purchase


def settle_dispute(*, dispute_id: str) -> Purchase:
    """Write a dispute as Stripe has it now: an inquiry is noted, a real one freezes the wallet and takes tokens.

    Raises UnknownPurchase for a payment that is not (yet) known here.
    """
    state = stripe_gateway.dispute(dispute_id=dispute_id)
    # A contested payment cannot be refunded any more, so its refunds came first, whichever news came first.
    refunds = _refunds_of(state.intent)
    with transaction.atomic(durable=True):
        purchase = _locked(state.intent)
        for refund in refunds:
            _settle_refund(purchase, refund)
        _settle_dispute(purchase, state)
        _conclude(purchase)
    return purchase


def _refunds_of(intent_id: str) -> list[RefundState]:
    if not intent_id:
        raise UnknownPurchase("no payment")
    return stripe_gateway.refunds_of(intent_id=intent_id)


def _locked(intent_id: str) -> Purchase:
    """Return the purchase, ours to change. One that is being checked was paid too, though nothing was granted."""
    purchase = Purchase.objects.select_for_update().filter(payment_intent_id=intent_id).first()
    if purchase is None or not (purchase.is_granted or purchase.status in {Status.MISMATCH, Status.REFUNDED}):
        raise UnknownPurchase(intent_id)
    return purchase


def _conclude(purchase: Purchase) -> None:
    """Write the state that follows from all refunds and disputes, in whatever order they became known."""
    real = [one for one in purchase.disputes.all() if not one.status.startswith(INQUIRY)]
    if not purchase.is_granted:
        # Paid and never granted: all of it going back is the end of it.
        if purchase.amount_refunded >= purchase.amount_paid:
            purchase.status = Status.REFUNDED
    elif any(one.status == LOST for one in real):
        purchase.status = Status.LOST
    elif any(not one.is_undone for one in real):
        purchase.status = Status.DISPUTED
    elif purchase.amount_refunded:
        is_all = purchase.amount_refunded >= purchase.amount_paid
        purchase.status = Status.REFUNDED if is_all else Status.PART_REFUNDED
    else:
        purchase.status = Status.WON if real else Status.PAID
    purchase.save(update_fields=["status", "amount_refunded", "tokens_taken"])


def _settle_refund(purchase: Purchase, state: RefundState) -> None:
    row, _made = Refund.objects.get_or_create(
        refund_id=state.id, defaults={"purchase": purchase, "amount": state.amount, "status": ""}
    )
    # What was read before another handler's news must not undo them: a refund that ended stays so, and one that
    # succeeded can only fail.
    if row.status in {state.status, *GIVEN_UP} or (row.status == DONE and state.status not in GIVEN_UP):
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


def _settle_dispute(purchase: Purchase, state: DisputeState) -> None:
    row, _made = Dispute.objects.get_or_create(
        dispute_id=state.id, defaults={"purchase": purchase, "amount": state.amount, "status": ""}
    )
    before = row.status
    if before in {WON, LOST} or (state.is_inquiry and before and not before.startswith(INQUIRY)):
        return  # read before another handler's news
    row.status = state.status
    if state.status == WON:
        _win(purchase, row)
    elif not state.is_inquiry and (before == "" or before.startswith(INQUIRY)):
        _contest(purchase, row)
    row.save()


def _contest(purchase: Purchase, row: Dispute) -> None:
    """Money was taken from us: take the tokens, stop new work, tell people."""
    tokens = min(_share(purchase, row.amount), purchase.tokens - purchase.tokens_taken)
    if tokens > 0 and purchase.is_granted:
        payment = purchase.payment_intent_id or ""
        ledger.dispute(wallet_id=purchase.wallet_id, tokens=tokens, dispute_id=row.dispute_id, payment=payment)
        purchase.tokens_taken += tokens
        row.tokens_taken = tokens
    if not _wallet(purchase).frozen:  # a person's own reason stays
        ledger.freeze(wallet_id=purchase.wallet_id, actor="stripe", reason=f"{FROZEN_FOR}{row.dispute_id}"[:64])
    about = partial(alerts.raised, what="dispute_opened", about=str(purchase.id), detail=row.dispute_id)
    transaction.on_commit(about, robust=True)
    transaction.on_commit(partial(notices.disputed, purchase_id=purchase.id), robust=True)


def _win(purchase: Purchase, row: Dispute) -> None:
    """Give back exactly what the dispute took; thaw the wallet unless another dispute is open."""
    if row.tokens_taken:
        ledger.dispute_won(wallet_id=purchase.wallet_id, dispute_id=row.dispute_id)
        purchase.tokens_taken -= row.tokens_taken
    row.is_undone = True
    wallet = _wallet(purchase)  # locked before the others are read: two verdicts at once see each other
    others = Dispute.objects.filter(purchase__wallet=wallet, is_undone=False).exclude(pk=row.pk)
    is_contested = any(not other.status.startswith(INQUIRY) for other in others)
    if wallet.frozen and wallet.freeze_reason.startswith(FROZEN_FOR) and not is_contested:
        ledger.unfreeze(wallet_id=wallet.id, actor="stripe", reason=f"{FROZEN_FOR}{row.dispute_id} won"[:64])


def _wallet(purchase: Purchase) -> Wallet:
    return Wallet.objects.select_for_update(no_key=True).get(id=purchase.wallet_id)
