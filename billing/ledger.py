"""Balances: the only module that changes a wallet or writes the journal.

How a change is made: one UPDATE locks the wallet and decides, one INSERT writes the entry that explains it, both in the
caller's transaction. Callers lock their own row first (generation, then wallet, then entry) and never two wallets
in one transaction. Work that costs nothing (test keys) does not come here at all: it writes no entry.

Every effect has a key. Two callers with the same key meet at the wallet's lock; the second finds the first's entry and
gets that, with nothing changed and its transaction unharmed. Decision: docs/decisions/0002-ledger.md.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import structlog
from django.db import connection

from billing.errors import (
    InsufficientTokens,
    KeyOfAnotherWallet,
    NothingHeld,
    OutsideTransaction,
    WalletFrozen,
)
from billing.models import Contra, Kind, LedgerEntry, Wallet

log = structlog.get_logger(__name__)

#: Who wrote an entry that follows from a generation by itself.
SYSTEM = "system"

# Written out rather than left to the ORM: what locks and what decides must be plain, and this is the hot path.
FIELDS = [field.attname for field in LedgerEntry._meta.concrete_fields]
ENTRY = ", ".join(FIELDS)
GATE = """
UPDATE billing_wallet SET held = held + %(tokens)s, version = version + 1
 WHERE id = %(wallet)s AND posted - held >= %(tokens)s AND NOT frozen RETURNING posted, held, version
"""
# NO KEY: the journal's and the generations' foreign keys look at this row when others commit; let them.
LOCK = "SELECT posted, held, frozen FROM billing_wallet WHERE id = %(wallet)s FOR NO KEY UPDATE"
MOVE = """
UPDATE billing_wallet SET posted = posted + %(d_posted)s, held = held + %(d_held)s, version = version + %(step)s
 WHERE id = %(wallet)s RETURNING posted, held, version
"""
FIND = f"SELECT {ENTRY} FROM billing_ledgerentry WHERE key = ANY(%(keys)s)"  # noqa: S608  constants only
# A twin with this key has committed by now or never will: we hold the wallet's lock. DO NOTHING keeps the
# transaction usable where a unique violation would end it.
APPEND = f"""
INSERT INTO billing_ledgerentry (wallet_id, version, kind, d_posted, d_held, posted_after, held_after, key, reference,
                                 payment_ref, contra, actor, reason)
VALUES (%(wallet)s, %(version)s, %(kind)s, %(d_posted)s, %(d_held)s, %(posted)s, %(held)s, %(key)s, %(reference)s,
        '', %(contra)s, %(actor)s, %(reason)s)
ON CONFLICT (key) DO NOTHING RETURNING {ENTRY}
"""  # noqa: S608  constants only


@dataclass(frozen=True, slots=True)
class Balance:
    """A wallet's figures, in whole tokens. posted: owned; below zero after a refund of spent ones. held: set aside."""

    posted: int
    held: int
    frozen: bool

    @property
    def available(self) -> int:
        """What may be spent now; never below zero."""
        return max(0, self.posted - self.held)

    @property
    def owed(self) -> int:
        """What the next purchase repays first; 0 unless a refund took back tokens already spent."""
        return max(0, self.held - self.posted)


class _After(NamedTuple):
    """A wallet as the statement that changed it left it."""

    posted: int
    held: int
    version: int


@dataclass(frozen=True, slots=True)
class _Line:
    """A journal entry to be: what changes, under which key, and who says so."""

    kind: Kind
    key: str
    d_posted: int = 0
    d_held: int = 0
    reference: UUID | None = None
    contra: Contra = Contra.NONE
    actor: str = SYSTEM
    reason: str = ""


def wallet_id_for(*, workspace_id: UUID) -> int:
    """Return the id of the workspace's wallet, made empty on first use."""
    wallet_id = Wallet.objects.filter(workspace_id=workspace_id).values_list("id", flat=True).first()
    return wallet_id or Wallet.objects.get_or_create(workspace_id=workspace_id)[0].id


def snapshot(*, wallet_id: int) -> Balance:
    """Return the balance as last committed, without a lock: good for showing, never for deciding."""
    return Balance(*Wallet.objects.values_list("posted", "held", "frozen").get(id=wallet_id))


def early_refusal(*, wallet_id: int, tokens: int) -> None:
    """Refuse what the gate would refuse as things stand, before anything is fetched; the gate still decides.

    Raises WalletFrozen, InsufficientTokens(required, balance).
    """
    now = snapshot(wallet_id=wallet_id)
    if now.frozen or now.available < tokens:
        raise _refusal(now, required=tokens)


def hold(*, wallet_id: int, tokens: int, reference: UUID) -> LedgerEntry:
    """Set tokens aside for work not yet done; return the journal entry.

    tokens: whole tokens, > 0. reference: the caller's id, opaque here; asking twice returns the first entry.
    Raises InsufficientTokens(required, balance), WalletFrozen, OutsideTransaction. Only a hold is ever refused for
    want of tokens.
    """
    _require_transaction()
    _require_tokens(tokens)
    line = _Line(Kind.HOLD, f"hold:{reference}", d_held=tokens, reference=reference)
    if after := _reserve(wallet_id, tokens):
        if entry := _append(wallet_id, after, line):
            return entry
        _move(wallet_id, d_posted=0, d_held=-tokens, step=-1)  # asked before: the wallet goes back as it was
    # Asked before or refused. The wallet stands still now: what a twin or a grant did a moment ago is visible.
    now = _lock(wallet_id)
    if earlier := _entries(wallet_id, line.key).get(line.key):
        return earlier
    after = _reserve(wallet_id, tokens)
    if after is None:
        raise _refusal(now, required=tokens)
    return _append_first(wallet_id, after, line)


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
    _require_transaction()
    _require_tokens(tokens)
    if not key.startswith("grant:"):
        raise ValueError(f"not a grant's key: {key}")
    _lock(wallet_id)
    if earlier := _entries(wallet_id, key).get(key):
        return earlier
    line = _Line(Kind.GRANT, key, d_posted=tokens, contra=Contra.PROMO, actor=actor, reason=reason)
    return _write(wallet_id, line)


