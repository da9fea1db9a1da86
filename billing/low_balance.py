"""Mail when tokens run out: at a fifth of the last purchase and at none, once each for a purchase.

Where nothing was bought yet, only at none, once for a grant. What is set aside for pictures under way counts as there
until they are charged. Test keys write no entry, so they never come to be looked at.
"""

from functools import partial
from typing import NamedTuple, Protocol
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from billing import notices
from billing.models import SweepCursor
from billing.once import Level

CURSOR = "low_balance"
#: Entries looked at in one turn; what is left waits for the next.
ENTRIES = 5_000
# An entry's id is given before its commit: one that came late would lie behind the cursor.
OVERLAP = 200
FRACTION = 5

# By the primary key alone, whatever the journal's length.
NEWEST = """
SELECT max(id), array_agg(DISTINCT wallet_id) FILTER (WHERE kind = 'post' AND d_posted < 0)
  FROM (SELECT id, wallet_id, kind, d_posted FROM billing_ledgerentry WHERE id > %(after)s
         ORDER BY id LIMIT %(most)s) AS newest
"""
# The last purchase, else the last grant, of each wallet: one step down the index (wallet, kind, created_at) each.
LEFT = """
SELECT w.id, w.workspace_id, w.posted, coalesce(p.id, g.id), p.d_posted
  FROM billing_wallet w
  LEFT JOIN LATERAL (SELECT id, d_posted FROM billing_ledgerentry
                      WHERE wallet_id = w.id AND kind = 'purchase' ORDER BY created_at DESC LIMIT 1) p ON true
  LEFT JOIN LATERAL (SELECT id FROM billing_ledgerentry
                      WHERE wallet_id = w.id AND kind = 'grant' ORDER BY created_at DESC LIMIT 1) g ON true
 WHERE w.id = ANY(%(wallets)s) AND coalesce(p.id, g.id) IS NOT NULL
   AND (w.posted <= 0 OR w.posted * %(fraction)s <= p.d_posted)
"""
TELL = """
INSERT INTO billing_lowbalancenotice (entry, level, at) VALUES (%(entry)s, %(level)s, now())
ON CONFLICT (entry, level) DO NOTHING
"""


class Low(NamedTuple):
    """A wallet that runs out. entry: the purchase or grant it runs out of; bought: its tokens, None for a grant."""

    wallet_id: int
    workspace_id: UUID
    posted: int
    entry: int
    bought: int | None


class Listener(Protocol):
    """Somebody else who wants to know, called in the transaction that writes the notice down: once for each."""

    def __call__(self, *, workspace_id: UUID, wallet_id: int, entry: int, level: str) -> None:
        """Take note; entry and level together name the notice."""
        ...


def tell(*, listener: Listener | None = None) -> int:
    """Mail the owners of wallets that came to run out since the last turn; return how many mails. The timer's work."""
    cursor, _made = SweepCursor.objects.get_or_create(name=CURSOR, defaults={"reached": timezone.now()})
    newest, wallets = _spent_since(cursor.position - OVERLAP)
    told = sum(_tell(low, listener) for low in _running_out(wallets))
    if newest > cursor.position:
        SweepCursor.objects.filter(name=CURSOR).update(position=newest, reached=timezone.now())
    return told


def _spent_since(position: int) -> tuple[int, list[int]]:
    """Return the newest entry's id and the wallets that were charged."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, {"after": position, "most": ENTRIES})
        newest, wallets = cursor.fetchone()
    return newest or 0, wallets or []


def _running_out(wallets: list[int]) -> list[Low]:
    if not wallets:
        return []
    with connection.cursor() as cursor:
        cursor.execute(LEFT, {"wallets": wallets, "fraction": FRACTION})
        return [Low(*row) for row in cursor.fetchall()]


def _tell(low: Low, listener: Listener | None) -> bool:
    """Write down what this wallet is told and mail it after the commit; False when it was told before."""
    level = Level.EMPTY if low.posted <= 0 else Level.LOW
    with transaction.atomic():
        is_new = _note(low.entry, level)
        if level == Level.EMPTY:
            _note(low.entry, Level.LOW)  # a token that comes back afterwards is no news
        if is_new:
            mail = partial(notices.low_balance, wallet_id=low.wallet_id, left=max(0, low.posted))
            transaction.on_commit(mail, robust=True)
            if listener:
                listener(workspace_id=low.workspace_id, wallet_id=low.wallet_id, entry=low.entry, level=level.value)
    return is_new


def _note(entry: int, level: Level) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(TELL, {"entry": entry, "level": level.value})
        return bool(cursor.rowcount)
