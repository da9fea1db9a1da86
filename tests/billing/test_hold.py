from uuid import uuid4

import pytest

from billing import ledger
from billing.errors import InsufficientTokens, KeyOfAnotherWallet, WalletFrozen
from billing.models import Kind, LedgerEntry
from tests.billing.wallets import expire_hold, figures, freeze, hold, journal_breaks, new_wallet, post, unfreeze

pytestmark = pytest.mark.django_db


def test_tokens_are_set_aside():
    wallet = new_wallet(tokens=10)
    reference = uuid4()
    entry = hold(wallet, tokens=3, reference=reference)
    assert (entry.kind, entry.d_posted, entry.d_held, entry.reference) == (Kind.HOLD, 0, 3, reference)
    assert (entry.posted_after, entry.held_after, entry.version) == (10, 3, 2)
    assert (entry.key, entry.contra, entry.actor) == (f"hold:{reference}", "none", "system")
    now = ledger.snapshot(wallet_id=wallet)
    assert (now.available, now.held, now.owed, now.posted, now.frozen) == (7, 3, 0, 10, False)
    assert journal_breaks() == []


def test_too_few_tokens_are_refused_with_what_there_is():
    wallet = new_wallet(tokens=5)
    hold(wallet, tokens=4)
    with pytest.raises(InsufficientTokens) as refused:
        hold(wallet, tokens=2)
    error = refused.value
    assert (error.code, error.http_status, error.message) == ("INSUFFICIENT_TOKENS", 402, "Not enough tokens")
    assert error.extra == {"required": 2, "balance": 1}
    assert figures(wallet) == (5, 4)
    assert journal_breaks() == []


def test_everything_may_be_held_to_the_last_token():
    wallet = new_wallet(tokens=5)
    hold(wallet, tokens=5)
    assert ledger.snapshot(wallet_id=wallet).available == 0


def test_asking_twice_returns_the_first_entry():
    wallet = new_wallet(tokens=10)
    reference = uuid4()
    first = hold(wallet, tokens=3, reference=reference)
    again = hold(wallet, tokens=3, reference=reference)
    assert again == first
    assert (again.created_at, again.version) == (first.created_at, first.version)
    assert figures(wallet) == (10, 3)
    assert journal_breaks() == []


def test_asking_twice_is_answered_even_when_nothing_is_left():
    wallet = new_wallet(tokens=3)
    reference = uuid4()
    first = hold(wallet, tokens=3, reference=reference)
    assert hold(wallet, tokens=3, reference=reference) == first


def test_asking_again_after_the_end_holds_nothing_new():
    wallet = new_wallet(tokens=3)
    reference = uuid4()
    first = hold(wallet, tokens=1, reference=reference)
    post(wallet, tokens=1, reference=reference)
    assert hold(wallet, tokens=1, reference=reference) == first
    assert figures(wallet) == (2, 0)
    assert journal_breaks() == []


def test_a_reference_of_another_wallet_is_a_bug_of_the_caller():
    reference = uuid4()
    hold(new_wallet(tokens=1), reference=reference)
    rich, poor = new_wallet(tokens=9), new_wallet()
    for wallet in (rich, poor):
        with pytest.raises(KeyOfAnotherWallet):
            hold(wallet, reference=reference)
    assert figures(rich) == (9, 0)
    assert journal_breaks() == []


@pytest.mark.parametrize("tokens", [0, -1])
def test_work_without_a_price_does_not_come_here(tokens):
    with pytest.raises(ValueError, match="not a number of tokens"):
        hold(new_wallet(tokens=1), tokens=tokens)


def test_a_frozen_wallet_holds_nothing_new_and_ends_what_is_open():
    wallet = new_wallet(tokens=10)
    open_one, late_one = uuid4(), uuid4()
    first = hold(wallet, tokens=2, reference=open_one)
    hold(wallet, tokens=2, reference=late_one)
    freeze(wallet)
    with pytest.raises(WalletFrozen) as refused:
        hold(wallet)
    assert (refused.value.code, refused.value.http_status) == ("ACCOUNT_FROZEN", 403)
    assert hold(wallet, tokens=2, reference=open_one) == first
    post(wallet, tokens=2, reference=open_one)
    expire_hold(wallet, reference=late_one)
    assert figures(wallet) == (8, 0)
    unfreeze(wallet)
    hold(wallet)
    assert journal_breaks() == []


def test_freezing_writes_no_entry():
    wallet = new_wallet(tokens=1)
    freeze(wallet)
    assert LedgerEntry.objects.filter(wallet_id=wallet).count() == 1
    assert ledger.snapshot(wallet_id=wallet).frozen
