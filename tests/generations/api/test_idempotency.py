"""One Idempotency-Key, one generation: whatever its state, charged once, fetched once."""

import asyncio
import http.server
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now

from generations import retention, running, storage, threads
from generations.models import Generation, Upload
from tests.generations.api.calling import AT_ONCE, BODY, PNG, call, client, program
from tests.generations.api.test_refusals import refused

KEY = {"Idempotency-Key": "order 7421"}


def rows(someone):
    return Generation.objects.for_workspace(someone.workspace)


def test_the_same_again_is_the_same_generation(alices):
    first, again = alices.generate(headers=KEY), alices.generate(headers=KEY)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (rows(alices.someone).count(), alices.someone.available) == (1, 9)


def test_another_spelling_of_the_same_is_the_same(alices):
    first = alices.generate(headers=KEY, seed=7)
    other = json.dumps({"seed": "7", **dict(reversed(BODY.items())), "format": "png"}, indent=2)
    again = alices.post("/generate", content=other, headers=AT_ONCE | KEY | {"Content-Type": "application/json"})
    assert again.json() == first.json()
    form = {"model": "changebg", "prompt": BODY["prompt"], "seed": "7"}
    again = alices.post("/generate", data=form, files={"image": ("x.png", PNG)}, headers=AT_ONCE | KEY)
    assert again.json() == first.json()


def test_another_body_is_a_conflict(alices):
    alices.generate(headers=KEY)
    refused(alices.generate(headers=KEY, prompt="a beach"), 409, "IDEMPOTENCY_CONFLICT")
    refused(alices.generate(headers=KEY, retention_days=3), 409, "IDEMPOTENCY_CONFLICT")
    assert rows(alices.someone).count() == 1


def test_a_replay_needs_no_tokens(alices):
    identity = alices.made(headers=KEY, prompt="one")
    for number in range(9):
        alices.generate(prompt=f"another {number}")
    assert alices.someone.available == 0
    assert alices.generate(headers=KEY, prompt="one").json()["result"]["id"] == identity


def test_a_replay_fetches_nothing(alices, settings):
    """The picture's server is gone and its address refused by the time of the second call."""

    class Pictures(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(PNG)

        def log_message(self, *_args):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Pictures) as server:
        url = f"http://127.0.0.1:{server.server_port}/a.png"
        settings.FETCH_ALLOW_HOSTS = [f"127.0.0.1:{server.server_port}"]
        with ThreadPoolExecutor(1) as pool:
            pool.submit(server.handle_request)
            first = alices.generate(headers=KEY, image=url)
    assert first.status_code == 202, first.text
    settings.FETCH_ALLOW_HOSTS = []
    assert alices.generate(headers=KEY, image=url).json() == first.json()
    refused(alices.generate(image=url), 422, "IMAGE_URL_NOT_ALLOWED")


def test_a_replay_may_name_an_upload_that_has_lapsed(alices):
    """Its object is gone by then; a call that is new is told so."""
    upload = storage.store_upload(workspace_id=alices.someone.workspace.id, data=PNG)
    first = alices.generate(headers=KEY, image=upload.id)
    assert first.status_code == 202, first.text
    for since in (timedelta(minutes=1), timedelta(hours=23)):
        Upload.objects.filter(id=upload.id).update(delete_after=Now() - since)
        retention.purge()
        again = alices.generate(headers=KEY, image=upload.id)
        assert (again.status_code, again.json()) == (202, first.json())
        answer = alices.generate(image=upload.id)
        assert (answer.status_code, set(answer.json()["error"]["fields"])) == (422, {"image"})
    refused(alices.generate(headers=KEY, image=upload.id, prompt="another"), 409, "IDEMPOTENCY_CONFLICT")


def test_a_canceled_one_stays_canceled(alices):
    identity = alices.generate(headers=KEY).json()["id"]
    alices.post(f"/generations/{identity}/cancel")
    refused(alices.generate(headers=KEY), 409, "GENERATION_CANCELED", id=identity)
    assert alices.someone.available == 10


def test_a_refusal_before_the_submit_keeps_nothing(alices, charlies):
    refused(charlies.generate(headers=KEY), 402, "INSUFFICIENT_TOKENS", required=1, balance=0)
    assert alices.generate(headers=KEY, seed="x").status_code == 422
    assert alices.generate(headers=KEY).status_code == 202


def test_live_and_test_keys_and_workspaces_do_not_share_keys(alices, charlies):
    marked = program(alices.someone, livemode=False)
    strange = program(charlies.someone, livemode=False)
    made = {one.generate(headers=KEY).json()["id"] for one in (alices, marked, strange)}
    assert len(made) == 3


def test_a_caller_who_hangs_up_changes_nothing(alices):
    """The call is given up while it is worked on; the generation is there all the same, and the key finds it."""

    async def go():
        async with client() as sending:
            headers = AT_ONCE | KEY | {"Authorization": f"Bearer {alices.key}"}
            task = asyncio.ensure_future(sending.post("/api/v1/generate", json=BODY, headers=headers))
            while not threads._going_on:  # noqa: ASYNC110  nothing tells when a task begins
                await asyncio.sleep(0.001)
            task.cancel()
            assert isinstance((await asyncio.gather(task, return_exceptions=True))[0], asyncio.CancelledError)
            await asyncio.gather(*threads._going_on)

    asyncio.run(go())
    row = rows(alices.someone).get()
    running.run(generation_id=row.id)
    answer = call("POST", "/generate", key=alices.key, json=BODY, headers=KEY)
    assert (answer.status_code, UUID(answer.json()["result"]["id"])) == (200, row.id)
