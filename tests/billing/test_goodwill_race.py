"""Thirty-two people hand back pictures at once where one may be: one entry, the others are told so."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

from django.db import connections

from billing.errors import GoodwillUsedUp
from billing.models import Kind, LedgerEntry
from tests.billing import wallets

THREADS = 32


def test_racing_refusals_stay_within_the_limit(committed_db):
    wallet = wallets.new_wallet(tokens=THREADS // 4)
    references = [uuid4() for _ in range(THREADS // 4)]
    for reference in references:
        wallets.hold(wallet, reference=reference)
        wallets.post(wallet, tokens=1, reference=reference)

    def refuse(number: int) -> str:
        try:
            return wallets.goodwill(wallet, reference=references[number % len(references)]).key
        except GoodwillUsedUp:
            return "used up"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        told = set(pool.map(refuse, range(THREADS)))
    written = set(LedgerEntry.objects.filter(wallet_id=wallet, kind=Kind.GOODWILL).values_list("key", flat=True))
    assert len(written) == 1
    assert told == written | {"used up"}
    assert wallets.journal_breaks() == []
