"""GET /usage: what the ledger charged and returned, by day, key or model; test and live apart; flat at size."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F

from accounts.models import ApiKey
from billing.models import Kind, LedgerEntry
from generations import finishing, usage
from generations.models import Generation
from tests.generations import submitting
from tests.generations.api.calling import Program, program
from tests.generations.api.test_refusals import refused

NOTHING = {"tokens_used": 0, "tokens_returned": 0, "pictures": 0, "failures": 0, "canceled": 0}


def today():
    return datetime.now(UTC).date()


def figures(group):
    return {name: group[name] for name in NOTHING}


def busy(alices):
    """Two pictures, one of them handed back, one of another model, a failure, a cancel, one expired, one open."""
    alices.made(prompt="kept")
    back = alices.made(prompt="handed back")
    assert alices.post(f"/generations/{back}/refuse", json={"reason": "blurred"}).status_code == 200
    alices.made(model="removebg", prompt=None)
    alices.made(prompt="[[no-subject]]")
    alices.post(f"/generations/{alices.generate(prompt='canceled').json()['id']}/cancel")
    late = UUID(alices.generate(prompt="late").json()["id"])
    submitting.now_is_later(late, by=timedelta(hours=1))
    assert finishing.end_lost(generation_id=late)
    assert alices.generate(prompt="still open").status_code == 202
    return {"tokens_used": 3, "tokens_returned": 1, "pictures": 3, "failures": 2, "canceled": 1}


def test_by_day_of_the_last_thirty(alices):
    wanted = busy(alices)
    answer = alices.get("/usage")
    body = answer.json()
    assert answer.status_code == 200, answer.text
    assert (body["status"], body["group_by"], body["to"]) == ("success", "day", today().isoformat())
    assert [one["day"] for one in body["usage"]] == [
        (today() - timedelta(days=n)).isoformat() for n in range(29, -1, -1)
    ]
    assert body["from"] == body["usage"][0]["day"]
    assert figures(body["usage"][-1]) == body["total"] == wanted
    assert all(figures(one) == NOTHING for one in body["usage"][:-1])
    assert answer.headers["X-Tokens-Remaining"] == "7"


def test_it_is_what_the_ledger_says(alices):
    busy(alices)
    total = alices.get("/usage").json()["total"]
    entries = LedgerEntry.objects.for_workspace(alices.someone.workspace.id)
    moved = {kind: sum(e.d_posted for e in entries if e.kind == kind) for kind in (Kind.POST, Kind.GOODWILL)}
    assert (total["tokens_used"], total["tokens_returned"]) == (-moved[Kind.POST], moved[Kind.GOODWILL])


def test_by_model(alices):
    busy(alices)
    groups = alices.get("/usage", params={"group_by": "model"}).json()["usage"]
    assert [(one["model"], one["tokens_used"], one["pictures"]) for one in groups] == [
        ("changebg", 2, 2),
        ("removebg", 1, 1),
    ]


def test_by_key_and_by_none(alices):
    other = program(alices.someone)
    for caller, count in ((alices, 1), (other, 3)):
        for number in range(count):
            caller.made(prompt=str(number))
    submitted = submitting.submitted(alices.someone)  # as the studio does, without a key
    finishing.cancel(generation_id=submitted.id)
    body = alices.get("/usage", params={"group_by": "key"}).json()
    told = [(one["key"] and one["key"]["key"], one["tokens_used"], one["canceled"]) for one in body["usage"]]
    assert told == [(f"rai_live_…{other.key[-4:]}", 3, 0), (f"rai_live_…{alices.key[-4:]}", 1, 0), (None, 0, 1)]
    key = ApiKey.objects.get(id=body["usage"][0]["key"]["id"])
    assert (body["usage"][0]["key"]["name"], key.last4) == ("test", other.key[-4:])
    assert other.key not in json.dumps(body)
    assert body["total"] == {**NOTHING, "tokens_used": 4, "pictures": 4, "canceled": 1}


def test_test_and_live_and_strangers_are_apart(alices, charlies):
    marked = program(alices.someone, livemode=False)
    marked.made()
    assert alices.get("/usage").json()["total"] == NOTHING
    assert marked.get("/usage").json()["total"] == {**NOTHING, "pictures": 1}
    assert charlies.get("/usage").json()["total"] == NOTHING


def test_a_day_begins_and_ends_in_utc_and_both_ends_count(alices):
    edges = ["2026-03-01T00:00:00Z", "2026-03-01T23:59:59.999Z", "2026-03-02T00:00:00Z", "2026-02-28T23:59:59.999Z"]
    for number, ended in enumerate(edges):
        Generation.objects.filter(id=alices.made(prompt=str(number))).update(finished_at=ended)
    body = alices.get("/usage", params={"from": "2026-03-01", "to": "2026-03-02"}).json()
    assert [(one["day"], one["pictures"]) for one in body["usage"]] == [("2026-03-01", 2), ("2026-03-02", 1)]
    assert body["total"]["pictures"] == 3
    assert alices.get("/usage", params={"from": "2026-03-01", "to": "2026-03-01"}).json()["total"]["pictures"] == 2


@pytest.mark.parametrize(
    ("asked", "since", "until"),
    [
        ({"to": "2026-05-30"}, "2026-05-01", "2026-05-30"),
        ({"from": "2025-05-31", "to": "2026-05-31"}, "2025-05-31", "2026-05-31"),
        ({"from": "2999-12-31", "to": "2999-12-31"}, "2999-12-31", "2999-12-31"),
        ({"to": "2000-01-01"}, "1999-12-03", "2000-01-01"),
    ],
    ids=["thirty days", "366 days", "the last", "the first"],
)
def test_ranges(alices, asked, since, until):
    body = alices.get("/usage", params=asked).json()
    assert (body["from"], body["to"]) == (since, until)
    assert len(body["usage"]) == (date.fromisoformat(until) - date.fromisoformat(since)).days + 1


DAY = "Give a day as YYYY-MM-DD, from the year 2000 on."


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({"from": "yesterday"}, {"from": [DAY]}),
        ({"from": "2026-02-30", "to": "2026-1-1"}, {"from": [DAY], "to": [DAY]}),
        ({"to": "1700000000"}, {"to": [DAY]}),
        ({"to": "9999-12-31"}, {"to": [DAY]}),
        ({"from": "2026-02-02", "to": "2026-02-01"}, {"from": ["This must not be later than `to`."]}),
        ({"from": "2025-05-30", "to": "2026-05-31"}, {"from": ["Ask for at most 366 days."]}),
        ({"group_by": "hour"}, {"group_by": ["Choose one of 'day', 'key' or 'model'."]}),
    ],
    ids=str,
)
def test_ranges_that_cannot_be(alices, asked, fields):
    refused(alices.get("/usage", params=asked), 422, "INVALID_PARAMETERS", fields=fields)


def test_the_scope(alices):
    narrow = program(alices.someone, scopes=("generate", "read", "webhooks"))
    refused(narrow.get("/usage"), 403, "MISSING_SCOPE", scope="billing:read")


# Copies of one finished row, a minute apart into the past: what years of use leave behind.
COPIES = """
INSERT INTO generations_generation ({columns})
SELECT {values} FROM generations_generation, generate_series(1, %(count)s) AS n WHERE id = %(id)s
"""
CHANGED = {"id": "gen_random_uuid()", "idem_key": "NULL", "finished_at": "finished_at - n * interval '1 minute'"}


def multiply(identity, count):
    names = [field.column for field in Generation._meta.concrete_fields]
    statement = COPIES.format(columns=", ".join(names), values=", ".join(CHANGED.get(name, name) for name in names))
    with connection.cursor() as cursor:
        cursor.execute(statement, {"count": count, "id": identity})
        cursor.execute("VACUUM ANALYZE generations_generation")


def looked_at(caller: Program, by: str) -> tuple[str, int]:
    """Return the plan of a month's usage as text, and how many pages of the database it touched."""
    whose = caller.someone.workspace.id
    rows = usage.finished(workspace_id=whose, livemode=True, first=today() - timedelta(days=29), last=today())
    asked = rows.values(by).annotate(**usage.FIGURES)
    (plan,) = json.loads(asked.explain(format="json", analyze=True, buffers=True))
    return json.dumps(plan), plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]


def test_others_and_earlier_years_cost_nothing(alices, charlies):
    """The plan reads one index, and the same few pages of it however many rows the table holds besides."""
    mine, theirs = alices.made(), program(charlies.someone, livemode=False).made()
    multiply(theirs, 3_000)
    multiply(mine, 300)
    before = {by: looked_at(alices, by) for by in ("livemode", "model", "api_key")}
    multiply(theirs, 20_000)
    Generation.objects.filter(id=mine).update(finished_at=F("finished_at") - timedelta(days=400))
    multiply(mine, 5_000)
    for by, (plan, pages) in before.items():
        plan_after, pages_after = looked_at(alices, by)
        for one in (plan, plan_after):
            assert "generations_usage" in one, by
            assert "Seq Scan" not in one, by
        assert pages_after <= pages + 8, (by, pages, pages_after)
