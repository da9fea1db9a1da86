from uuid import uuid4

import psycopg
from django.conf import settings
from django.db import connection, transaction

from billing import ledger
from billing.models import LedgerEntry, Wallet
from tests.databases import CommittedDatabase


def test_rows_are_seen_by_other_connections(committed_db, alice):
    with psycopg.connect(committed_db.environment()["DATABASE_URL"]) as other:
        seen = other.execute("SELECT posted FROM billing_wallet WHERE id = %s", [alice.wallet_id]).fetchone()
    assert seen == (10,)


def test_the_next_one_is_empty_again(committed_db):
    assert not Wallet.objects.exists()
    assert settings.DATABASES["default"]["NAME"] == committed_db.name


def test_threads_commit_there_too(committed_db, alice, at_once):
    def spend(_: int) -> None:
        with transaction.atomic():
            ledger.hold(wallet_id=alice.wallet_id, tokens=1, reference=uuid4())

    at_once(4, spend)
    assert ledger.snapshot(wallet_id=alice.wallet_id).held == 4


def test_an_ordinary_test_after_it_is_rolled_back(db, charlie):
    assert connection.settings_dict["NAME"].startswith("test_roomai")
    assert not isinstance(db, CommittedDatabase)
    assert not LedgerEntry.objects.exists()
