"""Mail about money to a workspace's owners. Called after the commit of what it tells, and never a reason to fail."""

from datetime import date
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts import notices
from accounts.models import ApiKey
from billing import packs
from billing.models import Purchase, Refund, Wallet


def receipt(*, purchase_id: UUID) -> None:
    """Tell that a payment arrived and its tokens are there."""
    purchase = _purchase(purchase_id)
    paid = packs.money(amount=purchase.amount_paid, currency=purchase.currency)
    _tell(purchase, "receipt", {"paid": paid})


def refunded(*, refund_id: str) -> None:
    """Tell that money goes back, and how many tokens went with it."""
    refund = Refund.objects.select_related("purchase__wallet__workspace").get(refund_id=refund_id)
    amount = packs.money(amount=refund.amount, currency=refund.purchase.currency)
    _tell(refund.purchase, "refund", {"amount": amount, "taken": refund.tokens_taken})


def disputed(*, purchase_id: UUID) -> None:
    """Tell that a payment is contested and the account rests until that is settled."""
    purchase = _purchase(purchase_id)
    amount = packs.money(amount=purchase.amount_paid, currency=purchase.currency)
    _tell(purchase, "dispute", {"amount": amount})


def low_balance(*, wallet_id: int, left: int) -> None:
    """Tell that few tokens are left of the last purchase, or none. left: tokens, 0 for none."""
    wallet = Wallet.objects.select_related("workspace").get(id=wallet_id)
    pages = {"billing_url": settings.PUBLIC_URL + reverse("billing:wallet"), "shop_is_open": settings.SHOP}
    notices.to_owners(workspace=wallet.workspace, name="low_balance", context={"left": left, **pages})


def looked_into(*, purchase_id: UUID) -> None:
    """Tell that a payment arrived that differs from its purchase, so that staff look at it before tokens are added."""
    purchase = _purchase(purchase_id)
    amount = packs.money(amount=purchase.amount_paid, currency=purchase.currency)
    _tell(purchase, "payment_checked", {"amount": amount}, once=f"payment_checked:{purchase.id}")


def key_limit(*, key: ApiKey, limit: int, resets_on: date) -> None:
    """Tell that an API key has spent or set aside its tokens of the month. resets_on: the first day of the next."""
    context = {"key": key, "limit": limit, "resets_on": resets_on}
    pages = {"keys_url": settings.PUBLIC_URL + reverse("accounts:keys")}
    once = f"key_limit:{key.id}:{resets_on}:{limit}"
    notices.to_owners(workspace=key.workspace, name="key_limit", context={**context, **pages}, once=once)


def _purchase(purchase_id: UUID) -> Purchase:
    return Purchase.objects.select_related("wallet__workspace").get(id=purchase_id)


def _tell(purchase: Purchase, name: str, context: dict[str, object], *, once: str = "") -> None:
    pages = {"billing_url": settings.PUBLIC_URL + reverse("billing:wallet"), "real_money": purchase.livemode}
    everything = {"purchase": purchase, **pages, **context}
    notices.to_owners(workspace=purchase.wallet.workspace, name=name, context=everything, once=once)
