"""Sixteen checkouts of one workspace at the same moment are still five in an hour."""

from billing import checkout, ledger, limits, packs
from billing.errors import TooManyCheckouts
from billing.models import Purchase

STARTED = "started"


def test_sixteen_clicks_at_once_start_five_checkouts(committed_db, buyer, at_once):
    ledger.wallet_id_for(workspace_id=buyer.workspace.id)
    pack = packs.pack(code="p25")

    def click(number: int) -> object:
        # From an address each, so that the workspace's limit is the one in the way.
        try:
            checkout.begin(workspace=buyer.workspace, actor=buyer.user, pack=pack, ip=f"203.0.113.{number}")
        except TooManyCheckouts as refusal:
            return refusal.retry_after_s
        return STARTED

    told = at_once(16, click)
    assert told.count(STARTED) == limits.PER_WORKSPACE
    assert all(3500 < wait_s <= 3600 for wait_s in told if wait_s != STARTED)
    assert Purchase.objects.filter(wallet_id=buyer.wallet_id).count() == limits.PER_WORKSPACE
