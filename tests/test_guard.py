"""The guard stands before Django: too large or without a key, and not a byte of body is read."""

import asyncio
import json

import pytest

from accounts import api_keys
from roomai_web.guard import KIB, MIB, Guard

KEY = "rai_live_" + "a" * 32
KEY += api_keys.check_digits(KEY)
FORM = "multipart/form-data; boundary=x"
LIMITS = [
    ("POST", "/api/v1/generate", "application/json", 28 * MIB),
    ("POST", "/api/v1/generate", FORM, 41 * MIB),
    ("POST", "/api/v1/uploads", FORM, 41 * MIB),
    ("POST", "/studio", FORM, 41 * MIB),
    ("POST", "/studio/upload", FORM, 41 * MIB),
    ("POST", "/developers/playground/run", FORM, 41 * MIB),
    ("POST", "/studio", "application/x-www-form-urlencoded", 64 * KIB),
    ("POST", "/hooks/stripe", "application/json", 1 * MIB),
    ("POST", "/accounts/login/", FORM, 64 * KIB),
    ("GET", "/api/v1/balance", "", 64 * KIB),
]


class Inside:
    """An application behind the guard that reads its whole body, as Django does, and says how large it was."""

    def __init__(self):
        self.was_asked, self.gone = False, False

    async def __call__(self, scope, receive, send):
        self.was_asked, size, more = True, 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone = True
                return
            size, more = size + len(message["body"]), message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": str(size).encode()})


def ask(method, path, *, headers=(), parts=(b"",), inside=None):
    """Send one request through a guard; return status, headers, body, and how many parts of the body were read."""
    inside, sent, read = inside or Inside(), [], 0
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(name.lower().encode(), str(value).encode()) for name, value in dict(headers).items()],
    }

    async def receive():
        nonlocal read
        read += 1
        return {"type": "http.request", "body": parts[read - 1], "more_body": read < len(parts)}

    async def send(message):
        sent.append(message)

    asyncio.run(Guard(inside)(scope, receive, send))
    assert [message["type"] for message in sent] == ["http.response.start", "http.response.body"]
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, sent[1]["body"], read


def headers(kind, **more):
    return {"Authorization": f"Bearer {KEY}", "Content-Type": kind} | more


@pytest.mark.parametrize(("method", "path", "kind", "limit"), LIMITS)
def test_a_stated_length_above_the_route_s_limit_is_refused_unread(method, path, kind, limit):
    inside = Inside()
    stated = headers(kind, **{"Content-Length": limit + 1})
    status, answered, body, read = ask(method, path, headers=stated, inside=inside)
    error = json.loads(body)["error"]
    assert (status, error["code"], error["limit_bytes"]) == (413, "BODY_TOO_LARGE", limit)
    assert error["request_id"] == answered["x-request-id"]
    assert answered["x-tokens-charged"] == "0"
    assert (read, inside.was_asked) == (0, False)