def freeze(*, wallet_id: int, actor: str, reason: str) -> None:
    """Refuse every new hold of this wallet; balances stay, open holds end as they should, no entry is written.

    reason: at most 64 characters. Raises OutsideTransaction.
    """
    _set_frozen(wallet_id, frozen=True, reason=reason)
    log.warning("wallet_frozen", wallet_id=wallet_id, actor=actor, reason=reason)


def unfreeze(*, wallet_id: int, actor: str, reason: str) -> None:
    """Allow holds again. Raises OutsideTransaction."""
    _set_frozen(wallet_id, frozen=False, reason="")
    log.warning("wallet_unfrozen", wallet_id=wallet_id, actor=actor, reason=reason)


def _refusal(now: Balance, *, required: int) -> WalletFrozen | InsufficientTokens:
    return WalletFrozen() if now.frozen else InsufficientTokens(required=required, balance=now.available)


def _resolve(wallet_id: int, reference: UUID, kind: Kind, tokens: int) -> LedgerEntry:
    _require_transaction()
    _lock(wallet_id)
    held_key, key = f"hold:{reference}", f"resolve:{reference}"
    found = _entries(wallet_id, held_key, key)
    if key in found:
        return found[key]
    if held_key not in found:
        raise NothingHeld(f"wallet {wallet_id} holds nothing for {reference}")
    held = found[held_key]
    if not 0 <= tokens <= held.d_held:
        raise ValueError(f"{tokens} tokens is outside the hold of {held.d_held}")
    contra = Contra.USAGE if tokens else Contra.NONE
    return _write(wallet_id, _Line(kind, key, -tokens, -held.d_held, reference, contra))


def _write(wallet_id: int, line: _Line) -> LedgerEntry:
    """Change the locked wallet by the line and append the entry."""
    after = _move(wallet_id, d_posted=line.d_posted, d_held=line.d_held, step=1)
    return _append_first(wallet_id, after, line)


def _set_frozen(wallet_id: int, *, frozen: bool, reason: str) -> None:
    _require_transaction()
    Wallet.objects.filter(id=wallet_id).update(frozen=frozen, freeze_reason=reason)


def _lock(wallet_id: int) -> Balance:
    """Return the balance of the wallet, which is ours to change until the transaction ends."""
    row = _row(LOCK, {"wallet": wallet_id})
    if row is None:
        raise Wallet.DoesNotExist(wallet_id)
    return Balance(*row)


def _entries(wallet_id: int, *keys: str) -> dict[str, LedgerEntry]:
    """Return the entries with these keys, by key. Raises KeyOfAnotherWallet."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"keys": list(keys)})
        found = [LedgerEntry.from_db(connection.alias, FIELDS, row) for row in cursor.fetchall()]
    if strange := [entry.key for entry in found if entry.wallet_id != wallet_id]:
        raise KeyOfAnotherWallet(*strange)
    return {entry.key: entry for entry in found}


def _reserve(wallet_id: int, tokens: int) -> _After | None:
    """Lock the wallet and set tokens aside in one statement; return None when the gate stays shut."""
    row = _row(GATE, {"wallet": wallet_id, "tokens": tokens})
    return _After(*row) if row else None


def _move(wallet_id: int, *, d_posted: int, d_held: int, step: int) -> _After:
    """Change the locked wallet; step: 1 for an entry that follows, -1 to take back a change that gets none."""
    row = _row(MOVE, {"wallet": wallet_id, "d_posted": d_posted, "d_held": d_held, "step": step})
    return _After(*row or ())


def _append(wallet_id: int, after: _After, line: _Line) -> LedgerEntry | None:
    """Write the entry and return it, or None when its key was used before."""
    values = {
        "wallet": wallet_id,
        "posted": after.posted,
        "held": after.held,
        "version": after.version,
        "kind": line.kind.value,
        "key": line.key,
        "d_posted": line.d_posted,
        "d_held": line.d_held,
        "reference": line.reference,
        "contra": line.contra.value,
        "actor": line.actor,
        "reason": line.reason,
    }
    row = _row(APPEND, values)
    return LedgerEntry.from_db(connection.alias, FIELDS, row) if row else None


def _append_first(wallet_id: int, after: _After, line: _Line) -> LedgerEntry:
    """Write the entry and return it, knowing that this wallet has none with its key."""
    entry = _append(wallet_id, after, line)
    if entry is None:
        raise KeyOfAnotherWallet(line.key)
    return entry


def _row(statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise OutsideTransaction("open a transaction.atomic() first")


def _require_tokens(tokens: int) -> None:
    if tokens <= 0:
        raise ValueError(f"{tokens} is not a number of tokens to move")
