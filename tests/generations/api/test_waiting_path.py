"""A waiting call binds no thread and no database connection: every layer of its way is async."""

import asyncio
import base64
import inspect
import json
import time
import tracemalloc

import pytest
from asgiref.sync import SyncToAsync, iscoroutinefunction
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connection
from django.urls import get_resolver
from django.utils.module_loading import import_string

from generations import services, waiting
from generations.models import Generation
from generations.threads import in_thread
from tests.generations.api.calling import AT_ONCE, BODY, PNG, calls, client


def sync_only(chain):
    return [name for name in chain if not getattr(import_string(name), "async_capable", False)]


def test_no_middleware_is_sync_only():
    """Django would put a sync-only one, and all it wraps, into a thread that waits as long as the call."""
    assert sync_only(settings.MIDDLEWARE) == []


def test_the_walk_would_name_a_culprit():
    culprit = "whitenoise.middleware.WhiteNoiseMiddleware"
    assert sync_only([*settings.MIDDLEWARE, culprit]) == [culprit]


def layers(handler):
    """Yield what a request passes, outermost first: each middleware, then Django's own last step."""
    layer = handler._middleware_chain
    while layer is not None:
        yield layer
        if inspect.isfunction(layer):
            layer = inspect.getclosurevars(layer).nonlocals.get("get_response")
        else:
            layer = getattr(layer, "get_response", None)


def test_the_chain_as_built_is_coroutines_down_to_the_view():
    passed = list(layers(get_asgi_application()))
    assert [layer for layer in passed if not iscoroutinefunction(layer)] == []
    assert passed[-1].__name__ == "_get_response_async"
    assert len(passed) > len(settings.MIDDLEWARE)


def test_every_view_of_the_api_is_a_coroutine():
    (below,) = [found for found in get_resolver().url_patterns if str(found.pattern) == "api/v1/"]
    assert len(below.url_patterns) > 8
    assert all(iscoroutinefunction(view.callback) for view in below.url_patterns)


def test_waiting_calls_hold_no_connection(alices):
    """Thirty calls wait a second for a worker that is not there; meanwhile a balance is read over and over."""
    bearer = {"Authorization": f"Bearer {alices.key}"}
    settings_pool = connection.settings_dict["OPTIONS"]["pool"]["max_size"]
    waits = {
        "method": "POST",
        "url": "/api/v1/generate",
        "json": BODY,
        "headers": bearer | {"Prefer": "wait=1", "Idempotency-Key": "one for all"},
    }
    reads = {"method": "GET", "url": "/api/v1/balance", "headers": bearer}
    answers = calls(*[waits] * (settings_pool + 10), *[reads] * 10, at_once=True)
    assert {answer.status_code for answer in answers[:-10]} == {202}
    assert {answer.status_code for answer in answers[-10:]} == {200}
    assert Generation.objects.for_workspace(alices.someone.workspace).count() == 1


def test_waiting_calls_hold_no_thread(alices):
    """Django makes a thread for each request's signal handlers; it is gone by the time the call waits."""
    headers = {"Authorization": f"Bearer {alices.key}", "Prefer": "wait=60", "Idempotency-Key": "one for all"}
    request = {"method": "POST", "url": "/api/v1/generate", "json": BODY, "headers": headers}

    def cancel():
        services.cancel(generation=Generation.objects.get(workspace=alices.someone.workspace))

    async def go():
        async with client() as sending:
            tasks = [asyncio.ensure_future(sending.request(**request)) for _ in range(20)]
            async with asyncio.timeout(40):
                while waiting._Process.waiting < len(tasks):  # noqa: ASYNC110  the process counts, it tells nobody
                    await asyncio.sleep(0.01)
            threads = len(SyncToAsync.context_to_thread_executor)
            await in_thread(cancel)
            return threads, await asyncio.gather(*tasks)

    threads, answers = asyncio.run(go())
    assert threads == 0
    assert {answer.json()["error"]["code"] for answer in answers} == {"GENERATION_CANCELED"}


def test_a_process_with_enough_waiting_calls_answers_at_once(alices, settings):
    settings.WAITING_CAP = 0
    headers = {"Authorization": f"Bearer {alices.key}", "Prefer": "wait=60"}
    began = time.monotonic()
    (answer,) = calls({"method": "POST", "url": "/api/v1/generate", "json": BODY, "headers": headers})
    assert (answer.status_code, answer.json()["status"]) == (202, "processing")
    assert time.monotonic() - began < 20


def test_a_workspace_with_enough_waiting_calls_is_answered_at_once(alices, settings):
    settings.WAITING_CAP_WORKSPACE = 0
    headers = {"Authorization": f"Bearer {alices.key}", "Prefer": "wait=60"}
    began = time.monotonic()
    (answer,) = calls({"method": "POST", "url": "/api/v1/generate", "json": BODY, "headers": headers})
    assert (answer.status_code, answer.json()["status"]) == (202, "processing")
    assert time.monotonic() - began < 20


SIZE = 2 * 2**20
LARGE = PNG + bytes(SIZE)
TEXTS = [(b"model", b"changebg"), (b"prompt", b"a quiet room")]
IN_JSON = json.dumps(BODY | {"image": "data:image/png;base64," + base64.b64encode(LARGE).decode()}).encode()
IN_FORM = b"".join(
    [
        *(b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % part for part in TEXTS),
        b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n' + LARGE,
        b"\r\n--x--\r\n",
    ]
)


@pytest.mark.parametrize(
    ("kind", "body"),
    [("application/json", IN_JSON), ("multipart/form-data; boundary=x", IN_FORM)],
    ids=["json", "form"],
)
def test_waiting_calls_keep_no_body(alices, kind, body):
    headers = {"Authorization": f"Bearer {alices.key}", "Content-Type": kind, "Prefer": "wait=3"}
    request = {"method": "POST", "url": "/api/v1/generate", "content": body, "headers": headers}

    async def go():
        async with client() as sending:
            tasks = [asyncio.ensure_future(sending.request(**request)) for _ in range(5)]
            while waiting._Process.waiting < len(tasks):  # noqa: ASYNC110  the process counts, it tells nobody
                await asyncio.sleep(0.01)
            kept, _ = tracemalloc.get_traced_memory()
            return kept, await asyncio.gather(*tasks)

    calls(request | {"headers": headers | AT_ONCE})  # what is made or imported at the first call only is kept by right
    tracemalloc.start()
    try:
        kept, answers = asyncio.run(go())
    finally:
        tracemalloc.stop()
    assert {answer.status_code for answer in answers} == {202}
    assert kept < SIZE
