"""Whatever call is lost or refused, and whatever process dies between: one customer, one payment, one refund."""

import json

import pytest

from billing import checkout, clawback, packs, stripe_gateway
from billing.errors import CheckoutLapsed, PaymentsRefused, PaymentsUnavailable
from billing.models import LedgerEntry, Purchase, Refund, Status, StripeCustomer
from tests.billing.payments.buyers import deliver
from tests.fakestripe import aftermath, levers

pytestmark = pytest.mark.django_db

TIMES = 20
CUSTOMER, SESSION, REFUND = "POST /v1/customers", "POST /v1/checkout/sessions", "POST /v1/refunds"


def order(stripe, match: str, do: str, times: int = 1) -> None:
    levers.pulled(stripe, "/_chaos", {"api": [{"match": match, "do": do, "times": times}]})


def started(buyer) -> Purchase:
    pack = packs.pack(code="p100")
    assert pack is not None
    return checkout.start(workspace=buyer.workspace, actor=buyer.user, pack=pack)


def ask(buyer, purchase: Purchase) -> str:
    """Ask as a process that was started a moment ago: from the row, and from nothing it remembers."""
    stripe_gateway._built.cache_clear()
    fresh = Purchase.objects.get(id=purchase.id)
    return checkout.address(purchase=fresh, workspace=buyer.workspace, email=buyer.user.email)


def asked(stripe, match: str) -> list[dict]:
    return [call for call in stripe.world.calls if f"{call['method']} {call['path']}" == match]


@pytest.mark.parametrize("trouble", ["reset_after", "reset_before", "500", "503", "429"])
@pytest.mark.parametrize("match", [CUSTOMER, SESSION])
def test_a_click_whose_answer_was_lost_twenty_times_pays_once(buyer, match, trouble):
    purchase = started(buyer)
    order(buyer.stripe, match, trouble, TIMES)
    for _ in range(TIMES):
        with pytest.raises(PaymentsUnavailable):
            ask(buyer, purchase)
    assert ask(buyer, purchase)
    purchase.refresh_from_db()
    tables = buyer.stripe.world.tables
    assert (len(tables["customer"]), len(tables["checkout.session"]), purchase.status) == (1, 1, Status.OPEN)
    sent = asked(buyer.stripe, match)
    assert len(sent) == TIMES + 1
    assert len({(call["key"], call["body"]) for call in sent}) == 1
    deliver(buyer.pay(purchase))
    assert buyer.available == 100
    assert LedgerEntry.objects.filter(kind="purchase").count() == 1


@pytest.mark.parametrize("trouble", ["reset_after", "reset_before", "500", "503", "429"])
def test_a_refund_whose_answer_was_lost_twenty_times_is_paid_once(buyer, trouble):
    purchase = buyer.buy()
    order(buyer.stripe, REFUND, trouble, TIMES)
    key = f"refund:{purchase.id}:1"

    def give_back():
        stripe_gateway._built.cache_clear()
        fresh = Purchase.objects.get(id=purchase.id)
        return stripe_gateway.create_refund(intent_id=fresh.payment_intent_id, amount=600, key=key)

    for _ in range(TIMES):
        with pytest.raises(PaymentsUnavailable):
            give_back()
    assert give_back().amount == 600
    clawback.settle_refunds(intent_id=purchase.payment_intent_id)
    assert len(buyer.stripe.world.tables["refund"]) == 1
    assert (Refund.objects.get().amount, buyer.available) == (600, 67)
    assert len({(call["key"], call["body"]) for call in asked(buyer.stripe, REFUND)}) == 1


def test_a_checkout_closed_twenty_times_is_closed(buyer):
    purchase = buyer.start()
    path = f"POST /v1/checkout/sessions/{purchase.session_id}/expire"
    order(buyer.stripe, path, "reset_after", TIMES)
    for _ in range(TIMES):
        with pytest.raises(PaymentsUnavailable):
            stripe_gateway.expire_checkout(session_id=purchase.session_id)
    stripe_gateway.expire_checkout(session_id=purchase.session_id)
    assert buyer.session(purchase)["status"] == "expired"
    assert len({(call["key"], call["body"]) for call in asked(buyer.stripe, path)}) == 1
    assert sum(event["type"] == "checkout.session.expired" for event in buyer.stripe.world.events) == 1


