"""The scenarios that need no hosted page, asked of Stripe's test mode, or of the fake where STRIPE_API_BASE names it.

    STRIPE_SANDBOX_KEY=sk_test_... [STRIPE_SANDBOX_WEBHOOK_SECRET=whsec_...] python -m tests.billing.payments.sandbox

Prints one line a scenario; exit 1 when one went wrong. Everything it makes is closed again or cannot be paid.
"""
# ruff: noqa: T201  what it prints is its result

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4


class Wrong(Exception):
    """Stripe and our reading of it differ; the text says how."""


def main() -> int:
    """Play every scenario; return 1 when one went wrong, 2 without a key of test mode."""
    key = os.environ.get("STRIPE_SANDBOX_KEY", "")
    if not key.startswith(("sk_test_", "rk_test_")):
        print("STRIPE_SANDBOX_KEY: a key of Stripe's test mode (sk_test_...) is needed")
        return 2
    secret = os.environ.get("STRIPE_SANDBOX_WEBHOOK_SECRET", "")
    os.environ |= {"STRIPE_SECRET_KEY": key, "STRIPE_WEBHOOK_SECRETS": secret or "whsec_none", "BILLING": "on"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "roomai_web.settings"
    import django

    django.setup()
    wrong = sum(not _went(scenario) for scenario in SCENARIOS)
    print(f"make till SANDBOX=1: {len(SCENARIOS)} scenarios, {wrong} wrong")
    return 1 if wrong else 0


def _went(scenario: Callable[[], None]) -> bool:
    name = scenario.__name__.replace("_", " ")
    from billing.errors import PaymentsError

    try:
        scenario()
    except (Wrong, PaymentsError) as error:
        print(f"wrong  {name}: {type(error).__name__} {error}", flush=True)
        return False
    print(f"ok     {name}", flush=True)
    return True


def _must(is_so: object, said: str) -> None:
    if not is_so:
        raise Wrong(said)


def _customer(workspace: str) -> str:
    from billing import stripe_gateway

    return stripe_gateway.create_customer(workspace_id=workspace, email="sandbox@example.com", nth=1)


def _request(customer: str, purchase: str, *, amount: int = 1800) -> str:
    """Return a stored request as billing/checkout.py builds it."""
    named = {"purchase": purchase}
    price = {"currency": "usd", "unit_amount": amount, "product_data": {"name": "100 Room AI tokens"}}
    asked: dict[str, Any] = {
        "mode": "payment",
        "customer": customer,
        "client_reference_id": purchase,
        "metadata": named,
        "payment_intent_data": {"metadata": named},
        "invoice_creation": {"enabled": True},
        "adaptive_pricing": {"enabled": False},
        "expires_at": int(time.time()) + 3600,
        "success_url": "https://example.com/billing/return?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://example.com/billing",
        "line_items": [{"price_data": price, "quantity": 1}],
    }
    return json.dumps(asked, sort_keys=True)


def one_customer_however_often_it_is_asked_for() -> None:
    workspace = str(uuid4())
    _must(_customer(workspace) == _customer(workspace), "two customers under one key")


def one_checkout_however_often_it_is_asked_for() -> None:
    from billing import stripe_gateway

    purchase = str(uuid4())
    request = _request(_customer(str(uuid4())), purchase)
    first, again = (stripe_gateway.create_session(request=request, purchase_id=purchase) for _ in range(2))
    _must(first.session == again.session and first.url == again.url, "two checkouts under one key")
    seen = stripe_gateway.checkout(session_id=first.session)
    _must((seen.purchase, seen.amount, seen.currency) == (purchase, 1800, "usd"), "the checkout is another")
    _must(seen.is_open and not seen.is_paid and not seen.livemode, "a new checkout is open and unpaid, in test mode")
    stripe_gateway.expire_checkout(session_id=first.session)
    closed = stripe_gateway.checkout(session_id=first.session)
    _must(closed.is_expired and not closed.is_open, "a closed checkout is expired")
    stripe_gateway.expire_checkout(session_id=first.session)


def other_bytes_under_a_used_key_are_refused() -> None:
    from billing import stripe_gateway
    from billing.errors import PaymentsRefused

    purchase, customer = str(uuid4()), _customer(str(uuid4()))
    made = stripe_gateway.create_session(request=_request(customer, purchase), purchase_id=purchase)
    try:
        stripe_gateway.create_session(request=_request(customer, purchase, amount=1900), purchase_id=purchase)
    except PaymentsRefused:
        return
    finally:
        stripe_gateway.expire_checkout(session_id=made.session)
    raise Wrong("the second request was taken")


def what_does_not_exist_is_refused() -> None:
    from billing import stripe_gateway
    from billing.errors import PaymentsRefused

    try:
        stripe_gateway.checkout(session_id="cs_test_nobody")
    except PaymentsRefused as refused:
        _must(refused.reason == "resource_missing", f"refused as {refused.reason}")
        return
    raise Wrong("it was found")


def events_are_listed_in_their_order() -> None:
    from billing import stripe_gateway

    since = datetime.now(UTC) - timedelta(minutes=30)
    listed = list(stripe_gateway.events_since(moment=since))
    _must(listed, "our own customers made no events")
    _must(listed == sorted(listed, key=lambda one: (one.created, one.id)), "not in order")
    _must(not any(one.livemode for one in listed), "events of live mode")
    stripe_gateway.paid_intents_since(moment=since)


def the_portal_opens_where_it_is_configured() -> None:
    from billing import stripe_gateway
    from billing.errors import PaymentsRefused

    customer = _customer(str(uuid4()))
    try:
        url = stripe_gateway.portal_url(
            customer_id=customer, return_url="https://example.com/billing", key=f"portal:{uuid4()}"
        )
    except PaymentsRefused as refused:
        print(f"       the portal is not configured in this account ({refused.reason})")
        return
    _must(url.startswith("http"), "no address")


def the_webhook_secret_has_its_form() -> None:
    secret = os.environ.get("STRIPE_SANDBOX_WEBHOOK_SECRET", "")
    if not secret:
        print("       no STRIPE_SANDBOX_WEBHOOK_SECRET given: signatures are not looked at")
        return
    from billing import stripe_gateway
    from tests.fakestripe.signing import signature

    now = int(time.time())
    _must(secret.startswith("whsec_"), "a secret begins with whsec_")
    signed = signature(b"{}", secret=secret, at=now)
    _must(stripe_gateway.is_signed(body=b"{}", header=signed, now=now), "our own signature is not taken")


SCENARIOS = (
    one_customer_however_often_it_is_asked_for,
    one_checkout_however_often_it_is_asked_for,
    other_bytes_under_a_used_key_are_refused,
    what_does_not_exist_is_refused,
    events_are_listed_in_their_order,
    the_portal_opens_where_it_is_configured,
    the_webhook_secret_has_its_form,
)


if __name__ == "__main__":
    sys.exit(main())
