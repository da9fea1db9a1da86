"""Receivers as the world has them: each attempt is bounded in time and bytes, and tells what came of it."""

import logging
import socket
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest

from generations import fetch
from generations.fetch import Times
from generations.webhooks.models import WebhookAttempt, WebhookDelivery
from tests.generations.picture_server import certificate
from tests.generations.webhooks import acting
from tests.generations.webhooks.receiver import hangs, never_ends, receiving, resets, says, status

pytestmark = pytest.mark.usefixtures("quick", "files")
HEAD = b"HTTP/1.1 200 OK\r\n"
LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"
BAD = (None, "unreachable")
SLOW = (None, "timed_out")
CASES = {
    "answers 204": (status("204 No Content"), (204, "")),
    "answers 299": (status("299 Well"), (299, "")),
    "answers 404": (status("404 Not Found"), (404, "")),
    "answers 599": (status("599 Odd"), (599, "")),
    "redirects": (status("302 Found", "Location: http://127.0.0.1:1/else"), (302, "")),
    "redirects for good": (status("308 Permanent Redirect", "Location: https://example.com/"), (308, "")),
    "redirects home": (status("307 Temporary Redirect", "Location: http://169.254.169.254/latest"), (307, "")),
    "never answers": (hangs(threading.Event()), SLOW),
    "resets": (resets, BAD),
    "hangs up at once": (says(b""), BAD),
    "hangs up in the head": (says(HEAD), BAD),
    "hangs up in the body": (says(LONG + b"begun"), (200, "")),
    "speaks no HTTP": (says(b"220 mail.example ESMTP\r\n"), BAD),
    "speaks in zeros": (says(bytes(4096)), BAD),
    "has a status beyond HTTP": (status("42 Odd"), BAD),
    "drips its head": (never_ends(HEAD, b"X: y\r\n", pause_s=0.1), SLOW),
    "has a head without end": (never_ends(HEAD, b"X-Filler: " + b"x" * 8000 + b"\r\n"), BAD),
    "has a body without end": (never_ends(LONG, b"x" * 65536), (200, "")),
    "drips its body": (never_ends(LONG, b"x", pause_s=0.1), (200, "")),
    "sends chunks without end": (
        never_ends(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"4000\r\n" + b"x" * 0x4000 + b"\r\n"),
        (200, ""),
    ),
    "lies about chunks": (says(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), (200, "")),
    "sends a bomb": (status("200 OK", "Content-Encoding: gzip", body=bytes(9000)), (200, "")),
    "says NUL and half a character": (status("500 Oh no", body=b"a\0b\xffc\xf0\x9f"), (500, "")),
    "continues for ever": (never_ends(b"", b"HTTP/1.1 100 Continue\r\n\r\n", pause_s=0.05), SLOW),
    "switches protocols": (status("101 Switching Protocols", "Upgrade: x", "Connection: upgrade"), BAD),
}


_connects: list[object] = []
sys.addaudithook(lambda event, args: _connects.append(args[1]) if event == "socket.connect" else None)


@pytest.fixture
def connects(hurried, receiver):
    """Every internet address any socket of this process connects to, from here on."""

    class Seen(list):
        def __eq__(self, other):
            return [one for one in _connects if isinstance(one, tuple)] == other

    _connects.clear()
    return Seen()


@pytest.fixture
def hurried(monkeypatch):
    """Attempts of a second, so that the slow ones are soon over."""
    short = Times(*(timedelta(seconds=s) for s in (0.3, 0.5, 1, 1)))
    monkeypatch.setattr(fetch, "CALL_TIMES", short)


def attempt(receiver, alice, *, url=""):
    """Make one attempt; return the delivery's only row, what the attempt says, and how long it took."""
    acting.canceled(alice, webhook_url=url or receiver.url)
    began = time.monotonic()
    acting.send_due()
    took_s = time.monotonic() - began
    made = WebhookAttempt.objects.get()
    return WebhookDelivery.objects.get(), made, took_s


