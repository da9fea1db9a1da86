"""POST /generate: what a good call answers, charges and stores."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import Workspace
from billing import invariants
from generations import running, storage
from generations.images import gate
from generations.models import Generation
from tests.generations.api.calling import AT_ONCE, BODY, PNG, call, program
from tests.generations.material import png_with


def test_not_ready_yet(alices):
    answer = alices.generate()
    body = answer.json()
    here = f"http://localhost:8000/api/v1/generations/{body['id']}"
    assert answer.status_code == 202
    assert body == {
        "status": "processing",
        "id": body["id"],
        "status_url": here,
        "cancel_url": f"{here}/cancel",
        "processing_url": here,
    }
    assert (answer.headers["X-Tokens-Charged"], answer.headers["X-Tokens-Remaining"]) == ("0", "9")
    assert answer.headers["X-Request-Id"]
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_ready(alices):
    identity = alices.made(seed=7, format="webp")
    answer = alices.get(f"/generations/{identity}")
    result = answer.json()["result"]
    assert (answer.status_code, answer.json()["status"]) == (200, "success")
    wanted = {"id": identity, "model": "changebg", "tokens_used": 1, "seed": 7, "format": "webp", "engine": "quick"}
    assert {name: result[name] for name in wanted} == wanted
    assert {"processing_time_ms", "width", "height", "expires_at", "subject", "scene"} <= set(result)
    assert result["image_url"].startswith("http://localhost:8000/r/")
    assert (answer.headers["X-Tokens-Charged"], answer.headers["X-Tokens-Remaining"]) == ("1", "9")
    assert (alices.someone.available, invariants.breaks()) == (9, [])


def test_same_again_by_polling_url(alices):
    identity = alices.made()
    here = f"http://localhost:8000/api/v1/generations/{identity}"
    assert (
        alices.get("/results", params={"processing_url": here}).json() == alices.get(f"/generations/{identity}").json()
    )


def test_every_value_may_be_a_string(alices):
    identity = alices.generate(seed="7", retention_days="3").json()["id"]
    row = Generation.objects.get(id=identity)
    assert row.params == {"prompt": "a quiet room", "format": "png", "seed": 7, "shadow": "contact"}
    left = row.delete_after - datetime.now(UTC)
    assert timedelta(days=2, hours=23) < left <= timedelta(days=3)


def test_the_days_of_the_workspace_hold_where_a_call_names_none(alices):
    Workspace.objects.filter(id=alices.someone.workspace.id).update(retention_days=7)
    for named, kept in (({}, 7), ({"retention_days": 3}, 3)):
        row = Generation.objects.get(id=alices.generate(**named).json()["id"])
        assert timedelta(days=kept, hours=-1) < row.delete_after - datetime.now(UTC) <= timedelta(days=kept)


def test_a_seed_is_drawn_once_when_none_is_given(alices):
    row = Generation.objects.get(id=alices.generate().json()["id"])
    assert isinstance(row.params["seed"], int)
    assert "base64" not in str(row.params) + str(row.inputs)


def test_as_a_form_with_files_and_dotted_parts(alices):
    answer = alices.post(
        "/generate",
        headers=AT_ONCE,
        data={"model": "changebg", "background.fit": "contain", "shadow": "none", "seed": "5"},
        files={"image": ("a.png", PNG), "mask": ("m.png", PNG), "background.image": ("b.png", PNG)},
    )
    assert answer.status_code == 202, answer.text
    row = Generation.objects.get(id=answer.json()["id"])
    assert set(row.inputs) == {"image", "mask", "background"}
    assert row.params["background"] == {"fit": "contain"}
    assert (row.params["shadow"], row.params["seed"], row.params["prompt"]) == ("none", 5, None)


def test_a_form_may_carry_a_color(alices):
    data = {"model": "changebg", "background.color": "#FFEEDD"}
    answer = alices.post("/generate", headers=AT_ONCE, data=data, files={"image": ("a.png", PNG)})
    assert Generation.objects.get(id=answer.json()["id"]).params["background"] == {"color": "#ffeedd"}


def test_an_own_result_is_read_from_storage(alices):
    identity = alices.made()
    url = alices.get(f"/generations/{identity}").json()["result"]["image_url"]
    for address in (url, storage.download_url(Generation.objects.get(id=identity))):
        again = alices.generate(image=address)
        assert again.status_code == 202, again.text
        assert Generation.objects.get(id=again.json()["id"]).inputs["image"]["size_bytes"] == len(PNG)


def test_an_own_picture_may_weigh_more_than_one_sent(alices):
    identity = alices.made()
    row = Generation.objects.get(id=identity)
    heavy = png_with(width=4200, height=3100) + bytes(gate.LIMIT_BYTES)
    row.result_key = storage.write(key=f"gen/{identity}/1-{'a' * 32}.png", data=heavy)
    row.save()
    again = alices.made(image=storage.result_url(row), background={"image": storage.result_url(row)}, prompt=None)
    made = Generation.objects.get(id=again)
    assert (made.state, made.error_code, made.tokens_used) == ("succeeded", "", 1)


def test_a_test_key_costs_nothing_and_sees_nothing_live(charlies):
    marked = program(charlies.someone, livemode=False)
    identity = marked.made()
    answer = marked.get(f"/generations/{identity}")
    assert answer.json()["result"]["tokens_used"] == 0
    assert answer.headers["X-Tokens-Charged"] == "0"
    assert charlies.get(f"/generations/{identity}").status_code == 404
    assert charlies.get("/generations").json()["generations"] == []


def test_a_finished_one_is_answered_at_once(alices):
    headers = {"Idempotency-Key": "one"}
    identity = alices.made(headers=headers)
    answer = call("POST", "/generate", key=alices.key, json=BODY, headers=headers)
    assert (answer.status_code, answer.json()["result"]["id"]) == (200, identity)
    assert answer.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("prefer", ["wait=0", "respond-async", "wait=30, respond-async", 'foo; bar, wait="0"'])
def test_prefer_not_to_wait(alices, prefer):
    assert alices.generate(headers={"Prefer": prefer}).status_code == 202


def test_waits_and_is_woken(alices, at_once):
    """The call waits without a worker; the picture is made meanwhile, and the answer is the picture."""

    def asks():
        return call("POST", "/generate", key=alices.key, json=BODY, headers={"Prefer": "wait=20"})

    def works():
        mine = Generation.objects.for_workspace(alices.someone.workspace)
        while (row := mine.first()) is None:
            pass
        running.run(generation_id=row.id)

    answer = at_once(2, lambda n: asks() if n else works())[1]
    assert (answer.status_code, answer.json()["status"]) == (200, "success")
