"""The fake Stripe as an HTTP server on loopback: the API, the hosted page, and levers that begin with `/_`.

/_clock  {"ahead_s": 3600}        moves its time      /_log     every call and every fault
/_chaos  {"api": [{"match": "POST /v1/refunds", "do": "reset_after", "times": 1}], "hooks": {"drop": 0.5}}
         do: 429, 500, 503, 500_kept, slow, reset_before (no work done), reset_after (done, never told);
         hooks: see sender.Sender
/_do     {"what": "bank_pays", "id": "cs_..."}        plays what only the world outside can do
"""

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.fakestripe import api, hosted, levers, paying
from tests.fakestripe.forms import decoded
from tests.fakestripe.sender import Sender
from tests.fakestripe.world import Refusal, Thing, World

KEPT_S = 24 * 3600
SLOW_S = 0.5
MUTATING = {"POST", "DELETE"}


class FakeStripe:
    """One server with its world; `url` once it has started."""

    def __init__(self, *, key: str, port: int = 0, snapshot: Path | None = None) -> None:
        self.world = World(snapshot)
        self.key = key
        self.sender: Sender | None = None
        self.trouble: list[Thing] = []
        self._replies: dict[str, tuple[str, int, bytes, int]] = {}
        self._running: set[str] = set()
        outer = self

        class Handler(_Handler):
            fake = outer

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> "FakeStripe":
        """Serve from a thread of its own."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="stripe", daemon=True).start()
        return self

    def send_hooks(self, *, url: str, secret: str) -> Sender:
        """Send every event to this address from now on."""
        self.world.endpoint(url)
        self.sender = Sender(self.world, url=url, secret=secret)
        self.sender.start()
        return self.sender

    def stop(self) -> None:
        """Serve no more."""
        if self.sender is not None:
            self.sender.stop()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, text: str, headers: Any, trouble: str = "") -> tuple[int, bytes]:
        """Return status and body of one API call, the same ones for the same idempotency key.

        trouble: "500_kept" breaks the work after it began, so the 500 is what the key answers from then on; "slow"
        takes half a second, in which the key is in use.
        """
        key = headers.get("Idempotency-Key", "")
        if headers.get("Authorization") != f"Bearer {self.key}":
            return _error(Refusal(401, "Invalid API Key provided", kind="invalid_request_error"))
        if method not in MUTATING:
            return self._worked(method, path, text)
        if not key:
            self.world.faults.append(f"{method} {path} without an idempotency key")
            return _error(Refusal(400, "This call needs an Idempotency-Key here."))
        with self.world.lock:
            if known := self._known(key, f"{method} {path} {text}"):
                return known
            if key in self._running:
                return _error(Refusal(409, "Another request with this key is running.", kind="idempotency_error"))
            self._running.add(key)
        try:
            if trouble == "slow":
                time.sleep(SLOW_S)
            broken = Refusal(500, "Trouble was ordered.", kind="api_error")
            status, body = _error(broken) if trouble == "500_kept" else self._worked(method, path, text)
            if status != 401 and status != 429:
                self._replies[key] = (f"{method} {path} {text}", status, body, self.world.now())
            return status, body
        finally:
            self._running.discard(key)

    def _known(self, key: str, asked: str) -> tuple[int, bytes] | None:
        if key not in self._replies:
            return None
        before, status, body, at = self._replies[key]
        if self.world.now() - at > KEPT_S:
            return None
        if before != asked:
            text = "Keys for idempotent requests can only be used with the same parameters they were first used with."
            return _error(Refusal(400, text, kind="idempotency_error"))
        return status, body

    def _worked(self, method: str, path: str, text: str) -> tuple[int, bytes]:
        try:
            with self.world.lock:
                made = api.answered(self.world, method=method, path=path, values=decoded(text), base=self.url)
                if method in MUTATING:
                    self.world.save()
            return 200, json.dumps(made).encode()
        except Refusal as refusal:
            if refusal.error.get("code") == "parameter_unknown" or "Unrecognized" in str(refusal):
                self.world.faults.append(str(refusal))
            return _error(refusal)

    def trouble_for(self, method: str, path: str) -> str:
        """Return what is to go wrong with this call, "" for nothing."""
        for plan in self.trouble:
            if plan["times"] > 0 and f"{method} {path}".startswith(plan["match"]):
                plan["times"] -= 1
                return str(plan["do"])
        return ""


class _Handler(BaseHTTPRequestHandler):
    """One connection. Everything of substance is in FakeStripe."""

    fake: FakeStripe
    protocol_version = "HTTP/1.1"
    # Headers and body leave in two writes; the second must not wait for the first one's acknowledgment.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def log_message(self, *_: object) -> None:
        """Say nothing: `/_log` holds every call."""

    def _serve(self, method: str) -> None:
        where = urlsplit(self.path)
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "replace")
        text = sent if method == "POST" else where.query
        if where.path.startswith("/v1/"):
            self._api(method, where.path, text)
        elif where.path.startswith("/c/pay/"):
            self._hosted(method, where.path.rpartition("/")[2], text)
        elif where.path.startswith("/_"):
            self._lever(where.path, text)
        else:
            self._shown(where.path)

    def _shown(self, path: str) -> None:
        """The pages that only show: the customer's own one, an invoice."""
        world, name = self.fake.world, path.rpartition("/")[2]
        told = hosted.message("Nothing more is played here.")
        if session := world.tables["billing_portal.session"].get(name):
            told = hosted.portal(session, world.find("invoice", customer=session["customer"]))
        elif invoice := world.tables["invoice"].get(name):
            told = hosted.message(
                f"Invoice {invoice['id']}: paid {hosted.money(invoice['total'], invoice['currency'])}"
            )
        self._write(200, told.encode(), "text/html; charset=utf-8")

    def _api(self, method: str, path: str, text: str) -> None:
        trouble = self.fake.trouble_for(method, path)
        call = {"method": method, "path": path, "body": text, "key": self.headers.get("Idempotency-Key", "")}
        self.fake.world.calls.append(call | {"trouble": trouble, "at": time.time()})
        if trouble in {"500", "503", "429"}:
            kind = "rate_limit_error" if trouble == "429" else "api_error"
            self._write(*_error(Refusal(int(trouble), "Trouble was ordered.", kind=kind)))
        elif trouble == "reset_before":
            self._reset()
        else:
            status, body = self.fake.answer(method, path, text, self.headers, trouble)
            if trouble == "reset_after":
                self._reset()
            else:
                self._write(status, body)

    def _hosted(self, method: str, name: str, text: str) -> None:
        world, html = self.fake.world, "text/html; charset=utf-8"
        try:
            session = world.get("checkout.session", name)
            if method == "GET" or session["status"] != "open":
                told = hosted.page(session) if session["status"] == "open" else hosted.message("This page is closed.")
                return self._write(200, told.encode(), html)
            way = str(decoded(text).get("way", ""))
            if way == "3ds":
                return self._write(200, hosted.second_step(session).encode(), html)
            played = {"3ds-yes": "3ds", "3ds-no": "declined"}.get(way, way)
            with world.lock:
                if session["_wants_consent"]:
                    session["consent"]["terms_of_service"] = "accepted"
                paying.pay(world, session, way=played)
                world.save()
            if session["status"] == "open":
                return self._write(200, hosted.page(session, refused="Your card was declined.").encode(), html)
            self._redirect(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))
        except Refusal as refusal:
            self._write(refusal.status, hosted.message(str(refusal)).encode(), html)

    def _lever(self, path: str, text: str) -> None:
        try:
            with self.fake.world.lock:
                answer = levers.pulled(self.fake, path, json.loads(text or "{}"))
                self.fake.world.save()
            self._write(200, json.dumps(answer).encode())
        except Refusal as refusal:
            self._write(*_error(refusal))

    def _write(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Request-Id", "req_fake")
        self.end_headers()
        self.wfile.write(body)

    def _redirect(self, url: str) -> None:
        self.send_response(303)
        self.send_header("Location", url)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _reset(self) -> None:
        """Break the connection off without an answer."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


def _error(refusal: Refusal) -> tuple[int, bytes]:
    return refusal.status, json.dumps({"error": refusal.error}).encode()
