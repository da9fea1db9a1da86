"""Balances: the only module that changes a wallet or writes the journal.

How a change is made: one UPDATE locks the wallet and decides, one INSERT writes the entry that explains it, both in the
caller's transaction (`billing.journal` holds the statements). Callers lock their own row first (generation or
purchase, then wallet, then entry) and never two wallets in one transaction. Work that costs nothing (test keys) does
not come here at all: it writes no entry.

Every effect has a key. Two callers with the same key meet at the wallet's lock; the second finds the first's entry and
gets that, with nothing changed and its transaction unharmed. Decision: docs/decisions/0002-ledger.md.
"""

from datetime import UTC, datetime
from uuid import UUID

import structlog
from django.db import connection

from accounts import audit
from billing import budgets, journal
from billing.budgets import Cap
from billing.errors import GoodwillUsedUp, InsufficientTokens, NothingHeld, NothingTaken, NotSpent, WalletFrozen
from billing.journal import SYSTEM, Balance, Line
from billing.models import Contra, Kind, LedgerEntry, Wallet

__all__ = [
    "SYSTEM", "Balance", "Cap", "adjust", "dispute", "dispute_won", "early_refusal", "expire_hold", "freeze",
    "goodwill", "goodwill_used", "grant", "hold", "key_used", "post", "purchase", "refund", "refund_failed", "snapshot",
    "unfreeze", "void", "wallet_id_for",
]  # fmt: skip

log = structlog.get_logger(__name__)

# Of the last 30 days: may one more picture be given back? One is free, beyond that every tenth of those paid for.
GOODWILL = """
SELECT count(*) FILTER (WHERE kind = 'goodwill'), count(*) FILTER (WHERE kind = 'post' AND d_posted < 0)
  FROM billing_ledgerentry
 WHERE wallet_id = %(wallet)s AND kind IN ('goodwill', 'post') AND created_at > now() - interval '30 days'
"""


def wallet_id_for(*, workspace_id: UUID) -> int:
    """Return the id of the workspace's wallet, made empty on first use."""
    return journal.wallet_of(workspace_id) or Wallet.objects.get_or_create(workspace_id=workspace_id)[0].id


def snapshot(*, wallet_id: int) -> Balance:
    """Return the balance as last committed, without a lock: good for showing, never for deciding."""
    return journal.look(wallet_id)


def early_refusal(*, wallet_id: int, tokens: int, cap: Cap | None = None) -> None:
    """Refuse what the gate would refuse as things stand, before anything is fetched; the gate still decides.

    Raises WalletFrozen, InsufficientTokens(required, balance), KeyLimitReached(limit, used, resets_at).
    """
    now = snapshot(wallet_id=wallet_id)
    if now.frozen or now.available < tokens:
        raise _refusal(now, required=tokens)
    if cap:
        budgets.refuse_early(cap=cap, tokens=tokens)


def key_used(*, api_key_id: UUID) -> int:
    """Return what a key's capped holds of this month came to, open ones included."""
    return budgets.used(api_key_id=api_key_id, at=datetime.now(UTC))


def hold(*, wallet_id: int, tokens: int, reference: UUID, cap: Cap | None = None) -> LedgerEntry:
    """Set tokens aside for work not yet done; return the journal entry.

    tokens: whole tokens, > 0. reference: the caller's id, opaque here; asking twice returns the first entry. cap: of
    the API key that asks, where it has one.
    Raises InsufficientTokens(required, balance), WalletFrozen, OutsideTransaction, and KeyLimitReached(limit, used,
    resets_at), after which the transaction must be rolled back. Only a hold is ever refused for want of tokens.
    """
    journal.require_transaction()
    _require_tokens(tokens)
    line = Line(Kind.HOLD, f"hold:{reference}", d_held=tokens, reference=reference, actor=cap.actor if cap else SYSTEM)
    if after := journal.reserve(wallet_id, tokens):
        if entry := journal.append(wallet_id, after, line):
            return _counted(entry, cap)
        journal.take_back(wallet_id, tokens)  # asked before
    # Asked before or refused. The wallet stands still now: what a twin or a grant did a moment ago is visible.
    now = journal.lock(wallet_id)
    if earlier := journal.entries(wallet_id, line.key).get(line.key):
        return earlier
    after = journal.reserve(wallet_id, tokens)
    if after is None:
        raise _refusal(now, required=tokens)
    return _counted(journal.append_first(wallet_id, after, line), cap)


def post(*, wallet_id: int, tokens: int, reference: UUID) -> LedgerEntry:
    """Turn the hold into spending of `tokens`, from 0 to what was held; the rest is released by the same entry.

    Resolving twice, in whatever way, returns the first resolving entry. Raises NothingHeld, OutsideTransaction,
    ValueError when `tokens` is outside the hold.
    """
    return _resolve(wallet_id, reference, Kind.POST, tokens)


