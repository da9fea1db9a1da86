"""Money goes back, and operators act, only for somebody who said within five minutes who they are."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from billing import ledger
from billing.models import EventStatus, Purchase, Refund, Status, StripeEvent, Wallet
from billing.once import RefundOrder
from tests.billing.payments.operators import confirm, let_lapse, operator
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
ACTS = ["refund", "settle", "grant", "freeze", "unfreeze", "replay"]


def is_asked_to_confirm(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize("act", ACTS)
def test_every_act_of_operators_asks_again_after_five_minutes(buyer, act):
    olga = operator("olga")
    purchase = buyer.buy()
    rows = {"refund": purchase, "settle": purchase, "replay": StripeEvent.objects.earliest("event_id")}
    row = rows.get(act) or Wallet.objects.get(id=buyer.wallet_id)
    assert olga.client.get(olga.page(row, act)).status_code == 200
    let_lapse(olga.client)
    for answer in (olga.client.get(olga.page(row, act)), olga.send(row, act, {"n": 1, "tokens": 5})):
        assert is_asked_to_confirm(answer)
    assert (buyer.available, RefundOrder.objects.count()) == (100, 0)
    assert not ledger.snapshot(wallet_id=buyer.wallet_id).frozen
    assert not StripeEvent.objects.filter(status=EventStatus.RECEIVED).exists()
    confirm(olga.client)
    assert olga.client.get(olga.page(row, act)).status_code == 200


def test_a_form_on_its_way_goes_on_after_the_password(buyer):
    olga, purchase = operator("olga"), buyer.buy()
    form = olga.form(purchase, "refund")
    let_lapse(olga.client)
    assert is_asked_to_confirm(olga.send(purchase, "refund", form))
    confirm(olga.client, on_to=olga.page(purchase, "refund"))
    purchase.refresh_from_db()
    assert (purchase.status, Refund.objects.count()) == (Status.REFUNDED, 1)


def test_a_buyer_s_refund_asks_for_the_password(buyer):
    buyer.user.set_password(PASSWORD)
    buyer.user.save()
    client, purchase = Client(), buyer.buy()
    page = reverse("billing:refund", args=[purchase.id])
    client.force_login(buyer.user)
    for answer in (client.get(page), client.post(page, {"n": "1"})):
        assert is_asked_to_confirm(answer)
    assert Purchase.objects.get().status == Status.PAID
    assert confirm(client, on_to="/billing")["Location"] == "/billing"
    assert client.get(page).status_code == 200
    let_lapse(client)
    assert is_asked_to_confirm(client.post(page, {"n": "1"}))
    confirm(client, on_to=page)
    assert Purchase.objects.get().status == Status.REFUNDED
    assert Refund.objects.count() == 1
