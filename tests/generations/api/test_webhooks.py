"""Endpoints by API: made, changed, seen with all that was sent, and never anybody else's."""

import json
from uuid import uuid4

import pytest
from standardwebhooks import Webhook

from generations.webhooks import delivering, endpoints
from generations.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests import factories
from tests.generations.api.calling import Program, call, program
from tests.generations.api.test_openapi import checked
from tests.generations.webhooks.receiver import receiving, status

HERE = "/webhook_endpoints"
ONE = f"{HERE}/{{endpoint_id}}"
PUBLIC = "https://shop.example.com/hooks"


@pytest.fixture
def receiver(db, settings):
    with receiving() as made:
        settings.FETCH_ALLOW_HOSTS = [made.host]
        yield made


@pytest.fixture
def alices(alices):
    """Alice's program, which may do everything."""
    return program(alices.someone, scopes=("generate", "read", "webhooks"))


@pytest.fixture
def described():
    description = call("GET", "/openapi.json").json()
    return lambda path, method, answer: checked(description, path, method, answer)


def patch(who: Program, path: str, **request):
    return call("PATCH", path, key=who.key, **request)


def made(who: Program, url=PUBLIC, **more):
    answer = who.post(HERE, json={"url": url, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["webhook_endpoint"]["id"]


def sent_to(endpoint_id):
    """Send what is due to this endpoint."""
    for row in WebhookDelivery.objects.filter(endpoint_id=endpoint_id, state="pending"):
        delivering.deliver(delivery_id=row.id)


def refused(answer, http_status, code, field=None):
    assert (answer.status_code, answer.json()["error"]["code"]) == (http_status, code), answer.text
    if field:
        assert list(answer.json()["error"]["fields"]) == [field]


def test_from_making_one_to_seeing_what_it_answered(alices, receiver, described):
    answer = alices.post(HERE, json={"url": receiver.url, "events": ["generation.succeeded"]})
    described(HERE, "post", answer)
    endpoint, secret = answer.json()["webhook_endpoint"], answer.json()["secret"]
    assert endpoint["enabled"]
    identity = alices.made()
    receiver.behave = status("202 Accepted", body=b"thanks")
    sent_to(endpoint["id"])
    (received,) = receiver.calls
    told = Webhook(secret).verify(received.body, received.headers)
    polled = alices.get(f"/generations/{identity}").json()
    assert {name: told[name] for name in polled} == polled
    assert set(told) - set(polled) == {"type", "timestamp", "livemode"}

    answer = alices.get(f"{HERE}/{endpoint['id']}/deliveries")
    described(f"{ONE}/deliveries", "get", answer)
    (delivery,) = answer.json()["deliveries"]
    assert delivery["event_id"] == received.headers["webhook-id"]
    assert delivery["request"] == {"url": receiver.url, "body": received.body.decode()}
    assert (delivery["state"], delivery["next_attempt_at"]) == ("succeeded", None)
    (attempt,) = delivery["attempts"]
    assert (attempt["number"], attempt["response"]) == (1, {"status": 202, "body": "thanks"})

    for path in ("", f"/{endpoint['id']}", f"/{endpoint['id']}/deliveries"):
        assert secret not in alices.get(HERE + path).text
        assert "secret" not in alices.get(HERE + path).json()
    described(HERE, "get", alices.get(HERE))
    described(ONE, "get", alices.get(f"{HERE}/{endpoint['id']}"))


def test_sending_again_and_a_test(alices, receiver, described):
    endpoint = made(alices, receiver.url)
    answer = alices.post(f"{HERE}/{endpoint}/test")
    described(f"{ONE}/test", "post", answer)
    assert answer.json()["delivery"]["type"] == "test"
    sent_to(endpoint)
    delivery = answer.json()["delivery"]["id"]
    answer = alices.post(f"{HERE}/{endpoint}/deliveries/{delivery}/redeliver")
    described(f"{ONE}/deliveries/{{delivery_id}}/redeliver", "post", answer)
    assert answer.json()["delivery"]["is_redelivery"]
    sent_to(endpoint)
    first, second = receiver.calls
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])


