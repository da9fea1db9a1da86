"""Tokens that a refund took back after they were spent: owed, shown as zero, repaid by the next purchase."""

from uuid import uuid4

import pytest

from billing import ledger
from billing.errors import GoodwillUsedUp, InsufficientTokens, NothingTaken
from tests.billing import wallets


@pytest.mark.django_db
@pytest.mark.parametrize(("spent", "owed"), [(25, 25), (10, 10), (0, 0)])
def test_the_next_purchase_repays_what_is_owed(spent, owed):
    wallet = wallets.new_wallet()
    wallets.purchase(wallet, tokens=25)
    if spent:
        reference = uuid4()
        wallets.hold(wallet, tokens=spent, reference=reference)
        wallets.post(wallet, tokens=spent, reference=reference)
    wallets.refund(wallet, tokens=25, refund_id=f"re_{wallet}")
    now = ledger.snapshot(wallet_id=wallet)
    assert (now.available, now.owed) == (0, owed)
    with pytest.raises(InsufficientTokens) as refused:
        wallets.hold(wallet, tokens=1)
    assert refused.value.extra == {"required": 1, "balance": 0}
    wallets.purchase(wallet, tokens=100)
    assert ledger.snapshot(wallet_id=wallet).available == 100 - owed
    assert wallets.journal_breaks() == []


@pytest.mark.django_db
def test_what_is_held_may_end_as_it_should_while_tokens_are_owed():
    wallet = wallets.new_wallet()
    wallets.purchase(wallet, tokens=3)
    done, failed = uuid4(), uuid4()
    for reference in (done, failed):
        wallets.hold(wallet, reference=reference)
    wallets.dispute(wallet, tokens=3, dispute_id=f"dp_{wallet}")
    wallets.post(wallet, tokens=1, reference=done)
    wallets.void(wallet, reference=failed)
    assert wallets.figures(wallet) == (-1, 0)
    wallets.dispute_won(wallet, dispute_id=f"dp_{wallet}")
    assert wallets.figures(wallet) == (2, 0)
    assert wallets.journal_breaks() == []


@pytest.mark.django_db
def test_only_what_was_taken_can_be_given_back():
    wallet = wallets.new_wallet()
    with pytest.raises(NothingTaken):
        wallets.refund_failed(wallet, refund_id="re_never")
    with pytest.raises(NothingTaken):
        wallets.dispute_won(wallet, dispute_id="dp_never")


@pytest.mark.django_db
def test_a_tenth_of_the_pictures_may_be_given_back():
    wallet = wallets.new_wallet(tokens=40)
    references = [uuid4() for _ in range(29)]
    for reference in references:
        wallets.hold(wallet, reference=reference)
        wallets.post(wallet, tokens=1, reference=reference)
    first = wallets.goodwill(wallet, reference=references[0])
    assert wallets.goodwill(wallet, reference=references[0]).id == first.id
    wallets.goodwill(wallet, reference=references[1])
    with pytest.raises(GoodwillUsedUp) as refused:
        wallets.goodwill(wallet, reference=references[2])
    assert refused.value.limit == 2
    assert wallets.figures(wallet) == (13, 0)
