"""A payment becomes tokens, once: one function for webhook, return page and sweep, in any order, however often.

What an event says is never trusted; the checkout is asked for again, outside any transaction. Then one transaction
locks the purchase, compares and writes.
"""

from functools import partial
from hashlib import sha256
from uuid import UUID

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now

from billing import alerts, ledger, notices, stripe_gateway
from billing.errors import ActRefused, UnknownPurchase
from billing.models import CardAttempt, Purchase, Status, Wallet
from billing.stripe_records import Attempt, Payment

log = structlog.get_logger(__name__)

#: What a purchase that was never paid may become; nothing else is left by news of a checkout.
UNSETTLED = [Status.CREATED, Status.OPEN, Status.PROCESSING, Status.FAILED, Status.EXPIRED, Status.MISMATCH]


def fulfil(*, session_id: str) -> Purchase:
    """Bring the purchase of this checkout up to date and grant its tokens if it is paid; return it.

    Raises UnknownPurchase for a checkout that names none of ours, PaymentsError when Stripe does not answer.
    """
    return settle(payment=stripe_gateway.checkout(session_id=session_id))


def settle(*, payment: Payment) -> Purchase:
    """Write what a checkout, just fetched, says of its purchase. Raises UnknownPurchase."""
    purchase_id = _ours(payment)
    with transaction.atomic(durable=True):
        try:
            purchase = Purchase.objects.select_for_update().get(id=purchase_id)
        except Purchase.DoesNotExist:
            raise UnknownPurchase(payment.session) from None
        if purchase.status in UNSETTLED:
            _move(purchase, payment)
        elif payment.invoice_url and not purchase.invoice_url:
            # Stripe writes the invoice a moment after the payment.
            purchase.invoice_url = payment.invoice_url
            purchase.save(update_fields=["invoice_url"])
    return purchase


def grant_checked(*, purchase_id: UUID, payment: Payment) -> Purchase:
    """Grant what a purchase was sold as although the payment differs: staff have looked at it. Return it.

    In the caller's transaction. Raises ActRefused unless it is still being checked and no money went back.
    """
    purchase = Purchase.objects.select_for_update(of=("self",)).select_related("wallet").get(id=purchase_id)
    if purchase.status != Status.MISMATCH or purchase.amount_refunded:
        raise ActRefused("This purchase has been settled or refunded meanwhile.")
    _grant(purchase, payment)
    purchase.save()
    return purchase


def note_attempts(*, purchase: Purchase, attempts: list[Attempt]) -> None:
    """Keep each try to pay once, for the limits against card testing; the card as a digest of its fingerprint."""
    CardAttempt.objects.bulk_create(
        [
            CardAttempt(charge_id=one.charge, purchase=purchase, card=_digest(one.card), declined=one.declined)
            for one in attempts
        ],
        ignore_conflicts=True,
    )


def _digest(fingerprint: str) -> str:
    return sha256(fingerprint.encode()).hexdigest() if fingerprint else ""


def _ours(payment: Payment) -> UUID:
    try:
        return UUID(payment.purchase)
    except (ValueError, ValidationError):
        raise UnknownPurchase(payment.session) from None


def _move(purchase: Purchase, payment: Payment) -> None:
    """Write the purchase's new state; grant the tokens when it is paid as agreed."""
    purchase.session_id = payment.session
    purchase.payment_intent_id = payment.intent or None
    if not payment.is_paid:
        purchase.status = _unpaid(purchase, payment)
    elif differs := _difference(purchase, payment):
        if purchase.status != Status.MISMATCH:
            told = partial(alerts.raised, what="payment_mismatch", about=str(purchase.id), detail=differs)
            transaction.on_commit(told, robust=True)
            transaction.on_commit(partial(notices.looked_into, purchase_id=purchase.id), robust=True)
        purchase.status, purchase.amount_paid = Status.MISMATCH, payment.total
    else:
        _grant(purchase, payment)
    purchase.save()


def _unpaid(purchase: Purchase, payment: Payment) -> str:
    if payment.has_failed:
        return Status.FAILED
    if payment.is_processing:
        return Status.PROCESSING
    if payment.is_expired:
        return Status.EXPIRED
    return Status.OPEN if payment.is_open else purchase.status


def _difference(purchase: Purchase, payment: Payment) -> str:
    """Return what the payment and the purchase disagree about, "" when nothing."""
    if payment.livemode != purchase.livemode or payment.livemode != settings.STRIPE_LIVE:
        return f"livemode {payment.livemode}, sold as {purchase.livemode}"
    if purchase.wallet.real_money and not payment.livemode:
        return "paid in test mode, for a wallet of real money"
    agreed, paid = (purchase.currency, purchase.unit_amount), (payment.currency, payment.amount)
    return "" if agreed == paid else f"paid {paid}, sold for {agreed}"


def _grant(purchase: Purchase, payment: Payment) -> None:
    ledger.purchase(wallet_id=purchase.wallet_id, tokens=purchase.tokens, payment=payment.intent)
    Wallet.objects.filter(id=purchase.wallet_id, real_money=False).update(real_money=purchase.livemode)
    purchase.status, purchase.paid_at, purchase.amount_paid = Status.PAID, Now(), payment.total
    purchase.charge_id, purchase.invoice_url = payment.charge or None, payment.invoice_url
    purchase.consent_at = Now() if payment.consented else None
    transaction.on_commit(partial(notices.receipt, purchase_id=purchase.id), robust=True)
