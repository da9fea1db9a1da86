"""The random schedules of `schedules` against the rate limits, as a suite of the long run."""

from tests.hostile import grounds
from tests.hostile.outcome import SEED, Outcome

COUNT = 5000


def run(count: int = COUNT) -> Outcome:
    """Five thousand schedules."""
    grounds.prepare(database=True)
    from tests.hostile import schedules

    try:
        admitted = schedules.run(count=count, seed=SEED)
    except schedules.Broken as found:
        return Outcome(count, [str(found)])
    return Outcome(count, [], {"calls admitted": admitted})
