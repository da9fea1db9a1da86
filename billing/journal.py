"""How a line gets into the journal: one UPDATE locks the wallet and changes it, one INSERT explains it.

The private half of `billing.ledger`, which says what lines there are and when; nothing else may import this (a fence
checks it). Everything happens in the caller's transaction.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from billing.errors import KeyOfAnotherWallet, OutsideTransaction
from billing.models import Contra, Kind, LedgerEntry, Wallet

#: Who wrote an entry that follows from a generation or a payment by itself.
SYSTEM = "system"

# Written out rather than left to the ORM: what locks and what decides must be plain, and this is the hot path.
FIELDS = [field.attname for field in LedgerEntry._meta.concrete_fields]
ENTRY = ", ".join(FIELDS)
GATE = """
UPDATE billing_wallet SET held = held + %(tokens)s, version = version + 1
 WHERE id = %(wallet)s AND posted - held >= %(tokens)s AND NOT frozen RETURNING posted, held, version
"""
WALLET = "SELECT id FROM billing_wallet WHERE workspace_id = %(workspace)s"
LOOK = "SELECT posted, held, frozen FROM billing_wallet WHERE id = %(wallet)s"
# NO KEY: the journal's and the generations' foreign keys look at this row when others commit; let them.
LOCK = f"{LOOK} FOR NO KEY UPDATE"
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
        %(payment_ref)s, %(contra)s, %(actor)s, %(reason)s)
ON CONFLICT (key) DO NOTHING RETURNING {ENTRY}
"""  # noqa: S608  constants only
# A hold spent to the last token, which is how nearly every one ends: found, taken off the wallet and explained at once.
# The wallet is locked by now, so what this statement sees of its entries is all there is.
SPEND = f"""
WITH held AS (
    SELECT wallet_id, d_held FROM billing_ledgerentry
     WHERE key = %(held_key)s AND wallet_id = %(wallet)s AND d_held = %(tokens)s
       AND NOT EXISTS (SELECT 1 FROM billing_ledgerentry WHERE key = %(key)s)
), after AS (
    UPDATE billing_wallet w SET posted = w.posted - d_held, held = w.held - d_held, version = w.version + 1
      FROM held WHERE w.id = wallet_id RETURNING w.posted, w.held, w.version
)
INSERT INTO billing_ledgerentry (wallet_id, version, kind, d_posted, d_held, posted_after, held_after, key, reference,
                                 payment_ref, contra, actor, reason)
SELECT %(wallet)s, version, %(kind)s, -%(tokens)s, -%(tokens)s, posted, held, %(key)s, %(reference)s, '', %(contra)s,
       %(actor)s, '' FROM after RETURNING {ENTRY}
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


class After(NamedTuple):
    """A wallet as the statement that changed it left it."""

    posted: int
    held: int
    version: int


@dataclass(frozen=True, slots=True)
class Line:
    """A journal entry to be: what changes, under which key, and who says so."""

    kind: Kind
    key: str
    d_posted: int = 0
    d_held: int = 0
    reference: UUID | None = None
    payment_ref: str = ""
    contra: Contra = Contra.NONE
    actor: str = SYSTEM
    reason: str = ""


def wallet_of(workspace_id: UUID) -> int | None:
    """Return the id of the workspace's wallet, or None where it has none yet."""
    row = _row(WALLET, {"workspace": workspace_id})
    return row[0] if row else None


def look(wallet_id: int) -> Balance:
    """Return the balance as last committed, without a lock. Raises Wallet.DoesNotExist."""
    return _balance(LOOK, wallet_id)


def lock(wallet_id: int) -> Balance:
    """Return the balance of the wallet, which is ours to change until the transaction ends.

    Raises OutsideTransaction, Wallet.DoesNotExist.
    """
    require_transaction()
    return _balance(LOCK, wallet_id)


def entries(wallet_id: int, *keys: str) -> dict[str, LedgerEntry]:
    """Return the entries with these keys, by key. Raises KeyOfAnotherWallet."""
    with connection.cursor() as cursor:
        cursor.execute(FIND, {"keys": list(keys)})
        found = [LedgerEntry.from_db(connection.alias, FIELDS, row) for row in cursor.fetchall()]
    if strange := [entry.key for entry in found if entry.wallet_id != wallet_id]:
        raise KeyOfAnotherWallet(*strange)
    return {entry.key: entry for entry in found}


def reserve(wallet_id: int, tokens: int) -> After | None:
    """Lock the wallet and set tokens aside in one statement; return None when the gate stays shut."""
    row = _row(GATE, {"wallet": wallet_id, "tokens": tokens})
    return After(*row) if row else None


def take_back(wallet_id: int, tokens: int) -> None:
    """Undo a `reserve` that gets no entry: the wallet goes back as it was."""
    _move(wallet_id, d_posted=0, d_held=-tokens, step=-1)


def once(wallet_id: int, line: Line) -> LedgerEntry:
    """Lock the wallet and write the line; return the entry, the first one when its key was used before."""
    lock(wallet_id)
    return entries(wallet_id, line.key).get(line.key) or write(wallet_id, line)


def write(wallet_id: int, line: Line) -> LedgerEntry:
    """Change the locked wallet by the line and append the entry; its key is known to be new in this wallet."""
    return append_first(wallet_id, _move(wallet_id, d_posted=line.d_posted, d_held=line.d_held, step=1), line)


def spend(wallet_id: int, tokens: int, *, held_key: str, line: Line) -> LedgerEntry | None:
    """Turn a hold of exactly these tokens into the spending that `line` names, in the locked wallet.

    Return the entry, or None, with nothing changed, where there is no such hold or it has been resolved.
    """
    values = {
        "wallet": wallet_id,
        "tokens": tokens,
        "held_key": held_key,
        "key": line.key,
        "kind": line.kind.value,
        "reference": line.reference,
        "contra": line.contra.value,
        "actor": line.actor,
    }
    row = _row(SPEND, values)
    return LedgerEntry.from_db(connection.alias, FIELDS, row) if row else None


def append(wallet_id: int, after: After, line: Line) -> LedgerEntry | None:
    """Write the entry of a change already made and return it, or None when its key was used before."""
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
        "payment_ref": line.payment_ref,
        "contra": line.contra.value,
        "actor": line.actor,
        "reason": line.reason,
    }
    row = _row(APPEND, values)
    return LedgerEntry.from_db(connection.alias, FIELDS, row) if row else None


def append_first(wallet_id: int, after: After, line: Line) -> LedgerEntry:
    """Write the entry and return it, knowing that this wallet has none with its key."""
    entry = append(wallet_id, after, line)
    if entry is None:
        raise KeyOfAnotherWallet(line.key)
    return entry


def require_transaction() -> None:
    """Raise OutsideTransaction unless one is open."""
    if not connection.in_atomic_block:
        raise OutsideTransaction("open a transaction.atomic() first")


def _move(wallet_id: int, *, d_posted: int, d_held: int, step: int) -> After:
    """Change the locked wallet; step: 1 for an entry that follows, -1 to take back a change that gets none."""
    row = _row(MOVE, {"wallet": wallet_id, "d_posted": d_posted, "d_held": d_held, "step": step})
    return After(*row or ())


def _balance(statement: str, wallet_id: int) -> Balance:
    row = _row(statement, {"wallet": wallet_id})
    if row is None:
        raise Wallet.DoesNotExist(wallet_id)
    return Balance(*row)


def _row(statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row
