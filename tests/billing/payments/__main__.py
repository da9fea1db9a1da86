"""make till: every order of a purchase's events, thousands of duplicates and losses, and a hundred races; one ledger.

Works on a PostgreSQL and a fake Stripe of its own. Prints one line a part, and what differed; exit 1 for any fault.

    python -m tests.billing.payments [SAMPLES] [RACES]
"""
# ruff: noqa: T201  what it prints is its result

import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any


def main(samples: int, races: int) -> int:
    """Play everything; return 1 when a fault was found."""
    from tests import servers

    servers.start(Path(tempfile.mkdtemp(prefix="roomai-till-")))
    os.environ.update(servers.environment(), DJANGO_SETTINGS_MODULE="roomai_web.settings", DATABASE_POOL="40")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    logging.disable(logging.CRITICAL)  # refused events and frozen wallets are no news here
    from billing import invariants
    from tests.billing.payments import buyers, racing
    from tests.fakestripe.server import FakeStripe

    stripe = FakeStripe(key=buyers.KEY).start()
    buyers.point_at(stripe)
    faults = _orders(stripe) + _samples(stripe, samples)
    faults += told("races", (racing.faults(stripe, threads=4) for _ in range(races)))
    faults += [f"{rule} {ref}" for rule, ref in invariants.breaks() if rule in {"I1", "I2", "I7", "I8"}]
    faults += stripe.world.faults
    stripe.stop()
    print("\n".join(faults[:50]), end="\n" if faults else "")
    print(f"make till: {len(faults)} faults")
    return 1 if faults else 0


def _orders(stripe: Any) -> list[str]:
    """Every order of the stories whose events are few enough: 5,040 of seven, 720 of six."""
    from tests.billing.payments import stories

    found = []
    for story in (stories.BANK, stories.CARD, stories.WON, stories.LOST):
        expected = stories.canonical(stripe, story)
        every = (stories.Schedule(order, is_lazy=True) for order in stories.orders(story.events))
        found += told(f"every order: {story.name}", (_differs(stripe, story, one, expected) for one in every))
    return found


def _samples(stripe: Any, samples: int) -> list[str]:
    from tests.billing.payments import stories

    found, each = [], -(-samples // len(stories.STORIES))
    for story in stories.STORIES:
        expected = stories.canonical(stripe, story)
        some = (stories.sampled(story, seed=seed) for seed in range(each))
        found += told(f"duplicates and losses: {story.name}", (_differs(stripe, story, one, expected) for one in some))
    return found


def _differs(stripe: Any, story: Any, schedule: Any, expected: object) -> list[str]:
    from tests.billing.payments import stories

    ended = stories.play(stripe, story, schedule)
    return [] if ended == expected else [f"{story.name} {schedule}: {ended}, not {expected}"]


def told(what: str, rounds: Iterable[list[str]]) -> list[str]:
    """Play the rounds, say how many and how long, and return their faults."""
    began, count, faults = time.monotonic(), 0, []
    for found in rounds:
        count += 1
        faults += found
    print(f"{what}: {count} in {time.monotonic() - began:.0f} s, {len(faults)} faults", flush=True)
    return faults


if __name__ == "__main__":
    given = [int(one) for one in islice(sys.argv, 1, 3)]
    sys.exit(main(*(given + [5_000, 100][len(given) :])))
