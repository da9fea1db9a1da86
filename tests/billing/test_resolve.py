from uuid import uuid4

import pytest

from billing import ledger
from billing.errors import KeyOfAnotherWallet, NothingHeld
from billing.models import Kind
from tests.billing.wallets import expire_hold, figures, hold, journal_breaks, new_wallet, post, void

pytestmark = pytest.mark.django_db

WAYS = {
    Kind.POST: lambda wallet, reference: post(wallet, tokens=2, reference=reference),
    Kind.VOID: lambda wallet, reference: void(wallet, reference=reference),
    Kind.EXPIRE_HOLD: lambda wallet, reference: expire_hold(wallet, reference=reference),
}


@pytest.mark.parametrize("used", [0, 1, 3])
def test_posting_charges_what_was_used_and_releases_the_rest(used):
    wallet, reference = new_wallet(tokens=10), uuid4()
    hold(wallet, tokens=3, reference=reference)
    entry = post(wallet, tokens=used, reference=reference)
    assert (entry.kind, entry.d_posted, entry.d_held) == (Kind.POST, -used, -3)
    assert (entry.key, entry.reference) == (f"resolve:{reference}", reference)
    assert entry.contra == ("usage" if used else "none")
    assert figures(wallet) == (10 - used, 0)
    assert journal_breaks() == []


@pytest.mark.parametrize("kind", [Kind.VOID, Kind.EXPIRE_HOLD])
def test_work_that_failed_costs_nothing(kind):
    wallet, reference = new_wallet(tokens=10), uuid4()
    hold(wallet, tokens=3, reference=reference)
    entry = WAYS[kind](wallet, reference)
    assert (entry.kind, entry.d_posted, entry.d_held) == (kind, 0, -3)
    assert figures(wallet) == (10, 0)
    assert journal_breaks() == []


@pytest.mark.parametrize("first", WAYS)
@pytest.mark.parametrize("second", WAYS)
def test_the_first_end_stands(first, second):
    wallet, reference = new_wallet(tokens=10), uuid4()
    hold(wallet, tokens=3, reference=reference)
    entry = WAYS[first](wallet, reference)
    before = figures(wallet)
    again = WAYS[second](wallet, reference)
    assert (again, again.kind) == (entry, first)
    assert figures(wallet) == before
    assert journal_breaks() == []


@pytest.mark.parametrize("used", [-1, 4])
def test_nothing_outside_the_hold_is_charged(used):
    wallet, reference = new_wallet(tokens=10), uuid4()
    hold(wallet, tokens=3, reference=reference)
    with pytest.raises(ValueError, match="outside the hold of 3"):
        post(wallet, tokens=used, reference=reference)
    assert figures(wallet) == (10, 3)


@pytest.mark.parametrize("kind", WAYS)
def test_what_was_never_held_cannot_end(kind):
    wallet = new_wallet(tokens=10)
    with pytest.raises(NothingHeld):
        WAYS[kind](wallet, uuid4())
    assert figures(wallet) == (10, 0)


def test_a_hold_ends_in_its_own_wallet_only():
    mine, other, reference = new_wallet(tokens=3), new_wallet(tokens=3), uuid4()
    hold(mine, reference=reference)
    with pytest.raises(KeyOfAnotherWallet):
        void(other, reference=reference)
    assert ledger.snapshot(wallet_id=mine).held == 1
