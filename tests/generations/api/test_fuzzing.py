"""A thousand calls made from the served description: each answered as it says, and no token moved."""

import pytest

from tests.generations.api import fuzzing

COUNT = 1_000


@pytest.mark.slow
@pytest.mark.usefixtures("db", "files")
def test_every_answer_is_described() -> None:
    outcome = fuzzing.play(COUNT)
    assert outcome.breaks == []
    assert outcome.cases >= COUNT
    # Both kinds of call got through: taken, found and refused.
    assert {200, 202, 400, 402, 404, 422} <= {int(status) for status in outcome.notes}
