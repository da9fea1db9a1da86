"""Webhooks as Stripe sends them: signed, retried, and on request as unruly as the world."""

import queue
import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

from tests.fakestripe import unruly
from tests.fakestripe.world import Thing, World

RETRIES_S = (0.2, 1, 3, 10)


class Sender:
    """Sends every event to one address, from a thread of its own, as unruly as `chaos` says:

    drop: the share of events never sent · duplicate: up to so many copies · delay_s: how long each waits ·
    shuffle: wait up to so many seconds more, so that events overtake each other · early: send at once, before the call
    that caused the event is answered · way, share: dress that share of the events in a way of `unruly.WAYS` ·
    seed: of the dice.
    """

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
        """Put an event in line, as often and as late as the chaos says; an early one goes out before this returns."""
        dice = self._dice(event)
        if dice.random() < float(self.chaos.get("drop", 0)):
            return
        for _ in range(dice.randint(1, max(1, int(self.chaos.get("duplicate", 1))))):
            if self.chaos.get("early"):
                self.send(event)
            else:
                self._later(event, 0, dice.random() * float(self.chaos.get("shuffle", 0)))

    def _dice(self, event: Thing) -> random.Random:
        return random.Random(f"{self.chaos.get('seed', 0)}:{event['id']}")

    def _later(self, event: Thing, attempt: int, seconds: float) -> None:
        if not seconds:
            self._queue.put((event, attempt))
            return
        put: Callable[..., Any] = self._queue.put
        timer = threading.Timer(seconds, put, [(event, attempt)])
        timer.daemon = True
        timer.start()

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            event, attempt = item
            time.sleep(float(self.chaos.get("delay_s", 0.05)))
            status = self.send(event)
            if not 200 <= status < 300 and attempt < len(RETRIES_S):
                self._later(event, attempt + 1, RETRIES_S[attempt])

    def send(self, event: Thing) -> int:
        """Deliver one event now; return the status, 0 when nobody answered."""
        odd = self._dice(event).random() < float(self.chaos.get("share", 1))
        way = str(self.chaos.get("way", "")) if odd else ""
        body, signed = unruly.dressed(event, way=way, secret=self.secret, now=int(time.time()))
        headers = {"Content-Type": "application/json", "User-Agent": "Stripe/1.0 (fake)"}
        if signed is not None:
            headers["Stripe-Signature"] = signed
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
