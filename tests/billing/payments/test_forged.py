"""Only what Stripe signed, freshly, for this account and mode, comes in; nobody else learns anything."""

import json
import time

import pytest

from billing.models import EventStatus, StripeEvent
from tests.billing.payments.buyers import SECRET, deliver, handle_all
from tests.fakestripe import unruly
from tests.fakestripe.signing import signature
from tests.fakestripe.world import World

pytestmark = pytest.mark.django_db

MARK = "do-not-echo-me"
ADDRESS = "/hooks/stripe"


def event(**fields):
    """Return an event as the fake would make it."""
    made = World().tell("checkout.session.completed", {"id": "cs_test_x", "object": "checkout.session", "note": MARK})
    return made | fields


def written(value):
    return json.dumps(value).encode()


def post(client, body, header):
    headers = {} if header is None else {"Stripe-Signature": header}
    return client.post(ADDRESS, body, content_type="application/json", headers=headers)


def headers_now():
    """Return headers that do not prove anything, by what is wrong with them; the body is as it should be."""
    now, body = int(time.time()), written(event())
    good = signature(body, secret=SECRET, at=now)
    mac = good.partition("v1=")[2]
    times = ["", "0", "-1", "1e9999", "nan", "-nan", "inf", "9" * 400, "0x10", "now", "1_000", f"{now}.5", f" {now}x"]
    times += ["１２３", str(now * 1000), str(-now), str(now - 301), str(now + 302), str(now - 86400), str(now + 86400)]
    odd = {f"t={moment[:20]}": f"t={moment},v1={mac}" for moment in times}
    odd |= {
        "none": None,
        "empty": "",
        "comma": ",",
        "equals": "=",
        "many-commas": "," * 5000,
        "no-t": f"v1={mac}",
        "no-v1": f"t={now}",
        "empty-v1": f"t={now},v1=",
        "short-v1": f"t={now},v1={mac[:-1]}",
        "long-v1": f"t={now},v1={mac}0",
        "upper-v1": f"t={now},v1={mac.upper()}",
        "v0": f"t={now},v0={mac}",
        "v2": f"t={now},v2={mac}",
        "swapped": f"v1={now},t={mac}",
        "t-of-another-second": f"t={now - 1},v1={mac}",
        "first-t-is-signed-late": f"t={now - 400},t={now},v1={mac}",
        "space-in-name": f"t={now}, v1 ={mac}",
        "semicolons": good.replace(",", ";"),
        "json": json.dumps({"t": now, "v1": mac}),
        "no-key": signature(body, secret="", at=now),
        "secret-cut": signature(body, secret=SECRET[:-1], at=now),
        "secret-with-space": signature(body, secret=SECRET + " ", at=now),
        "not-ascii": f"t={now},v1=ü",
        "hash-of-nothing": signature(b"", secret=SECRET, at=now),
    }
    return [(name, body, header) for name, header in odd.items()]


def bodies_now():
    """Return bodies that are signed as they should be and still are nothing to store."""
    now = int(time.time())
    deep = b'{"id":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    odd = {
        "empty": b"",
        "null": b"null",
        "array": written([event()]),
        "string": written(MARK),
        "number": b"1",
        "deep": deep,
        "cut": written(event())[:-1],
        "not-utf8": written(event()).replace(MARK.encode(), b"\xff\xfe"),
        "utf16": json.dumps(event()).encode("utf-16"),
        "empty-object": b"{}",
        "no-id": written({k: v for k, v in event().items() if k != "id"}),
        "no-object": written(event(data={})),
        "object-is-list": written(event(data={"object": []})),
        "data-is-text": written(event(data=MARK)),
        "no-livemode": written({k: v for k, v in event().items() if k != "livemode"}),
        "no-created": written(event(created=None)),
        "created-huge": written(event(created=10**30)),
        "created-huger": b'{"created":' + b"9" * 5000 + b"}",
        "created-infinite": written(event(created=float("inf"))),
        "created-nan": written(event(created=float("nan"))),
        "nan-inside": written(event(note=float("nan"))),
        "nul-inside": written(event(note="\0")),
        "id-too-long": written(event(id="evt_" + "x" * 300)),
        "type-too-long": written(event(type="x" * 300)),
        "livemode": written(event(livemode=True)),
        "connect-account": written(event(account="acct_1")),
    }
    return [(name, body, signature(body, secret=SECRET, at=now)) for name, body in odd.items()]


