"""Every route asks for a key and for one scope of it, but those that are public."""

import re

import pytest
from ninja.constants import NOT_SET

from accounts.models import Scope
from generations.api import api
from generations.api.auth import Key
from generations.api.headers import is_public
from tests import factories
from tests.generations.api.calling import call

SOME_ID = "0b0e7f7c-8a14-4d43-9b3a-2b3f4c5d6e7f"
# What the contract says of a route's scope; other routes are held to asking for one.
SAID = {
    ("POST", "/generate"): Scope.GENERATE,
    ("GET", "/results"): Scope.GENERATE,
    ("GET", "/generations"): Scope.READ,
    ("GET", f"/generations/{SOME_ID}"): Scope.READ,
    ("POST", f"/generations/{SOME_ID}/cancel"): Scope.GENERATE,
    ("DELETE", f"/generations/{SOME_ID}"): Scope.GENERATE,
    ("POST", f"/generations/{SOME_ID}/refuse"): Scope.GENERATE,
    ("GET", f"/generations/{SOME_ID}/proof"): Scope.READ,
    ("POST", "/uploads"): Scope.GENERATE,
    ("GET", "/balance"): Scope.BILLING_READ,
    ("GET", "/usage"): Scope.BILLING_READ,
    ("GET", "/webhook_endpoints"): Scope.WEBHOOKS,
    ("POST", "/webhook_endpoints"): Scope.WEBHOOKS,
    ("POST", "/webhook_secret"): Scope.WEBHOOKS,
}


def routes():
    """Yield (method, path below /api/v1, callbacks that authorize) of every operation there is."""
    for _, router in api._routers:
        # A router's own key is asked for by each of its operations that names none.
        of_all = [] if router.auth is NOT_SET else [router.auth]
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield method, re.sub(r"\{[^}]+\}", SOME_ID, path), operation.auth_callbacks or of_all


ROUTES = sorted(routes(), key=lambda route: route[:2])
GUARDED = [route for route in ROUTES if not is_public(f"/api/v1{route[1]}")]


def test_only_public_routes_ask_for_no_key():
    assert {route[:2] for route in ROUTES} >= set(SAID)
    for method, path, asking in ROUTES:
        about = f"{method} {path}"
        if is_public(f"/api/v1{path}"):
            assert (method, list(asking)) == ("GET", []), about
        else:
            [key] = asking
            assert isinstance(key, Key), about
            assert key.scope in Scope.values, about
            assert SAID.get((method, path), key.scope) == key.scope, about


@pytest.mark.parametrize(("method", "path", "asking"), GUARDED, ids=[f"{r[0]} {r[1]}" for r in GUARDED])
def test_a_key_without_the_scope_is_refused(alices, method, path, asking):
    [needed] = asking
    others = tuple(scope for scope in Scope.values if scope != needed.scope)
    answer = call(method, path, key=factories.key_of(alices.someone, scopes=others))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["scope"]) == (403, "MISSING_SCOPE", needed.scope)
    allowed = call(method, path, key=factories.key_of(alices.someone, scopes=(needed.scope,)))
    assert allowed.status_code not in {401, 403}
