"""Welch's t, on figures whose t is known."""

import pytest

from tests.hostile.key_timing import welch_t


def test_equal_samples_have_none_and_a_shift_shows() -> None:
    assert welch_t([1, 2, 3, 4], [1, 2, 3, 4]) == 0
    # Means 3 and 6, variances 2.5 and 2.5, five each: -3 / sqrt(1).
    assert welch_t([1, 2, 3, 4, 5], [4, 5, 6, 7, 8]) == pytest.approx(-3.0)