def unruly_now():
    refused = ("wrong_secret", "no_signature", "stale", "future", "wrong_livemode", "truncated")
    return [
        (way, *unruly.dressed(event(), way=way, secret=SECRET, now=int(time.time())))
        for way in refused
    ]  # fmt: skip


NAMES = [f"header-{name}" for name, *_ in headers_now()] + [f"body-{name}" for name, *_ in bodies_now()]
NAMES += [f"way-{name}" for name, *_ in unruly_now()]
# Times are in the ids only where they stand for themselves.
IDS = [f"{number}-{name.split('=')[0]}" for number, name in enumerate(NAMES)]


@pytest.mark.parametrize("number", range(len(NAMES)), ids=IDS)
def test_a_forgery_is_refused_and_tells_nothing(stripe, client, number):
    _name, body, header = [*headers_now(), *bodies_now(), *unruly_now()][number]
    answer = post(client, body, header)
    assert (answer.status_code, answer.json()) == (400, {"error": "not accepted"})
    assert MARK.encode() not in answer.content
    assert not StripeEvent.objects.exists()


def test_there_are_enough_forgeries():
    assert len(NAMES) >= 60
    assert len(set(NAMES)) == len(NAMES)


def test_what_stripe_sent_is_kept_once(stripe, client):
    body = written(event())
    header = signature(body, secret=SECRET, at=int(time.time()))
    assert [post(client, body, header).status_code for _ in range(3)] == [200] * 3
    assert StripeEvent.objects.get().status == EventStatus.RECEIVED


@pytest.mark.parametrize("seconds", [-295, -60, 60, 295])
def test_a_clock_a_little_off_is_no_matter(stripe, client, seconds):
    body = written(event())
    assert post(client, body, signature(body, secret=SECRET, at=int(time.time()) + seconds)).status_code == 200


@pytest.mark.parametrize("way", ["two_signatures", "other_version", "three_days_late"])
def test_what_is_seldom_but_right_is_kept(stripe, client, way):
    body, header = unruly.dressed(event(), way=way, secret=SECRET, now=int(time.time()))
    assert post(client, body, header).status_code == 200
    assert StripeEvent.objects.count() == 1


def test_a_thin_body_is_answered_and_ignored(stripe, client):
    body, header = unruly.dressed(event(), way="thin", secret=SECRET, now=int(time.time()))
    assert post(client, body, header).status_code == 200
    assert not StripeEvent.objects.exists()


def test_during_a_rotation_both_secrets_open_the_door(stripe, client, settings):
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new", SECRET]
    for secret, status in (("whsec_new", 200), (SECRET, 200), ("whsec_old", 400)):
        body = written(event())
        assert post(client, body, signature(body, secret=secret, at=int(time.time()))).status_code == status
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_new"]
    body = written(event())
    assert post(client, body, signature(body, secret=SECRET, at=int(time.time()))).status_code == 400


@pytest.mark.parametrize("change", [{"STRIPE_WEBHOOK_SECRETS": []}, {"SHOP": False}], ids=lambda one: "".join(one))
def test_without_a_secret_or_a_shop_there_is_no_door(stripe, client, settings, change):
    for name, value in change.items():
        setattr(settings, name, value)
    body = written(event())
    assert post(client, body, signature(body, secret=SECRET, at=int(time.time()))).status_code == 404
    assert not StripeEvent.objects.exists()


def test_only_post(client, stripe):
    assert client.get(ADDRESS).status_code == 405


def test_an_unknown_type_is_kept_and_ignored(stripe, client):
    body = written(event(type="v9.something.new"))
    assert post(client, body, signature(body, secret=SECRET, at=int(time.time()))).status_code == 200
    handle_all()
    assert StripeEvent.objects.get().status == EventStatus.IGNORED


def test_an_event_that_comes_three_days_late_still_counts(buyer, client):
    purchase = buyer.start()
    late = [one | {"created": one["created"] - 3 * 86400} for one in buyer.pay(purchase)]
    deliver(late)
    assert buyer.available == 100
