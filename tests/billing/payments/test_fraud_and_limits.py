"""Early warnings are told once; those who try stolen cards are stopped, and told when they may come again."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from billing import alerts, limits
from billing.errors import TooManyCheckouts
from billing.models import CardAttempt, Purchase, Status
from tests.billing.payments.buyers import deliver, handle_all, new_buyer
from tests.fakestripe import levers, paying

pytestmark = pytest.mark.django_db
HOUR_S, DAY_S = 3600, 86400


@pytest.fixture
def raised(monkeypatch):
    told = []
    monkeypatch.setattr(alerts, "raised", lambda **what: told.append(what["what"]))
    return told


@pytest.mark.parametrize("gives_back", [False, True], ids=["told", "given-back"])
def test_a_warning_is_told_once_and_given_back_once(buyer, settings, raised, gives_back):
    settings.EFW_AUTO_REFUND = gives_back
    purchase = buyer.start()
    events = buyer.pay(purchase, way="efw")
    deliver(events)
    deliver(events)
    # Stripe may tell of one warning by two events, too.
    deliver([buyer.stripe.world.tell("radar.early_fraud_warning.created", buyer.stripe.world.find(WARNING)[0])])
    deliver(buyer.stripe.world.events)
    assert raised == ["early_fraud_warning"]
    assert len(buyer.stripe.world.tables["refund"]) == gives_back
    assert buyer.available == (0 if gives_back else 100)
    purchase.refresh_from_db()
    assert purchase.status == (Status.REFUNDED if gives_back else Status.PAID)


WARNING = "radar.early_fraud_warning"


def test_a_second_warning_is_told_too(buyer, raised):
    purchase = buyer.start()
    deliver(buyer.pay(purchase, way="efw"))
    intent = buyer.stripe.world.find("payment_intent")[0]
    paying.warn(buyer.stripe.world, intent)
    deliver(buyer.stripe.world.events[-1:])
    assert raised == ["early_fraud_warning"] * 2


@pytest.mark.parametrize("trouble", ["reset_after", "reset_before", "503"])
def test_a_refund_for_a_warning_is_made_once_whatever_is_lost(buyer, settings, raised, trouble):
    settings.EFW_AUTO_REFUND = True
    purchase = buyer.start()
    levers.pulled(buyer.stripe, "/_chaos", {"api": [{"match": "POST /v1/refunds", "do": trouble, "times": 3}]})
    deliver(buyer.pay(purchase, way="efw"))
    handle_all()
    deliver(buyer.stripe.world.events)
    assert [row["amount"] for row in buyer.stripe.world.find("refund")] == [1800]
    assert (buyer.available, raised) == (0, ["early_fraud_warning"])


def started(buyer, *, ago=timedelta(0)):
    purchase = buyer.start("p25")
    Purchase.objects.filter(id=purchase.id).update(created_at=timezone.now() - ago)
    return purchase


def refused_for(buyer, ip="203.0.113.9") -> int:
    """Return for how many seconds one more checkout is refused, 0 when it is not."""
    try:
        limits.check(wallet_id=buyer.wallet_id, ip=ip)
    except TooManyCheckouts as refusal:
        return refusal.retry_after_s
    return 0


def test_the_sixth_checkout_of_an_hour_waits_for_the_first_to_lapse(buyer):
    for minutes in (50, 40, 30, 20):
        started(buyer, ago=timedelta(minutes=minutes))
    assert not refused_for(buyer)
    started(buyer)
    assert 590 <= refused_for(buyer) <= 600
    Purchase.objects.update(created_at=F("created_at") - timedelta(minutes=10))
    assert not refused_for(buyer)


@pytest.mark.parametrize(
    ("addresses", "is_one"),
    [
        (["203.0.113.9"] * 11, True),
        ([f"2001:db8:0:1::{number:x}" for number in range(1, 12)], True),
        ([f"2001:db8:0:{number:x}::1" for number in range(11)], False),
        ([f"203.0.113.{number}" for number in range(11)], False),
        (["::ffff:203.0.113.9"] * 5 + ["203.0.113.9"] * 6, True),
        (["nonsense", ""] * 5 + ["?"], True),
    ],
    ids=["one", "one-64", "many-64", "many", "mapped", "unknown"],
)
def test_the_eleventh_checkout_of_an_address_waits(stripe, addresses, is_one):
    buyer = new_buyer(stripe)
    assert [refused_for(buyer, ip) for ip in addresses[:10]] == [0] * 10
    assert refused_for(buyer, addresses[10]) == (HOUR_S if is_one else 0)


def test_without_the_cache_an_address_is_counted_nearby_and_the_workspace_as_ever(buyer, settings):
    settings.CACHES = settings.CACHES | {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:9/1"}}
    cache.close()
    assert not refused_for(buyer)
    for _ in range(5):
        started(buyer)
    assert 3590 <= refused_for(buyer) <= HOUR_S


def test_three_declines_in_an_hour_close_the_till_for_a_day(buyer):
    purchase = started(buyer)
    for number in range(2):
        deliver(buyer.pay(purchase, way="declined", card=f"fp{number}"))
    assert not refused_for(buyer)
    assert buyer.session(purchase)["status"] == "open"
    deliver(buyer.pay(purchase, way="declined", card="fp0"))
    assert DAY_S - 60 <= refused_for(buyer) <= DAY_S
    assert CardAttempt.objects.count() == 3
    deliver(buyer.stripe.world.events)
    assert CardAttempt.objects.count() == 3
    CardAttempt.objects.update(created_at=F("created_at") - timedelta(hours=24))
    assert not refused_for(buyer)


def test_the_page_that_took_three_bad_cards_takes_no_fourth(buyer):
    purchase = started(buyer)
    for number in range(3):
        deliver(buyer.pay(purchase, way="declined", card=f"fp{number}"))
    assert buyer.session(purchase)["status"] == "expired"
    handle_all()
    deliver(buyer.stripe.world.events[-1:])
    purchase.refresh_from_db()
    assert purchase.status == Status.EXPIRED


def test_three_declines_in_more_than_an_hour_are_bad_luck(buyer):
    purchase = started(buyer)
    for _ in range(2):
        deliver(buyer.pay(purchase, way="declined", card="fp"))
    CardAttempt.objects.update(created_at=F("created_at") - timedelta(hours=1))
    deliver(buyer.pay(purchase, way="declined", card="fp"))
    assert not refused_for(buyer)


def test_the_fourth_card_of_a_day_closes_the_till(buyer):
    for number in range(3):
        deliver(buyer.pay(started(buyer), card=f"fp{number}"))
    assert not refused_for(buyer)
    deliver(buyer.pay(started(buyer), card="fp2"))
    assert not refused_for(buyer), "a card that is known is no fourth"
    Purchase.objects.update(created_at=timezone.now() - timedelta(hours=2))
    deliver(buyer.pay(buyer.start("p25"), card="fp3"))
    assert DAY_S - 60 <= refused_for(buyer) <= DAY_S


def test_a_card_is_kept_as_a_digest_only(buyer):
    deliver(buyer.pay(started(buyer), card="fpSecret"))
    kept = CardAttempt.objects.get().card
    assert len(kept) == 64
    assert "fpSecret" not in kept
