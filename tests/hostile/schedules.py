"""Random schedules of calls against the rate limits: Valkey up, down, slow, losing answers; several processes at once.

Each runs the product's own `Limiter` and its script in a real Valkey, under a clock that the schedule moves. Whatever
happens, what passes through one process, and what the shared count admits for all of them, is at most
burst + rate * t in every window; and the script does to the microsecond what `gcra.decide` does.
"""

import logging
import random
from collections import defaultdict
from dataclasses import dataclass, field

from django.conf import settings
from redis import Redis
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import TimeoutError as KeptWaiting

from accounts import ratelimit
from accounts.gcra import MINUTE_US, Rule, decide
from accounts.ratelimit import Ask, Limiter

CALLS = 60
WHO = "someone"
TOLD_CLOCK = "local now = tonumber(redis.call('GET', 'schedules:clock'))\n"


class Broken(AssertionError):
    """A schedule got more, or other answers, than the limit allows; the text says which."""


@dataclass
class World:
    """What a schedule moves: the time, whether Valkey is there, and who was admitted when and by whom."""

    chance: random.Random
    rule: Rule
    server: "Redis"
    shared: Ask
    now_us: int = 1_700_000_000_000_000
    is_up: bool = True
    due_us: int = 0
    admitted_at: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def ask(self, rule: Rule, key: str, owed_us: int) -> tuple[bool, int]:
        """Answer as Valkey would: after a while, or not at all, or too late although it has counted."""
        self.pass_by(self.chance.choice([0, 0, 300, 40_000]))
        if not self.is_up:
            raise Disconnected
        self.server.set("schedules:clock", self.now_us)
        answer = self.shared(rule, key, owed_us)
        self._compare(answer, owed_us)
        if answer[0]:
            self.admitted_at["shared"].append(self.now_us)
        self.pass_by(self.chance.choice([0, 0, 300, 40_000]))
        if self.chance.random() < 0.03:
            raise KeptWaiting
        return answer

    def pass_by(self, time_us: int) -> None:
        self.now_us += time_us

    def _compare(self, answer: tuple[bool, int], owed_us: int) -> None:
        verdict, due_us = decide(rule=self.rule, due_us=max(self.due_us, self.now_us + owed_us), now_us=self.now_us)
        if verdict.admitted or self.due_us > self.now_us + self.rule.tolerance_us:
            self.due_us = due_us
        if answer != (verdict.admitted, verdict.ahead_us):
            raise Broken(f"{self.rule} at {self.now_us}: the script says {answer}, the twin {verdict}")


def run(*, count: int, seed: int) -> int:
    """Run so many schedules; return how many calls were admitted in all. Raises Broken naming the schedule's seed."""
    server = Redis.from_url(settings.RATE_LIMIT_URL)
    shared = ratelimit.shared_count(server, clock=TOLD_CLOCK)
    admitted = 0
    told = logging.getLogger(ratelimit.__name__)
    told.disabled = True  # each time Valkey goes away, thousands of times
    try:
        for number in range(seed, seed + count):
            try:
                admitted += _one(server, shared, random.Random(number))
            except Broken as found:
                raise Broken(f"schedule {number}: {found}") from found
    finally:
        told.disabled = False
        server.close()
    return admitted


def most_above(times_us: list[int], rule: Rule) -> float:
    """Return by how many calls the fullest window exceeds burst + rate * t; below or at 0 where none does."""
    worst, lowest = float("-inf"), float("inf")
    for number, time_us in enumerate(sorted(times_us)):
        spare = number * MINUTE_US - rule.per_minute * (time_us - times_us[0])
        lowest = min(lowest, spare)
        worst = max(worst, spare - lowest + MINUTE_US * (1 - rule.burst))
    return worst / MINUTE_US


def _one(server: "Redis", shared: Ask, chance: random.Random) -> int:
    rule = Rule(
        "generate", burst=chance.choice([1, 2, 3, 7, 20, 60]), per_minute=chance.choice([1, 7, 20, 60, 600, 7000])
    )
    world = World(chance, rule, server, shared)
    server.delete(f"rate:{rule.name}:{WHO}")
    starts = [chance.randrange(10**12) for _ in range(chance.choice([1, 1, 2, 3]))]
    limiters = [
        Limiter(ask=world.ask, clock_us=lambda start=start: world.now_us - 1_700_000_000_000_000 + start)
        for start in starts
    ]
    for _ in range(CALLS):
        world.is_up = world.is_up if chance.random() < 0.9 else not world.is_up
        world.pass_by(
            chance.choice([0, 0, 0, 1, rule.interval_us // 2, rule.interval_us, 3 * rule.interval_us, 2_500_000])
        )
        _call(world, chance.randrange(len(limiters)), limiters)
    for whose, times_us in world.admitted_at.items():
        if (above := most_above(times_us, rule)) > 0:
            raise Broken(f"{rule}: {whose} admitted {above:.3f} calls too many")
    return sum(len(times_us) for whose, times_us in world.admitted_at.items() if whose != "shared")


def _call(world: World, number: int, limiters: list[Limiter]) -> None:
    before = len(world.admitted_at["shared"])
    verdict = limiters[number].check(rule=world.rule, who=WHO)
    if verdict.admitted:
        by_server = len(world.admitted_at["shared"]) > before and verdict.slowness == 1
        moment = world.admitted_at["shared"][-1] if by_server else world.now_us
        world.admitted_at[f"process {number}"].append(moment)
