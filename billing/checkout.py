"""Buying a pack: our own row first, then the exact request, stored before it is sent and sent again as it stands.

A lost answer is asked for again with the same bytes under the same key, which gives the same checkout; so nobody pays
twice for one click, whatever breaks between. Decision: docs/decisions/0004-payments.md.
"""

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User, Workspace
from billing import ledger, limits, stripe_gateway
from billing.errors import CheckoutLapsed
from billing.models import Purchase, Status, StripeCustomer
from billing.packs import Pack

OPEN_FOR = timedelta(minutes=60)
#: Stripe refuses a checkout that would end sooner; then the same bytes cannot be sent any more.
LEAST_LEFT = timedelta(minutes=30)


def begin(*, workspace: Workspace, actor: User, pack: Pack, ip: str, return_path: str = "") -> Purchase:
    """Start a purchase for a person, within what card testing allows; as `start`. Raises TooManyCheckouts."""
    wallet_id = ledger.wallet_id_for(workspace_id=workspace.id)
    limits.check(wallet_id=wallet_id, ip=ip)
    with transaction.atomic():
        limits.check_in_turn(wallet_id=wallet_id)  # clicks at the same moment all passed the check above
        return start(workspace=workspace, actor=actor, pack=pack, return_path=return_path)


def start(*, workspace: Workspace, actor: User, pack: Pack, return_path: str = "") -> Purchase:
    """Write the purchase of a pack and commit it; `address` says where it is paid.

    return_path: where on our own site the person goes on afterwards, "" for the page of tokens.
    """
    return Purchase.objects.create(
        wallet_id=ledger.wallet_id_for(workspace_id=workspace.id),
        actor=actor,
        pack_code=pack.code,
        tokens=pack.tokens,
        currency=settings.STRIPE_CURRENCY,
        unit_amount=pack.price,
        livemode=settings.STRIPE_LIVE,
        return_path=return_path,
        created_at=timezone.now(),
    )


def address(*, purchase: Purchase, workspace: Workspace, email: str) -> str:
    """Return where this purchase is paid, asking Stripe for it, or again for the same one.

    Raises PaymentsError: unavailable (asking again is safe), refused, CheckoutLapsed when it is too old to be sent.
    """
    if not purchase.request:
        customer_id = _customer_id(workspace, email)
        purchase.request = json.dumps(_request(purchase, customer_id), sort_keys=True)
        Purchase.objects.filter(id=purchase.id, request="").update(request=purchase.request)
        purchase.refresh_from_db(fields=["request"])  # another click may have been first
    if purchase.created_at + OPEN_FOR - timezone.now() < LEAST_LEFT:
        Purchase.objects.filter(id=purchase.id, status=Status.CREATED).update(status=Status.EXPIRED)
        raise CheckoutLapsed
    payment = stripe_gateway.create_session(request=purchase.request, purchase_id=str(purchase.id))
    fresh = Purchase.objects.filter(id=purchase.id, status=Status.CREATED)
    fresh.update(session_id=payment.session, status=Status.OPEN)
    return payment.url


def _customer_id(workspace: Workspace, email: str) -> str:
    """Return the workspace's customer at Stripe, making one at its first purchase or after it was deleted there."""
    customer, _made = StripeCustomer.objects.get_or_create(workspace=workspace, defaults={"email_snapshot": email})
    if customer.customer_id:
        return customer.customer_id
    made = stripe_gateway.create_customer(
        workspace_id=str(workspace.id), email=customer.email_snapshot, nth=customer.made + 1
    )
    StripeCustomer.objects.filter(pk=customer.pk, customer_id=None).update(customer_id=made, made=F("made") + 1)
    return made


def forget_customer(*, customer_id: str) -> None:
    """Let the next purchase make a new customer: this one is gone at Stripe."""
    with transaction.atomic():
        StripeCustomer.objects.filter(customer_id=customer_id).update(customer_id=None)


def _request(purchase: Purchase, customer_id: str) -> dict[str, Any]:
    """Return everything Stripe is asked for, from the purchase's own snapshot."""
    named = {"purchase": str(purchase.id)}
    product = {"name": gettext("%(tokens)s Room AI tokens") % {"tokens": f"{purchase.tokens:,}"}}
    price = {"currency": purchase.currency, "unit_amount": purchase.unit_amount, "product_data": product}
    back = settings.PUBLIC_URL + reverse("billing:return")
    asked: dict[str, Any] = {
        "mode": "payment",
        "customer": customer_id,
        "client_reference_id": str(purchase.id),
        "metadata": named,
        "payment_intent_data": {"metadata": named},
        "invoice_creation": {"enabled": True},
        "adaptive_pricing": {"enabled": False},
        "expires_at": int((purchase.created_at + OPEN_FOR).timestamp()),
        "success_url": f"{back}?session_id={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{settings.PUBLIC_URL}{reverse('billing:canceled', args=[purchase.id])}",
    }
    if settings.STRIPE_TAX:
        price["tax_behavior"] = settings.STRIPE_TAX_BEHAVIOR
        asked |= {"automatic_tax": {"enabled": True}, "tax_id_collection": {"enabled": True}}
        asked["customer_update"] = {"name": "auto", "address": "auto"}
    if settings.CHECKOUT_WITHDRAWAL_CONSENT:
        consent = gettext(
            "I want the tokens at once and know that I lose my right of withdrawal for those I have used."
        )
        asked["consent_collection"] = {"terms_of_service": "required"}
        asked["custom_text"] = {"terms_of_service_acceptance": {"message": consent}}
    return asked | {"line_items": [{"price_data": price, "quantity": 1}]}
