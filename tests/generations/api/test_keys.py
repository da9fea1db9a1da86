"""Who may call: a working key of the Authorization header, and nothing else."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import api_keys
from accounts.models import ApiKey
from tests import factories
from tests.generations.api.calling import BODY, call

GOOD = "rai_live_" + "a" * 32
NEVER_MADE = GOOD + api_keys.check_digits(GOOD)


def wrong_keys(someone):
    """Return every way a key can be wrong, by name."""
    revoked, expired, elsewhere = (factories.key_of(someone) for _ in range(3))
    rows = ApiKey.objects.for_workspace(someone.workspace)
    rows.filter(last4=revoked[-4:]).update(revoked_at=timezone.now())
    rows.filter(last4=expired[-4:]).update(expires_at=timezone.now() - timedelta(seconds=1))
    rows.filter(last4=elsewhere[-4:]).update(allowed_networks=["203.0.113.0/24", "2001:db8::/48"])
    return {
        "missing": "",
        "malformed": "rai_live_short",
        "bad check digits": revoked[:-1] + ("A" if revoked[-1] != "A" else "B"),
        "of another kind": "sk_live_" + "a" * 32,
        "unknown": NEVER_MADE,
        "revoked": revoked,
        "expired": expired,
        "from another network": elsewhere,
    }


@pytest.mark.parametrize("method_and_path", ["POST /generate", "GET /balance", "GET /generations"])
def test_every_wrong_key_is_answered_alike(alices, method_and_path):
    method, path = method_and_path.split()
    answers = {
        name: call(method, path, key=key, headers={"X-Request-Id": "the-same-for-all"})
        for name, key in wrong_keys(alices.someone).items()
    }
    one = answers["missing"]
    assert one.status_code == 401
    assert one.json() == {
        "status": "error",
        "error": {
            "code": "INVALID_API_KEY",
            "message": "Invalid or missing API key",
            "request_id": "the-same-for-all",
        },
    }
    for name, answer in answers.items():
        assert (answer.status_code, answer.content, answer.headers.raw) == (401, one.content, one.headers.raw), name


def test_only_as_a_bearer_header(alices):
    key, path = alices.key, "/balance"
    for headers in (
        {"Authorization": f"Basic {key}"},
        {"Authorization": key},
        {"X-Api-Key": key},
        {"Cookie": f"Authorization=Bearer {key}"},
    ):
        assert call("GET", path, headers=headers).status_code == 401
    assert call("GET", f"{path}?api_key={key}").status_code == 401
    assert call("POST", "/generate", json=BODY | {"api_key": key}).status_code == 401
    assert call("GET", path, headers={"Authorization": f"bearer {key}"}).status_code == 200


def test_a_session_opens_no_api_and_a_key_no_page(alices):
    browser = Client()
    browser.force_login(alices.someone.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert call("GET", "/balance", headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}).status_code == 401
    page = Client().get("/gallery", headers={"Authorization": f"Bearer {alices.key}"})
    assert (page.status_code, page["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_a_key_of_one_s_own_making_needs_the_pepper(alices):
    """Right shape and right check digits make no key: they are no secret."""
    assert api_keys.looks_right(NEVER_MADE)
    assert call("GET", "/balance", key=NEVER_MADE).status_code == 401
