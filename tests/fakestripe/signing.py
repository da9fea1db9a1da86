"""How Stripe signs what it sends (docs.stripe.com/webhooks/signature)."""

import hashlib
import hmac
import json

from tests.fakestripe.world import Thing


def signature(body: bytes, *, secret: str, at: int) -> str:
    """Return the Stripe-Signature header of a body."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


def body_of(event: Thing) -> bytes:
    """Return an event as it is sent; fields that are ours alone stay here."""
    about = {name: value for name, value in event["data"]["object"].items() if not name.startswith("_")}
    return json.dumps(event | {"data": {"object": about}}, separators=(",", ":")).encode()
