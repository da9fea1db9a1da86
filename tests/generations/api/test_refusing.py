"""Handing a bad result back: the token returns once, the picture goes, and the rules say when not."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models import F

from billing import invariants
from billing.models import Kind, LedgerEntry
from generations import retention
from generations.models import Generation
from tests.generations.api.calling import Program, call, calls, program
from tests.generations.api.test_refusals import refused

WHY = {"reason": "The chair has lost a leg."}


def refuse(someone: Program, identity: str, **request):
    return someone.post(f"/generations/{identity}/refuse", **{"json": WHY} | request)


def goodwill(someone: Program) -> list[int]:
    entries = LedgerEntry.objects.filter(wallet_id=someone.someone.wallet_id, kind=Kind.GOODWILL)
    return list(entries.values_list("d_posted", flat=True))


def test_the_token_returns_once_and_the_picture_goes(alices, files):
    identity = alices.made()
    url = alices.get(f"/generations/{identity}").json()["result"]["image_url"]
    address = url.removeprefix("http://localhost:8000")
    assert calls({"method": "GET", "url": address})[0].status_code == 200
    proof = alices.get(f"/generations/{identity}/proof").json()["proof"]
    for _ in range(2):
        answer = refuse(alices, identity)
        assert (answer.status_code, answer.headers["X-Tokens-Charged"]) == (200, "0")
        assert answer.headers["X-Tokens-Remaining"] == "10"
        assert answer.json() == {"status": "refused", "id": identity, "tokens_returned": 1, "balance": 10}
    result = alices.get(f"/generations/{identity}").json()["result"]
    row = Generation.objects.get(id=identity)
    assert (result["image_url"], result["tokens_used"]) == (None, 1)
    assert result["refused"] == {"at": row.refused_at.isoformat(), "tokens_returned": 1}
    assert calls({"method": "GET", "url": address})[0].status_code == 410
    assert [f"gen/{identity}/{file.name}" for file in files.glob("gen/*/*")] == [row.inputs["image"]["object_key"]]
    assert (row.inputs.keys(), row.deleted_at, row.refuse_reason) == ({"image"}, None, WHY["reason"])
    assert row.params["prompt"]
    assert (goodwill(alices), alices.someone.available, invariants.breaks()) == ([1], 10, [])
    refused(alices.get(f"/generations/{identity}/proof"), 404, "NOT_FOUND")
    for link in (proof["input_url"], proof["matte_url"]):
        assert calls({"method": "GET", "url": link.removeprefix("http://localhost:8000")})[0].status_code == 410


def test_photo_and_prompt_go_when_their_time_is_over(alices, files):
    identities = [alices.made(prompt=str(number)) for number in range(2)]
    tests = program(alices.someone, livemode=False)
    identities += [tests.made()]
    refuse(alices, identities[0])
    refuse(tests, identities[2])
    alices.delete(f"/generations/{identities[1]}")
    assert len(list(files.glob("gen/*/*"))) == 2
    Generation.objects.update(delete_after=F("delete_after") - timedelta(days=31))
    retention.purge()
    rows = Generation.objects.filter(id__in=identities)
    assert [(row.params, row.inputs, bool(row.deleted_at)) for row in rows] == [({}, {}, True)] * 3
    assert not list(files.glob("gen/*/*"))
    assert refuse(alices, identities[0]).json()["tokens_returned"] == 1
    assert invariants.breaks() == []


def test_racing_refusals_return_one_token(alices):
    identity = alices.made()
    asked = {
        "method": "POST",
        "url": f"/api/v1/generations/{identity}/refuse",
        "headers": {"Authorization": f"Bearer {alices.key}"},
        "json": WHY,
    }
    answers = calls(*[asked] * 8, at_once=True)
    assert {(one.status_code, one.json()["tokens_returned"], one.json()["balance"]) for one in answers} == {
        (200, 1, 10)
    }
    assert (goodwill(alices), invariants.breaks()) == ([1], [])


def test_a_replay_of_the_call_tells_that_it_was_refused(alices):
    key = {"Idempotency-Key": "order-1"}
    identity = alices.made(headers=key)
    refuse(alices, identity)
    again = alices.generate(headers=key)
    assert (again.status_code, again.json()["result"]["image_url"]) == (200, None)
    assert again.json()["result"]["refused"]["tokens_returned"] == 1


def test_one_in_thirty_days_and_every_tenth(alices):
    first, second = alices.made(prompt="1"), alices.made(prompt="2")
    assert refuse(alices, first).status_code == 200
    answer = refuse(alices, second)
    refused(answer, 409, "REFUSE_NOT_ALLOWED", rule="limit")
    assert "used up" in answer.json()["error"]["message"]
    assert alices.get(f"/generations/{second}").json()["result"]["image_url"]
    assert (goodwill(alices), alices.someone.available, invariants.breaks()) == ([1], 9, [])


def test_racing_refusals_of_two_pictures_stay_within_the_limit(alices):
    pictures = [alices.made(prompt=str(n)) for n in range(3)]
    asked = [
        {
            "method": "POST",
            "url": f"/api/v1/generations/{identity}/refuse",
            "headers": {"Authorization": f"Bearer {alices.key}"},
            "json": WHY,
        }
        for identity in pictures
    ]
    assert sorted(one.status_code for one in calls(*asked, at_once=True)) == [200, 409, 409]
    assert (goodwill(alices), invariants.breaks()) == ([1], [])


def test_a_day_later_it_is_too_late_but_a_repeat_still_answers(alices):
    early, late = alices.made(prompt="1"), alices.made(prompt="2")
    refuse(alices, early)
    Generation.objects.filter(id__in=[early, late]).update(
        finished_at=F("finished_at") - timedelta(hours=24, seconds=5)
    )
    refused(refuse(alices, late), 409, "REFUSE_NOT_ALLOWED", rule="too_late")
    assert refuse(alices, early).json()["tokens_returned"] == 1
    assert goodwill(alices) == [1]


def test_what_brought_no_picture_cannot_be_refused(alices):
    waiting, failed = alices.generate().json()["id"], alices.made(prompt="[[no-subject]]")
    for identity in (waiting, failed):
        refused(refuse(alices, identity), 409, "REFUSE_NOT_ALLOWED", rule="not_succeeded")


def test_a_test_key_s_picture_is_deleted_and_returns_nothing(alices):
    tests = program(alices.someone, livemode=False)
    for _ in range(2):  # no limit: nothing was paid
        identity = tests.made(prompt=str(_))
        answer = refuse(tests, identity)
        assert answer.json() == {"status": "refused", "id": identity, "tokens_returned": 0, "balance": 10}
        assert tests.get(f"/generations/{identity}").json()["result"]["refused"]["tokens_returned"] == 0
    assert (goodwill(alices), invariants.breaks()) == ([], [])
    assert Generation.objects.get(id=identity).result_key is None


def test_a_picture_deleted_first_can_still_be_refused(alices):
    identity = alices.made()
    alices.delete(f"/generations/{identity}")
    deleted_at = Generation.objects.get(id=identity).deleted_at
    assert refuse(alices, identity).json()["tokens_returned"] == 1
    assert Generation.objects.get(id=identity).deleted_at == deleted_at


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "This is required."),
        ({"reason": "no"}, "Use at least 3 characters."),
        ({"reason": "  a  "}, "Use at least 3 characters."),
        ({"reason": "     "}, "Use at least 3 characters."),
        ({"reason": "x" * 501}, "Use at most 500 characters."),
        ({"reason": "x" * 9000}, "Use at most 500 characters."),
        ({"reason": 5}, "This must be text."),
        ({"reason": "a\x00bc"}, "This text holds control characters."),
    ],
    ids=["missing", "short", "padded", "blank", "long", "huge", "number", "control"],
)
def test_a_reason_is_a_line_of_3_to_500_characters(alices, body, sentence):
    identity = alices.made()
    answer = refuse(alices, identity, json=body)
    assert (answer.status_code, answer.json()["error"]["fields"]) == (422, {"reason": [sentence]})
    assert goodwill(alices) == []


def test_other_bodies_are_refused(alices):
    identity = alices.made()
    assert refuse(alices, identity, json=WHY | {"tokens": 5}).json()["error"]["fields"].keys() == {"tokens"}
    refused(
        refuse(alices, identity, json=None, content=b"{", headers={"Content-Type": "application/json"}),
        400,
        "INVALID_JSON",
    )
    refused(refuse(alices, identity, json=None, data={"reason": "blurred"}), 415, "UNSUPPORTED_MEDIA_TYPE")
    assert goodwill(alices) == []


def test_a_stranger_meets_a_missing_one_and_a_reading_key_is_not_enough(alices, charlies):
    identity = alices.made()
    for someone, whose in (
        (charlies, identity),
        (alices, str(uuid4())),
        (program(alices.someone, livemode=False), identity),
    ):
        refused(refuse(someone, whose), 404, "NOT_FOUND")
    reading = program(alices.someone, scopes=("read",))
    refused(refuse(reading, identity), 403, "MISSING_SCOPE", scope="generate")
    refused(call("POST", f"/generations/{identity}/refuse", json=WHY), 401, "INVALID_API_KEY")
    assert Generation.objects.get(id=UUID(identity)).refused_at is None
