"""Planted damage: each is found and named by its rule, and a sound ledger gives no false alarm."""

import json
from io import StringIO
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models.functions import Now

from accounts import api_keys
from accounts.models import Workspace
from billing import invariants, ledger
from generations.models import Generation, State
from tests.billing import sales, wallets

pytestmark = pytest.mark.django_db

PRICE = 3
ENDS = {
    State.SUCCEEDED: lambda row: wallets.post(row.wallet_id, tokens=2, reference=row.id),
    State.FAILED: lambda row: wallets.void(row.wallet_id, reference=row.id),
    State.CANCELED: lambda row: wallets.void(row.wallet_id, reference=row.id),
    State.EXPIRED: lambda row: wallets.expire_hold(row.wallet_id, reference=row.id),
}

# Each: the rule that must name it, and the statement that does the damage.
DAMAGE = [
    ("I1", "UPDATE billing_wallet SET posted = posted + 1 WHERE id = {wallet}"),
    ("I1", "UPDATE billing_wallet SET version = version + 1 WHERE id = {wallet}"),
    ("I1", "UPDATE billing_ledgerentry SET posted_after = posted_after + 1 WHERE wallet_id = {wallet} AND version = 2"),
    ("I1", "UPDATE billing_ledgerentry SET d_posted = d_posted + 1, posted_after = posted_after + 1 WHERE version = 1"),
    ("I1", "DELETE FROM billing_ledgerentry WHERE version = 1"),
    ("I1", "UPDATE billing_ledgerentry SET version = version + 1 WHERE key = 'refund_failed:{undone}'"),
    ("I2", "UPDATE billing_wallet SET held = held + 1 WHERE id = {wallet}"),
    ("I2", "DELETE FROM billing_ledgerentry WHERE key = 'resolve:{failed}'"),
    ("I2", "UPDATE generations_generation SET cost = cost + 1 WHERE state = 'queued'"),
    ("I3", "DELETE FROM billing_ledgerentry WHERE key = 'hold:{queued}'"),
    ("I3", "UPDATE billing_ledgerentry SET d_held = d_held + 1 WHERE key = 'hold:{running}'"),
    ("I3", "UPDATE generations_generation SET livemode = false WHERE state = 'queued'"),
    ("I4", "UPDATE generations_generation SET state = 'failed', finished_at = now() WHERE state = 'queued'"),
    ("I4", "UPDATE billing_ledgerentry SET kind = 'expire_hold' WHERE key = 'resolve:{failed}'"),
    ("I4", "UPDATE generations_generation SET state = 'queued', finished_at = NULL WHERE state = 'expired'"),
    ("I5", "UPDATE generations_generation SET tokens_used = 1 WHERE state = 'succeeded'"),
    ("I5", "UPDATE billing_ledgerentry SET d_held = -4 WHERE key = 'resolve:{succeeded}'"),
    ("I5", "UPDATE generations_generation SET refused_at = now(), result_key = NULL WHERE state = 'succeeded'"),
    ("I5", "DELETE FROM billing_ledgerentry WHERE key = 'goodwill:{refused}'"),
    ("I5", "UPDATE billing_ledgerentry SET d_posted = 1 WHERE key = 'goodwill:{refused}'"),
    ("I5", "UPDATE generations_generation SET refused_at = NULL WHERE id = '{refused}'"),
    ("I5", "UPDATE generations_generation SET tokens_used = 0 WHERE id = '{refused}'"),
    ("I5", "UPDATE billing_ledgerentry SET key = 'goodwill:{succeeded}' WHERE key = 'goodwill:{refused}'"),
    ("I6", "UPDATE billing_ledgerentry SET reference = gen_random_uuid() WHERE key = 'resolve:{failed}'"),
    ("I6", "DELETE FROM generations_generation WHERE state = 'canceled'"),
    ("I6", "UPDATE generations_generation SET wallet_id = {other} WHERE state = 'expired'"),
    ("I7", "UPDATE billing_ledgerentry SET posted_after = 0 WHERE key = 'hold:{queued}'"),
    ("I7", "UPDATE billing_ledgerentry SET posted_after = -9 WHERE key = 'resolve:{succeeded}'; "
           "UPDATE billing_ledgerentry SET d_posted = -5, d_held = -3 WHERE key = 'resolve:{succeeded}'"),
    ("I8", "UPDATE billing_purchase SET tokens = tokens + 1 WHERE paid_at IS NOT NULL"),
    ("I8", "UPDATE billing_purchase SET paid_at = NULL WHERE paid_at IS NOT NULL"),
    ("I8", "DELETE FROM billing_purchase WHERE paid_at IS NOT NULL"),
    ("I8", "UPDATE billing_purchase SET tokens_taken = 0 WHERE tokens_taken > 0"),
    ("I8", "UPDATE billing_ledgerentry SET key = 'refund:another' WHERE key = 'refund:{undone}'"),
    ("I9", "UPDATE generations_generation SET dispatch_after = now() - interval '2 min' WHERE state = 'queued'"),
    ("I9", "UPDATE generations_generation SET dispatch_after = now() - interval '2 min', "
           "lease_until = now() - interval '1 s' WHERE state = 'running'"),
    ("I10", "UPDATE generations_generation SET deadline = now() - interval '2 min' WHERE state = 'queued'"),
    ("I10", "UPDATE generations_generation SET lease_until = now() - interval '2 min' WHERE state = 'running'"),
    ("I10", "UPDATE billing_keybudget SET committed = committed + 1"),
    ("I10", "UPDATE billing_keybudget SET committed = committed - 1"),
    ("I10", "UPDATE billing_keybudget SET period = period + interval '1 month'"),
    ("I10", "UPDATE billing_ledgerentry SET actor = 'system' WHERE key = 'hold:{queued}'"),
]  # fmt: skip


