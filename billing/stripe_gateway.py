"""Everything said to Stripe and heard from it; the only importer of `stripe`.

Answers come back as small records of ours, in whole smallest units of a currency. Each call that changes something
carries a deterministic idempotency key, so a lost answer is asked for again and never done twice. Nothing is retried
here, and nothing may be called inside a transaction.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

import stripe
from django.conf import settings
from django.db import connection

from billing.errors import InTransaction, PaymentsRefused, PaymentsUnavailable
from billing.stripe_records import (
    Attempt,
    DisputeState,
    Endpoint,
    Event,
    Payment,
    RefundState,
    attempt,
    id_of,
    payment,
    read_event,
    refund,
)

#: What this code was written against; the webhook endpoint has to be of the same version.
API_VERSION = "2026-10-28.endive"
CONNECT_S, READ_S = 3, 20
PAGE = 100
EXPANDED = ["payment_intent.latest_charge", "invoice"]


def create_customer(*, workspace_id: str, email: str, nth: int) -> str:
    """Return the id of the workspace's nth customer, made once however often this is asked."""
    options = {"idempotency_key": f"customer:{workspace_id}:{nth}"}
    with _heard():
        return str(
            _client().v1.customers.create({"email": email, "metadata": {"workspace": workspace_id}}, options).id  # type: ignore[arg-type]
        )


def create_session(*, request: str, purchase_id: str) -> Payment:
    """Send the stored request of a purchase and return its checkout; sent again, it is the same checkout."""
    with _heard():
        return payment(
            _client().v1.checkout.sessions.create(json.loads(request), {"idempotency_key": f"checkout:{purchase_id}"})
        )


def checkout(*, session_id: str) -> Payment:
    """Return a checkout as it stands."""
    with _heard():
        return payment(_client().v1.checkout.sessions.retrieve(session_id, {"expand": EXPANDED}))


def checkout_of_intent(*, intent_id: str) -> Payment | None:
    """Return the checkout a payment belongs to, None for a payment that is not one of ours."""
    with _heard():
        found = _client().v1.checkout.sessions.list({"payment_intent": intent_id, "limit": 1}).data
    return checkout(session_id=found[0].id) if found else None


def expire_checkout(*, session_id: str) -> None:
    """Close a checkout nobody paid; one that is not open any more stays as it is."""
    with _heard():
        try:
            options = {"idempotency_key": f"expire:{session_id}"}
            _client().v1.checkout.sessions.expire(session_id, {}, options)  # type: ignore[arg-type]
        except stripe.InvalidRequestError:
            return


def attempts_of(*, intent_id: str) -> list[Attempt]:
    """Return every try to pay this payment."""
    with _heard():
        charges = _client().v1.charges.list({"payment_intent": intent_id, "limit": PAGE}).data
    return [attempt(one.to_dict()) for one in charges]


def refunds_of(*, intent_id: str) -> list[RefundState]:
    """Return every refund of a payment, the oldest first."""
    with _heard():
        found = _client().v1.refunds.list({"payment_intent": intent_id, "limit": PAGE}).auto_paging_iter()
        ordered = sorted(found, key=lambda one: (one.created, one.id))
        return [refund(one) for one in ordered]


def intent_of_refund(*, refund_id: str) -> str:
    """Return the payment a refund belongs to, "" when none."""
    with _heard():
        return id_of(_client().v1.refunds.retrieve(refund_id).payment_intent)


def create_refund(*, intent_id: str, amount: int, key: str) -> RefundState:
    """Give money back. key: `refund:<purchase>:<n>`, the same for the same decision; the refund bears it, too."""
    asked: Any = {"payment_intent": intent_id, "amount": amount, "metadata": {"order": key}}
    with _heard():
        return refund(_client().v1.refunds.create(asked, {"idempotency_key": key}))


def dispute(*, dispute_id: str) -> DisputeState:
    """Return a dispute as it stands."""
    with _heard():
        found = _client().v1.disputes.retrieve(dispute_id)
    return DisputeState(found.id, id_of(found.payment_intent), found.amount, found.status)


