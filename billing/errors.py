"""RoomAIError
├── InsufficientTokens   required, balance (never below 0)                   402 INSUFFICIENT_TOKENS
├── WalletFrozen         the operator stopped this wallet                    403 ACCOUNT_FROZEN
└── KeyLimitReached      limit, used, resets_at: the API key's own budget    402 KEY_LIMIT_REACHED
PaymentsError            on pages only: the API sells nothing
├── PaymentsUnavailable  Stripe did not answer, or not in time; asking again is safe
├── PaymentsRefused      reason: Stripe will not do this, its code is for staff
├── TooManyCheckouts     retry_after_s: a brake on those who try stolen cards
└── CheckoutLapsed       the checkout was left too long; a new purchase has to be started
ActRefused               staff or a customer asked for a refund or grant that is not possible; its text is for the page
UnknownPurchase          news of a payment that is none of ours, or not yet known here
LedgerMisuse             a caller's bug, never answered to a customer
├── OutsideTransaction   a ledger function was called without an open transaction
├── NothingHeld          a hold was to be resolved that was never made in this wallet
├── NothingTaken         a refund or dispute was to be undone that took nothing from this wallet
├── InTransaction        Stripe was to be asked inside a transaction
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
    default_message: ClassVar[str] = gettext_noop("This account is frozen. Write to us to have it looked at.")


class KeyLimitReached(RoomAIError):
    """The API key has used its budget of this month."""

    code: ClassVar[str] = "KEY_LIMIT_REACHED"
    http_status: ClassVar[int] = 402
    default_message: ClassVar[str] = gettext_noop("This API key has reached its monthly limit.")

    def __init__(self, *, limit: int, used: int, resets_at: str) -> None:
        super().__init__(limit=limit, used=used, resets_at=resets_at)


class PaymentsError(Exception):
    """Something about buying tokens did not work. message: for the page; http_status: of its answer."""

    http_status: ClassVar[int] = 503
    message: ClassVar[str] = gettext_noop("Payments do not answer at the moment. Nothing was charged; try again soon.")


class PaymentsUnavailable(PaymentsError):
    """No answer, or one that says "later". What was asked may have been done: ask again with the same key."""


class PaymentsRefused(PaymentsError):
    """An answer that says "no". reason: Stripe's code, for staff."""

    http_status: ClassVar[int] = 502
    message: ClassVar[str] = gettext_noop("The payment could not be started. Write to us if it happens again.")

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooManyCheckouts(PaymentsError):
    """So many payments were started, or declined, that this account or address has to wait."""

    http_status: ClassVar[int] = 429
    message: ClassVar[str] = gettext_noop("Too many payments were started. Nothing was charged; try again later.")

    def __init__(self, *, retry_after_s: int) -> None:
        super().__init__(f"in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class CheckoutLapsed(PaymentsError):
    """The stored request is too old to be sent again."""

    http_status: ClassVar[int] = 409
    message: ClassVar[str] = gettext_noop("This payment was left open too long. Nothing was charged; start again.")


class ActRefused(Exception):
    """A refund, grant or settlement that cannot be done as things stand. message: for the page, in English."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UnknownPurchase(Exception):
    """A checkout or payment names no purchase we have; a webhook may be earlier than our own row, so try again."""


class LedgerMisuse(Exception):
    """The ledger was asked for something that cannot be right; a bug of the caller."""


class OutsideTransaction(LedgerMisuse):
    """A ledger function was called without an open transaction."""


class InTransaction(LedgerMisuse):
    """A call to Stripe was made while a transaction was open."""


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