def make(workspace: Workspace, wallet: int, state: State, cap: ledger.Cap | None = None) -> Generation:
    """Return a generation in that state with the entries it should have."""
    row = Generation.objects.create(
        workspace=workspace, wallet_id=wallet, model="changebg", livemode=True, cost=PRICE, params={}, fingerprint=b"f"
    )
    wallets.hold(wallet, tokens=PRICE, reference=row.id, cap=cap)
    if state in ENDS:
        ENDS[state](row)
    rows = Generation.objects.filter(id=row.id)
    if state == State.RUNNING:
        rows.update(state=state, attempt=1, fence=1, lease_until=Now())
    elif state != State.QUEUED:
        used, key = (2, "gen/x") if state == State.SUCCEEDED else (0, None)
        rows.update(state=state, finished_at=Now(), tokens_used=used, result_key=key)
    return row


def refused(workspace: Workspace, wallet: int) -> Generation:
    """Return a picture that was handed back, with its goodwill entry."""
    row = make(workspace, wallet, State.SUCCEEDED)
    wallets.goodwill(wallet, reference=row.id)
    Generation.objects.filter(id=row.id).update(refused_at=Now(), deleted_at=Now(), result_key=None)
    return row


@pytest.fixture
def books() -> SimpleNamespace:
    """A sound wallet: a generation in each state, one refused, a purchase partly refunded; ids by state."""
    workspace = Workspace.objects.create(name="books")
    wallet = wallets.wallet_with(workspace, tokens=50)
    key, _ = api_keys.create(workspace=workspace, created_by=None, name="capped", livemode=True)
    cap = ledger.Cap(key.id, 100)
    ids = {str(state): make(workspace, wallet, state, cap).id for state in State}
    ids["refused"] = refused(workspace, wallet).id
    purchase = sales.sold(wallet, tokens=25)
    sales.refunded(purchase, tokens=5)
    ids["undone"] = sales.refunded(purchase, tokens=10)
    sales.refund_failed(purchase, refund_id=ids["undone"])
    assert invariants.breaks() == []
    return SimpleNamespace(wallet=wallet, other=wallets.new_wallet(), **ids)


def damage(statement: str) -> None:
    """Run the statement as an owner who has put every guard of the database aside."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE billing_ledgerentry DISABLE TRIGGER billing_journal_guard")
        for name in ("signs", "hold_covered", "never_deeper"):
            cursor.execute(f"ALTER TABLE billing_ledgerentry DROP CONSTRAINT billing_entry_{name}")
        cursor.execute(statement)


@pytest.mark.parametrize(("rule", "statement"), DAMAGE)
def test_damage_is_named(books, rule, statement):
    damage(statement.format(**vars(books)))
    assert rule in {found.rule for found in invariants.breaks()}


def test_every_rule_is_tried_twice():
    named = [rule for rule, _ in DAMAGE]
    rules = {line.split()[0] for line in (invariants.__doc__ or "").splitlines() if line.startswith("I")}
    assert set(named) == rules
    assert all(named.count(rule) >= 2 for rule in rules)


def test_where_is_said_too(books):
    damage("UPDATE billing_wallet SET held = held + 1 WHERE id = {wallet}".format(**vars(books)))
    assert invariants.Break("I2", f"wallet {books.wallet}") in invariants.breaks()


def test_the_command_prints_breaks_and_fails(books):
    damage("UPDATE billing_wallet SET posted = posted + 1 WHERE id = {wallet}".format(**vars(books)))
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_ledger", stdout=said)
    assert ended.value.code == 1
    assert said.getvalue().split("\n") == [f"I1   wallet {books.wallet}", "1 breaks", ""]
    said = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_ledger", "--json", stdout=said)
    assert json.loads(said.getvalue()) == [{"rule": "I1", "ref": f"wallet {books.wallet}"}]


def test_tokens_owed_after_a_refund_are_no_damage(books):
    """A refund of spent tokens takes available below zero, and nothing is shown below zero."""
    purchase = sales.sold(books.wallet, tokens=60)
    spent = uuid4()
    tokens = ledger.snapshot(wallet_id=books.wallet).available
    wallets.hold(books.wallet, tokens=tokens, reference=spent)
    wallets.post(books.wallet, tokens=tokens, reference=spent)
    sales.refunded(purchase, tokens=60)
    now = ledger.snapshot(wallet_id=books.wallet)
    assert (now.available, now.owed) == (0, now.held - now.posted)
    assert now.owed > 0
    assert wallets.journal_breaks() == []
    wallets.grant(books.wallet, tokens=now.owed + 4)
    assert ledger.snapshot(wallet_id=books.wallet).available == 4
    assert wallets.journal_breaks() == []
