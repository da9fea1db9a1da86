"""Callers with one key at the same moment: one effect, one entry for all, and nobody's transaction is harmed."""

import time
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.models import Workspace
from billing import ledger
from billing.models import LedgerEntry
from tests.billing.wallets import (
    INSUFFICIENT,
    expire_hold,
    figures,
    grant,
    hold,
    journal_breaks,
    new_wallet,
    outcome_of,
    post,
    void,
    wallet_with,
)

THREADS = 32


@pytest.mark.parametrize("tokens", [2, 500])
def test_one_hold(committed_db, charlie, at_once, tokens):
    wallet = wallet_with(charlie.workspace, tokens=tokens)
    for _ in range(5):
        reference = uuid4()
        entries = at_once(THREADS, lambda _, reference=reference: hold(wallet, tokens=2, reference=reference).id)
        assert len(entries) == THREADS
        assert len(set(entries)) == 1
        void(wallet, reference=reference)
    assert figures(wallet) == (tokens, 0)
    assert LedgerEntry.objects.filter(wallet_id=wallet).count() == 1 + 5 * 2
    assert journal_breaks() == []


def test_the_loser_goes_on_with_its_transaction(committed_db, charlie, at_once):
    wallet, reference = wallet_with(charlie.workspace, tokens=9), uuid4()

    def work(number: int) -> None:
        with transaction.atomic():
            Workspace.objects.create(name=f"before {number}")
            ledger.hold(wallet_id=wallet, tokens=1, reference=reference)
            Workspace.objects.create(name=f"after {number}")

    at_once(THREADS, work)
    assert Workspace.objects.filter(name__startswith="after").count() == THREADS
    assert figures(wallet) == (9, 1)
    assert journal_breaks() == []


def test_one_end(committed_db, charlie, at_once):
    wallet, ends = wallet_with(charlie.workspace, tokens=100), set()
    for _ in range(10):
        reference = uuid4()
        hold(wallet, tokens=3, reference=reference)
        ways = [
            lambda reference=reference: post(wallet, tokens=2, reference=reference),
            lambda reference=reference: void(wallet, reference=reference),
            lambda reference=reference: expire_hold(wallet, reference=reference),
        ]
        entries = at_once(18, lambda number, ways=ways: ways[number % 3]())
        assert len({entry.id for entry in entries}) == 1
        ends.add(entries[0].kind)
    posted = LedgerEntry.objects.filter(wallet_id=wallet, kind="post").count()
    assert figures(wallet) == (100 - 2 * posted, 0)
    assert LedgerEntry.objects.filter(wallet_id=wallet).count() == 1 + 10 * 2
    assert ends <= {"post", "void", "expire_hold"}
    assert journal_breaks() == []


def test_one_grant(committed_db, at_once):
    wallet = new_wallet()
    entries = at_once(THREADS, lambda _: grant(wallet, tokens=10, key="grant:signup:x").id)
    assert len(set(entries)) == 1
    assert figures(wallet) == (10, 0)


def test_one_wallet(committed_db, charlie, at_once):
    workspace = Workspace.objects.create(name="new")
    wallets = at_once(THREADS, lambda _: ledger.wallet_id_for(workspace_id=workspace.id))
    assert len(set(wallets)) == 1


def test_a_grant_of_this_moment_is_enough(committed_db, charlie, at_once):
    """A hold that finds the gate shut looks again under the lock, so a grant that came between is not overlooked."""
    wallet = wallet_with(charlie.workspace, tokens=0)

    def give_or_hold(number: int) -> None:
        if number % 2:
            while outcome_of(lambda: hold(wallet)) == INSUFFICIENT:
                time.sleep(0.001)
        else:
            grant(wallet, tokens=1)

    at_once(16, give_or_hold)
    assert figures(wallet) == (8, 8)
    assert journal_breaks() == []


def test_many_wallets_never_wait_for_each_other_in_a_circle(committed_db, at_once):
    wallets = [new_wallet(tokens=50) for _ in range(3)]

    def work(number: int) -> None:
        for step in range(20):
            wallet, reference = wallets[(number + step) % 3], uuid4()
            hold(wallet, reference=reference)
            void(wallet, reference=reference)

    at_once(12, work)
    assert [figures(wallet) for wallet in wallets] == [(50, 0)] * 3
    assert journal_breaks() == []