def disputes_of(*, intent_id: str) -> list[DisputeState]:
    """Return every dispute of a payment."""
    with _heard():
        found = _client().v1.disputes.list({"payment_intent": intent_id, "limit": PAGE}).data
    return [DisputeState(one.id, intent_id, one.amount, one.status) for one in found]


def intent_of_charge(*, charge_id: str) -> str:
    """Return the payment a charge belongs to, "" when none."""
    with _heard():
        return id_of(_client().v1.charges.retrieve(charge_id).payment_intent)


def intent_of_warning(*, warning_id: str) -> str:
    """Return the payment an early fraud warning is about, "" when none."""
    with _heard():
        return id_of(_client().v1.radar.early_fraud_warnings.retrieve(warning_id).payment_intent)


def portal_url(*, customer_id: str, return_url: str, key: str) -> str:
    """Return a short-lived address of the customer's own page at Stripe; never stored or logged."""
    params: Any = {"customer": customer_id, "return_url": return_url}
    with _heard():
        return str(_client().v1.billing_portal.sessions.create(params, {"idempotency_key": key}).url)


def endpoints() -> list[Endpoint]:
    """Return every webhook endpoint of the account, in this key's mode."""
    with _heard():
        found = _client().v1.webhook_endpoints.list({"limit": PAGE}).auto_paging_iter()
        return [Endpoint(one.id, one.url, one.api_version or "", one.status == "enabled") for one in found]


def events_since(*, moment: datetime) -> Iterator[Event]:
    """Yield every event created since then, the oldest first."""
    with _heard():
        listed = _client().v1.events.list({"created": {"gte": int(moment.timestamp())}, "limit": PAGE})
        found = [read_event(one.to_dict()) for one in listed.auto_paging_iter()]
    yield from sorted(found, key=lambda event: (event.created, event.id))


def paid_intents_since(*, moment: datetime) -> list[tuple[str, str, int]]:
    """Return (payment, purchase, amount received) of each succeeded payment of ours created since then."""
    params: Any = {"created": {"gte": int(moment.timestamp())}, "limit": PAGE}
    with _heard():
        found = [one.to_dict() for one in _client().v1.payment_intents.list(params).auto_paging_iter()]
    named = [(one, (one.get("metadata") or {}).get("purchase", "")) for one in found if one["status"] == "succeeded"]
    return [(one["id"], purchase, int(one.get("amount_received") or 0)) for one, purchase in named if purchase]


def is_signed(*, body: bytes, header: str, now: float) -> bool:
    """Say whether one of our secrets signed this body within five minutes of now, before or after."""
    if not header.isascii():  # Stripe's library would break on it
        return False
    try:
        text = body.decode("utf-8")
        signed_at = float(next(part[2:] for part in header.split(",") if part.startswith("t=")))
    except (UnicodeDecodeError, ValueError, StopIteration):
        return False
    if not abs(now - signed_at) <= settings.STRIPE_TOLERANCE_S:  # true of "nan", too
        return False
    return any(_signed_with(text, header, secret) for secret in settings.STRIPE_WEBHOOK_SECRETS)


def _signed_with(text: str, header: str, secret: str) -> bool:
    try:
        # The age is judged above, in both directions; here it is the signature alone.
        return bool(stripe.WebhookSignature.verify_header(text, header, secret, tolerance=None))
    except stripe.SignatureVerificationError:
        return False


class _heard:
    """What Stripe's library raises, as errors of ours; its messages may hold an address or a card's end and stay."""

    def __enter__(self) -> None:
        # A pooled connection would be held while we wait for another company's server.
        # (As Django's own `durable` does, what a test opened round itself does not count.)
        if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
            raise InTransaction("ask Stripe before or after, never inside a transaction")

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        match error:
            case stripe.InvalidRequestError() | stripe.CardError() | stripe.IdempotencyError():
                raise PaymentsRefused(reason=str(error.code or type(error).__name__)) from None
            case stripe.StripeError():
                raise PaymentsUnavailable from None


def _client() -> stripe.StripeClient:
    return _built(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@cache
def _built(key: str, base: str) -> stripe.StripeClient:
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": base} if base else None,
        http_client=stripe.RequestsClient(timeout=(CONNECT_S, READ_S)),
        max_network_retries=0,
    )
