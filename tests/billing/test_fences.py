"""The database's own fence round the journal: what the ledger module would never do is refused to everybody else."""

from uuid import uuid4

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from billing.models import LedgerEntry
from tests.billing.wallets import figures, hold, new_wallet, post

COLUMNS = ("kind", "d_posted", "d_held", "posted_after", "held_after")


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def write(wallet: int, *, version: int = 9, key: str = "k", **columns: object) -> None:
    values = {"kind": "grant", "d_posted": 1, "d_held": 0, "posted_after": 1, "held_after": 0} | columns
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_ledgerentry (wallet_id, version, key, payment_ref, contra, actor, reason, kind,"
            " d_posted, d_held, posted_after, held_after) VALUES (%s, %s, %s, '', 'none', 'a', '', %s, %s, %s, %s, %s)",
            [wallet, version, key, *(values[name] for name in COLUMNS)],
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_ledgerentry SET reason = 'better'",
        "UPDATE billing_ledgerentry SET reason = 'nobody' WHERE false",
        "DELETE FROM billing_ledgerentry",
        "TRUNCATE billing_ledgerentry",
        "TRUNCATE billing_wallet CASCADE",
    ],
)
def test_even_the_owner_cannot_rewrite_the_journal(committed_db, statement):
    wallet = new_wallet(tokens=5)
    with psycopg.connect(committed_db.url) as owner, pytest.raises(psycopg.errors.RestrictViolation):
        owner.execute(statement)
    assert LedgerEntry.objects.count() == 1
    assert figures(wallet) == (5, 0)


def test_nor_can_the_orm(db):
    new_wallet(tokens=5)
    entry = LedgerEntry.objects.get()
    for climb in (
        lambda: LedgerEntry.objects.update(d_posted=500),
        lambda: LedgerEntry.objects.all().delete(),
        entry.delete,
        entry.save,
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            climb()


@pytest.mark.parametrize(
    ("constraint", "columns"),
    [
        ("signs", {"kind": "grant", "d_posted": -1, "posted_after": 9}),
        ("signs", {"kind": "grant", "d_held": 1, "posted_after": 9}),
        ("signs", {"kind": "hold", "d_posted": 1, "d_held": 1, "posted_after": 9}),
        ("signs", {"kind": "hold", "d_posted": 0, "d_held": -1, "posted_after": 9}),
        ("signs", {"kind": "post", "d_posted": -3, "d_held": -2, "posted_after": 9}),
        ("signs", {"kind": "post", "d_posted": 1, "d_held": -2, "posted_after": 9}),
        ("signs", {"kind": "void", "d_posted": -1, "d_held": -1, "posted_after": 9}),
        ("signs", {"kind": "expire_hold", "d_posted": 0, "d_held": 1, "posted_after": 9}),
        ("signs", {"kind": "refund", "d_posted": 1, "posted_after": 9}),
        ("signs", {"kind": "adjust", "d_posted": 0, "posted_after": 9}),
        ("signs", {"kind": "present", "d_posted": 1, "posted_after": 9}),
        ("hold_covered", {"kind": "hold", "d_posted": 0, "d_held": 2, "posted_after": 1, "held_after": 2}),
        ("never_deeper", {"kind": "adjust", "d_posted": -2, "posted_after": -1}),
    ],
)
def test_an_entry_that_cannot_be_right_is_refused(db, constraint, columns):
    with pytest.raises(IntegrityError, match=f"billing_entry_{constraint}|billing_entry_never_deeper"):
        write(new_wallet(), **columns)


def test_a_refund_alone_may_go_below_zero(db):
    write(new_wallet(), kind="refund", d_posted=-5, posted_after=-5)
    assert LedgerEntry.objects.get().posted_after == -5


def test_keys_and_versions_are_used_once(db):
    wallet = new_wallet()
    write(wallet, version=1, key="a")
    with pytest.raises(IntegrityError, match="key"):
        write(wallet, version=2, key="a")
    with pytest.raises(IntegrityError, match="billing_entry_version_once"):
        write(wallet, version=1, key="b")


def test_held_is_never_negative(db):
    new_wallet(tokens=5)
    with pytest.raises(IntegrityError, match="held_not_negative"), transaction.atomic():
        run("UPDATE billing_wallet SET held = -1")


def test_a_wallet_with_a_history_stays(db):
    wallet, reference = new_wallet(tokens=5), uuid4()
    hold(wallet, reference=reference)
    post(wallet, tokens=1, reference=reference)
    with pytest.raises(IntegrityError), transaction.atomic():
        run("SET CONSTRAINTS ALL IMMEDIATE; DELETE FROM billing_wallet")
