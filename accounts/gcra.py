"""The generic cell rate algorithm: how fast calls may come, remembered as a single moment for each caller.

That moment, `due`, is when a caller who had called at the permitted pace all along would have come to the last call
admitted. It moves on by one interval with each call, never lies behind now, and a call that would carry it further
ahead of now than `tolerance` is refused. So in any window of t minutes at most burst + per_minute * t are admitted.

Whole microseconds throughout. The script in `accounts.ratelimit` does the same inside Valkey; tests compare the two.
"""

from dataclasses import dataclass
from math import ceil

SECOND_US = 1_000_000
MINUTE_US = 60 * SECOND_US


@dataclass(frozen=True, slots=True)
class Rule:
    """How many calls may come at once, and how many a minute after that. name: as the answer's headers call it."""

    name: str
    burst: int
    per_minute: int

    @property
    def interval_us(self) -> int:
        """The permitted pace: from one call to the next."""
        return -(-MINUTE_US // self.per_minute)

    @property
    def tolerance_us(self) -> int:
        """How far ahead of now `due` may lie."""
        return self.burst * self.interval_us


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a call was admitted, and how things stand after it. ahead_us: from now to `due`.

    slowness: by how much the pace is reduced; 1, or 2 while one process counts on its own.
    """

    rule: Rule
    admitted: bool
    ahead_us: int
    slowness: int = 1

    @property
    def quota(self) -> int:
        """How many calls may come at once after a rest."""
        return max(1, self.rule.burst // self.slowness)

    @property
    def window_s(self) -> int:
        """How long after the last of them as many may come again."""
        return ceil(self.quota * self._interval_us / SECOND_US)

    @property
    def remaining(self) -> int:
        """How many calls would be admitted at this moment."""
        return max(0, (tolerance_us(self.rule, self.slowness) - self.ahead_us) // self._interval_us)

    @property
    def reset_s(self) -> int:
        """Whole seconds until the whole quota is there again."""
        return ceil(self.ahead_us / SECOND_US)

    @property
    def retry_after_s(self) -> int:
        """Whole seconds until one more call would be admitted; at least 1."""
        wait_us = self.ahead_us + self._interval_us - tolerance_us(self.rule, self.slowness)
        return max(1, ceil(wait_us / SECOND_US))

    @property
    def _interval_us(self) -> int:
        return self.rule.interval_us * self.slowness


def tolerance_us(rule: Rule, slowness: int = 1) -> int:
    """Return how far ahead `due` may lie; a slower pace admits one call at least.

    With twice the interval a burst of 1 needs a tolerance of 2 intervals. The bound above holds all the same: each
    call of the slower pace moves `due` on by as much more.
    """
    return max(rule.tolerance_us, rule.interval_us * slowness)


def decide(*, rule: Rule, due_us: int, now_us: int, slowness: int = 1) -> tuple[Verdict, int]:
    """Judge one call; return the verdict and the new `due`. due_us: the old one, 0 where there is none.

    A `due` further ahead than any call could have left it (a clock set back, a rule made stricter) counts as the
    furthest possible.
    """
    tolerance = tolerance_us(rule, slowness)
    due = min(max(due_us, now_us), now_us + tolerance)
    following = due + rule.interval_us * slowness
    if following - now_us > tolerance:
        return Verdict(rule, admitted=False, ahead_us=due - now_us, slowness=slowness), due
    return Verdict(rule, admitted=True, ahead_us=following - now_us, slowness=slowness), following
