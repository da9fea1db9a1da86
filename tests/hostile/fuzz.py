"""Twenty thousand calls made from the served description itself; tests/generations/api/fuzzing.py says how."""

from tests.hostile import grounds
from tests.hostile.outcome import Outcome

COUNT = 20_000


def run(count: int = COUNT) -> Outcome:
    """Play the long form; the short one is tests/generations/api/test_fuzzing.py, on the test run's own servers."""
    grounds.prepare(database=True)
    from tests.generations.api import fuzzing  # after Django was set up

    return fuzzing.play(count)
