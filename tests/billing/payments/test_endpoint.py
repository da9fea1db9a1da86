"""The webhook endpoint is of the version this code reads, or operators are told: once, and until it is mended."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from billing import alerts, endpoint, findings
from billing.once import Finding
from billing.stripe_gateway import API_VERSION
from tests.billing.payments.operators import operator
from tests.fakestripe import levers
from tests.fakestripe.server import FakeStripe

pytestmark = pytest.mark.django_db
OURS = "http://localhost:8000/hooks/stripe"


@pytest.fixture
def raised(monkeypatch):
    told = []
    monkeypatch.setattr(alerts, "raised", lambda **what: told.append(what["what"]))
    return told


def detail() -> list[str]:
    endpoint.check()
    return list(Finding.objects.order_by("id").values_list("detail", flat=True))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"api_version": "2020-08-27"}, f"{OURS} is sent 2020-08-27, this code reads {API_VERSION}"),
        ({"api_version": None}, f"{OURS} is sent the account's default version, this code reads {API_VERSION}"),
        ({"status": "disabled"}, f"{OURS} is switched off at Stripe"),
    ],
    ids=["another", "default", "off"],
)
def test_an_endpoint_that_differs_is_told_once_and_shown_until_it_is_mended(stripe, raised, changed, said):
    ours, olga = stripe.world.endpoint(OURS), operator("olga")
    assert detail() == []
    before = dict(ours)
    ours.update(changed)
    assert detail() == detail() == [said]
    assert raised == ["stripe_endpoint"]
    overview = olga.client.get(reverse("admin:index"))
    assert escape(said) in overview.content.decode()
    assert b"To be mended" in overview.content
    ours.update(before)
    assert detail() == []
    assert b"To be mended" not in olga.client.get(reverse("admin:index")).content


def test_another_copy_s_endpoint_is_no_business_of_ours(stripe, raised):
    stripe.world.endpoint(OURS)
    for url in ("https://staging.example/hooks/stripe", "https://shop.example/stripe"):
        stripe.world.add("webhook_endpoint", "we", url=url, api_version="2020-08-27", status="enabled")
    assert detail() == []
    for row in stripe.world.find("webhook_endpoint", url=OURS):
        row["url"] = "https://elsewhere.example/hooks/stripe"
    assert detail() == [f"https://staging.example/hooks/stripe is sent 2020-08-27, this code reads {API_VERSION}"]


@pytest.mark.parametrize("is_live", [True, False], ids=["live", "test-mode"])
def test_no_endpoint_at_all_is_told_where_money_is_real(stripe, settings, raised, is_live):
    settings.STRIPE_LIVE = is_live
    assert detail() == ([f"No webhook endpoint at Stripe leads to {OURS}"] if is_live else [])


def test_while_stripe_is_away_what_was_found_stands(stripe, raised):
    stripe.world.endpoint(OURS)["api_version"] = "2020-08-27"
    (said,) = detail()
    levers.pulled(stripe, "/_chaos", {"api": [{"match": "GET /v1/webhook_endpoints", "do": "503", "times": 1}]})
    assert detail() == [said]
    assert raised == ["stripe_endpoint"]


def test_a_change_is_told_again_and_kinds_do_not_mix(db, raised):
    findings.settle(what="one", found={"a": "first", "b": "second"})
    findings.settle(what="two", found={"a": "third"})
    findings.settle(what="one", found={"a": "other words"})
    assert raised == ["one", "one", "two", "one"]
    assert sorted(Finding.objects.values_list("what", "detail")) == [("one", "other words"), ("two", "third")]


def test_the_fake_says_truly_where_it_sends_events_and_of_which_version(tmp_path):
    for port in (1, 1, 2):  # started anew, then with another address
        fake = FakeStripe(key="sk_test_x", snapshot=tmp_path / "kept.json").start()
        fake.send_hooks(url=f"http://127.0.0.1:{port}/hooks/stripe", secret="whsec_x")
        (known,) = fake.world.find("webhook_endpoint")
        assert (known["url"], known["api_version"]) == (f"http://127.0.0.1:{port}/hooks/stripe", API_VERSION)
        assert fake.world.tell("customer.created", {"id": "cus_1"})["api_version"] == known["api_version"]
        fake.world.save()
        fake.stop()
