"""Tokens given by us: what an operator gives. The welcome of a new person is `billing.welcoming`."""

from uuid import UUID, uuid4

from django.db import transaction

from accounts import audit, workspaces
from accounts.models import User
from billing import ledger
from billing.models import LedgerEntry, Wallet


def by_operator(*, user: User, tokens: int, reason: str) -> LedgerEntry:
    """Give tokens to the person's workspace; each call is a gift of its own."""
    workspace = workspaces.personal(user=user)
    return to_workspace(workspace_id=workspace.id, campaign=uuid4(), tokens=tokens, actor="operator", reason=reason)


def to_workspace(*, workspace_id: UUID, campaign: UUID, tokens: int, actor: str, reason: str) -> LedgerEntry:
    """Give tokens once for each campaign, and write down who did; return the entry, the first one when asked again."""
    wallet_id = ledger.wallet_id_for(workspace_id=workspace_id)
    with transaction.atomic():
        Wallet.objects.select_for_update(no_key=True).get(id=wallet_id)  # a double click finds the first one's entry
        key = f"grant:{campaign}:{workspace_id}"
        is_new = not LedgerEntry.objects.filter(key=key).exists()
        entry = ledger.grant(wallet_id=wallet_id, tokens=tokens, key=key, actor=actor, reason=reason)
        if is_new:
            audit.record(
                actor=actor,
                what="grant",
                workspace_id=workspace_id,
                target=f"wallet {wallet_id}",
                reason=reason,
                before={"tokens": entry.posted_after - entry.d_posted},
                after={"tokens": entry.posted_after},
            )
    return entry
