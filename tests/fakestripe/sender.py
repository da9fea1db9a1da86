"""Webhooks as Stripe sends them: signed, retried, and on request as unruly as the world."""

import hashlib
import hmac
import json
import queue
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from tests.fakestripe.world import Thing, World

RETRIES_S = (0.2, 1, 3, 10)


def signature(body: bytes, *, secret: str, at: int) -> str:
    """Return the Stripe-Signature header of a body."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def body_of(event: Thing) -> bytes:
    """Return an event as it is sent; fields that are ours alone stay here."""
    about = {name: value for name, value in event["data"]["object"].items() if not name.startswith("_")}
    return json.dumps(event | {"data": {"object": about}}, separators=(",", ":")).encode()


class Sender:
    """Sends every event to one address, from a thread of its own. chaos: what to do with it, see `_plan`."""

    def __init__(self, world: World, *, url: str, secret: str) -> None:
        self.world, self.url, self.secret = world, url, secret
        self.chaos: Thing = {}
        self.answers: list[tuple[str, int]] = []
        self._queue: queue.Queue[tuple[Thing, int] | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="stripe-sender", daemon=True)

    def start(self) -> None:
        """Begin to send what happens from now on."""
        self.world.on_event.append(self.take)
        self._thread.start()

    def stop(self) -> None:
        """Send no more."""
        self._queue.put(None)
        self._thread.join(timeout=5)

    def take(self, event: Thing) -> None:
        """Put an event in line, as often and as late as the chaos says."""
        for _ in range(self._plan(event)):
            self._queue.put((event, 0))

    def _plan(self, event: Thing) -> int:
        """How many copies: `drop` (a share of events), `duplicate` (up to so many)."""
        dice = random.Random(f"{self.chaos.get('seed', 0)}:{event['id']}")
        if dice.random() < float(self.chaos.get("drop", 0)):
            return 0
        return dice.randint(1, max(1, int(self.chaos.get("duplicate", 1))))

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            event, attempt = item
            time.sleep(float(self.chaos.get("delay_s", 0.05)))
            status = self.send(event)
            if not 200 <= status < 300 and attempt < len(RETRIES_S):
                again: Callable[..., Any] = self._queue.put
                timer = threading.Timer(RETRIES_S[attempt], again, [(event, attempt + 1)])
                timer.daemon = True
                timer.start()

    def send(self, event: Thing) -> int:
        """Deliver one event now; return the status, 0 when nobody answered."""
        body = body_of(event)
        headers = {"Content-Type": "application/json", "User-Agent": "Stripe/1.0 (fake)"}
        headers["Stripe-Signature"] = signature(body, secret=self.secret, at=int(time.time()))
        request = urllib.request.Request(self.url, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                status = int(answer.status)
        except urllib.error.HTTPError as error:
            status = error.code
        except OSError:
            status = 0
        self.answers.append((event["type"], status))
        return status
