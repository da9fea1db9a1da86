"""Over real sockets, on a running copy: what a client in this process cannot show."""

import json
import socket
import time
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings

from accounts import ratelimit
from generations import storage
from generations.models import Generation, State
from tests import pictures
from tests.generations.api.calling import BODY
from tests.generations.api.test_keys import NEVER_MADE

PATIENCE_S = 60


@pytest.fixture
def wire(live):
    """Open sockets to the web process, for requests as no library would send them."""
    opened = []

    def connect(text, body=b""):
        parts = urlsplit(live.url)
        one = socket.create_connection((parts.hostname, parts.port), timeout=20)
        opened.append(one)
        one.sendall(text.replace("\n", "\r\n").encode() + b"\r\n" + body)
        return one

    yield connect
    for one in opened:
        one.close()


def head(method, path, key, **headers):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {key}"]
    return "\n".join([*lines, *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()), ""])


def test_a_large_body_is_refused_before_it_is_sent(live, wire):
    key = live.key_of(live.person())
    request = head("POST", "/api/v1/generate", key, Content_Type="application/json", Content_Length=50 * 2**20)
    answer = wire(request).recv(65536).decode()
    assert answer.startswith("HTTP/1.1 413")
    assert "BODY_TOO_LARGE" in answer


def test_a_body_without_length_is_cut_off(live, wire):
    key = live.key_of(live.person())
    request = head("GET", "/api/v1/balance", key, Transfer_Encoding="chunked")
    answer = wire(request, b"20000\r\n" + bytes(0x20000) + b"\r\n").recv(65536).decode()
    assert answer.startswith("HTTP/1.1 413")


def test_unknown_and_missing_keys_get_the_same_bytes(live):
    def ask(**headers):
        answer = httpx.get(f"{live.url}/api/v1/balance", headers={"X-Request-Id": "the-same", **headers})
        return answer.status_code, answer.content, [pair for pair in answer.headers.raw if pair[0] != b"date"]

    assert ask() == ask(Authorization=f"Bearer {NEVER_MADE}") == ask(Authorization="Bearer x")
    assert ask()[0] == 401


def test_a_caller_who_hangs_up_gets_the_picture_all_the_same(live, wire):
    """The socket is closed as soon as the call is sent; the generation is made, charged once, and can be asked for."""
    someone = live.person(tokens=2)
    key = live.key_of(someone)
    body = json.dumps(BODY | {"image": photo(live, someone)}).encode()
    sent = {"Content_Type": "application/json", "Content_Length": len(body), "Idempotency_Key": "mine"}
    caller = wire(head("POST", "/api/v1/generate", key, **sent), body)
    mine = live_rows(live, someone)
    end = time.monotonic() + PATIENCE_S
    while not mine():
        assert time.monotonic() < end
        time.sleep(0.01)
    caller.close()
    while [row.state for row in mine()] != [State.SUCCEEDED]:
        assert time.monotonic() < end, [row.state for row in mine()]
        time.sleep(0.1)
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "mine", "Content-Type": "application/json"}
    answer = httpx.post(f"{live.url}/api/v1/generate", content=body, headers=headers, timeout=PATIENCE_S)
    assert (answer.status_code, answer.headers["Idempotent-Replayed"]) == (200, "true")
    assert live.available(someone) == 1


def test_a_call_waits_no_longer_than_it_likes(live):
    someone = live.person(tokens=1)
    headers = {"Authorization": f"Bearer {live.key_of(someone)}", "Prefer": "respond-async"}
    body = BODY | {"image": photo(live, someone)}
    answer = httpx.post(f"{live.url}/api/v1/generate", json=body, headers=headers, timeout=PATIENCE_S)
    assert answer.status_code == 202
    end, seen = time.monotonic() + PATIENCE_S, []
    while "success" not in seen:
        seen.append(httpx.get(answer.json()["status_url"], headers=headers).json()["status"])
        assert time.monotonic() < end, seen
        time.sleep(0.1)
    assert set(seen) <= {"processing", "success"}


def photo(live, someone):
    """Upload the chair for this person and return the upload's id."""
    data = pictures.CHAIR.read_bytes()
    return live.do(lambda: storage.store_upload(workspace_id=someone.workspace.id, data=data).id)


def live_rows(live, someone):
    return lambda: live.do(lambda: list(Generation.objects.for_workspace(someone.workspace)))


def test_the_server_tells_the_guard_who_calls(live):
    """A server that named nobody would have all the world share one address's limit."""
    with ratelimit.server(settings.RATE_LIMIT_URL) as counts:
        counts.delete("rate:address:127.0.0.1", "rate:address:unknown")
        answer = httpx.get(f"{live.url.replace('localhost', '127.0.0.1')}/api/v1/models")
        assert answer.headers["RateLimit-Policy"].startswith('"address";q=1000000;')
        assert counts.exists("rate:address:127.0.0.1")
        assert not counts.exists("rate:address:unknown")


def test_a_picture_sent_once_is_used_and_counted(live):
    """Upload, use as photo and as background, look at the usage: what a program does over the wire."""
    someone = live.person(tokens=2)
    with httpx.Client(base_url=f"{live.url}/api/v1", timeout=PATIENCE_S) as sending:
        sending.headers["Authorization"] = f"Bearer {live.key_of(someone)}"
        with pictures.CHAIR.open("rb") as file:
            sent = sending.post("/uploads", files={"file": file}).json()
        assert (sent["status"], sent["format"], sent["size"]) == ("success", "jpeg", pictures.CHAIR.stat().st_size)
        asked = {"model": "changebg", "image": sent["id"], "background": {"image": sent["id"], "fit": "contain"}}
        made = sending.post("/generate", json=asked, headers={"Prefer": "wait=60"})
        assert (made.status_code, made.json()["result"]["engine"]) == (200, "none"), made.text
        used = sending.get("/usage", params={"group_by": "model"}).json()
    assert [(one["model"], one["tokens_used"], one["pictures"]) for one in used["usage"]] == [("changebg", 1, 1)]
