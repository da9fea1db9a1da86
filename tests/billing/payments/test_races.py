"""Whoever reports a payment, at the same moment as others: it is granted once."""

from billing import checkout, invariants, packs
from billing.models import Purchase, StripeCustomer
from tests.billing.payments import racing
from tests.billing.payments.racing import together


def test_return_page_webhooks_and_sweep_grant_once(committed_db, stripe):
    for _ in range(10):
        assert racing.faults(stripe, threads=6) == []
    assert [found for found in invariants.breaks() if found.rule == "I8"] == []


def test_two_first_clicks_make_one_customer_and_two_checkouts(committed_db, stripe, buyer):
    pack = packs.pack(code="p25")
    bought = [checkout.start(workspace=buyer.workspace, actor=buyer.user, pack=pack) for _ in range(2)]
    together([lambda one=one: _address(one, buyer) for one in bought])
    assert len(stripe.world.tables["customer"]) == 1
    assert StripeCustomer.objects.get().made == 1
    assert len({one.session_id for one in Purchase.objects.all()}) == 2


def test_one_click_sent_twice_opens_one_checkout(committed_db, stripe, buyer):
    purchase = checkout.start(workspace=buyer.workspace, actor=buyer.user, pack=packs.pack(code="p25"))
    together([lambda: _address(Purchase.objects.get(id=purchase.id), buyer)] * 3)
    assert len(stripe.world.tables["checkout.session"]) == 1


def _address(purchase, buyer):
    """Ask until there is an answer: while the same key is in use, Stripe says so and the click is made again."""
    from billing.errors import PaymentsUnavailable

    for _ in range(50):
        try:
            return checkout.address(purchase=purchase, workspace=buyer.workspace, email=buyer.user.email)
        except PaymentsUnavailable:
            continue
    raise AssertionError("Stripe never answered")
