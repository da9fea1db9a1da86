"""Generations after the call: looked at, listed, canceled, deleted; a stranger's are not there."""

from uuid import uuid4

from billing import invariants
from generations.models import Generation
from tests.factories import key_of
from tests.generations.api.calling import Program, call, program
from tests.generations.api.test_refusals import refused


def test_newest_first_page_by_page(alices):
    made = [alices.generate(prompt=str(n)).json()["id"] for n in range(5)]
    seen, cursor = [], ""
    for wanted in (2, 2, 1):
        page = alices.get("/generations", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        assert len(page["generations"]) == wanted
        seen += [item["id"] for item in page["generations"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == (made[::-1], None)


def test_a_list_item_is_the_body_and_what_it_is_of(alices):
    identity = alices.made()
    item = alices.get("/generations").json()["generations"][0]
    body = alices.get(f"/generations/{identity}").json()
    assert {name: item[name] for name in body} == body
    assert (item["id"], item["state"], item["model"]) == (identity, "succeeded", "changebg")


def test_cancel_gives_the_token_back_and_can_be_asked_twice(alices):
    identity = alices.generate().json()["id"]
    assert alices.someone.available == 9
    for _ in range(2):
        answer = alices.post(f"/generations/{identity}/cancel")
        assert (answer.status_code, answer.json()["status"], answer.json()["id"]) == (200, "canceled", identity)
    assert (alices.someone.available, invariants.breaks()) == (10, [])
    polled = alices.get(f"/generations/{identity}")
    assert (polled.status_code, polled.json()["error"]["code"]) == (200, "GENERATION_CANCELED")


def test_too_late_to_cancel(alices):
    identity = alices.made()
    answer = alices.post(f"/generations/{identity}/cancel")
    refused(answer, 409, "ALREADY_FINISHED")
    assert alices.someone.available == 9


def test_deleted_is_gone_but_was_paid_for(alices):
    identity = alices.made()
    for _ in range(2):
        answer = alices.delete(f"/generations/{identity}")
        assert (answer.status_code, answer.json()) == (200, {"status": "deleted", "id": identity})
    result = alices.get(f"/generations/{identity}").json()["result"]
    assert (result["image_url"], result["tokens_used"]) == (None, 1)
    row = Generation.objects.get(id=identity)
    assert (row.params, row.inputs, row.result_key) == ({}, {}, None)
    assert (alices.someone.available, invariants.breaks()) == (9, [])


def test_deleting_an_open_one_cancels_it(alices):
    identity = alices.generate().json()["id"]
    assert alices.delete(f"/generations/{identity}").status_code == 200
    assert alices.someone.available == 10


def test_a_stranger_meets_a_missing_one(alices, charlies):
    identity, missing = alices.made(), str(uuid4())
    here = "http://localhost:8000/api/v1/generations/"
    for path in (
        "/generations/{}",
        "/generations/{}/cancel",
        f"/results?processing_url={here}{{}}",
    ):
        ask = charlies.post if path.endswith("cancel") else charlies.get
        bodies = [ask(path.format(one)).json()["error"] for one in (identity, missing)]
        assert bodies[0]["code"] == "NOT_FOUND"
        assert {**bodies[0], "request_id": ""} == {**bodies[1], "request_id": ""}
    refused(charlies.delete(f"/generations/{identity}"), 404, "NOT_FOUND")
    assert alices.get(f"/generations/{identity}").json()["result"]["image_url"]


def test_a_member_of_the_workspace_sees_them(alices):
    identity = alices.made()
    other = Program(alices.someone, key_of(alices.someone))
    assert other.get(f"/generations/{identity}").status_code == 200


def test_the_balance(alices):
    alices.generate()
    reader = program(alices.someone, scopes=("billing:read",))
    answer = reader.get("/balance")
    assert answer.json() == {"status": "success", "available": 9, "held": 1, "owed": 0}
    assert answer.headers["X-Tokens-Remaining"] == "9"


def test_the_models_are_public():
    answer = call("GET", "/models")
    model, other = answer.json()["models"]
    wanted = ("changebg", "Change Background AI", "Tools", 1)
    assert (model["id"], model["name"], model["category"], model["tokens"]) == wanted
    assert (other["id"], other["tokens"]) == ("removebg", 1)
    assert list(model["parameters"]["properties"])[:4] == ["model", "image", "prompt", "format"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert call("GET", "/models/changebg").json()["model"] == model