def test_changing_switching_off_and_deleting(alices, receiver, described):
    endpoint = made(alices)
    answer = patch(alices, f"{HERE}/{endpoint}", json={"events": ["balance.low", "balance.low"], "url": receiver.url})
    described(ONE, "patch", answer)
    now = answer.json()["webhook_endpoint"]
    assert (now["events"], now["url"], now["enabled"]) == (["balance.low"], receiver.url, True)
    off = patch(alices, f"{HERE}/{endpoint}", json={"enabled": False}).json()["webhook_endpoint"]
    assert (off["enabled"], off["disabled_at"] is None, off["events"]) == (False, False, ["balance.low"])
    on = patch(alices, f"{HERE}/{endpoint}", json={"enabled": True}).json()["webhook_endpoint"]
    assert (on["enabled"], on["disabled_at"]) == (True, None)
    answer = alices.delete(f"{HERE}/{endpoint}")
    described(ONE, "delete", answer)
    assert answer.json() == {"status": "deleted", "id": endpoint}
    refused(alices.get(f"{HERE}/{endpoint}"), 404, "NOT_FOUND")
    assert alices.get(HERE).json()["webhook_endpoints"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ({"url": 7}, "url"),
        ({"url": ""}, "url"),
        ({"url": "https://example.com/" + "x" * 2048}, "url"),
        ({"url": "http://example.com/"}, "url"),
        ({"url": "https://example.com:8443/"}, "url"),
        ({"url": "https://user:pass@example.com/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://[::1]/"}, "url"),
        ({"url": "https://169.254.169.254/latest"}, "url"),
        ({"url": "https://localhost/"}, "url"),
        ({"url": "https://2130706433/"}, "url"),
        ({"url": "ftp://example.com/"}, "url"),
        ({"url": "https://example.com/\r\nX: y"}, "url"),
        ({"url": PUBLIC, "events": []}, "events"),
        ({"url": PUBLIC, "events": ["generation.begun"]}, "events.0"),
        ({"url": PUBLIC, "events": "generation.failed"}, "events"),
        ({"url": PUBLIC, "secret": "whsec_mine"}, "secret"),
        ({"url": PUBLIC, "livemode": False}, "livemode"),
    ],
    ids=str,
)
def test_what_is_not_taken(alices, described, body, field):
    answer = alices.post(HERE, json=body)
    described(HERE, "post", answer)
    refused(answer, 422, "INVALID_PARAMETERS", field)
    assert not WebhookEndpoint.objects.filter(workspace=alices.someone.workspace).exists()
    if body.get("url") and field == "url":
        refused(patch(alices, f"{HERE}/{made(alices)}", json=body), 422, "INVALID_PARAMETERS", field)


def test_other_bodies_are_refused_too(alices, described):
    endpoint = made(alices)
    for method, path in (("post", HERE), ("patch", ONE)):
        here = path.replace("{endpoint_id}", endpoint)
        for request, wanted in [
            ({"content": b"{", "headers": {"Content-Type": "application/json"}}, (400, "INVALID_JSON")),
            ({"data": {"url": PUBLIC}}, (415, "UNSUPPORTED_MEDIA_TYPE")),
        ]:
            answer = call(method.upper(), here, key=alices.key, **request)
            described(path, method, answer)
            refused(answer, *wanted)
    refused(call("PUT", HERE, key=alices.key), 405, "METHOD_NOT_ALLOWED")


def test_twenty_and_no_more_even_at_once(alices, at_once):
    for _ in range(18):
        made(alices)
    workspace = alices.someone.workspace
    url = {"url": PUBLIC, "event_types": ["balance.low"], "workspace": workspace}

    def one(number):
        try:
            endpoints.create(**url, livemode=bool(number % 2))
        except Exception as error:
            return type(error).__name__
        return "made"

    assert sorted(at_once(6, one)) == ["InvalidParameters"] * 4 + ["made"] * 2
    answer = alices.post(HERE, json={"url": PUBLIC})
    refused(answer, 422, "INVALID_PARAMETERS", "url")
    assert "at most 20" in answer.json()["error"]["fields"]["url"][0]


