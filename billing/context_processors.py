"""What every page shows of the wallet and the shop."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import workspaces
from billing import ledger
from billing.once import Finding

SHOWN = 20


def wallet(request: HttpRequest) -> dict[str, Any]:
    """Return `wallet`: the signed-in person's balance, read only when a template asks for it; None for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"wallet": None}

    def read() -> ledger.Balance:
        workspace = workspaces.personal(user=user)
        return ledger.snapshot(wallet_id=ledger.wallet_id_for(workspace_id=workspace.id))

    return {"wallet": SimpleLazyObject(read)}


def shop(_request: HttpRequest) -> dict[str, Any]:
    """Return `shop`: whether tokens are sold here, whether with money that is not real, and how tax is told.

    `shop.findings` is what the sweeps found wrong, for the operators' overview; read only where a page asks.
    """
    tax = settings.STRIPE_TAX_BEHAVIOR if settings.STRIPE_TAX else "none"
    test_mode = settings.SHOP and not settings.STRIPE_LIVE
    return {"shop": {"is_open": settings.SHOP, "test_mode": test_mode, "tax": tax, "findings": _findings}}


def _findings() -> list[Finding]:
    return list(Finding.objects.order_by("-since")[:SHOWN])
