"""What goes back to the customer, or is contested, takes its tokens: to the token, once, and never more than all."""

import os
from itertools import permutations
from uuid import uuid4

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import alerts, clawback, fulfilment, ledger, packs
from billing.models import LedgerEntry, Purchase, Status, Wallet
from billing.stripe_records import DisputeState, RefundState
from tests.billing import wallets
from tests.billing.payments.buyers import deliver, new_buyer
from tests.fakestripe import aftermath

pytestmark = pytest.mark.django_db
#: How many examples of the floor rule; FLOOR_EXAMPLES=2000 tries more.
MANY = int(os.environ.get("FLOOR_EXAMPLES", "200"))


def happened(buyer, work, *given, **named):
    """Let something happen at Stripe and return its events."""
    before = len(buyer.stripe.world.events)
    work(buyer.stripe.world, *given, **named)
    return buyer.stripe.world.events[before:]


def refund(buyer, purchase, amount):
    return happened(buyer, aftermath.refund, {"payment_intent": purchase.payment_intent_id, "amount": amount})


def contested(buyer, purchase, amount, *, is_inquiry=False):
    intent = buyer.stripe.world.get("payment_intent", purchase.payment_intent_id)
    return happened(buyer, aftermath.open_dispute, intent, amount=amount, is_inquiry=is_inquiry)


def dispute_of(buyer):
    return buyer.stripe.world.find("dispute")[0]


@settings(max_examples=MANY, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tokens=st.integers(1, 3_000),
    price=st.integers(500, 40_000),
    cuts=st.sets(st.floats(0, 1, exclude_min=True, exclude_max=True), max_size=5),
)
def test_many_partial_refunds_take_what_one_full_one_would(stripe, tokens, price, cuts):
    buyer = new_buyer(stripe)
    with override_settings(TOKEN_PACKS=[f"odd:{tokens}:{price // 100}.{price % 100:02}"]):
        packs.packs.cache_clear()
        purchase = buyer.start("odd")
        buyer.pay(purchase)
    purchase = fulfilment.fulfil(session_id=purchase.session_id)
    paid_back = 0
    for until in sorted({max(1, int(cut * price)) for cut in cuts} | {price}):
        refund(buyer, purchase, until - paid_back)
        clawback.settle_refunds(intent_id=purchase.payment_intent_id)
        paid_back = until
        purchase.refresh_from_db()
        assert purchase.tokens_taken == tokens * paid_back // price
        assert buyer.available == tokens - purchase.tokens_taken
    assert (purchase.status, buyer.available) == (Status.REFUNDED, 0)


