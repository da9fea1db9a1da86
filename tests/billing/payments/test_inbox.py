"""The inbox answers from the database alone, and one bad event holds up no other."""

import sys
import time

import pytest

from billing import inbox
from billing.models import EventStatus, LedgerEntry, StripeEvent
from tests.billing.payments.buyers import SECRET, deliver, handle_all, make_due, signed
from tests.fakestripe.world import World

ASKED_BY_STRIPE: list[str] = []
WATCHED: list[bool] = [False]


def _watch(event: str, arguments: tuple) -> None:
    """Note every connection that is opened while the hook works; an audit hook cannot be taken away again."""
    if WATCHED[0] and event in {"socket.connect", "socket.getaddrinfo"}:
        ASKED_BY_STRIPE.append(f"{event} {arguments[1:]}")


sys.addaudithook(_watch)


@pytest.mark.django_db
def test_the_hook_asks_nobody_and_answers_at_once(buyer, client):
    events = [event for _ in range(12) for event in buyer.pay(buyer.start("p25"))]
    client.post("/hooks/stripe", b"{}", content_type="application/json")  # opens what is opened once
    took, calls = [], len(buyer.stripe.world.calls)
    ASKED_BY_STRIPE.clear()
    WATCHED[0] = True
    try:
        for event in events:
            body, header = signed(event, at=int(time.time()))
            began = time.monotonic()
            answer = client.post(
                "/hooks/stripe", body, content_type="application/json", headers={"Stripe-Signature": header}
            )
            took.append(time.monotonic() - began)
            assert answer.status_code == 200
    finally:
        WATCHED[0] = False
    assert ASKED_BY_STRIPE == []
    assert len(buyer.stripe.world.calls) == calls
    assert sorted(took)[int(len(took) * 0.99)] < 0.5
    assert StripeEvent.objects.count() == len(events) == 60
    assert not LedgerEntry.objects.exists()


def poison() -> dict:
    return World().tell("refund.updated", {"id": "re_nobody", "object": "refund"})


@pytest.mark.django_db
def test_a_poisoned_event_dies_alone(buyer, settings, mailoutbox):
    settings.STAFF_EMAILS = ["staff@example.com"]
    bad = poison()
    good = [event for _ in range(20) for event in buyer.pay(buyer.start("p25"))]
    assert len(good) == 100
    deliver([bad])
    deliver(good)
    assert buyer.available == 20 * 25
    for attempt in range(2, inbox.ATTEMPTS + 1):
        assert StripeEvent.objects.get(event_id=bad["id"]).status == EventStatus.FAILED
        make_due()
        assert inbox.handle_due() == 1
        assert StripeEvent.objects.get(event_id=bad["id"]).attempts == attempt
    dead = StripeEvent.objects.get(event_id=bad["id"])
    assert (dead.status, dead.attempts, dead.error) == (EventStatus.DEAD, 10, "PaymentsRefused")
    assert inbox.handle_due() == 0
    assert [mail.subject for mail in mailoutbox if "dead" in mail.subject] == ["Room AI: stripe_event_dead"]
    others = StripeEvent.objects.exclude(event_id=bad["id"])
    assert not others.exclude(status__in=[EventStatus.HANDLED, EventStatus.IGNORED]).exists()


@pytest.mark.django_db
def test_patience_grows(stripe):
    waits = [wait.total_seconds() for wait in inbox.PATIENCE]
    assert waits[:4] == [5, 30, 120, 600]
    assert waits[4:] == [3600] * 5
    bad = poison()
    deliver([bad])
    row = StripeEvent.objects.get()
    assert 4 < (row.next_try_at - row.received_at).total_seconds() < 7
    assert inbox.handle_due() == 0, "it is not due yet"


@pytest.mark.django_db
def test_a_dead_event_lives_again_on_request(buyer):
    purchase = buyer.start()
    events = buyer.pay(purchase)
    paid = next(event for event in events if event["type"] == "checkout.session.completed")
    session = buyer.stripe.world.tables["checkout.session"].pop(purchase.session_id)
    deliver([paid])
    handle_all()
    assert StripeEvent.objects.get().status == EventStatus.DEAD
    buyer.stripe.world.tables["checkout.session"][purchase.session_id] = session
    inbox.replay(event_id=paid["id"])
    handle_all()
    row = StripeEvent.objects.get()
    assert (row.status, row.attempts, row.error, buyer.available) == (EventStatus.HANDLED, 1, "", 100)


@pytest.mark.django_db
def test_a_fault_of_ours_is_a_failure_like_any_other(buyer, monkeypatch):
    events = buyer.pay(buyer.start())
    monkeypatch.setattr(inbox.fulfilment, "fulfil", lambda **_: 1 / 0)
    deliver(events)
    row = StripeEvent.objects.get(type="checkout.session.completed")
    assert (row.status, row.error) == (EventStatus.FAILED, "ZeroDivisionError")


@pytest.mark.django_db
def test_payloads_are_forgotten_and_copies_still_known(buyer):
    events = buyer.pay(buyer.start())
    deliver(events)
    StripeEvent.objects.update(received_at="2020-01-01T00:00Z")
    inbox.forget_payloads()
    assert not StripeEvent.objects.filter(payload__isnull=False).exists()
    deliver(events)
    assert StripeEvent.objects.count() == len(events)
    assert LedgerEntry.objects.filter(kind="purchase").count() == 1


@pytest.mark.django_db
def test_nothing_of_a_card_is_kept_in_an_error(buyer):
    purchase = buyer.start()
    deliver(buyer.pay(purchase, way="declined"))
    kept = str(list(StripeEvent.objects.values_list("error", flat=True)))
    assert "4242" not in kept
    assert SECRET not in kept


@pytest.mark.django_db
@pytest.mark.parametrize("is_ours", [True, False], ids=["ours", "another-s"])
def test_a_checkout_is_known_by_what_we_noted_on_it(buyer, is_ours):
    purchase = buyer.start("p25")
    noted = {"purchase": str(purchase.id)} if is_ours else {"order": "of another shop of this account"}
    buyer.session(purchase).update(client_reference_id=None, metadata=noted)
    deliver([event for event in buyer.pay(purchase) if event["type"] == "checkout.session.completed"])
    row = StripeEvent.objects.get()
    assert (row.status, row.error) == (("handled", "") if is_ours else ("failed", "UnknownPurchase"))
    assert buyer.available == (25 if is_ours else 0)
