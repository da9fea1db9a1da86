"""One client process of bench/ledger.py: fill the wallets, spend from them, or check what is left.

python -m bench.ledger_client fill|spend|check WALLETS THREADS SECONDS
"""

import os
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roomai_web.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from accounts.models import Workspace  # noqa: E402  models exist once Django is set up
from billing import invariants, ledger  # noqa: E402

PLENTY = 10_000_000


def fill(wallets: int) -> int:
    """Migrate, and make the wallets 1 to `wallets`, which never run dry."""
    call_command("migrate", verbosity=0)
    for number in range(1, wallets + 1):
        wallet_id = ledger.wallet_id_for(workspace_id=Workspace.objects.create(name=f"bench {number}").id)
        assert wallet_id == number
        with transaction.atomic():
            ledger.grant(wallet_id=wallet_id, tokens=PLENTY, key=f"grant:bench:{number}", actor="bench", reason="bench")
    return wallets


def spend(wallets: int, seconds: float) -> int:
    """Hold and post one token again and again; return how many pairs were made."""
    pairs, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        wallet_id, reference = random.randint(1, wallets), uuid4()
        with transaction.atomic():
            ledger.hold(wallet_id=wallet_id, tokens=1, reference=reference)
        with transaction.atomic():
            ledger.post(wallet_id=wallet_id, tokens=1, reference=reference)
        pairs += 1
    return pairs


def spend_together(wallets: int, threads: int, seconds: float) -> int:
    """Say ready, wait for the word, then spend in so many threads; return the pairs of all."""
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda _: connection.ensure_connection(), range(threads)))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        return sum(pool.map(lambda _: spend(wallets, seconds), range(threads)))


def main(work: str, wallets: int, threads: int, seconds: float) -> int:
    """Do the work and return its figure."""
    match work:
        case "fill":
            return fill(wallets)
        case "spend":
            return spend_together(wallets, threads, seconds)
        case "check":
            return len(invariants.breaks_in("ledger_breaks_billing"))
    raise ValueError(work)


if __name__ == "__main__":
    print(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
