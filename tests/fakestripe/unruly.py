"""Webhooks as they must not be, or seldom are: forged, old, cut, of another mode. One function a way."""

import json
from collections.abc import Callable

from tests.fakestripe.signing import body_of, signature
from tests.fakestripe.world import Thing

#: What is sent: the body, and the Stripe-Signature header or None for none.
Sent = tuple[bytes, str | None]
DAY_S = 24 * 3600


def _changed(event: Thing, secret: str, now: int, **fields: object) -> Sent:
    body = body_of(event | fields)
    return body, signature(body, secret=secret, at=now)


def _at(event: Thing, secret: str, moment: int) -> Sent:
    body = body_of(event)
    return body, signature(body, secret=secret, at=moment)


def _thin(event: Thing, secret: str, now: int) -> Sent:
    """A message of the newer kind: no object inside, only where to find it."""
    thin = {"id": event["id"], "object": "v2.core.event", "type": f"v1.{event['type']}", "livemode": event["livemode"]}
    body = json.dumps(thin).encode()
    return body, signature(body, secret=secret, at=now)


def _truncated(event: Thing, secret: str, now: int) -> Sent:
    body = body_of(event)
    return body[: len(body) // 2], signature(body, secret=secret, at=now)


def _two_signatures(event: Thing, secret: str, now: int) -> Sent:
    """What Stripe sends while a secret is being replaced: one signature of each."""
    body = body_of(event)
    theirs = signature(body, secret="whsec_of_yesterday", at=now).partition("v1=")[2]
    t, _, ours = signature(body, secret=secret, at=now).partition(",")
    return body, f"{t},v1={theirs},{ours}"


WAYS: dict[str, Callable[[Thing, str, int], Sent]] = {
    "wrong_secret": lambda event, _secret, now: _at(event, "whsec_of_somebody", now),
    "no_signature": lambda event, _secret, _now: (body_of(event), None),
    "stale": lambda event, secret, now: _at(event, secret, now - 301),
    "future": lambda event, secret, now: _at(event, secret, now + 301 + 5),
    "other_version": lambda event, secret, now: _changed(event, secret, now, api_version="2020-08-27"),
    "wrong_livemode": lambda event, secret, now: _changed(event, secret, now, livemode=not event["livemode"]),
    "thin": _thin,
    "truncated": _truncated,
    "two_signatures": _two_signatures,
    "three_days_late": lambda event, secret, now: _changed(
        event, secret, now, created=event["created"] - 3 * DAY_S, pending_webhooks=0
    ),
}


def dressed(event: Thing, *, way: str, secret: str, now: int) -> Sent:
    """Return what is sent for this event: one of WAYS, or "" for as it should be."""
    return WAYS[way](event, secret, now) if way else _at(event, secret, now)
