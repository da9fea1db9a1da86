"""RoomAIError
├── InsufficientTokens   required, balance (never below 0)                   402 INSUFFICIENT_TOKENS
├── WalletFrozen         the operator stopped this wallet                    403 ACCOUNT_FROZEN
└── KeyLimitReached      limit, used, resets_at: the API key's own budget    402 KEY_LIMIT_REACHED
LedgerMisuse             a caller's bug, never answered to a customer
├── OutsideTransaction   a ledger function was called without an open transaction
├── NothingHeld          a hold was to be resolved that was never made in this wallet
├── NothingTaken         a refund or dispute was to be undone that took nothing from this wallet
├── NotSpent             a picture was to be given back that was charged nothing
└── KeyOfAnotherWallet   the entry's key was used by another wallet before
GoodwillUsedUp           limit: no more pictures may be given back this month"""

from typing import ClassVar

from django.utils.translation import gettext_noop

from roomai_web.errors import RoomAIError


class InsufficientTokens(RoomAIError):
    """A hold asks for more than is available."""

    code: ClassVar[str] = "INSUFFICIENT_TOKENS"
    http_status: ClassVar[int] = 402
    default_message: ClassVar[str] = gettext_noop("Not enough tokens")

    def __init__(self, *, required: int, balance: int) -> None:
        super().__init__(required=required, balance=balance)


class WalletFrozen(RoomAIError):
    """The operator froze this wallet: nothing new may be held, what is held still ends as it should."""

    code: ClassVar[str] = "ACCOUNT_FROZEN"
    http_status: ClassVar[int] = 403
    default_message: ClassVar[str] = gettext_noop("This account is frozen. Please write to support.")


class KeyLimitReached(RoomAIError):
    """The API key has used its budget of this month."""

    code: ClassVar[str] = "KEY_LIMIT_REACHED"
    http_status: ClassVar[int] = 402
    default_message: ClassVar[str] = gettext_noop("This API key has reached its monthly limit.")

    def __init__(self, *, limit: int, used: int, resets_at: str) -> None:
        super().__init__(limit=limit, used=used, resets_at=resets_at)


class LedgerMisuse(Exception):
    """The ledger was asked for something that cannot be right; a bug of the caller."""


class OutsideTransaction(LedgerMisuse):
    """A ledger function was called without an open transaction."""


class NothingHeld(LedgerMisuse):
    """There is no hold of this reference in this wallet."""


class KeyOfAnotherWallet(LedgerMisuse):
    """The key belongs to an entry of another wallet."""


class NothingTaken(LedgerMisuse):
    """There is no such refund or dispute in this wallet."""


class NotSpent(LedgerMisuse):
    """Nothing was charged for this reference, so nothing can be returned."""


class GoodwillUsedUp(Exception):
    """The wallet has been given back as many pictures as 30 days allow."""

    def __init__(self, *, limit: int) -> None:
        super().__init__(f"at most {limit} in 30 days")
        self.limit = limit