@pytest.mark.parametrize(("method", "path", "kind", "limit"), LIMITS)
def test_a_body_at_the_limit_passes(method, path, kind, limit):
    parts = [bytes(64 * KIB)] * (limit // (64 * KIB))
    status, _, body, _ = ask(method, path, headers=headers(kind), parts=parts)
    assert (status, int(body)) == (200, limit)


def test_a_body_without_length_is_counted_as_it_streams():
    inside, parts = Inside(), [bytes(64 * KIB)] * 100
    status, _, body, read = ask("POST", "/api/v1/balance", headers=headers(""), parts=parts, inside=inside)
    assert (status, json.loads(body)["error"]["code"]) == (413, "BODY_TOO_LARGE")
    assert (read, inside.gone) == (2, True)


def test_a_stated_length_is_not_believed():
    parts = [bytes(64 * KIB)] * 3
    status, *_ = ask("POST", "/accounts/login/", headers={"Content-Length": 10}, parts=parts)
    assert status == 413


@pytest.mark.parametrize(
    "given",
    [
        *("", "Bearer", "Bearer ", f"Basic {KEY}", KEY, f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", "Bearer sk_live_x"),
        *(f"Bearer {KEY[:-1]}{'0' if KEY[-1] != '0' else '1'}", f"Bearer {KEY.upper()}", f"Bearer x{KEY}"),
    ],
)
def test_a_key_that_cannot_be_ours_is_refused_unread(given):
    inside = Inside()
    status, answered, body, read = ask(
        "POST", "/api/v1/generate", headers={"Authorization": given}, parts=[b"x"], inside=inside
    )
    assert (status, json.loads(body)["error"]["code"]) == (401, "INVALID_API_KEY")
    assert answered["www-authenticate"] == "Bearer"
    assert answered["cache-control"] == "private, no-store"
    assert (read, inside.was_asked) == (0, False)


def test_every_place_of_a_key_is_covered_by_its_check_digits():
    for place in range(len("rai_live_"), len(KEY)):
        changed = KEY[:place] + ("b" if KEY[place] != "b" else "c") + KEY[place + 1 :]
        assert ask("GET", "/api/v1/balance", headers={"Authorization": f"Bearer {changed}"})[0] == 401, place


@pytest.mark.parametrize("path", ["/api/v1/models", "/api/v1/models/changebg", "/api/v1/openapi.json", "/", "/studio"])
def test_public_addresses_ask_for_no_key(path):
    assert ask("GET", path)[0] == 200


@pytest.mark.parametrize("path", ["/api/v1/modelsx", "/api/v1/openapi.jsonx", "/api/v1/", "/api/v1/nothing"])
def test_nothing_beside_them_is_public(path):
    assert ask("GET", path)[0] == 401


def test_a_plain_request_id_is_kept_and_another_is_not():
    for given, kept in (("my-own-id-7", True), ("short", False), ("a b c d e f g", False), ("<script>x", False)):
        _, answered, _, _ = ask("GET", "/api/v1/balance", headers={"X-Request-Id": given})
        assert (answered["x-request-id"] == given) == kept


def test_a_browser_s_form_is_answered_by_a_page():
    stated = headers(FORM, **{"Content-Length": 43 * MIB, "Accept": "text/html,application/xhtml+xml"})
    status, answered, body, read = ask("POST", "/studio", headers=stated)
    page = body.decode()
    assert (status, answered["content-type"], read) == (413, "text/html; charset=utf-8", 0)
    assert "That upload is 43.0\xa0MB; the limit is 41.0\xa0MB. Nothing was charged." in page
    assert 'href="/studio"' in page
    assert answered["x-request-id"] in page
    assert "default-src 'none'" in answered["content-security-policy"]


def test_a_page_without_a_stated_length_says_the_limit():
    parts = [bytes(64 * KIB)] * 3
    asked = {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
    status, _, body, _ = ask("POST", "/accounts/login/", headers=asked, parts=parts)
    assert status == 413
    assert "larger than the limit of 64.0\xa0KB" in body.decode()


@pytest.mark.parametrize(("path", "accept"), [("/api/v1/generate", "text/html"), ("/studio/upload", "*/*")])
def test_programs_and_scripts_get_the_contract_s_shape(path, accept):
    stated = headers(FORM, **{"Content-Length": 43 * MIB, "Accept": accept})
    status, _, body, _ = ask("POST", path, headers=stated)
    assert (status, json.loads(body)["error"]["code"]) == (413, "BODY_TOO_LARGE")


@pytest.mark.parametrize("length", ["junk", "-1", "+5", "5, 5", "0x10"])
@pytest.mark.parametrize("path", ["/api/v1/generate", "/studio/upload"])
def test_a_length_that_is_no_number_is_refused_unread(path, length):
    inside = Inside()
    status, _, body, read = ask("POST", path, headers=headers(FORM, **{"Content-Length": length}), inside=inside)
    assert (status, json.loads(body)["error"]["code"]) == (400, "INVALID_HEADER")
    assert (read, inside.was_asked) == (0, False)


@pytest.mark.parametrize("length", ["9" * 20, "9" * 5000])
def test_a_length_of_very_many_digits_is_too_large(length):
    for accept in ("*/*", "text/html"):
        stated = headers(FORM, **{"Content-Length": length, "Accept": accept})
        assert ask("POST", "/studio", headers=stated)[0] == 413
