"""Two clicks at the same moment refund once, and two gifts of one form give once."""

from uuid import uuid4

from billing import grants, ledger, refunds
from billing.errors import PaymentsError
from billing.models import Kind, LedgerEntry, Refund
from billing.once import RefundOrder


def test_a_refund_clicked_by_eight_hands_is_one(committed_db, buyer, at_once):
    purchase = buyer.buy("p100")

    def click(_n: int) -> str:
        try:
            return refunds.refund(purchase_id=purchase.id, n=1, amount=450, actor="operator 1", reason="asked").key
        except PaymentsError as error:  # its twin is being answered
            return type(error).__name__

    told = set(at_once(8, click))
    assert told <= {f"refund:{purchase.id}:1", "PaymentsUnavailable"}
    order = RefundOrder.objects.get()
    assert (order.amount, order.refused) == (450, "")
    assert (Refund.objects.count(), buyer.available) == (1, 75)


def test_a_gift_clicked_by_eight_hands_is_one(committed_db, buyer, at_once):
    ledger.wallet_id_for(workspace_id=buyer.workspace.id)
    given = {"workspace_id": buyer.workspace.id, "campaign": uuid4(), "tokens": 5, "actor": "operator 1", "reason": "x"}
    assert len({entry.id for entry in at_once(8, lambda _n: grants.to_workspace(**given))}) == 1
    assert LedgerEntry.objects.filter(wallet_id=buyer.wallet_id, kind=Kind.GRANT).count() == 1
