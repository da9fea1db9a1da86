"""What one key may spend in a month: counted with the hold, given back with what was not spent."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from accounts import api_keys
from billing import budgets, ledger
from billing.budgets import KeyBudget
from billing.errors import KeyLimitReached
from billing.models import LedgerEntry
from tests.billing.wallets import (
    HELD,
    KEY_LIMIT,
    expire_hold,
    figures,
    hold,
    journal_breaks,
    outcome_of,
    post,
    void,
    wallet_with,
)


@pytest.fixture
def wallet(charlie):
    return wallet_with(charlie.workspace, tokens=100)


@pytest.fixture
def key(charlie):
    made, _ = api_keys.create(workspace=charlie.workspace, created_by=charlie.user, name="capped", livemode=True)
    return made


def used(key):
    return ledger.key_used(api_key_id=key.id)


def test_a_key_spends_up_to_its_cap_and_no_more(wallet, key):
    cap = ledger.Cap(key.id, 5)
    for number in range(1, 6):
        hold(wallet, cap=cap)
        assert used(key) == number
    with pytest.raises(KeyLimitReached) as refused:
        hold(wallet, cap=cap)
    now = datetime.now(UTC)
    following = datetime(now.year + now.month // 12, now.month % 12 + 1, 1, tzinfo=UTC)
    assert refused.value.extra == {"limit": 5, "used": 5, "resets_at": following.isoformat()}
    assert (figures(wallet), used(key), LedgerEntry.objects.filter(kind="hold").count()) == ((100, 5), 5, 5)
    assert outcome_of(lambda: hold(wallet)) == HELD  # another key, or the studio
    assert journal_breaks() == []


def test_the_last_token_of_a_cap_is_held_once(committed_db, wallet, key, at_once):
    hold(wallet, tokens=4, cap=ledger.Cap(key.id, 5))
    outcomes = at_once(16, lambda _: outcome_of(lambda: hold(wallet, cap=ledger.Cap(key.id, 5))))
    assert (outcomes.count(HELD), outcomes.count(KEY_LIMIT)) == (1, 15)
    assert (figures(wallet), used(key)) == ((100, 5), 5)
    assert journal_breaks() == []


def test_the_first_of_a_month_is_made_once(committed_db, wallet, key, at_once):
    outcomes = at_once(16, lambda _: outcome_of(lambda: hold(wallet, cap=ledger.Cap(key.id, 1))))
    assert (outcomes.count(HELD), outcomes.count(KEY_LIMIT)) == (1, 15)
    assert journal_breaks() == []


@pytest.mark.parametrize("end", [void, expire_hold])
def test_what_was_not_spent_is_given_back_once(wallet, key, end):
    cap, reference = ledger.Cap(key.id, 3), uuid4()
    hold(wallet, tokens=3, reference=reference, cap=cap)
    assert outcome_of(lambda: hold(wallet, cap=cap)) == KEY_LIMIT
    for _ in range(2):
        end(wallet, reference=reference)
        assert used(key) == 0
    assert outcome_of(lambda: hold(wallet, tokens=3, cap=cap)) == HELD
    assert journal_breaks() == []


def test_what_was_spent_stays_spent(wallet, key):
    cap, reference = ledger.Cap(key.id, 10), uuid4()
    hold(wallet, tokens=6, reference=reference, cap=cap)
    post(wallet, tokens=2, reference=reference)
    assert used(key) == 2
    assert journal_breaks() == []


def test_asking_twice_counts_once(wallet, key):
    cap, reference = ledger.Cap(key.id, 10), uuid4()
    first, second = (hold(wallet, tokens=2, reference=reference, cap=cap) for _ in range(2))
    assert (first.id, used(key)) == (second.id, 2)


def test_a_hold_made_before_there_was_a_cap_gives_nothing_back(wallet, key):
    before = uuid4()
    hold(wallet, tokens=5, reference=before)
    hold(wallet, tokens=2, cap=ledger.Cap(key.id, 2))
    void(wallet, reference=before)
    assert used(key) == 2
    assert outcome_of(lambda: hold(wallet, cap=ledger.Cap(key.id, 2))) == KEY_LIMIT
    assert journal_breaks() == []


def test_more_than_the_whole_cap_is_refused_at_once(wallet, key):
    for limit in (0, 2):
        assert outcome_of(lambda limit=limit: hold(wallet, tokens=3, cap=ledger.Cap(key.id, limit))) == KEY_LIMIT
    assert not KeyBudget.objects.exists()


def test_a_new_month_begins_at_nothing(wallet, key):
    cap = ledger.Cap(key.id, 4)
    for month, year in ((12, 2026), (1, 2027)):
        budgets.take(cap=cap, tokens=4, at=datetime(year, month, 1, tzinfo=UTC))
    with pytest.raises(KeyLimitReached) as refused:
        budgets.take(cap=cap, tokens=1, at=datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert refused.value.extra["resets_at"] == "2027-01-01T00:00:00+00:00"
    budgets.give_back(actor=cap.actor, tokens=1, at=datetime(2027, 1, 31, tzinfo=UTC))
    budgets.take(cap=cap, tokens=1, at=datetime(2027, 1, 1, tzinfo=UTC))
    assert budgets.used(api_key_id=key.id, at=datetime(2026, 12, 5, tzinfo=UTC)) == 4


def test_the_early_look_refuses_without_counting(wallet, key):
    ledger.early_refusal(wallet_id=wallet, tokens=5, cap=ledger.Cap(key.id, 5))
    with pytest.raises(KeyLimitReached):
        ledger.early_refusal(wallet_id=wallet, tokens=6, cap=ledger.Cap(key.id, 5))
    assert used(key) == 0
