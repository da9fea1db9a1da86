"""What was agreed is what is granted: an edited pack changes nothing, a payment that differs waits for a person."""

import pytest

from billing import alerts, clawback, fulfilment, packs, stripe_gateway
from billing.errors import ActRefused
from billing.models import LedgerEntry, Status, Wallet
from tests.billing.payments.buyers import deliver
from tests.fakestripe import aftermath

pytestmark = pytest.mark.django_db

CURRENCIES = [("usd", "18.00", 1800), ("jpy", "1800", 1800), ("kwd", "18.010", 18010)]
each_currency = pytest.mark.parametrize(("currency", "price", "units"), CURRENCIES, ids=[one for one, *_ in CURRENCIES])


def sells(settings, currency, price, tokens=100):
    settings.STRIPE_CURRENCY, settings.TOKEN_PACKS = currency, [f"p100:{tokens}:{price}"]
    packs.packs.cache_clear()


@each_currency
def test_an_edited_pack_changes_no_purchase_that_was_begun(buyer, settings, currency, price, units):
    sells(settings, currency, price)
    purchase = buyer.start("p100")
    sells(settings, currency, "99.00" if currency != "jpy" else "9900", tokens=7)
    session = buyer.session(purchase)
    assert (session["currency"], session["amount_total"]) == (currency, units)
    deliver(buyer.pay(purchase))
    purchase.refresh_from_db()
    assert (purchase.status, purchase.amount_paid, buyer.available) == (Status.PAID, units, 100)
    assert buyer.buy("p100").tokens == 7


@each_currency
def test_a_payment_that_differs_grants_nothing(buyer, settings, currency, price, units):
    sells(settings, currency, price)
    purchase = buyer.start("p100")
    buyer.session(purchase).update(amount_subtotal=units - 1, amount_total=units - 1)
    deliver(buyer.pay(purchase))
    purchase.refresh_from_db()
    assert (purchase.status, purchase.paid_at, buyer.available) == (Status.MISMATCH, None, 0)
    assert not LedgerEntry.objects.exists()


DIFFERENCES = [{"currency": "eur"}, {"amount_subtotal": 1}, {"amount_subtotal": 180000}, {"livemode": True}]


@pytest.mark.parametrize("difference", DIFFERENCES, ids=str)
def test_every_difference_counts(buyer, difference):
    purchase = buyer.start("p100")
    buyer.session(purchase).update(difference)
    deliver(buyer.pay(purchase))
    purchase.refresh_from_db()
    assert (purchase.status, buyer.available) == (Status.MISMATCH, 0)


def test_tax_and_its_total_are_no_difference(buyer, settings):
    settings.STRIPE_TAX = True
    purchase = buyer.buy("p100")
    assert (purchase.unit_amount, purchase.amount_paid, buyer.available) == (1800, 2160, 100)
    aftermath.refund(buyer.stripe.world, {"payment_intent": purchase.payment_intent_id, "amount": 1080})
    clawback.settle_refunds(intent_id=purchase.payment_intent_id)
    assert buyer.available == 50


def test_test_money_never_enters_a_wallet_of_real_money(buyer):
    Wallet.objects.filter(id=buyer.wallet_id).update(real_money=True)
    assert buyer.buy("p100").status == Status.MISMATCH
    assert buyer.available == 0


def wrongly_paid(buyer):
    purchase = buyer.start("p100")
    buyer.session(purchase).update(amount_subtotal=1700, amount_total=1700)
    events = buyer.pay(purchase)
    deliver(events)
    deliver(events)
    fulfilment.fulfil(session_id=purchase.session_id)
    purchase.refresh_from_db()
    return purchase


def test_staff_hear_of_a_mismatch_once(buyer, monkeypatch, django_capture_on_commit_callbacks):
    told = []
    monkeypatch.setattr(alerts, "raised", lambda **what: told.append((what["what"], what["about"])))
    with django_capture_on_commit_callbacks(execute=True):
        purchase = wrongly_paid(buyer)
    assert told == [("payment_mismatch", str(purchase.id))]


def test_a_person_may_grant_what_was_sold(buyer):
    purchase = wrongly_paid(buyer)
    payment = stripe_gateway.checkout(session_id=purchase.session_id)
    accepted = fulfilment.grant_checked(purchase_id=purchase.id, payment=payment)
    assert (accepted.status, accepted.amount_paid, buyer.available) == (Status.PAID, 1700, 100)
    with pytest.raises(ActRefused):
        fulfilment.grant_checked(purchase_id=purchase.id, payment=payment)
    assert buyer.available == 100
    deliver(buyer.stripe.world.events)
    assert buyer.available == 100
    aftermath.refund(buyer.stripe.world, {"payment_intent": purchase.payment_intent_id, "amount": 850})
    deliver(buyer.stripe.world.events)
    assert buyer.available == 50


def test_a_person_may_give_it_back_instead(buyer):
    purchase = wrongly_paid(buyer)
    aftermath.refund(buyer.stripe.world, {"payment_intent": purchase.payment_intent_id, "amount": 700})
    deliver(buyer.stripe.world.events)
    purchase.refresh_from_db()
    assert (purchase.status, purchase.amount_refunded) == (Status.MISMATCH, 700)
    with pytest.raises(ActRefused):
        fulfilment.grant_checked(
            purchase_id=purchase.id, payment=stripe_gateway.checkout(session_id=purchase.session_id)
        )
    aftermath.refund(buyer.stripe.world, {"payment_intent": purchase.payment_intent_id})
    deliver(buyer.stripe.world.events)
    fulfilment.fulfil(session_id=purchase.session_id)
    purchase.refresh_from_db()
    assert (purchase.status, purchase.amount_refunded, purchase.tokens_taken) == (Status.REFUNDED, 1700, 0)
    assert buyer.available == 0
