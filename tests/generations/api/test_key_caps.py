"""A key with a monthly cap: refused by 402 before anything is fetched, and again when calls race for the rest."""

from datetime import datetime
from uuid import UUID

from accounts.models import ApiKey
from billing import invariants, ledger
from generations import finishing, leases
from generations.errors import EngineFailed
from tests.generations.api.calling import AT_ONCE, BODY, calls, program


def capped(mine, cap):
    """Give the program's key this cap and return its row."""
    key = ApiKey.objects.get(last4=mine.key[-4:], workspace=mine.someone.workspace)
    ApiKey.objects.filter(id=key.id).update(monthly_token_cap=cap)
    return key


def test_beyond_its_cap_a_key_is_refused_and_another_is_not(alices):
    key = capped(alices, 2)
    assert [alices.generate().status_code for _ in range(2)] == [202, 202]
    refused = alices.generate(image="https://example.invalid/never-fetched.png")
    error = refused.json()["error"]
    assert (refused.status_code, error["code"], error["limit"], error["used"]) == (402, "KEY_LIMIT_REACHED", 2, 2)
    assert datetime.fromisoformat(error["resets_at"]).day == 1
    assert refused.headers["X-Tokens-Charged"] == "0"
    assert (alices.someone.available, ledger.key_used(api_key_id=key.id)) == (8, 2)
    assert program(alices.someone).generate().status_code == 202
    assert invariants.breaks() == []


def test_of_sixteen_calls_at_once_the_last_token_serves_one(alices):
    key = capped(alices, 1)
    request = {"method": "POST", "url": "/api/v1/generate", "json": BODY}
    request["headers"] = AT_ONCE | {"Authorization": f"Bearer {alices.key}"}
    statuses = [answer.status_code for answer in calls(*[request] * 16, at_once=True)]
    assert (statuses.count(202), statuses.count(402)) == (1, 15)
    assert (alices.someone.available, ledger.key_used(api_key_id=key.id)) == (9, 1)
    assert invariants.breaks() == []


def test_a_failure_and_a_cancel_give_the_key_its_token_back(alices):
    key = capped(alices, 1)
    made = alices.generate().json()["id"]
    assert alices.generate().status_code == 402
    alices.post(f"/generations/{made}/cancel")
    assert ledger.key_used(api_key_id=key.id) == 0
    failing = UUID(alices.generate().json()["id"])
    lease = leases.claim(generation_id=failing, worker="test")
    assert finishing.fail(generation_id=failing, fence=lease.fence, error=EngineFailed())
    assert ledger.key_used(api_key_id=key.id) == 0
    alices.made()
    assert alices.generate().status_code == 402
    assert (alices.someone.available, invariants.breaks()) == (9, [])


def test_a_replay_is_answered_beyond_the_cap(alices):
    capped(alices, 1)
    first = alices.generate(headers={"Idempotency-Key": "once"})
    again = alices.generate(headers={"Idempotency-Key": "once"})
    assert (first.status_code, again.status_code) == (202, 202)
    assert (again.json()["id"], again.headers["Idempotent-Replayed"]) == (first.json()["id"], "true")


def test_a_test_key_spends_nothing_so_its_cap_never_ends(alices):
    test = program(alices.someone, livemode=False)
    key = capped(test, 1)
    assert [test.generate().status_code for _ in range(3)] == [202] * 3
    assert ledger.key_used(api_key_id=key.id) == 0
