"""What every grader of a round is given: the copy, its people, and which pages are looked at."""

from dataclasses import dataclass
from pathlib import Path

from tests.judge import people, tools
from tests.judge.house import House
from tests.judge.pages import View, views
from tests.judge.people import Somebody


@dataclass(frozen=True, slots=True)
class Round:
    """One round. out: where it writes. quick: as little as tells something."""

    house: House
    people: dict[str, Somebody]
    views: list[View]
    out: Path
    quick: bool


def begin(house: House, *, only: tuple[str, ...], quick: bool) -> Round:
    """Return a round on this copy, its people made."""
    made = house.do(lambda: people.everybody(house.url, few=quick))
    return Round(house, made, views(only), tools.OUT, quick)