def void(*, wallet_id: int, reference: UUID) -> LedgerEntry:
    """Release the whole hold of work that failed or was canceled. Replays and errors as for `post`."""
    return _resolve(wallet_id, reference, Kind.VOID, 0)


def expire_hold(*, wallet_id: int, reference: UUID) -> LedgerEntry:
    """Release the whole hold of work that ran out of time. Replays and errors as for `post`."""
    return _resolve(wallet_id, reference, Kind.EXPIRE_HOLD, 0)


def grant(*, wallet_id: int, tokens: int, key: str, actor: str, reason: str) -> LedgerEntry:
    """Give tokens without payment; they never expire. Return the entry, the first one when the key was used before.

    tokens: > 0. key: `grant:<campaign>:<workspace>`. Raises OutsideTransaction.
    """
    _require_tokens(tokens)
    if not key.startswith("grant:"):
        raise ValueError(f"not a grant's key: {key}")
    line = Line(Kind.GRANT, key, d_posted=tokens, contra=Contra.PROMO, actor=actor, reason=reason)
    return journal.once(wallet_id, line)


def purchase(*, wallet_id: int, tokens: int, payment: str) -> LedgerEntry:
    """Add bought tokens, once for a payment whoever reports it; what is owed is repaid by plain addition.

    tokens: > 0, as sold. payment: the provider's id of the payment. Raises OutsideTransaction.
    """
    _require_tokens(tokens)
    key = f"purchase:{payment}"
    return journal.once(wallet_id, Line(Kind.PURCHASE, key, tokens, payment_ref=payment, contra=Contra.STRIPE))


def refund(*, wallet_id: int, tokens: int, refund_id: str, payment: str) -> LedgerEntry:
    """Take back tokens whose price was refunded, spent or not: the balance may fall below zero.

    tokens: > 0. refund_id: the provider's, once each. Raises OutsideTransaction.
    """
    return _take(wallet_id, tokens, Kind.REFUND, f"refund:{refund_id}", payment)


def refund_failed(*, wallet_id: int, refund_id: str) -> LedgerEntry:
    """Give back exactly what the refund took, as the money came back to us. Raises NothingTaken."""
    return _give_back(wallet_id, Kind.REFUND_FAILED, f"refund:{refund_id}", f"refund_failed:{refund_id}")


def dispute(*, wallet_id: int, tokens: int, dispute_id: str, payment: str) -> LedgerEntry:
    """Take back tokens whose payment is disputed; as `refund`."""
    return _take(wallet_id, tokens, Kind.DISPUTE, f"dispute:{dispute_id}", payment)


def dispute_won(*, wallet_id: int, dispute_id: str) -> LedgerEntry:
    """Give back exactly what the dispute took. Raises NothingTaken."""
    return _give_back(wallet_id, Kind.DISPUTE_WON, f"dispute:{dispute_id}", f"dispute_won:{dispute_id}")


def goodwill(*, wallet_id: int, reference: UUID, reason: str) -> LedgerEntry:
    """Return what a picture cost, at most once each; return the entry, the first one when asked before.

    Refused beyond one in 30 days or a tenth of the pictures paid for in them. Raises GoodwillUsedUp(limit), NotSpent
    when nothing was charged for this reference, OutsideTransaction.
    """
    journal.lock(wallet_id)
    key, spent = f"goodwill:{reference}", f"resolve:{reference}"
    found = journal.entries(wallet_id, key, spent)
    if key in found:
        return found[key]
    if spent not in found or found[spent].d_posted == 0:
        raise NotSpent(f"wallet {wallet_id} was charged nothing for {reference}")
    given, limit = goodwill_used(wallet_id=wallet_id)
    if given >= limit:
        raise GoodwillUsedUp(limit=limit)
    tokens = -found[spent].d_posted
    line = Line(Kind.GOODWILL, key, tokens, reference=reference, contra=Contra.GOODWILL, reason=reason)
    return journal.write(wallet_id, line)


