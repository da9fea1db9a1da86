"""A refund whose answer was lost is asked for again by the timer, and made once however late that is."""

from datetime import timedelta

import pytest
from django.db.models import F

from billing import alerts, refunds
from billing.errors import PaymentsUnavailable
from billing.models import Purchase, Refund, Status
from billing.once import RefundOrder
from tests.billing.payments.buyers import Buyer
from tests.fakestripe import aftermath, levers

pytestmark = pytest.mark.django_db
TROUBLES = ["reset_after", "reset_before", "503", "500_kept"]


@pytest.fixture
def raised(monkeypatch):
    told = []
    monkeypatch.setattr(alerts, "raised", lambda **what: told.append((what["what"], what["about"])))
    return told


def unanswered(buyer: Buyer, trouble: str, amount: int | None = None) -> Purchase:
    """Return a purchase whose refund was decided and got no answer."""
    purchase = buyer.buy("p100")
    levers.pulled(buyer.stripe, "/_chaos", {"api": [{"match": "POST /v1/refunds", "do": trouble, "times": 1}]})
    with pytest.raises(PaymentsUnavailable):
        refunds.refund(purchase_id=purchase.id, n=1, amount=amount, actor="operator 1", reason="asked")
    return purchase


def wait(buyer: Buyer, **how_long: float) -> None:
    """Let this time pass for our orders and at Stripe."""
    passed = timedelta(**how_long)
    RefundOrder.objects.update(created_at=F("created_at") - passed)
    levers.pulled(buyer.stripe, "/_clock", {"ahead_s": int(passed.total_seconds())})


@pytest.mark.parametrize("trouble", TROUBLES[:3])
def test_the_timer_asks_again_and_it_is_one_refund(buyer, trouble):
    purchase = unanswered(buyer, trouble, amount=450)
    refunds.ask_again()
    assert RefundOrder.objects.get().refund_id is None, "a click may still be waiting for its answer"
    wait(buyer, minutes=2)
    for _ in range(2):
        refunds.ask_again()
    purchase.refresh_from_db()
    assert (purchase.status, purchase.amount_refunded, buyer.available) == (Status.PART_REFUNDED, 450, 75)
    assert [row["amount"] for row in buyer.stripe.world.find("refund")] == [450]
    assert RefundOrder.objects.get().refund_id == Refund.objects.get().refund_id


@pytest.mark.parametrize("trouble", TROUBLES)
def test_when_stripe_has_forgotten_the_key_it_is_still_one_refund(buyer, trouble):
    unanswered(buyer, trouble, amount=450)
    wait(buyer, hours=25)
    refunds.ask_again()
    assert [row["amount"] for row in buyer.stripe.world.find("refund")] == [450]
    assert buyer.available == 75
    assert RefundOrder.objects.get().refund_id == buyer.stripe.world.find("refund")[0]["id"]


def test_a_refund_made_by_hand_meanwhile_is_told_once_and_holds_up_no_other(buyer, raised):
    first = unanswered(buyer, "reset_before")
    unanswered(buyer, "reset_before")
    aftermath.refund(buyer.stripe.world, {"payment_intent": first.payment_intent_id})
    wait(buyer, minutes=2)
    for _ in range(2):
        refunds.ask_again()
    assert raised == [("refund_refused", f"refund:{first.id}:1")]
    assert len(buyer.stripe.world.find("refund")) == 2
    assert RefundOrder.objects.filter(refund_id=None).count() == 1
