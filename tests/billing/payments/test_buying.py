"""From a pack to tokens: paid, declined, slow, left, and never twice."""

import pytest

from billing import fulfilment, inbox, sweeps
from billing.models import EventStatus, LedgerEntry, Status, StripeEvent
from tests.billing.payments.conftest import deliver
from tests.fakestripe import paying

pytestmark = pytest.mark.django_db


def test_a_paid_pack_is_there_once(buyer):
    purchase = buyer.start("p100")
    assert purchase.status == Status.OPEN
    events = buyer.pay(purchase)
    deliver(events)
    deliver(events)
    fulfilment.fulfil(session_id=purchase.session_id)
    purchase.refresh_from_db()
    assert (purchase.status, purchase.amount_paid, buyer.available) == (Status.PAID, 1800, 100)
    assert purchase.invoice_url
    assert LedgerEntry.objects.filter(kind="purchase").count() == 1
    ignored = StripeEvent.objects.filter(status=EventStatus.IGNORED).values_list("type", flat=True)
    assert "charge.succeeded" in ignored


@pytest.mark.parametrize("way", sorted(paying.DECLINES))
def test_a_declined_card_grants_nothing_and_may_try_again(buyer, way):
    purchase = buyer.start()
    deliver(buyer.pay(purchase, way=way))
    purchase.refresh_from_db()
    assert (purchase.status, buyer.available) == (Status.OPEN, 0)
    assert purchase.attempts.get().declined
    deliver(buyer.pay(purchase))
    assert buyer.available == 100


def test_slow_money_is_granted_when_it_arrives(buyer):
    purchase = buyer.start()
    deliver(buyer.pay(purchase, way="bank"))
    purchase.refresh_from_db()
    assert (purchase.status, buyer.available) == (Status.PROCESSING, 0)
    paying.bank_pays(buyer.stripe.world, buyer.session(purchase))
    deliver(buyer.stripe.world.events[-1:])
    assert buyer.available == 100


def test_slow_money_that_never_arrives_grants_nothing(buyer):
    purchase = buyer.start()
    deliver(buyer.pay(purchase, way="bank"))
    paying.bank_fails(buyer.stripe.world, buyer.session(purchase))
    deliver(buyer.stripe.world.events[-2:])
    purchase.refresh_from_db()
    assert (purchase.status, buyer.available) == (Status.FAILED, 0)


def test_a_checkout_left_alone_lapses(buyer):
    purchase = buyer.start()
    paying.expire(buyer.stripe.world, buyer.session(purchase))
    deliver(buyer.stripe.world.events[-1:])
    purchase.refresh_from_db()
    assert (purchase.status, buyer.available) == (Status.EXPIRED, 0)


def test_without_a_single_webhook_everything_is_granted(buyer):
    for code in ("p25", "p100"):
        buyer.pay(buyer.start(code))
    assert buyer.available == 0
    assert sweeps.collect_events() > 0
    while inbox.handle_due():
        pass
    assert buyer.available == 125
    assert sweeps.collect_events() == 0
    assert sweeps.compare() == []
