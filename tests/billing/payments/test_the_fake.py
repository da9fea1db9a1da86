"""The fake keeps Stripe's promises: keys, time, pages of a list, and a loud no to what it does not know."""

import http.client
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode, urlsplit

import pytest

from tests.fakestripe import levers, paying, unruly
from tests.fakestripe.server import SLOW_S, FakeStripe
from tests.fakestripe.world import Refusal

KEY = "sk_test_of_the_fake"


@pytest.fixture
def fake():
    server = FakeStripe(key=KEY).start()
    yield server
    server.stop()


def call(fake, method, path, key="", *, api_key=KEY, **values):
    """Make one call as a library would; return status and answer."""
    link = http.client.HTTPConnection(urlsplit(fake.url).netloc, timeout=10)
    headers = {"Authorization": f"Bearer {api_key}"} | ({"Idempotency-Key": key} if key else {})
    text = urlencode(values)
    link.request(method, path if method == "POST" else f"{path}?{text}", text if method == "POST" else None, headers)
    answer = link.getresponse()
    read = answer.status, json.loads(answer.read())
    link.close()
    return read


def session(fake, key="s1", **changed):
    _status, customer = call(fake, "POST", "/v1/customers", "c1", email="a@example.com")
    values = {
        "mode": "payment",
        "customer": customer["id"],
        "expires_at": fake.world.now() + 3600,
        "success_url": "http://localhost/back",
        "cancel_url": "http://localhost/",
        "line_items[0][quantity]": 1,
        "line_items[0][price_data][currency]": "usd",
        "line_items[0][price_data][unit_amount]": 1800,
        "line_items[0][price_data][product_data][name]": "tokens",
    }
    return call(fake, "POST", "/v1/checkout/sessions", key, **(values | changed))


def ordered(fake, match, do, times=1):
    levers.pulled(fake, "/_chaos", {"api": [{"match": match, "do": do, "times": times}]})


def test_same_key_and_body_give_the_same_answer(fake):
    assert session(fake, expires_at=fake.world.now() + 3000) == session(fake, expires_at=fake.world.now() + 3000)
    assert len(fake.world.tables["checkout.session"]) == 1


def test_another_body_under_a_used_key_is_refused(fake):
    assert session(fake)[0] == 200
    status, answer = session(fake, **{"line_items[0][quantity]": 2})
    assert (status, answer["error"]["type"]) == (400, "idempotency_error")


def test_a_kept_500_stays_a_500_for_its_key_and_its_day(fake):
    ordered(fake, "POST /v1/customers", "500_kept")
    answers = [call(fake, "POST", "/v1/customers", "k", email="a@example.com") for _ in range(3)]
    assert [status for status, _answer in answers] == [500] * 3
    assert fake.world.tables["customer"] == {}
    levers.pulled(fake, "/_clock", {"ahead_s": 24 * 3600 + 1})
    assert call(fake, "POST", "/v1/customers", "k", email="a@example.com")[0] == 200


def test_a_key_in_use_answers_409(fake):
    ordered(fake, "POST /v1/customers", "slow")
    first: list[int] = []
    thread = threading.Thread(target=lambda: first.append(call(fake, "POST", "/v1/customers", "k", email="a@b.c")[0]))
    thread.start()
    time.sleep(SLOW_S / 3)
    status, answer = call(fake, "POST", "/v1/customers", "k", email="a@b.c")
    thread.join()
    assert (first, status, answer["error"]["type"]) == ([200], 409, "idempotency_error")
    assert call(fake, "POST", "/v1/customers", "k", email="a@b.c")[0] == 200
    assert len(fake.world.tables["customer"]) == 1


@pytest.mark.parametrize(
    ("method", "path", "values", "status"),
    [
        ("GET", "/v1/nothing", {}, 404),
        ("POST", "/v1/charges", {}, 404),
        ("POST", "/v1/customers", {"emial": "a@example.com"}, 400),
        ("POST", "/v1/customers", {"email[x]": "a@example.com"}, 400),
        ("GET", "/v1/refunds", {"chargee": "x"}, 400),
        ("GET", "/v1/events", {"created[after]": "1"}, 400),
        ("GET", "/v1/events", {"limit": "101"}, 400),
        ("GET", "/v1/events", {"limit": "ten"}, 400),
    ],
)
def test_what_it_does_not_know_it_refuses(fake, method, path, values, status):
    assert call(fake, method, path, "k", **values)[0] == status
    is_recorded = "limit" not in values and "email[x]" not in values
    assert bool(fake.world.faults) == is_recorded