def test_nobody_sees_anybody_elses(alices, charlies, receiver):
    endpoint, beside = made(alices, receiver.url), made(alices)
    delivery = alices.post(f"{HERE}/{endpoint}/test").json()["delivery"]["id"]
    test_key = program(alices.someone, livemode=False, scopes=("webhooks",))
    stranger = program(charlies.someone, scopes=("webhooks",))
    for who in (test_key, stranger):
        assert who.get(HERE).json()["webhook_endpoints"] == []
        for method, path in [
            ("GET", f"/{endpoint}"),
            ("PATCH", f"/{endpoint}"),
            ("DELETE", f"/{endpoint}"),
            ("GET", f"/{endpoint}/deliveries"),
            ("POST", f"/{endpoint}/test"),
            ("POST", f"/{endpoint}/deliveries/{delivery}/redeliver"),
        ]:
            sent = {"json": {"enabled": False}} if method == "PATCH" else {}
            refused(call(method, HERE + path, key=who.key, **sent), 404, "NOT_FOUND")
        own = made(who)
        refused(who.post(f"{HERE}/{own}/deliveries/{delivery}/redeliver"), 404, "NOT_FOUND")
    refused(alices.post(f"{HERE}/{beside}/deliveries/{delivery}/redeliver"), 404, "NOT_FOUND")
    refused(alices.get(f"{HERE}/{uuid4()}"), 404, "NOT_FOUND")
    assert alices.get(f"{HERE}/{endpoint}").json()["webhook_endpoint"]["enabled"]


def test_it_takes_the_scope(alices):
    low = program(alices.someone, scopes=("generate", "read", "billing:read"))
    for method, path in [("GET", HERE), ("POST", HERE), ("POST", "/webhook_secret")]:
        answer = call(method, path, key=low.key)
        refused(answer, 403, "MISSING_SCOPE")
        assert answer.json()["error"]["scope"] == "webhooks"
        refused(call(method, path), 401, "INVALID_API_KEY")


def test_pages_of_deliveries(alices, receiver, described):
    endpoint = made(alices, receiver.url)
    sent = [alices.post(f"{HERE}/{endpoint}/test").json()["delivery"]["id"] for _ in range(5)]
    seen, cursor = [], None
    while cursor is not None or not seen:
        page = alices.get(f"{HERE}/{endpoint}/deliveries", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        described(f"{ONE}/deliveries", "get", page)
        seen += [one["id"] for one in page.json()["deliveries"]]
        cursor = page.json()["next_cursor"]
    assert seen == sent[::-1]
    for wrong, field in [({"limit": 101}, "limit"), ({"limit": 0}, "limit"), ({"cursor": str(uuid4())}, "cursor")]:
        answer = alices.get(f"{HERE}/{endpoint}/deliveries", params=wrong)
        described(f"{ONE}/deliveries", "get", answer)
        refused(answer, 422, "INVALID_PARAMETERS", field)


def test_the_address_of_one_request(alices, receiver, described):
    answer = alices.post("/webhook_secret")
    described("/webhook_secret", "post", answer)
    identity = alices.made(webhook_url=receiver.url)
    sent_to(None)
    (received,) = receiver.calls
    told = Webhook(answer.json()["secret"]).verify(received.body, received.headers)
    assert (told["type"], told["result"]["id"]) == ("generation.succeeded", identity)
    test = program(alices.someone, livemode=False)
    test.made(webhook_url=receiver.url)
    sent_to(None)
    assert json.loads(receiver.calls[1].body)["livemode"] is False
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(answer.json()["secret"]).verify(receiver.calls[1].body, receiver.calls[1].headers)


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://10.1.2.3/", "https://localhost/x", "hello", "", "x" * 2049, 7], ids=str
)
def test_an_address_we_would_not_open_costs_nothing(alices, url):
    refused(alices.generate(webhook_url=url), 422, "INVALID_PARAMETERS", "webhook_url")
    assert alices.get("/generations").json()["generations"] == []


def test_the_address_counts_as_part_of_the_request(alices):
    key = {"Idempotency-Key": "one"}
    first = alices.generate(headers=key, webhook_url=PUBLIC)
    again = alices.generate(headers=key, webhook_url=PUBLIC)
    assert first.json()["id"] == again.json()["id"]
    refused(alices.generate(headers=key), 409, "IDEMPOTENCY_CONFLICT")


def test_members_of_one_workspace_share_endpoints(alices):
    endpoint = made(alices)
    bob = factories.member(f"bob-{uuid4().hex[:8]}", of=alices.someone.workspace)
    assert program(bob, scopes=("webhooks",)).get(f"{HERE}/{endpoint}").status_code == 200