@pytest.mark.parametrize("name", CASES)
def test_every_attempt_is_bounded(receiver, alice, hurried, name):
    receiver.behave, wanted = CASES[name]
    delivery, made, took_s = attempt(receiver, alice)
    assert (made.status, made.problem) == wanted
    assert took_s < 4
    assert len(made.answer) <= fetch.ANSWER_MAX_BYTES
    assert len(receiver.calls) == 1, "nothing is followed, nothing asked twice"
    is_success = made.status is not None and 200 <= made.status < 300
    assert delivery.state == ("succeeded" if is_success else "pending")


def test_it_takes_fifteen_seconds_at_most():
    assert (fetch.CALL_TIMES.total, fetch.CALL_TIMES.connect) == (timedelta(seconds=15), timedelta(seconds=3))


def test_what_it_says_is_kept_as_text(receiver, alice):
    receiver.behave = status("500 Oh no", body=b"<b>a\0b\xffc")
    _, made, _ = attempt(receiver, alice)
    assert made.answer == "<b>a\ufffdb\ufffdc"


@pytest.mark.parametrize("filler", [b"", b"x" * 5000], ids=["short", "long"])
def test_no_more_than_four_kilobytes_of_it_are_kept(receiver, alice, filler):
    receiver.behave = status("200 OK", body=b"begun" + filler)
    _, made, _ = attempt(receiver, alice)
    assert made.answer == (b"begun" + filler).decode()[:4096]


def test_nobody_listens(receiver, alice, hurried, settings):
    with receiving() as gone:
        settings.FETCH_ALLOW_HOSTS = [receiver.host, gone.host]
    _, made, _ = attempt(receiver, alice, url=gone.url)
    assert (made.status, made.problem) == BAD


@pytest.mark.parametrize(
    "url", ["https://10.0.0.1/", "https://[::1]/", "http://127.0.0.1:1/", "https://169.254.169.254/"]
)
def test_an_address_that_may_not_be_opened_any_more_is_not(receiver, alice, connects, url):
    """It was judged when it was given; what counts is what the rules say when it is called."""
    delivery, made, _ = attempt(receiver, alice, url=url)
    assert (made.status, made.problem) == (None, "address_not_allowed")
    assert (connects, delivery.state) == ([], "pending")


def test_a_name_that_leads_home_is_not_followed(receiver, alice, connects, monkeypatch):
    """The socket is the witness: the name was fine when it was given, and its answer is one of ours when called."""
    asked = []

    def inward(host, port, **_):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", inward)
    _, made, _ = attempt(receiver, alice, url="https://rebinding.example.com/hook")
    assert (made.status, made.problem) == (None, "address_not_allowed")
    assert (asked, connects) == (["rebinding.example.com"], [])


def test_bad_certificates_are_refused(receiver, alice, settings, tmp_path, hurried):
    """A receiver of its own making proves nothing, and is told nothing."""
    server, _ = certificate("127.0.0.1", tmp_path)
    heard = []

    def behave(connection):
        with server.wrap_socket(connection, server_side=True) as tls:
            heard.append(tls.recv(65536))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        settings.FETCH_ALLOW_HOSTS = [f"127.0.0.1:{port}"]

        def accept():
            with suppress(OSError):
                behave(listening.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        _, made, _ = attempt(receiver, alice, url=f"https://127.0.0.1:{port}/hook")
    assert (made.status, made.problem, heard) == (None, "unreachable", [])


def test_nothing_of_it_is_logged(receiver, alice, caplog):
    """Neither secret nor signature, neither the address nor a word of either side's."""
    receiver.behave = status("500 Oh no", body=b"p0rcupine")
    _, secret = acting.endpoint_of(alice, receiver)
    with caplog.at_level(logging.DEBUG):
        row = acting.made(alice)
        acting.send_due()
    (call,) = receiver.calls
    signature = call.headers["webhook-signature"].partition(",")[2]
    logged = "\n".join(str(record.__dict__) for record in caplog.records if not record.name.startswith("django.db"))
    assert "webhook_attempt" in logged
    for never in (secret, secret.removeprefix("whsec_"), signature, "t0p-s3cret", "hook?", "p0rcupine", f"/r/{row.id}"):
        assert never not in logged
