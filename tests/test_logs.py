"""Secrets that slip into a log line are masked whole, whatever letters they are made of."""

import pytest

from generations.webhooks import signing
from roomai_web import logs


@pytest.mark.parametrize("number", range(20))
def test_a_signing_secret_is_masked_to_its_last_letter(number):
    secret = signing.secret_of(bytes([number]) * 32)
    event = logs.mask_secrets(None, "info", {"event": f"made {secret} for you", "n": number})
    assert event == {"event": "made [masked] for you", "n": number}
