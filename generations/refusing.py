"""A picture handed back: the person says why, its tokens return, the picture is deleted.

Photo and prompt stay for their time, so that it can be tried again.
Allowed for a day after it was made, once a month or for every tenth picture paid for, whichever is more; what cost
nothing returns nothing and is not counted.
"""

from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from billing import ledger
from billing.errors import GoodwillUsedUp
from generations import messages, retention, wording
from generations.errors import RefuseNotAllowed
from generations.models import Generation
from generations.transactions import durably
from generations.webhooks import events

REASON_MIN, REASON_MAX = 3, 500
# The person's own words stay with the row; the journal is kept for years and says only what happened.
JOURNALED = "picture handed back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How many more pictures may be handed back in these 30 days, of how many."""

    left: int
    limit: int


def allowance(*, wallet_id: int) -> Allowance:
    """Return what may still be handed back as things stand; the ledger decides under the wallet's lock."""
    used, limit = ledger.goodwill_used(wallet_id=wallet_id)
    return Allowance(left=max(0, limit - used), limit=limit)


def rule_against(generation: Generation) -> str:
    """Return the rule that stands in the way whatever was handed back before: not_succeeded, too_late, or ""."""
    if not generation.is_succeeded:
        return "not_succeeded"
    return "" if generation.is_recent else "too_late"


def refuse(*, generation: Generation, reason: str) -> Generation:
    """Take a picture back and return the row as it is now; `tokens_returned` says what came back.

    reason: 3 to 500 characters. Asking twice answers the same and returns nothing more. Raises
    RefuseNotAllowed(rule).
    """
    retention.remove(durably(partial(_take_back, generation.id, reason)))
    generation.refresh_from_db()
    return generation


def _take_back(generation_id: UUID, reason: str) -> list[str]:
    """Write it all in the caller's transaction; return the objects to remove after its commit."""
    row = Generation.objects.select_for_update().get(id=generation_id)
    if row.refused_at:
        return []
    if rule := rule_against(row):
        raise not_allowed(rule)
    if row.tokens_used:
        try:
            ledger.goodwill(wallet_id=row.wallet_id, reference=row.id, reason=JOURNALED)
        except GoodwillUsedUp as used_up:
            raise not_allowed("limit") from used_up
    keys = [] if row.deleted_at else retention.forget_result(row)
    row.refused_at, row.refuse_reason = Now(), reason
    row.save(update_fields=["refused_at", "refuse_reason", *retention.RESULT_FIELDS])
    row.refresh_from_db(fields=["refused_at"])
    events.forget(generation=row)
    if row.tokens_used:
        transaction.on_commit(partial(messages.announce_returned, generation_id=row.id), robust=True)
    return keys


def not_allowed(rule: str) -> RefuseNotAllowed:
    """Return the refusal with the sentence of its rule."""
    return RefuseNotAllowed(wording.refused(rule), rule=rule)
