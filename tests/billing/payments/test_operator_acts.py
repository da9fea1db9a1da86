"""What operators do with money: once each, with a reason, on the record, and never alone with much."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from billing import inbox, invariants, ledger
from billing.models import EventStatus, Kind, LedgerEntry, Purchase, Refund, Status, StripeEvent, Wallet
from billing.once import Proposal, RefundOrder
from billing.stripe_records import read_event
from tests.billing.payments.conftest import deliver
from tests.billing.payments.operators import operator
from tests.factories import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga():
    return operator("olga")


@pytest.fixture
def ivan():
    return operator("ivan")


def wallet_of(buyer) -> Wallet:
    return Wallet.objects.get(id=buyer.wallet_id)


def audited(what: str) -> list[tuple[str, str]]:
    return list(AuditEntry.objects.filter(what=what).order_by("id").values_list("actor", "reason"))


def mismatched(buyer, code: str = "p100") -> Purchase:
    """Return a purchase that was paid with another amount than it was sold for."""
    purchase = buyer.start(code)
    Purchase.objects.filter(id=purchase.id).update(unit_amount=purchase.unit_amount + 1)
    deliver(buyer.pay(purchase))
    purchase.refresh_from_db()
    assert purchase.status == Status.MISMATCH
    return purchase


def test_lists_and_rows_are_shown(buyer, olga):
    purchase = buyer.buy()
    for name, pk in (("purchase", purchase.pk), ("wallet", buyer.wallet_id), ("stripeevent", None), ("refund", None)):
        page = olga.client.get(reverse(f"admin:billing_{name}_changelist"))
        assert page.status_code == 200
        if pk:
            assert olga.client.get(reverse(f"admin:billing_{name}_change", args=[pk])).status_code == 200
    for name in ("dispute", "proposal"):
        assert olga.client.get(reverse(f"admin:billing_{name}_changelist")).status_code == 200
    event = StripeEvent.objects.first()
    page = olga.client.get(reverse("admin:billing_stripeevent_change", args=[event.pk])).content.decode()
    assert buyer.user.email not in page


def test_a_refund_is_made_once_however_often_it_is_clicked(buyer, olga, stripe):
    purchase = buyer.buy("p100")
    form = olga.form(purchase, "refund")
    for _ in range(2):
        assert olga.send(purchase, "refund", form).status_code == 302
    purchase.refresh_from_db()
    assert (purchase.status, purchase.amount_refunded, purchase.tokens_taken) == (Status.REFUNDED, 1800, 100)
    assert (buyer.available, Refund.objects.count(), RefundOrder.objects.count()) == (0, 1, 1)
    assert audited("refund_asked") == [(f"operator {olga.user.pk}", "asked by the customer")]
    assert [actor for actor, _ in audited("refund_settled")] == ["stripe"]


def test_parts_are_refunded_and_never_more_than_the_whole(buyer, olga):
    purchase = buyer.buy("p100")
    assert olga.press(purchase, "refund", amount=450).status_code == 302
    purchase.refresh_from_db()
    assert (purchase.status, buyer.available) == (Status.PART_REFUNDED, 75)
    answer = olga.press(purchase, "refund", amount=1351)
    assert (answer.status_code, b"There is not that much to refund." in answer.content) == (422, True)
    assert olga.press(purchase, "refund").status_code == 302
    purchase.refresh_from_db()
    assert (purchase.status, purchase.amount_refunded, buyer.available) == (Status.REFUNDED, 1800, 0)
    assert Refund.objects.count() == 2


def test_a_page_opened_before_another_s_refund_refunds_nothing_more(buyer, olga, ivan):
    purchase = buyer.buy("p100")
    late = ivan.form(purchase, "refund")
    olga.press(purchase, "refund", amount=450)
    ivan.send(purchase, "refund", late | {"amount": 900})
    purchase.refresh_from_db()
    assert (purchase.amount_refunded, Refund.objects.count()) == (450, 1)


@pytest.mark.parametrize("trouble", ["reset_after", "reset_before", "503"])
def test_a_refund_whose_answer_was_lost_is_asked_for_again(buyer, olga, stripe, trouble):
    purchase = buyer.buy("p100")
    stripe.trouble = [{"match": "POST /v1/refunds", "times": 1, "do": trouble}]
    assert olga.press(purchase, "refund", amount=450).status_code == 422
    assert RefundOrder.objects.get().refund_id is None
    assert olga.press(purchase, "refund", amount=900).status_code == 302  # the page still offers number 1
    purchase.refresh_from_db()
    assert (purchase.amount_refunded, Refund.objects.count(), RefundOrder.objects.count()) == (450, 1, 1)


def test_what_stripe_refuses_is_said_and_the_next_number_is_free(buyer, olga):
    purchase = buyer.buy("p100")
    olga.press(purchase, "refund")
    Purchase.objects.filter(id=purchase.id).update(amount_refunded=0, status=Status.PAID)  # as if we had not heard
    answer = olga.press(purchase, "refund", amount=5)
    assert (answer.status_code, b"Stripe refused: " in answer.content) == (422, True)
    assert olga.form(purchase, "refund") == {"n": "3"}
    Purchase.objects.filter(id=purchase.id).update(amount_refunded=1800, status=Status.REFUNDED)


def test_a_reason_is_demanded(buyer, olga):
    purchase = buyer.buy()
    assert olga.press(purchase, "refund", reason="").status_code == 422
    assert not RefundOrder.objects.exists()


def test_a_mismatch_of_few_tokens_is_granted_by_one(buyer, olga):
    purchase = mismatched(buyer)
    form = olga.form(purchase, "settle")
    for status in (302, 422):  # the second click finds it settled
        assert olga.send(purchase, "settle", form).status_code == status
    purchase.refresh_from_db()
    assert (purchase.status, buyer.available, purchase.amount_paid) == (Status.PAID, 100, 1800)
    assert audited("mismatch_settled") == [(f"operator {olga.user.pk}", "asked by the customer")]
    assert invariants.breaks_in("ledger_breaks_payments") == []


def test_a_mismatch_of_many_needs_two(buyer, olga, ivan):
    purchase = mismatched(buyer, "p2500")
    for _ in range(2):
        olga.press(purchase, "settle")
    assert buyer.available == 0
    proposal = Proposal.objects.get()
    assert b"Another operator has to confirm this." in olga.press(proposal, "confirm").content
    assert buyer.available == 0
    for _ in range(2):
        assert ivan.press(proposal, "confirm").status_code == 302
    purchase.refresh_from_db()
    assert (purchase.status, buyer.available) == (Status.PAID, 2500)
    assert len(audited("mismatch_settled")) == 1


def test_a_mismatch_is_refunded_and_takes_no_tokens(buyer, olga):
    purchase = mismatched(buyer)
    assert olga.press(purchase, "refund").status_code == 302
    deliver([event for event in buyer.stripe.world.events if "refund" in event["type"]])
    purchase.refresh_from_db()
    assert (purchase.status, purchase.amount_refunded, purchase.tokens_taken) == (Status.REFUNDED, 1800, 0)
    assert not LedgerEntry.objects.filter(wallet_id=buyer.wallet_id).exists()
    assert not StripeEvent.objects.filter(status__in=[EventStatus.FAILED, EventStatus.DEAD]).exists()
    assert invariants.breaks_in("ledger_breaks_payments") == []


def test_a_mismatch_partly_refunded_is_not_granted_any_more(buyer, olga):
    purchase = mismatched(buyer)
    assert olga.press(purchase, "refund", amount=100).status_code == 302
    purchase.refresh_from_db()
    assert (purchase.status, purchase.amount_refunded) == (Status.MISMATCH, 100)
    assert olga.press(purchase, "settle").status_code == 422
    assert buyer.available == 0
    assert olga.press(purchase, "refund").status_code == 302
    purchase.refresh_from_db()
    assert (purchase.status, purchase.amount_refunded) == (Status.REFUNDED, 1800)


def test_a_gift_is_given_once(buyer, olga):
    wallet = wallet_of(buyer)
    form = olga.form(wallet, "grant") | {"tokens": 1000}
    for _ in range(2):
        assert olga.send(wallet, "grant", form).status_code == 302
    entry = LedgerEntry.objects.get(wallet_id=wallet.id, kind=Kind.GRANT)
    assert (buyer.available, entry.actor, entry.reason) == (
        1000,
        f"operator {olga.user.pk}",
        "asked by the customer",
    )
    assert audited("grant") == [(entry.actor, entry.reason)]


def test_a_large_gift_needs_two(buyer, olga, ivan):
    olga.press(wallet_of(buyer), "grant", tokens=1001)
    proposal = Proposal.objects.get()
    assert olga.press(proposal, "confirm").status_code == 422
    assert buyer.available == 0
    for _ in range(2):
        assert ivan.press(proposal, "confirm").status_code == 302
    assert buyer.available == 1001
    (given,) = audited("grant")
    assert given[0] == f"operator {ivan.user.pk}, proposed by {olga.user.pk}"


def test_frozen_and_thawed(buyer, olga):
    wallet = wallet_of(buyer)
    olga.press(wallet, "freeze")
    assert ledger.snapshot(wallet_id=wallet.id).frozen
    olga.press(wallet, "unfreeze")
    assert not ledger.snapshot(wallet_id=wallet.id).frozen
    told = [entry[0] for what in ("wallet_frozen", "wallet_unfrozen") for entry in audited(what)]
    assert told == [f"operator {olga.user.pk}"] * 2
    kept = AuditEntry.objects.get(what="wallet_frozen")
    assert (kept.workspace_id, kept.before, kept.after) == (buyer.workspace.id, {"frozen": False}, {"frozen": True})


def test_a_dead_event_is_replayed(buyer, olga):
    purchase = buyer.start()
    (event,) = [one for one in buyer.pay(purchase) if one["type"] == "checkout.session.completed"]
    inbox.store(event=read_event(event))
    StripeEvent.objects.update(status=EventStatus.DEAD, attempts=10)
    row = StripeEvent.objects.get()
    assert olga.press(row, "replay").status_code == 302
    assert inbox.handle_due() == 1
    row.refresh_from_db()
    assert row.status == EventStatus.HANDLED
    assert audited("event_replayed") == [(f"operator {olga.user.pk}", "asked by the customer")]


def test_nobody_else_comes_in(buyer, olga, alice: Person):
    purchase = buyer.buy()
    pages = [olga.page(purchase, "refund"), olga.page(wallet_of(buyer), "grant")]
    half = Client()  # staff, but without a second factor
    half.force_login(alice.user)
    alice.user.is_staff = alice.user.is_superuser = True
    alice.user.save()
    for client in (Client(), half):
        for page in pages:
            assert client.post(page, {"reason": "because", "n": 1, "tokens": 5}).status_code == 302
    assert (buyer.available, RefundOrder.objects.count()) == (100, 0)
