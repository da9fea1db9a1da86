"""The buyer's own right: a pack of which nothing was spent goes back whole, within 14 days, once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from billing import refunds
from billing.models import Purchase, Refund, Status
from tests.billing import wallets
from tests.factories import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(buyer) -> Client:
    client = Client()
    client.force_login(buyer.user)
    return client


def page(purchase: Purchase) -> str:
    return reverse("billing:refund", args=[purchase.id])


def link(purchase: Purchase) -> str:
    context = {"purchase": purchase, "returnable": refunds.returnable(purchases=[purchase])}
    return render_to_string("billing/_refund_link.html", context).strip()


def test_an_unspent_pack_goes_back_once(buyer, browser, mailoutbox):
    purchase = buyer.buy("p100")
    assert page(purchase) in link(purchase)
    assert b"18.00 USD" in browser.get(page(purchase)).content
    for _ in range(2):
        answer = browser.post(page(purchase), {"n": "1"})
        assert (answer.status_code, answer["Location"]) == (303, reverse("billing:wallet"))
    assert b"18.00 USD is on its way back to your card." in browser.get(reverse("billing:wallet")).content
    purchase.refresh_from_db()
    assert (purchase.status, buyer.available, Refund.objects.count()) == (Status.REFUNDED, 0, 1)
    assert AuditEntry.objects.get(what="refund_asked").actor == f"user {buyer.user.pk}"
    assert link(purchase) == ""


def spend(buyer) -> None:
    reference = uuid4()
    wallets.hold(buyer.wallet_id, reference=reference)
    wallets.post(buyer.wallet_id, tokens=1, reference=reference)


def age(purchase: Purchase) -> None:
    Purchase.objects.filter(id=purchase.id).update(paid_at=F("paid_at") - timedelta(days=14, minutes=1))


@pytest.mark.parametrize("spent", [True, False], ids=["spent", "late"])
def test_a_pack_partly_spent_or_two_weeks_old_stays(buyer, browser, spent):
    purchase = buyer.buy("p25")
    spend(buyer) if spent else age(purchase)
    purchase.refresh_from_db()
    assert link(purchase) == ""
    assert b"within 14 days" in browser.get(page(purchase)).content
    answer = browser.post(page(purchase), {"n": "1"})
    assert (answer.status_code, b"cannot be returned any more" in answer.content) == (409, True)
    assert not Refund.objects.exists()


def test_older_tokens_are_spent_first(buyer, browser):
    wallets.grant(buyer.wallet_id, tokens=10)
    purchase = buyer.buy("p25")
    spend(buyer)
    assert browser.post(page(purchase), {"n": "1"}).status_code == 303
    assert buyer.available == 9


def test_a_stranger_meets_a_missing_one(buyer, charlie: Person):
    purchase = buyer.buy()
    stranger = Client()
    assert stranger.get(page(purchase)).status_code == 302
    stranger.force_login(charlie.user)
    for ask in (stranger.get, stranger.post):
        assert ask(page(purchase)).status_code == 404
    assert buyer.available == 100
