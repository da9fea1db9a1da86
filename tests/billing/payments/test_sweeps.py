"""A day without a single webhook, and payments that are slow: granted within the hour, never before it is paid."""

from datetime import timedelta

import pytest
from django.utils import timezone

from billing import alerts, sweeps
from billing.models import LedgerEntry, Purchase, Status, SweepCursor
from tests.billing.payments.buyers import deliver, handle_all, new_buyer
from tests.fakestripe import aftermath, levers, paying

pytestmark = pytest.mark.django_db


def age(seconds: float) -> None:
    Purchase.objects.update(created_at=timezone.now() - timedelta(seconds=seconds))


@pytest.mark.slow
def test_a_day_without_webhooks_loses_nothing(stripe):
    buyers = [new_buyer(stripe) for _ in range(25)]
    bought = [(buyer, buyer.start(code)) for buyer in buyers for code in ("p25", "p100")]
    assert len(bought) == 50
    for number, (buyer, purchase) in enumerate(bought):
        buyer.pay(purchase, way="bank" if number % 5 == 0 else "ok")
        if number % 5 == 0:
            paying.bank_pays(stripe.world, buyer.session(purchase))
        if number % 7 == 0:
            aftermath.refund(stripe.world, {"payment_intent": buyer.session(purchase)["payment_intent"]})
    sweeps.collect_events()
    handle_all()
    kept = [0 if number % 7 == 0 else (25, 100)[number % 2] for number in range(50)]
    assert [buyer.available for buyer in buyers] == [sum(kept[2 * one : 2 * one + 2]) for one in range(25)]
    assert LedgerEntry.objects.filter(kind="purchase").count() == 50
    assert sweeps.compare() == []


def test_an_open_purchase_is_asked_after_without_any_event(buyer):
    purchase = buyer.start()
    buyer.pay(purchase)
    sweeps.settle_open()
    assert buyer.available == 0, "it is too young to be asked after"
    age(16 * 60)
    sweeps.settle_open()
    assert buyer.available == 100


def test_one_that_cannot_be_asked_after_holds_up_no_other(buyer):
    first, second = buyer.start("p25"), buyer.start("p25")
    for one in (first, second):
        buyer.pay(one)
    age(16 * 60)
    levers.pulled(buyer.stripe, "/_chaos", {"api": [{"match": "GET /v1/checkout", "do": "503", "times": 1}]})
    sweeps.settle_open()
    assert buyer.available == 25
    sweeps.settle_open()
    assert buyer.available == 50


def test_a_purchase_nobody_ever_sent_lapses(buyer):
    purchase = buyer.start()
    Purchase.objects.filter(id=purchase.id).update(status=Status.CREATED, session_id=None)
    age(119 * 60)
    sweeps.settle_open()
    assert Purchase.objects.get().status == Status.CREATED
    age(121 * 60)
    sweeps.settle_open()
    assert Purchase.objects.get().status == Status.EXPIRED


def test_the_cursor_stays_where_it_was_when_stripe_is_away(buyer):
    buyer.pay(buyer.start())
    levers.pulled(buyer.stripe, "/_chaos", {"api": [{"match": "GET /v1/events", "do": "503", "times": 1}]})
    with pytest.raises(sweeps.PaymentsError):
        sweeps.collect_events()
    before = SweepCursor.objects.get().reached
    assert sweeps.collect_events() == 6
    assert SweepCursor.objects.get().reached > before


def test_more_events_than_a_page_are_all_collected(buyer):
    for number in range(130):
        buyer.stripe.world.tell("customer.updated", {"id": f"cus_{number}", "object": "customer"})
    assert sweeps.collect_events() >= 130
    assert sweeps.collect_events() == 0


@pytest.mark.slow
def test_slow_money_grants_nothing_before_it_is_there(stripe):
    for number in range(50):
        buyer = new_buyer(stripe)
        purchase = buyer.start("p25")
        deliver(buyer.pay(purchase, way="bank"))
        age(16 * 60)
        sweeps.settle_open()
        purchase.refresh_from_db()
        assert (purchase.status, buyer.available) == (Status.PROCESSING, 0)
        pays = number % 3 > 0
        before = len(stripe.world.events)
        (paying.bank_pays if pays else paying.bank_fails)(stripe.world, buyer.session(purchase))
        deliver(stripe.world.events[before:])
        purchase.refresh_from_db()
        ended = (Status.PAID, 25) if pays else (Status.FAILED, 0)
        assert (purchase.status, buyer.available) == ended


def test_a_difference_is_told_and_not_corrected(buyer, monkeypatch):
    told = []
    monkeypatch.setattr(alerts, "raised", lambda **what: told.append(what["what"]))
    purchase = buyer.start()
    buyer.pay(purchase)
    (found,) = sweeps.compare()
    assert found.endswith("paid, not granted")
    assert buyer.available == 0
    deliver(buyer.stripe.world.events)
    assert sweeps.compare() == []
    purchase.refresh_from_db()
    intent = buyer.stripe.world.get("payment_intent", purchase.payment_intent_id)
    intent["amount_received"] = 1
    (found,) = sweeps.compare()
    assert found.endswith("1 paid, 1800 booked")
    assert told == ["payments_differ"] * 2
