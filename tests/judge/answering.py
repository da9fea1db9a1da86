"""Grader: how long the copy takes to answer with a page, seen at the client's side of loopback."""

import statistics
import time

import httpx

from tests.judge.house import House
from tests.judge.measure import Measure, worst
from tests.judge.rounds import Round

WARM, TIMES, TIMES_QUICK = 3, 40, 10
SIGNED_OUT_MS, SIGNED_IN_MS = 80, 150
#: Shows every component in every state at once; only those who build it wait for it.
NOT_SERVED = "components"


def grade(this: Round) -> list[Measure]:
    """Return the slowest page's 95th percentile, for people signed out and signed in."""
    cookies = {
        who: {} if who == "nobody" else {f"session_{this.house.port}": this.house.do(somebody.session)}
        for who, somebody in this.people.items()
    }
    taken: dict[bool, dict[str, float]] = {True: {}, False: {}}
    for view in this.views:
        if not view.page.press and view.page.template and view.page.name != NOT_SERVED:
            path = view.path(this.people[view.who].words)
            times = _times_ms(this.house, path, cookies[view.who], TIMES_QUICK if this.quick else TIMES)
            taken[view.who == "nobody"][view.name] = p95(times)
    limits = {True: ("signed out", SIGNED_OUT_MS), False: ("signed in", SIGNED_IN_MS)}
    return [
        worst(f"server time of a page, p95, {limits[is_out][0]}", by_page, limits[is_out][1], "ms")
        for is_out, by_page in taken.items()
        if by_page
    ]


def _times_ms(house: House, path: str, cookies: dict[str, str], times: int) -> list[float]:
    found = []
    with httpx.Client(base_url=house.url, cookies=cookies, timeout=20) as client:
        for turn in range(WARM + times):
            began = time.perf_counter()
            client.get(path)
            if turn >= WARM:
                found.append((time.perf_counter() - began) * 1000)
    return found


def p95(values: list[float]) -> float:
    """Return the value that 95 of 100 do not exceed."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1]


def p75(values: list[float]) -> float:
    """Return the value that 75 of 100 do not exceed."""
    return statistics.quantiles(values, n=4, method="inclusive")[-1] if len(values) > 1 else values[0]
