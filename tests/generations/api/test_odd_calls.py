"""Each odd call of the list gets its own refusal, in the one shape and for nothing."""

import re
from typing import Any

import httpx
import pytest

from generations.models import Generation
from tests.generations.api import odd_json, odd_requests
from tests.generations.api.calling import call, calls, program
from tests.generations.api.odd_calls import NOBODY, Odd
from tests.generations.api.test_refusals import refused

GROUPS = (*odd_json.GROUPS, *odd_requests.GROUPS)


def test_the_list_is_as_long_as_was_asked_for() -> None:
    assert sum(len(list(group())) for group in GROUPS) >= 300


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.__name__)
def test_odd_calls_are_refused_in_their_own_words(charlies: Any, group: Any) -> None:
    tried = program(charlies.someone, livemode=False)
    done = tried.made()
    before = Generation.objects.count()
    assert [fault for one in group() if (fault := _fault(one, charlies.key, tried.key, done))] == []
    assert Generation.objects.count() == before
    assert charlies.someone.available == 0


@pytest.mark.parametrize(
    "odd",
    [{"Content-Type": "text/plain; charset=hex"}, {"Content-Length": "junk"}, {"Accept": "image/png"}],
    ids=lambda odd: next(iter(odd)),
)
def test_refusals_of_any_call_are_described_with_each(charlies: Any, odd: dict[str, str]) -> None:
    headers = {"Authorization": f"Bearer {charlies.key}"} | odd
    for path, operations in call("GET", "/openapi.json").json()["paths"].items():
        for method, operation in operations.items():
            url = re.sub(r"\{\w+\}", NOBODY, path.replace("{model_id}", "changebg"))
            answer = calls({"method": method.upper(), "url": url, "headers": headers})[0]
            assert str(answer.status_code) in operation["responses"], f"{method} {path}: {answer.text}"


def _fault(one: Odd, key: str, test_key: str, done: str) -> str:
    """Return what is not as it must be with the answer to this call; a picture of the test key stands for `{done}`."""
    used = test_key if "{done}" in one.path else key
    headers = {"Authorization": f"Bearer {used}"} | one.headers
    url = "/api/v1" + one.path.replace("{done}", done)
    answer = calls({"method": one.method, "url": url, "headers": headers, "content": one.body})[0]
    try:
        error = answer.json()["error"]
        extra = {name: value for name, value in error.items() if name not in {"code", "message", "request_id"}}
        refused(answer, *one.refusal, **extra)
    except (AssertionError, KeyError, TypeError, ValueError, httpx.DecodingError) as fault:
        return f"{one.name!r}: {answer.status_code} {answer.text[:120]}, not {one.refusal} ({fault})"[:400]
    if one.fields and set(error["fields"]) != one.fields:
        return f"{one.name!r}: names {sorted(error['fields'])}, not {sorted(one.fields)}"
    return ""
