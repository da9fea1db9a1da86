"""What one API key may spend in a calendar month (UTC); beside `billing.journal` the private half of `billing.ledger`.

Counted are the holds made while the key has a cap: such a hold names the key as its actor, so that what ends it gives
back to the right key and month what was not spent. Everything happens under the wallet's lock, after the wallet.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.models import Q

from accounts.models import ApiKey
from billing.errors import KeyLimitReached

ACTOR = "key "
TAKE = """
INSERT INTO billing_keybudget AS b (api_key_id, period, committed)
SELECT %(key)s, %(period)s, %(tokens)s WHERE %(tokens)s <= %(limit)s
ON CONFLICT (api_key_id, period) DO UPDATE SET committed = b.committed + %(tokens)s
 WHERE b.committed + %(tokens)s <= %(limit)s RETURNING committed
"""
GIVE_BACK = """
UPDATE billing_keybudget SET committed = committed - %(tokens)s WHERE api_key_id = %(key)s AND period = %(period)s
"""
USED = "SELECT committed FROM billing_keybudget WHERE api_key_id = %(key)s AND period = %(period)s"


class KeyBudget(models.Model):
    """What a key's holds of one month came to: what open ones reserve and ended ones spent. period: its first day.

    Invariant: equals exactly what the journal's entries of that key and month explain.
    """

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    period = models.DateField()
    committed = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api_key", "period"], name="billing_keybudget_once"),
            models.CheckConstraint(condition=Q(committed__gte=0), name="billing_keybudget_not_negative"),
        ]


@dataclass(frozen=True, slots=True)
class Cap:
    """A key and how many tokens it may spend in a month."""

    api_key_id: UUID
    limit: int

    @property
    def actor(self) -> str:
        """Return how a hold that counts names its key."""
        return f"{ACTOR}{self.api_key_id}"


def take(*, cap: Cap, tokens: int, at: datetime) -> None:
    """Count a hold made at this moment. Raises KeyLimitReached where it would pass the cap."""
    period = _month(at)
    if _number(TAKE, {"key": cap.api_key_id, "period": period, "tokens": tokens, "limit": cap.limit}) is None:
        raise _refusal(cap, period)


def give_back(*, actor: str, tokens: int, at: datetime) -> None:
    """Take what was not spent out of the count again; actor, at: of the hold that ended."""
    if tokens and actor.startswith(ACTOR):
        with connection.cursor() as cursor:
            values: dict[str, Any] = {"key": UUID(actor.removeprefix(ACTOR)), "period": _month(at), "tokens": tokens}
            cursor.execute(GIVE_BACK, values)


def refuse_early(*, cap: Cap, tokens: int) -> None:
    """Raise KeyLimitReached where the cap leaves no room as things stand; `take` still decides."""
    now = datetime.now(UTC)
    if used(api_key_id=cap.api_key_id, at=now) + tokens > cap.limit:
        raise _refusal(cap, _month(now))


def used(*, api_key_id: UUID, at: datetime) -> int:
    """Return what the key's holds come to in the month of this moment."""
    return _number(USED, {"key": api_key_id, "period": _month(at)}) or 0


def _refusal(cap: Cap, period: date) -> KeyLimitReached:
    midnight = datetime(period.year, period.month, 1, tzinfo=UTC)
    following = (midnight + timedelta(days=32)).replace(day=1)
    spent = used(api_key_id=cap.api_key_id, at=midnight)
    return KeyLimitReached(limit=cap.limit, used=spent, resets_at=following.isoformat())


def _month(moment: datetime) -> date:
    return moment.astimezone(UTC).date().replace(day=1)


def _number(statement: str, values: dict[str, Any]) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone()
        return int(row[0]) if row else None
