"""The till against the fake Stripe, in one process: who pays is the test."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from billing import invariants, packs
from tests.billing.payments.buyers import KEY, SECRET, Buyer, deliver, new_buyer, point_at, signed
from tests.fakestripe.server import FakeStripe

__all__ = ["KEY", "SECRET", "Buyer", "deliver", "signed"]

#: Every rule of the books but those of pictures, which these tests hold tokens without.
RULES = {"I1", "I2", "I7", "I8"}


@pytest.fixture
def stripe(db, settings) -> Iterator[FakeStripe]:
    """A fake Stripe, and our settings pointed at it. Ends with no fault of ours in its log and a sound ledger."""
    fake = FakeStripe(key=KEY).start()
    point_at(fake)  # the settings fixture puts back what this changes
    cache.clear()
    yield fake
    fake.stop()
    packs.packs.cache_clear()
    assert fake.world.faults == []
    assert [found for found in invariants.breaks() if found.rule in RULES] == []


@pytest.fixture
def buyer(stripe) -> Buyer:
    """A new person with an empty wallet."""
    return new_buyer(stripe)
