"""What a press of Generate costs, for each number of pictures, before it is pressed."""

from dataclasses import dataclass
from typing import Any

from accounts.models import Workspace
from billing import ledger
from generations.forms import COUNTS, StudioForm


@dataclass(frozen=True, slots=True)
class Price:
    """count: pictures; tokens: what they cost; after: what would be left; missing: tokens that are not there."""

    count: int
    tokens: int
    after: int
    missing: int


def shown(*, form: StudioForm, left: int) -> dict[str, Any]:
    """Return what `_cost.html` shows: the price of every number of pictures this form offers, and whether any of them
    is too much or none is. left: tokens there are.
    """
    counts = COUNTS if "count" in form.fields else (1,)
    totals = [(count, count * form.model.tokens) for count in counts]
    prices = [Price(count, tokens, max(0, left - tokens), max(0, tokens - left)) for count, tokens in totals]
    short = [price for price in prices if price.missing]
    return {"prices": prices, "is_short": bool(short), "is_enough": len(short) < len(prices)}


def available(workspace: Workspace) -> int:
    """Return what the workspace may spend now."""
    return ledger.snapshot(wallet_id=ledger.wallet_id_for(workspace_id=workspace.id)).available