def test_a_change_without_a_key_is_a_fault(fake):
    assert call(fake, "POST", "/v1/customers", email="a@example.com")[0] == 400
    assert fake.world.faults == ["POST /v1/customers without an idempotency key"]


def test_another_api_key_opens_nothing(fake):
    assert call(fake, "GET", "/v1/account", api_key="sk_test_other")[0] == 401
    assert call(fake, "GET", "/v1/account")[0] == 200


@pytest.mark.parametrize("seconds", [29 * 60, 25 * 3600])
def test_a_checkout_may_be_open_neither_too_short_nor_too_long(fake, seconds):
    assert session(fake, expires_at=fake.world.now() + seconds)[0] == 400


def test_taxes_need_leave_to_keep_the_address(fake):
    assert session(fake, **{"automatic_tax[enabled]": "true"})[0] == 400
    status, made = session(fake, "s2", **{"automatic_tax[enabled]": "true", "customer_update[address]": "auto"})
    assert (status, made["amount_total"]) == (200, 2160)


def test_a_checkout_nobody_paid_cannot_be_paid_an_hour_later(fake):
    _status, made = session(fake)
    thing = fake.world.get("checkout.session", made["id"])
    levers.pulled(fake, "/_clock", {"ahead_s": 3601})
    with pytest.raises(Refusal, match="has expired"):
        paying.pay(fake.world, thing, way="ok")
    assert call(fake, "GET", f"/v1/checkout/sessions/{made['id']}")[1]["status"] == "expired"


@pytest.fixture
def inbox():
    """An address that keeps what is sent to it."""
    kept = []

    class Kept(BaseHTTPRequestHandler):
        def do_POST(self):
            kept.append((self.rfile.read(int(self.headers["Content-Length"])), self.headers.get("Stripe-Signature")))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Kept)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield kept, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def waited(kept, count):
    until = time.monotonic() + 5
    while len(kept) < count and time.monotonic() < until:
        time.sleep(0.02)
    return len(kept)


@pytest.mark.parametrize("way", sorted(unruly.WAYS))
def test_the_sender_is_unruly_on_request_and_before_the_answer(fake, inbox, way):
    kept, url = inbox
    fake.send_hooks(url=url, secret="whsec_x")
    levers.pulled(fake, "/_chaos", {"hooks": {"way": way, "early": True}})
    fake.world.tell("customer.updated", {"id": "cus_1", "object": "customer"})
    assert len(kept) == 1, "it was there before the call that caused it was over"
    levers.pulled(fake, "/_chaos", {"hooks": {"early": True}})
    event = fake.world.tell("customer.updated", {"id": "cus_1", "object": "customer"})
    as_it_should_be = unruly.dressed(event, way="", secret="whsec_x", now=0)[0]
    assert kept[1][0] == as_it_should_be
    odd, usual = ((body, (header or "").partition("=")[0]) for body, header in kept)
    assert (way == "no_signature") == (odd[1] != usual[1])


def test_events_are_dropped_and_doubled_by_the_seed(fake, inbox):
    kept, url = inbox
    fake.send_hooks(url=url, secret="whsec_x")
    levers.pulled(fake, "/_chaos", {"hooks": {"drop": 1}})
    fake.world.tell("customer.updated", {"id": "cus_1", "object": "customer"})
    levers.pulled(fake, "/_chaos", {"hooks": {"duplicate": 5, "delay_s": 0, "shuffle": 0.05, "seed": 3}})
    for _ in range(10):
        fake.world.tell("customer.updated", {"id": "cus_1", "object": "customer"})
    until = time.monotonic() + 20
    while len({json.loads(body)["id"] for body, _header in kept}) < 10 and time.monotonic() < until:
        time.sleep(0.05)
    assert len({json.loads(body)["id"] for body, _header in kept}) == 10
    assert waited(kept, 11) > 10