def test_the_portal_asked_again_opens_once_a_key(buyer):
    buyer.buy()
    customer = StripeCustomer.objects.get(workspace=buyer.workspace).customer_id
    order(buyer.stripe, "POST /v1/billing_portal/sessions", "reset_after", TIMES)

    def url():
        return stripe_gateway.portal_url(customer_id=customer, return_url="http://localhost/billing", key="portal:x")

    for _ in range(TIMES):
        with pytest.raises(PaymentsUnavailable):
            url()
    assert url()
    assert len(buyer.stripe.world.tables["billing_portal.session"]) == 1


def test_paid_although_we_never_heard_of_the_checkout(buyer):
    """The session was made, the answer lost, and the webhook of its payment is the first we learn."""
    purchase = started(buyer)
    order(buyer.stripe, SESSION, "reset_after")
    with pytest.raises(PaymentsUnavailable):
        ask(buyer, purchase)
    (session,) = buyer.stripe.world.tables["checkout.session"].values()
    purchase.refresh_from_db()
    assert purchase.session_id is None
    purchase.session_id = session["id"]  # for the helper alone; the row does not know it
    events = buyer.pay(purchase)
    deliver(events)
    purchase.refresh_from_db()
    assert (purchase.status, purchase.session_id, buyer.available) == (Status.PAID, session["id"], 100)


def test_the_request_is_stored_before_it_is_sent_and_never_changes(buyer, settings):
    purchase = started(buyer)
    order(buyer.stripe, SESSION, "reset_before")
    with pytest.raises(PaymentsUnavailable):
        ask(buyer, purchase)
    purchase.refresh_from_db()
    kept = purchase.request
    assert json.loads(kept)["line_items"][0]["price_data"]["unit_amount"] == 1800
    settings.STRIPE_TAX = settings.CHECKOUT_WITHDRAWAL_CONSENT = True
    settings.PUBLIC_URL = "https://elsewhere.example"
    ask(buyer, purchase)
    purchase.refresh_from_db()
    assert purchase.request == kept
    bodies = {call["body"] for call in asked(buyer.stripe, SESSION)}
    assert len(bodies) == 1


def test_a_broken_session_keeps_its_answer_and_the_customer_starts_anew(buyer):
    """Stripe keeps the 500 of work it had begun: the same key answers the same for a day."""
    purchase = started(buyer)
    order(buyer.stripe, SESSION, "500_kept")
    for _ in range(3):
        with pytest.raises(PaymentsUnavailable):
            ask(buyer, purchase)
    assert buyer.buy().status == Status.PAID


def test_too_late_to_send_again_is_too_late(buyer):
    purchase = started(buyer)
    order(buyer.stripe, SESSION, "reset_after")
    with pytest.raises(PaymentsUnavailable):
        ask(buyer, purchase)
    calls = len(asked(buyer.stripe, SESSION))
    made = purchase.created_at
    Purchase.objects.filter(id=purchase.id).update(created_at=made - checkout.LEAST_LEFT - (checkout.LEAST_LEFT / 30))
    with pytest.raises(CheckoutLapsed):
        ask(buyer, purchase)
    purchase.refresh_from_db()
    assert purchase.status == Status.EXPIRED
    assert len(asked(buyer.stripe, SESSION)) == calls


def test_a_deleted_customer_is_made_anew(buyer):
    buyer.buy("p25")
    first = StripeCustomer.objects.get(workspace=buyer.workspace).customer_id
    deliver([buyer.stripe.world.tell("customer.deleted", {"id": first, "object": "customer"})])
    buyer.buy("p25")
    assert StripeCustomer.objects.get(workspace=buyer.workspace).customer_id not in {first, None}
    assert buyer.available == 50


def test_every_change_carried_its_own_key(buyer):
    purchase = buyer.buy()
    stripe_gateway.create_refund(intent_id=purchase.payment_intent_id, amount=100, key=f"refund:{purchase.id}:1")
    posts = [call["key"] for call in buyer.stripe.world.calls if call["method"] == "POST"]
    workspace = buyer.workspace.id
    assert posts == [f"customer:{workspace}:1", f"checkout:{purchase.id}", f"refund:{purchase.id}:1"]


def test_what_stripe_refuses_is_said_by_its_code(buyer):
    purchase = buyer.buy()
    with pytest.raises(PaymentsRefused) as refused:
        stripe_gateway.create_refund(intent_id=purchase.payment_intent_id, amount=9_999_999, key="refund:x:1")
    assert refused.value.reason == "amount_too_large"
    aftermath.refund(buyer.stripe.world, {"payment_intent": purchase.payment_intent_id})
    clawback.settle_refunds(intent_id=purchase.payment_intent_id)
    assert buyer.available == 0
