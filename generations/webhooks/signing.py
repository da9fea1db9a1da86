"""Signatures as Standard Webhooks has them (https://www.standardwebhooks.com): version v1, symmetric.

A secret is derived from a random salt and the installation's own secret whenever it is needed, and stored nowhere: a
copy of the database signs nothing. Forgetting the salt ends the secret.
"""

import base64
import hashlib
import hmac
import time

from django.conf import settings

PREFIX = "whsec_"
PURPOSE = b"roomai webhook secret 1\0"


def secret_of(salt: bytes) -> str:
    """Return the secret as its owner is shown it: `whsec_` and 32 bytes in base64."""
    return PREFIX + base64.b64encode(_key(salt)).decode()


def headers(*, event_id: str, body: bytes, salt: bytes) -> dict[str, str]:
    """Return the three headers that say which event this is and when it was sent, and prove that we sent it."""
    timestamp = str(int(time.time()))
    signed = b".".join((event_id.encode(), timestamp.encode(), body))
    signature = base64.b64encode(hmac.digest(_key(salt), signed, hashlib.sha256)).decode()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }


def _key(salt: bytes) -> bytes:
    own = settings.WEBHOOKS_SECRET or settings.RESULTS_SECRET
    return hmac.digest(own.encode(), PURPOSE + salt, hashlib.sha256)
