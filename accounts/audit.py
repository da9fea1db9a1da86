"""The audit: who did what, when, and what it was before; rows are added and never changed.

Write it in the transaction of what it tells, so that neither stands without the other.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts.models import AuditEntry, User

#: Actors that are no person of ours.
SYSTEM, STRIPE = "system", "stripe"
REASON_MAX = 500


def record(
    *,
    actor: str,
    what: str,
    workspace_id: UUID | None = None,
    target: str = "",
    reason: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    ip: str | None = None,
) -> AuditEntry:
    """Write one line and return it.

    actor: SYSTEM, STRIPE, or what `user` and `operator` return. what: a short name (`key_revoked`). target: the kind
    and id of what it was done to. before, after: JSON-able figures; no secret and no address of a customer.
    """
    return AuditEntry.objects.create(
        actor=actor,
        what=what,
        workspace_id=workspace_id,
        target=target,
        reason=reason[:REASON_MAX],
        before=before,
        after=after,
        ip=ip,
    )


def user(person: User) -> str:
    """Return how a customer is named as an actor."""
    return f"user {person.pk}"


def operator(person: User) -> str:
    """Return how a member of staff is named as an actor."""
    return f"operator {person.pk}"
