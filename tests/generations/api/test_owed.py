"""After a refund of spent tokens: the API shows none and says what is owed, and takes nothing until it is repaid."""

from tests.billing import sales, wallets
from tests.generations.api.calling import program
from tests.generations.api.test_refusals import refused


def test_below_zero_shows_zero_and_refuses(charlies):
    wallet = wallets.wallet_with(charlies.someone.workspace, tokens=0)
    purchase = sales.sold(wallet, tokens=25)
    wallets.post(wallet, tokens=20, reference=wallets.hold(wallet, tokens=20).reference)
    sales.refunded(purchase, tokens=25)
    reader = program(charlies.someone, scopes=("billing:read",))
    answer = reader.get("/balance")
    assert answer.json() == {"status": "success", "available": 0, "held": 0, "owed": 20}
    assert answer.headers["X-Tokens-Remaining"] == "0"
    refused(charlies.generate(), 402, "INSUFFICIENT_TOKENS", required=1, balance=0)
    sales.sold(wallet, tokens=25)
    assert reader.get("/balance").json()["available"] == 5
    assert charlies.generate().status_code == 202
