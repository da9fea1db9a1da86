"""How long a key takes that does not work: unknown, revoked and expired ones cannot be told apart by their time.

Welch's t between each two of them; all are asked in turns drawn by chance, so that what else the machine does falls
on all alike. The slowest hundredth is left out on both sides of the comparison: pauses of the machine say nothing.
"""

import statistics
import time
from datetime import timedelta
from itertools import combinations
from random import Random
from typing import Any

from tests.hostile import grounds
from tests.hostile.outcome import Outcome, chance

COUNT = 10_000
MOST_T = 4.5
KEPT = 0.99
KEYS_OF_A_KIND = 15


def run(count: int = COUNT) -> Outcome:
    """Ten thousand of each kind."""
    grounds.prepare(database=True)
    random, outcome = chance("key_timing"), Outcome(cases=3 * count)
    texts = _keys(random)
    took: dict[str, list[int]] = {kind: [] for kind in texts}
    turns = [kind for kind in texts for _ in range(count)]
    random.shuffle(turns)
    for kind in turns:
        took[kind].append(_ns_of(random.choice(texts[kind])))
    for one, other in combinations(took, 2):
        found = abs(welch_t(_kept(took[one]), _kept(took[other])))
        outcome.notes[f"t of {one} and {other}"] = f"{found:.1f}"
        outcome.expect(found < MOST_T, f"{one} and {other} keys differ in time: t = {found:.1f}")
    outcome.notes["median"] = f"{statistics.median(took['unknown']) / 1000:.0f} us"
    return outcome


def welch_t(one: list[int], other: list[int]) -> float:
    """Return Welch's t of two samples (B. L. Welch, Biometrika 34, 1947)."""
    spread = statistics.variance(one) / len(one) + statistics.variance(other) / len(other)
    return float((statistics.fmean(one) - statistics.fmean(other)) / spread**0.5)


def _kept(sample: list[int]) -> list[int]:
    return sorted(sample)[: int(len(sample) * KEPT)]


def _ns_of(presented: str) -> int:
    from accounts import api_keys

    began = time.perf_counter_ns()
    found = api_keys.authenticate(presented=presented)
    took = time.perf_counter_ns() - began
    assert found is None, "a key that must not work was taken"
    return took


def _keys(random: Random) -> dict[str, list[str]]:
    """Return texts of every kind, all with the right check digits, so that each asks the database."""
    from django.utils import timezone

    from accounts import api_keys
    from accounts.models import ApiKey
    from tests import factories

    def made(**changed: Any) -> str:
        someone = factories.person(f"t{random.getrandbits(60):x}")
        text = factories.key_of(someone)
        if changed:
            ApiKey.objects.for_workspace(someone.workspace).update(**changed)
        return text

    def unknown() -> str:
        body = "rai_live_" + "".join(random.choices(api_keys.ALPHABET, k=32))
        return body + api_keys.check_digits(body)

    past = timezone.now() - timedelta(hours=1)
    return {
        "unknown": [unknown() for _ in range(KEYS_OF_A_KIND)],
        "revoked": [made(revoked_at=past) for _ in range(KEYS_OF_A_KIND)],
        "expired": [made(expires_at=past) for _ in range(KEYS_OF_A_KIND)],
    }
