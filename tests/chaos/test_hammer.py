"""The hammer in short, and the same hammer on a ledger whose guards are off: it must turn red."""

import pytest
from django.db import DatabaseError, connection

from billing import journal
from billing.errors import LedgerMisuse
from tests.chaos import hammer


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_ledger_stands_the_hammer(committed_db, seed):
    played = hammer.strike(seed=seed, ops=5_000, wallets=hammer.new_wallets())
    assert hammer.faults(played) == []
    refused = played.refusals
    assert set(refused) == {refusal.__name__ for refusal in hammer.refusals()}
    assert sum(refused.values()) < played.ops * 0.8


def without_checks() -> None:
    with connection.cursor() as cursor:
        for name in ("signs", "hold_covered", "never_deeper"):
            cursor.execute(f"ALTER TABLE billing_ledgerentry DROP CONSTRAINT billing_entry_{name}")
        cursor.execute("ALTER TABLE billing_wallet DROP CONSTRAINT billing_wallet_held_not_negative")


GUARDS = {
    "gate": ("GATE", journal.GATE.replace("AND posted - held >= %(tokens)s AND NOT frozen", "")),
    "lock": ("LOCK", journal.LOCK.replace("FOR NO KEY UPDATE", "")),
    "key": ("APPEND", journal.APPEND.replace("ON CONFLICT (key) DO NOTHING", "")),
}


@pytest.mark.parametrize("guard", GUARDS)
def test_each_guard_is_needed(committed_db, monkeypatch, guard):
    """With one guard off, and the database's own checks too, the same rig finds faults or is thrown out."""
    name, statement = GUARDS[guard]
    assert statement != getattr(journal, name)
    without_checks()
    monkeypatch.setattr(journal, name, statement)
    assert _is_red()


def test_the_unique_key_is_needed(committed_db, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_ledgerentry DROP CONSTRAINT billing_ledgerentry_key_key")
    without_checks()
    monkeypatch.setattr(journal, "APPEND", journal.APPEND.replace("ON CONFLICT (key) DO NOTHING", ""))
    assert _is_red()


def _is_red() -> bool:
    """Say whether one of a few strikes finds a fault or is thrown out; a race may miss, but not every time."""
    return any(_one_is_red(seed) for seed in range(12))


def _one_is_red(seed: int) -> bool:
    try:
        played = hammer.strike(seed=seed, ops=1_000, wallets=hammer.new_wallets())
    except (DatabaseError, LedgerMisuse):
        return True
    return hammer.faults(played) != []