@settings(max_examples=MANY // 10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.integers(1, 600), min_size=1, max_size=3), fails=st.integers(0, 2))
def test_a_failed_refund_gives_back_exactly_what_it_took(stripe, parts, fails):
    packs.packs.cache_clear()
    buyer = new_buyer(stripe)
    purchase = buyer.buy("p100")
    took = []
    for part in parts:
        before = buyer.available
        deliver(refund(buyer, purchase, part))
        took.append(before - buyer.available)
    number = fails % len(parts)
    rows = [row for row in stripe.world.find("refund") if row["payment_intent"] == purchase.payment_intent_id][::-1]
    before = buyer.available
    events = happened(buyer, aftermath.fail_refund, rows[number])
    deliver(events + events)
    assert buyer.available == before + took[number]
    purchase.refresh_from_db()
    assert purchase.amount_refunded == sum(parts) - parts[number]


def test_refunding_what_was_spent_leaves_tokens_owed_and_the_next_purchase_repays(buyer):
    purchase = buyer.buy("p100")
    spent = uuid4()
    wallets.hold(buyer.wallet_id, tokens=80, reference=spent)
    wallets.post(buyer.wallet_id, tokens=80, reference=spent)
    deliver(refund(buyer, purchase, 1800))
    now = ledger.snapshot(wallet_id=buyer.wallet_id)
    assert (now.posted, now.available, now.owed) == (-80, 0, 80)
    assert wallets.outcome_of(lambda: wallets.hold(buyer.wallet_id)) == wallets.INSUFFICIENT
    buyer.buy("p25")
    now = ledger.snapshot(wallet_id=buyer.wallet_id)
    assert (now.available, now.owed) == (0, 55)
    buyer.buy("p100")
    assert buyer.available == 100 - 55


@pytest.mark.parametrize(("spent", "amount", "after"), [(0, 900, 50), (30, 1800, -30), (100, 18, -1)])
def test_available_after_a_refund_is_the_next_pack_less_what_is_owed(buyer, spent, amount, after):
    purchase = buyer.buy("p100")
    if spent:
        wallets.post(buyer.wallet_id, tokens=spent, reference=wallets.hold(buyer.wallet_id, tokens=spent).reference)
    deliver(refund(buyer, purchase, amount))
    assert ledger.snapshot(wallet_id=buyer.wallet_id).posted == after
    buyer.buy("p25")
    assert buyer.available == max(0, 25 + after)


def test_work_that_runs_while_its_tokens_are_refunded_ends_as_it_should(buyer):
    purchase = buyer.buy("p25")
    running = wallets.hold(buyer.wallet_id, tokens=20).reference
    deliver(refund(buyer, purchase, 500))
    assert ledger.snapshot(wallet_id=buyer.wallet_id).owed == 20
    wallets.post(buyer.wallet_id, tokens=20, reference=running)
    assert wallets.figures(buyer.wallet_id) == (-20, 0)


def test_an_inquiry_is_noted_and_does_nothing(buyer):
    purchase = buyer.buy()
    deliver(contested(buyer, purchase, 1800, is_inquiry=True))
    deliver(happened(buyer, aftermath.close_dispute, dispute_of(buyer), verdict="warning_closed"))
    purchase.refresh_from_db()
    assert (purchase.status, purchase.tokens_taken, buyer.available) == (Status.PAID, 0, 100)
    assert not Wallet.objects.get(id=buyer.wallet_id).frozen
    assert purchase.disputes.get().status == "warning_closed"


def test_an_inquiry_that_becomes_a_dispute_freezes_and_takes(buyer):
    purchase = buyer.buy()
    early = contested(buyer, purchase, 900, is_inquiry=True)
    deliver(early)
    later = happened(buyer, aftermath.escalate, dispute_of(buyer))
    deliver(later + early + later)
    purchase.refresh_from_db()
    assert (purchase.status, purchase.tokens_taken, buyer.available) == (Status.DISPUTED, 50, 50)
    assert Wallet.objects.get(id=buyer.wallet_id).frozen
    assert wallets.outcome_of(lambda: wallets.hold(buyer.wallet_id)) == wallets.FROZEN


@pytest.mark.parametrize("verdict", ["won", "lost"])
def test_a_verdict_gives_back_exactly_or_leaves_it_to_a_person(buyer, verdict):
    purchase = buyer.buy()
    deliver(contested(buyer, purchase, 1234))
    assert buyer.available == 100 - 68
    deliver(happened(buyer, aftermath.close_dispute, dispute_of(buyer), verdict=verdict))
    purchase.refresh_from_db()
    wallet = Wallet.objects.get(id=buyer.wallet_id)
    won = verdict == "won"
    assert (buyer.available, wallet.frozen, purchase.status) == (100 if won else 32, not won, verdict)


def test_a_second_dispute_keeps_the_wallet_frozen_until_it_is_won_too(buyer):
    first, second = buyer.buy("p25"), buyer.buy("p25")
    deliver(contested(buyer, first, 500))
    one = dispute_of(buyer)
    deliver(contested(buyer, second, 500))
    other = dispute_of(buyer)
    assert buyer.available == 0
    deliver(happened(buyer, aftermath.close_dispute, one, verdict="won"))
    assert Wallet.objects.get(id=buyer.wallet_id).frozen
    deliver(happened(buyer, aftermath.close_dispute, other, verdict="won"))
    assert not Wallet.objects.get(id=buyer.wallet_id).frozen
    assert buyer.available == 50


def test_what_a_person_froze_a_won_dispute_does_not_thaw(buyer):
    purchase = buyer.buy()
    wallets.freeze(buyer.wallet_id)
    deliver(contested(buyer, purchase, 1800))
    deliver(happened(buyer, aftermath.close_dispute, dispute_of(buyer), verdict="won"))
    wallet = Wallet.objects.get(id=buyer.wallet_id)
    assert (wallet.frozen, wallet.freeze_reason, buyer.available) == (True, "card testing", 100)


@pytest.mark.parametrize(("back", "contest"), [(900, 1800), (1800, 1800), (1, 1799), (1799, 900)])
def test_refund_and_dispute_together_take_no_more_than_all(buyer, back, contest):
    purchase = buyer.buy()
    news = refund(buyer, purchase, back) + contested(buyer, purchase, contest)
    books = set()
    for order in list(permutations(news))[::3]:
        deliver(list(order))
        purchase.refresh_from_db()
        books.add((purchase.tokens_taken, buyer.available))
    assert books == {(min(100, 100 * back // 1800 + 100 * contest // 1800), 100 - purchase.tokens_taken)}
    assert 0 <= purchase.tokens_taken <= 100


def test_old_news_undoes_nothing(buyer, monkeypatch):
    """An answer of Stripe's that was read before another handler wrote newer ones."""
    purchase = buyer.buy()
    deliver(refund(buyer, purchase, 900))
    row = purchase.refunds.get()
    stale = [RefundState(row.refund_id, 900, "pending")]
    monkeypatch.setattr(clawback.stripe_gateway, "refunds_of", lambda **_: stale)
    clawback.settle_refunds(intent_id=purchase.payment_intent_id)
    monkeypatch.undo()
    clawback.settle_refunds(intent_id=purchase.payment_intent_id)
    assert (buyer.available, LedgerEntry.objects.filter(kind="refund").count()) == (50, 1)
    deliver(contested(buyer, purchase, 900))
    name = dispute_of(buyer)["id"]
    deliver(happened(buyer, aftermath.close_dispute, dispute_of(buyer), verdict="won"))
    old = DisputeState(name, purchase.payment_intent_id, 900, "needs_response")
    monkeypatch.setattr(clawback.stripe_gateway, "dispute", lambda **_: old)
    clawback.settle_dispute(dispute_id=name)
    purchase.refresh_from_db()
    assert (buyer.available, purchase.status) == (50, Status.PART_REFUNDED)


def test_people_hear_of_refunds_and_disputes_once(buyer, mailoutbox, monkeypatch, django_capture_on_commit_callbacks):
    raised = []
    monkeypatch.setattr(alerts, "raised", lambda **what: raised.append(what["what"]))
    purchase = buyer.buy()
    mailoutbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        deliver(refund(buyer, purchase, 900) * 2)
    with django_capture_on_commit_callbacks(execute=True):
        deliver(contested(buyer, purchase, 900) * 2)
    assert len(mailoutbox) == 2
    assert raised == ["dispute_opened"]
    assert Purchase.objects.get().status == Status.DISPUTED
