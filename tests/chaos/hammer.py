"""make hammer: threads fall upon a few wallets with every ledger call, and what they were told must agree.

Many references are shared, so the same hold is asked for twice and the same one is posted, voided and expired at once.
The oracle is threefold: what each caller was told (one reference, one hold, one end, for everybody), the sum of it
against the wallet, and the invariants of the journal.

    python -m tests.chaos.hammer [OPS] [SEEDS]        prints the seed of each round; SEED=n replays one
"""
# ruff: noqa: T201  what it prints is its result

import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

THREADS, WALLETS, REFERENCES_PER_OP = 16, 4, 0.35
#: How often each call is made; frozen wallets thaw soon, grants keep pace with spending.
MIX = {
    "hold": 40, "post": 22, "void": 10, "expire_hold": 6, "grant": 12, "freeze": 1, "unfreeze": 3,
    "purchase": 4, "refund": 2, "refund_failed": 1, "dispute": 1, "dispute_won": 1, "goodwill": 16,
}  # fmt: skip


@dataclass
class History:
    """What one thread was told: (reference, entry id, kind, d_posted, d_held) of every answer, and the refusals."""

    answers: list[tuple[str, int, str, int, int]] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Round:
    """One run of the hammer, to be judged by `faults`."""

    seed: int
    ops: int
    wallets: list[int]
    histories: list[History]

    @property
    def refusals(self) -> Counter[str]:
        """How often what was refused, in all threads together."""
        return sum((history.refusals for history in self.histories), Counter())


