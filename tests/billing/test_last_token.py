from uuid import uuid4

from billing import ledger
from tests.billing.wallets import (
    FROZEN,
    HELD,
    INSUFFICIENT,
    figures,
    freeze,
    hold,
    journal_breaks,
    outcome_of,
    wallet_with,
)


def test_last_token_is_held_once(committed_db, charlie, at_once):
    wallet = wallet_with(charlie.workspace, tokens=1)
    outcomes = at_once(16, lambda _: outcome_of(lambda: hold(wallet, reference=uuid4())))
    assert (outcomes.count(HELD), outcomes.count(INSUFFICIENT)) == (1, 15)
    assert figures(wallet) == (1, 1)
    assert journal_breaks() == []


def test_a_crowd_gets_exactly_what_is_there(committed_db, charlie, at_once):
    wallet = wallet_with(charlie.workspace, tokens=100)
    crowd = at_once(16, lambda _: [outcome_of(lambda: hold(wallet)) for _ in range(80)])
    outcomes = [outcome for one in crowd for outcome in one]
    assert (len(outcomes), outcomes.count(HELD), outcomes.count(INSUFFICIENT)) == (1280, 100, 1180)
    assert figures(wallet) == (100, 100)
    assert journal_breaks() == []


def test_a_wallet_frozen_meanwhile_refuses_everybody_after(committed_db, charlie, at_once):
    wallet = wallet_with(charlie.workspace, tokens=1000)

    def spend_or_freeze(number: int) -> list[str]:
        if number == 8:
            freeze(wallet)
            return []
        return [outcome_of(lambda: hold(wallet)) for _ in range(30)]

    for outcomes in at_once(16, spend_or_freeze):
        assert outcomes == sorted(outcomes, key=[HELD, FROZEN].index), "held again after a freeze"
    assert outcome_of(lambda: hold(wallet)) == FROZEN
    assert ledger.snapshot(wallet_id=wallet).frozen
    assert journal_breaks() == []
