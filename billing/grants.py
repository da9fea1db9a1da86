"""Tokens given by us: the welcome of a new person, and what an operator gives."""

from uuid import uuid4

from django.conf import settings
from django.db import transaction

from accounts import workspaces
from accounts.models import User
from billing import ledger
from billing.models import LedgerEntry


def welcome(*, user: User) -> LedgerEntry | None:
    """Give the free tokens of a verified address, once for the person's workspace; None when nothing is given here."""
    if not settings.SIGNUP_TOKENS:
        return None
    workspace = workspaces.personal(user=user)
    with transaction.atomic():
        return ledger.grant(
            wallet_id=ledger.wallet_id_for(workspace_id=workspace.id),
            tokens=settings.SIGNUP_TOKENS,
            key=f"grant:signup:{workspace.id}",
            actor=ledger.SYSTEM,
            reason="e-mail address verified",
        )


def by_operator(*, user: User, tokens: int, reason: str) -> LedgerEntry:
    """Give tokens to the person's workspace; each call is a gift of its own."""
    workspace = workspaces.personal(user=user)
    with transaction.atomic():
        return ledger.grant(
            wallet_id=ledger.wallet_id_for(workspace_id=workspace.id),
            tokens=tokens,
            key=f"grant:{uuid4()}:{workspace.id}",
            actor="operator",
            reason=reason,
        )