def strike(*, seed: int, ops: int, wallets: list[int]) -> Round:
    """Make `ops` calls from THREADS threads on these wallets and return what they were told."""
    from django.db import connections

    names = random.Random(seed)
    references = [UUID(int=names.getrandbits(128)) for _ in range(max(1, int(ops * REFERENCES_PER_OP)))]

    def work(number: int) -> History:
        try:
            return _one_thread(random.Random(f"{seed}:{number}"), ops // THREADS, wallets, references)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return Round(seed, ops // THREADS * THREADS, wallets, list(pool.map(work, range(THREADS))))


def _one_thread(dice: random.Random, ops: int, wallets: list[int], references: list[UUID]) -> History:
    from django.db import transaction

    history, refused_by = History(), refusals()
    kinds, weights = list(MIX), list(MIX.values())
    for step in range(ops):
        kind = dice.choices(kinds, weights)[0]
        # Threads walk the references at one pace, so they meet at the same ones.
        place = min(len(references) - 1, int((step + dice.gauss(0, 6)) / ops * len(references)))
        index = max(0, place)
        call = _call(kind, dice, wallets[index % len(wallets)], references[index])
        try:
            with transaction.atomic():
                entry = call()
        except refused_by as refused:
            history.refusals[type(refused).__name__] += 1
        else:
            if entry is not None:
                history.answers.append((entry.key, entry.id, entry.kind, entry.d_posted, entry.d_held))
    return history


def refusals() -> tuple[type[Exception], ...]:
    """Return every answer of the ledger that is no fault."""
    from billing import errors

    names = ("GoodwillUsedUp", "InsufficientTokens", "NothingHeld", "NothingTaken", "NotSpent", "WalletFrozen")
    return (*(getattr(errors, name) for name in names), ValueError)


def _call(kind: str, dice: random.Random, wallet: int, reference: UUID) -> Callable[[], Any]:
    from billing import ledger

    match kind:
        case "hold":
            return lambda: ledger.hold(wallet_id=wallet, tokens=1 + reference.int % 3, reference=reference)
        case "post":
            return lambda: ledger.post(wallet_id=wallet, tokens=dice.randint(0, 3), reference=reference)
        case "grant":
            key = f"grant:{dice.randrange(10**6)}:{wallet}"
            tokens = dice.randint(1, 4)
            return lambda: ledger.grant(wallet_id=wallet, tokens=tokens, key=key, actor="hammer", reason="hammer")
        case "goodwill":
            return lambda: ledger.goodwill(wallet_id=wallet, reference=reference, reason="hammer")
        case "purchase" | "refund" | "refund_failed" | "dispute" | "dispute_won":
            return _payment_call(kind, dice, wallet)
        case "freeze" | "unfreeze":
            return lambda: getattr(ledger, kind)(wallet_id=wallet, actor="hammer", reason="hammer")
    return lambda: getattr(ledger, kind)(wallet_id=wallet, reference=reference)


def _payment_call(kind: str, dice: random.Random, wallet: int) -> Callable[[], Any]:
    """A payment's event: few enough of them that the same one comes from several threads."""
    from billing import ledger

    payment, named = f"pi_{dice.randrange(200)}_{wallet}", f"x_{dice.randrange(40)}_{wallet}"
    match kind:
        case "purchase":
            return lambda: ledger.purchase(wallet_id=wallet, tokens=5, payment=payment)
        case "refund":
            return lambda: ledger.refund(wallet_id=wallet, tokens=5, refund_id=named, payment=payment)
        case "dispute":
            return lambda: ledger.dispute(wallet_id=wallet, tokens=5, dispute_id=named, payment=payment)
        case "refund_failed":
            return lambda: ledger.refund_failed(wallet_id=wallet, refund_id=named)
    return lambda: ledger.dispute_won(wallet_id=wallet, dispute_id=named)


def faults(played: Round) -> list[str]:
    """Return every disagreement between what the threads were told, the wallets and the invariants."""
    from billing import invariants, ledger

    told: dict[str, set[tuple[int, str, int, int]]] = {}
    for history in played.histories:
        for key, *entry in history.answers:
            told.setdefault(key, set()).add(tuple(entry))  # type: ignore[arg-type]
    found = [f"two answers for {key}: {sorted(entries)}" for key, entries in told.items() if len(entries) > 1]
    found += [f"an end without a hold: {key}" for key in told if _end_without_hold(key, told)]
    sums = [sum(column) for column in zip(*((e[2], e[3]) for entries in told.values() for e in entries), strict=True)]
    now = [ledger.snapshot(wallet_id=wallet) for wallet in played.wallets]
    balances = [sum(wallet.posted for wallet in now), sum(wallet.held for wallet in now)]
    if sums != balances:
        found.append(f"callers were told {sums}, the wallets say {balances}")
    return found + [f"{rule} {ref}" for rule, ref in invariants.breaks_in("ledger_breaks_billing")]


def _end_without_hold(key: str, told: dict[str, Any]) -> bool:
    return key.startswith("resolve:") and key.replace("resolve:", "hold:") not in told


def new_wallets() -> list[int]:
    """Return WALLETS new, empty wallets."""
    from accounts.models import Workspace
    from billing import ledger

    return [ledger.wallet_id_for(workspace_id=Workspace.objects.create(name="hammer").id) for _ in range(WALLETS)]


def main(ops: int, seeds: int) -> int:
    """Strike once for each seed, on a cluster of our own; return 1 when a fault was found."""
    from tests import servers

    servers.start(Path(tempfile.mkdtemp(prefix="roomai-hammer-")))
    os.environ.update(servers.environment(), DJANGO_SETTINGS_MODULE="roomai_web.settings", DATABASE_POOL="40")
    import django
    from django.core.management import call_command

    django.setup()
    logging.getLogger("billing").setLevel(logging.ERROR)  # thousands of freezes are no news here
    call_command("migrate", verbosity=0)
    chosen = [int(os.environ["SEED"])] if "SEED" in os.environ else [random.randrange(10**6) for _ in range(seeds)]
    all_ops = all_faults = 0
    for seed in chosen:
        began = time.monotonic()
        played = strike(seed=seed, ops=ops, wallets=new_wallets())
        found = faults(played)
        print(f"seed {seed}: {played.ops} ops in {time.monotonic() - began:.1f} s, {len(found)} faults", flush=True)
        print("\n".join(found), end="\n" if found else "")
        all_ops, all_faults = all_ops + played.ops, all_faults + len(found)
    print(f"make hammer: {all_ops} ops, {len(chosen)} seeds, {all_faults} breaks")
    return 1 if all_faults else 0


if __name__ == "__main__":
    sys.exit(main(*(int(given) for given in (sys.argv[1:] + ["10000", "20"][len(sys.argv) - 1 :]))))
