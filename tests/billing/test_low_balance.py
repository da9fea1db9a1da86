"""Mail when tokens run out: at a fifth of the last purchase and at none, once each, at a bounded cost."""

from uuid import uuid4

import pytest
from django.db import connection

from billing import low_balance
from billing.models import SweepCursor
from billing.once import LowBalanceNotice
from tests.billing import sales, wallets
from tests.factories import Person


@pytest.fixture
def turn(django_capture_on_commit_callbacks):
    def do() -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return low_balance.tell()

    return do


def spend(wallet: int, tokens: int) -> None:
    reference = uuid4()
    wallets.hold(wallet, tokens=tokens, reference=reference)
    wallets.post(wallet, tokens=tokens, reference=reference)


def test_at_a_fifth_and_at_none_once_each(charlie: Person, turn, mailoutbox) -> None:
    sales.sold(charlie.wallet_id, tokens=25)
    spend(charlie.wallet_id, 19)
    assert turn() == 0
    spend(charlie.wallet_id, 1)
    assert [turn(), turn()] == [1, 0]
    assert (mailoutbox[0].subject, mailoutbox[0].to) == ("5 tokens left", [charlie.user.email])
    spend(charlie.wallet_id, 1)
    assert turn() == 0
    spend(charlie.wallet_id, 4)
    assert [turn(), turn()] == [1, 0]
    assert mailoutbox[1].subject == "No tokens left"
    html, kind = mailoutbox[1].alternatives[0]
    assert kind == "text/html"
    for body in (html, mailoutbox[1].body):
        assert "Your tokens are used up." in body
        assert "http://localhost:8000/billing" in body


def test_a_new_purchase_begins_anew(charlie: Person, turn, mailoutbox) -> None:
    for _ in range(2):
        sales.sold(charlie.wallet_id, tokens=10)
        spend(charlie.wallet_id, 10)
        assert turn() == 1
    assert [one.subject for one in mailoutbox] == ["No tokens left"] * 2


def test_where_nothing_was_bought_only_at_none(alice: Person, turn, mailoutbox) -> None:
    spend(alice.wallet_id, 9)
    assert turn() == 0
    spend(alice.wallet_id, 1)
    assert turn() == 1
    assert mailoutbox[0].subject == "No tokens left"


def test_a_token_that_comes_back_is_no_news(charlie: Person, turn) -> None:
    sales.sold(charlie.wallet_id, tokens=10)
    reference = uuid4()
    wallets.hold(charlie.wallet_id, reference=reference)
    wallets.post(charlie.wallet_id, tokens=1, reference=reference)
    spend(charlie.wallet_id, 9)
    assert turn() == 1
    wallets.goodwill(charlie.wallet_id, reference=reference)
    assert turn() == 0


def test_what_is_only_set_aside_is_still_there(charlie: Person, turn) -> None:
    sales.sold(charlie.wallet_id, tokens=10)
    spend(charlie.wallet_id, 1)
    wallets.hold(charlie.wallet_id, tokens=9)
    assert turn() == 0


def test_an_entry_that_was_committed_late_is_seen(charlie: Person, turn) -> None:
    sales.sold(charlie.wallet_id, tokens=10)
    spend(charlie.wallet_id, 10)
    SweepCursor.objects.create(name=low_balance.CURSOR, reached="2026-01-01T00:00:00Z", position=newest() + 100)
    assert turn() == 1


def test_a_long_journal_is_taken_in_turns(charlie: Person, turn, monkeypatch) -> None:
    monkeypatch.setattr(low_balance, "ENTRIES", 10)
    monkeypatch.setattr(low_balance, "OVERLAP", 2)
    sales.sold(charlie.wallet_id, tokens=20)
    for _ in range(20):
        spend(charlie.wallet_id, 1)
    mails = [turn() for _ in range(7)]
    assert sum(mails) == LowBalanceNotice.objects.count() - 1 == 1
    assert SweepCursor.objects.get().position == newest()


def newest() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM billing_ledgerentry")
        return cursor.fetchone()[0]


def test_a_turn_asks_little_however_many_wallets(db, turn, django_assert_num_queries) -> None:
    def sold_and_touched(count: int) -> None:
        for _ in range(count):
            wallet = wallets.new_wallet()
            sales.sold(wallet, tokens=100)
            spend(wallet, 1)

    sold_and_touched(1)
    turn()
    sold_and_touched(12)
    with django_assert_num_queries(4):  # cursor, newest entries, wallets, cursor
        turn()


@pytest.mark.parametrize("statement", ["NEWEST", "LEFT"])
def test_both_questions_are_answered_by_an_index(db, statement) -> None:
    values = {"after": 0, "most": 5, "wallets": [1, 2], "fraction": 5}
    with connection.cursor() as cursor:
        # A journal of a few rows is read whole whatever there is; so ask for a plan that must not read or sort it.
        for way in ("seqscan", "sort", "incremental_sort", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {getattr(low_balance, statement)}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan
    assert statement == "NEWEST" or "Sort" not in plan
    assert ("billing_ledgerentry_pkey" if statement == "NEWEST" else "billing_entry_by_kind") in plan
