"""Wallets for tests, and each ledger call in a transaction of its own, as a service makes it."""

from collections.abc import Callable
from uuid import UUID, uuid4

from django.db import transaction

from accounts.models import Workspace
from billing import invariants, ledger
from billing.errors import InsufficientTokens, KeyLimitReached, WalletFrozen
from billing.models import LedgerEntry

HELD, INSUFFICIENT, FROZEN, KEY_LIMIT = "held", "insufficient", "frozen", "key limit"


def wallet_with(workspace: Workspace, *, tokens: int) -> int:
    """Return the id of the workspace's wallet with so many tokens more."""
    wallet = ledger.wallet_id_for(workspace_id=workspace.id)
    if tokens:
        grant(wallet, tokens=tokens)
    return wallet


def new_wallet(*, tokens: int = 0) -> int:
    """Return the wallet of a new workspace without people."""
    return wallet_with(Workspace.objects.create(name="test"), tokens=tokens)


@transaction.atomic
def grant(wallet: int, *, tokens: int, key: str = "") -> LedgerEntry:
    return ledger.grant(
        wallet_id=wallet, tokens=tokens, key=key or f"grant:{uuid4()}", actor="test", reason="for a test"
    )


@transaction.atomic
def hold(wallet: int, *, tokens: int = 1, reference: UUID | None = None, cap: ledger.Cap | None = None) -> LedgerEntry:
    return ledger.hold(wallet_id=wallet, tokens=tokens, reference=reference or uuid4(), cap=cap)


@transaction.atomic
def post(wallet: int, *, tokens: int, reference: UUID) -> LedgerEntry:
    return ledger.post(wallet_id=wallet, tokens=tokens, reference=reference)


@transaction.atomic
def void(wallet: int, *, reference: UUID) -> LedgerEntry:
    return ledger.void(wallet_id=wallet, reference=reference)


@transaction.atomic
def expire_hold(wallet: int, *, reference: UUID) -> LedgerEntry:
    return ledger.expire_hold(wallet_id=wallet, reference=reference)


@transaction.atomic
def purchase(wallet: int, *, tokens: int, payment: str = "") -> LedgerEntry:
    return ledger.purchase(wallet_id=wallet, tokens=tokens, payment=payment or f"pi_{uuid4()}")


@transaction.atomic
def refund(wallet: int, *, tokens: int, refund_id: str) -> LedgerEntry:
    return ledger.refund(wallet_id=wallet, tokens=tokens, refund_id=refund_id, payment="pi_test")


@transaction.atomic
def refund_failed(wallet: int, *, refund_id: str) -> LedgerEntry:
    return ledger.refund_failed(wallet_id=wallet, refund_id=refund_id)


@transaction.atomic
def dispute(wallet: int, *, tokens: int, dispute_id: str) -> LedgerEntry:
    return ledger.dispute(wallet_id=wallet, tokens=tokens, dispute_id=dispute_id, payment="pi_test")


@transaction.atomic
def dispute_won(wallet: int, *, dispute_id: str) -> LedgerEntry:
    return ledger.dispute_won(wallet_id=wallet, dispute_id=dispute_id)


@transaction.atomic
def goodwill(wallet: int, *, reference: UUID) -> LedgerEntry:
    return ledger.goodwill(wallet_id=wallet, reference=reference, reason="blurred")


@transaction.atomic
def adjust(wallet: int, *, tokens: int, key: str = "") -> LedgerEntry:
    return ledger.adjust(
        wallet_id=wallet, tokens=tokens, key=key or f"adjust:{uuid4()}", actor="test", reason="for a test"
    )


@transaction.atomic
def freeze(wallet: int) -> None:
    ledger.freeze(wallet_id=wallet, actor="test", reason="card testing")


@transaction.atomic
def unfreeze(wallet: int) -> None:
    ledger.unfreeze(wallet_id=wallet, actor="test", reason="settled")


def outcome_of(holding: Callable[[], LedgerEntry]) -> str:
    """Return HELD, INSUFFICIENT, FROZEN or KEY_LIMIT; any other error is a fault and is raised."""
    try:
        holding()
    except InsufficientTokens:
        return INSUFFICIENT
    except WalletFrozen:
        return FROZEN
    except KeyLimitReached:
        return KEY_LIMIT
    return HELD


def figures(wallet: int) -> tuple[int, int]:
    """Return (posted, held)."""
    now = ledger.snapshot(wallet_id=wallet)
    return now.posted, now.held


def journal_breaks() -> list[invariants.Break]:
    """Return the breaks of billing's own rules; these tests hold for references without a generation."""
    return invariants.breaks_in("ledger_breaks_billing") + invariants.breaks_in("ledger_breaks_budgets")
