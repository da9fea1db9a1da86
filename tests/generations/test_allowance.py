"""Free work by workspace: so much in ten minutes, two at once, none while Valkey is away."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from generations import allowance, messages
from generations.allowance import MASKS, MATTES, Answer


@pytest.fixture
def workspace() -> UUID:
    return uuid4()


def take(workspace: UUID, work: str, kind: allowance.Kind = MATTES) -> Answer:
    return allowance.take(kind=kind, workspace_id=workspace, work=work)


def test_the_same_work_has_one_place(workspace: UUID) -> None:
    assert [take(workspace, "a"), take(workspace, "a")] == [Answer.TAKEN, Answer.UNDER_WAY]
    allowance.end(workspace_id=workspace, work="a")
    assert take(workspace, "a") == Answer.TAKEN


def test_two_at_once_and_others_are_not_touched(workspace: UUID) -> None:
    assert [take(workspace, work) for work in "abc"] == [Answer.TAKEN, Answer.TAKEN, Answer.WAIT]
    assert take(uuid4(), "c") == Answer.TAKEN
    allowance.end(workspace_id=workspace, work="a")
    assert take(workspace, "c") == Answer.TAKEN


def test_thirty_in_ten_minutes(workspace: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(MATTES.most):
        assert take(workspace, str(number)) == Answer.TAKEN
        allowance.end(workspace_id=workspace, work=str(number))
    assert MATTES.most == 30
    assert take(workspace, "more") == Answer.SPENT
    assert take(workspace, "more", MASKS) == Answer.TAKEN
    monkeypatch.setattr(allowance, "WINDOW", timedelta(0))  # as if the ten minutes were over
    assert take(workspace, "again") == Answer.TAKEN


def test_a_place_nobody_gives_back_lapses(workspace: UUID) -> None:
    key = allowance._places(workspace)
    assert [take(workspace, work) for work in "ab"] == [Answer.TAKEN] * 2
    assert 0 < int(messages.valkey().ttl(key)) <= 60  # type: ignore[arg-type]
    messages.valkey().zadd(key, {"a": 1})
    assert take(workspace, "c") == Answer.TAKEN


def test_a_worker_begins_what_has_a_place_or_finds_one(workspace: UUID) -> None:
    def begin(work: str) -> bool:
        return allowance.begin(workspace_id=workspace, work=work)

    take(workspace, "a")
    assert [begin("a"), begin("b"), begin("c"), begin("b")] == [True, True, False, True]


def test_a_rush_takes_two_places(workspace: UUID, at_once: Callable[..., list[Any]]) -> None:
    answers = at_once(16, lambda number: take(workspace, f"work {number}"))
    assert sorted(answers) == sorted([Answer.TAKEN] * 2 + [Answer.WAIT] * 14)


@pytest.mark.usefixtures("away")
def test_without_valkey_nothing_is_free_and_nothing_breaks(workspace: UUID) -> None:
    assert take(workspace, "a") == Answer.SPENT
    assert not allowance.begin(workspace_id=workspace, work="a")
    allowance.end(workspace_id=workspace, work="a")