def goodwill_used(*, wallet_id: int) -> tuple[int, int]:
    """Return how many pictures were given back in the last 30 days, and how many may be."""
    with connection.cursor() as cursor:
        cursor.execute(GOODWILL, {"wallet": wallet_id})
        given, paid = cursor.fetchone()
    return given, max(1, paid // 10)


def adjust(*, wallet_id: int, tokens: int, key: str, actor: str, reason: str) -> LedgerEntry:
    """Correct a balance by hand, up or down; return the entry, the first one when the key was used before.

    tokens: not 0. key: `adjust:<uuid>`. actor, reason: who and why, neither empty. Raises InsufficientTokens where it
    would take more than is available, OutsideTransaction.
    """
    if tokens == 0 or not (key.startswith("adjust:") and actor and reason):
        raise ValueError("an adjustment has tokens, a key of its own, an actor and a reason")
    now = journal.lock(wallet_id)
    if earlier := journal.entries(wallet_id, key).get(key):
        return earlier
    if tokens < 0 and now.available < -tokens:
        raise InsufficientTokens(required=-tokens, balance=now.available)
    line = Line(Kind.ADJUST, key, tokens, contra=Contra.WRITEOFF, actor=actor, reason=reason)
    entry = journal.write(wallet_id, line)
    _record(wallet_id, actor, "adjust", reason, {"tokens": now.posted}, {"tokens": entry.posted_after})
    return entry


def freeze(*, wallet_id: int, actor: str, reason: str) -> None:
    """Refuse every new hold of this wallet; balances stay, open holds end as they should, no entry is written.

    reason: shown to the person, its first 64 characters. Raises OutsideTransaction.
    """
    _set_frozen(wallet_id, frozen=True, actor=actor, reason=reason)
    log.warning("wallet_frozen", wallet_id=wallet_id, actor=actor, reason=reason)


def unfreeze(*, wallet_id: int, actor: str, reason: str) -> None:
    """Allow holds again. Raises OutsideTransaction."""
    _set_frozen(wallet_id, frozen=False, actor=actor, reason=reason)
    log.warning("wallet_unfrozen", wallet_id=wallet_id, actor=actor, reason=reason)


def _refusal(now: Balance, *, required: int) -> WalletFrozen | InsufficientTokens:
    return WalletFrozen() if now.frozen else InsufficientTokens(required=required, balance=now.available)


def _counted(held: LedgerEntry, cap: Cap | None) -> LedgerEntry:
    if cap:
        budgets.take(cap=cap, tokens=held.d_held, at=held.created_at)
    return held


def _resolve(wallet_id: int, reference: UUID, kind: Kind, tokens: int) -> LedgerEntry:
    journal.lock(wallet_id)
    held_key, key = f"hold:{reference}", f"resolve:{reference}"
    contra = Contra.USAGE if tokens else Contra.NONE
    if tokens and kind is Kind.POST:
        line = Line(kind, key, -tokens, -tokens, reference, contra=contra)
        if entry := journal.spend(wallet_id, tokens, held_key=held_key, line=line):
            return entry
    found = journal.entries(wallet_id, held_key, key)
    if key in found:
        return found[key]
    if held_key not in found:
        raise NothingHeld(f"wallet {wallet_id} holds nothing for {reference}")
    held = found[held_key]
    if not 0 <= tokens <= held.d_held:
        raise ValueError(f"{tokens} tokens is outside the hold of {held.d_held}")
    budgets.give_back(actor=held.actor, tokens=held.d_held - tokens, at=held.created_at)
    return journal.write(wallet_id, Line(kind, key, -tokens, -held.d_held, reference, contra=contra))


def _take(wallet_id: int, tokens: int, kind: Kind, key: str, payment: str) -> LedgerEntry:
    _require_tokens(tokens)
    return journal.once(wallet_id, Line(kind, key, -tokens, payment_ref=payment, contra=Contra.STRIPE))


def _give_back(wallet_id: int, kind: Kind, taken_key: str, key: str) -> LedgerEntry:
    journal.lock(wallet_id)
    found = journal.entries(wallet_id, taken_key, key)
    if key in found:
        return found[key]
    if taken_key not in found:
        raise NothingTaken(f"wallet {wallet_id} has no {taken_key}")
    taken = found[taken_key]
    line = Line(kind, key, -taken.d_posted, payment_ref=taken.payment_ref, contra=Contra.STRIPE)
    return journal.write(wallet_id, line)


def _set_frozen(wallet_id: int, *, frozen: bool, actor: str, reason: str) -> None:
    journal.require_transaction()
    was = journal.lock(wallet_id).frozen
    Wallet.objects.filter(id=wallet_id).update(frozen=frozen, freeze_reason=reason[:64] if frozen else "")
    what = "wallet_frozen" if frozen else "wallet_unfrozen"
    _record(wallet_id, actor, what, reason, {"frozen": was}, {"frozen": frozen})


def _record(
    wallet_id: int, actor: str, what: str, reason: str, before: dict[str, object], after: dict[str, object]
) -> None:
    workspace_id = Wallet.objects.values_list("workspace_id", flat=True).get(id=wallet_id)
    target = f"wallet {wallet_id}"
    audit.record(
        actor=actor, what=what, workspace_id=workspace_id, target=target, reason=reason, before=before, after=after
    )


def _require_tokens(tokens: int) -> None:
    if tokens <= 0:
        raise ValueError(f"{tokens} is not a number of tokens to move")
