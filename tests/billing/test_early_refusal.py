import pytest

from billing import ledger
from billing.errors import InsufficientTokens, WalletFrozen
from tests.billing.wallets import freeze, hold, new_wallet

pytestmark = pytest.mark.django_db


def test_it_says_what_the_gate_would_say():
    wallet = new_wallet(tokens=3)
    hold(wallet, tokens=1)
    ledger.early_refusal(wallet_id=wallet, tokens=2)
    with pytest.raises(InsufficientTokens) as refused:
        ledger.early_refusal(wallet_id=wallet, tokens=3)
    assert refused.value.extra == {"required": 3, "balance": 2}


def test_frozen_comes_before_the_balance():
    wallet = new_wallet()
    freeze(wallet)
    with pytest.raises(WalletFrozen):
        ledger.early_refusal(wallet_id=wallet, tokens=1)
