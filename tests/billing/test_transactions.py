from uuid import uuid4

import pytest
from django.db import transaction

from billing import ledger
from billing.errors import InsufficientTokens, OutsideTransaction
from billing.models import LedgerEntry
from tests.billing.wallets import figures, hold, journal_breaks, new_wallet

CHANGES = {
    "hold": lambda wallet: ledger.hold(wallet_id=wallet, tokens=1, reference=uuid4()),
    "post": lambda wallet: ledger.post(wallet_id=wallet, tokens=1, reference=uuid4()),
    "void": lambda wallet: ledger.void(wallet_id=wallet, reference=uuid4()),
    "expire_hold": lambda wallet: ledger.expire_hold(wallet_id=wallet, reference=uuid4()),
    "grant": lambda wallet: ledger.grant(wallet_id=wallet, tokens=1, key="grant:a:b", actor="a", reason="b"),
    "freeze": lambda wallet: ledger.freeze(wallet_id=wallet, actor="a", reason="b"),
    "unfreeze": lambda wallet: ledger.unfreeze(wallet_id=wallet, actor="a", reason="b"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_nothing_changes_without_a_transaction(committed_db, name):
    wallet = new_wallet(tokens=5)
    with pytest.raises(OutsideTransaction):
        CHANGES[name](wallet)
    assert figures(wallet) == (5, 0)
    assert not ledger.snapshot(wallet_id=wallet).frozen
    assert LedgerEntry.objects.count() == 1


class Fell(Exception):
    """The caller's own work failed after the hold."""


def test_a_caller_that_fails_takes_its_hold_along(committed_db):
    wallet = new_wallet(tokens=5)

    @transaction.atomic
    def hold_and_fall() -> None:
        ledger.hold(wallet_id=wallet, tokens=2, reference=uuid4())
        raise Fell

    with pytest.raises(Fell):
        hold_and_fall()
    assert figures(wallet) == (5, 0)
    assert LedgerEntry.objects.count() == 1
    assert journal_breaks() == []


def test_a_refusal_leaves_the_transaction_usable(committed_db):
    wallet = new_wallet(tokens=1)
    with transaction.atomic():
        with pytest.raises(InsufficientTokens):
            ledger.hold(wallet_id=wallet, tokens=2, reference=uuid4())
        ledger.hold(wallet_id=wallet, tokens=1, reference=uuid4())
    assert figures(wallet) == (1, 1)


def test_versions_have_no_gap_after_refusals_and_failures(committed_db):
    wallet = new_wallet(tokens=2)
    reference = uuid4()
    hold(wallet, reference=reference)
    hold(wallet, reference=reference)
    with pytest.raises(InsufficientTokens):
        hold(wallet, tokens=5)
    hold(wallet)
    versions = LedgerEntry.objects.order_by("version").values_list("version", flat=True)
    assert list(versions) == [1, 2, 3]
