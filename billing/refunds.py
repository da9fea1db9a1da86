"""Money given back by a decision of ours: written down first, then asked of Stripe, then taken from the wallet.

Each decision has a number within its purchase, known before the button is pressed. So a second click, or a second try
after a lost answer, asks for the same refund and nothing is given back twice. The timer tries again, too.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts import audit
from accounts.models import User
from billing import alerts, clawback, ledger, stripe_gateway
from billing.errors import ActRefused, PaymentsError, PaymentsRefused, PaymentsUnavailable
from billing.models import Purchase, Status
from billing.once import RefundOrder
from billing.stripe_records import RefundState

log = structlog.get_logger(__name__)

#: How long a pack of which nothing was spent can be returned by its buyer.
RETURNABLE = timedelta(days=14)
#: A click that is still being answered is let be; after this time its answer was lost.
ANSWERED_WITHIN = timedelta(minutes=1)
#: Stripe remembers a key for a day; an hour of it is ours, should clocks differ.
KEY_KNOWN = timedelta(hours=23)
BATCH = 50
REFUNDABLE = {Status.PAID, Status.PART_REFUNDED, Status.WON, Status.MISMATCH}


def next_number(*, purchase: Purchase) -> int:
    """Return the number of the decision a page may offer: one that Stripe has not answered yet, or a new one."""
    last = purchase.refund_orders.order_by("-n").first()
    if last is None:
        return 1
    return last.n if last.refund_id is None and not last.refused else last.n + 1


def refund(*, purchase_id: UUID, n: int, amount: int | None, actor: str, reason: str) -> RefundOrder:
    """Give money back and take its tokens; return the order, the first one when this number was used before.

    amount: smallest units of the currency, None for all that is left. Raises ActRefused when there is not that much
    to give back, PaymentsError when Stripe does not do it (asking again with this number is safe).
    """
    with transaction.atomic(durable=True):
        order = _order(purchase_id, n, amount, actor, reason)
    if order.refund_id is None:
        _ask(order)
    return order


def hand_back(*, purchase: Purchase, n: int, buyer: User) -> RefundOrder:
    """Refund a pack of which nothing was spent, as its buyer may.

    Raises ActRefused where that is over, PaymentsError as `refund`.
    """
    if not returnable(purchases=[purchase]):
        raise ActRefused(gettext_noop("This pack cannot be returned any more."))
    actor = audit.user(buyer)
    return refund(purchase_id=purchase.id, n=n, amount=None, actor=actor, reason="returned unspent by its buyer")


def returnable(*, purchases: Iterable[Purchase]) -> set[UUID]:
    """Return the ids of those of one wallet that its owner may return whole: bought within 14 days, so many unspent.

    Which tokens were spent nobody can tell, so a pack counts as unspent while as many are available.
    """
    since = timezone.now() - RETURNABLE
    fresh = [one for one in purchases if one.status == Status.PAID and one.paid_at and one.paid_at > since]
    if not fresh:
        return set()
    available = ledger.snapshot(wallet_id=fresh[0].wallet_id).available
    return {one.id for one in fresh if not one.tokens_taken and one.tokens <= available}


def _order(purchase_id: UUID, n: int, amount: int | None, actor: str, reason: str) -> RefundOrder:
    purchase = Purchase.objects.select_for_update(of=("self",)).select_related("wallet").get(id=purchase_id)
    if earlier := RefundOrder.objects.filter(purchase=purchase, n=n).first():
        return earlier
    if n != next_number(purchase=purchase):
        raise ActRefused("Another refund was decided meanwhile. Look at the purchase again.")
    left = purchase.amount_paid - purchase.amount_refunded
    amount = left if amount is None else amount
    if purchase.status not in REFUNDABLE or not 0 < amount <= left:
        raise ActRefused("There is not that much to refund.")
    audit.record(
        actor=actor,
        what="refund_asked",
        workspace_id=purchase.wallet.workspace_id,
        target=f"purchase {purchase.id}",
        reason=reason,
        before={"status": purchase.status, "refunded": purchase.amount_refunded},
        after={"n": n, "amount": amount},
    )
    return RefundOrder.objects.create(purchase=purchase, n=n, amount=amount, actor=actor, reason=reason)


def ask_again() -> None:
    """Ask for every refund whose answer was lost, the oldest first; the timer's work. Staff hear of a refusal."""
    lost = RefundOrder.objects.filter(refund_id=None, refused="", created_at__lt=timezone.now() - ANSWERED_WITHIN)
    for order in lost.select_related("purchase").order_by("created_at")[:BATCH]:
        try:
            _ask(order)
        except PaymentsRefused as refused:
            alerts.raised(what="refund_refused", about=order.key, detail=refused.reason)
        except PaymentsError as error:
            log.warning("refund_not_answered", order=order.key, error=type(error).__name__)


def _made_before(order: RefundOrder, intent_id: str) -> RefundState | None:
    """Return the refund of an order so old that Stripe may not know its key any more, None when there is none."""
    if order.created_at > timezone.now() - KEY_KNOWN:
        return None
    made = stripe_gateway.refunds_of(intent_id=intent_id)
    return next((one for one in made if one.order == order.key), None)


def _ask(order: RefundOrder) -> None:
    intent_id = order.purchase.payment_intent_id or ""
    try:
        made = _made_before(order, intent_id) or stripe_gateway.create_refund(
            intent_id=intent_id, amount=order.amount, key=order.key
        )
    except PaymentsRefused as refused:
        if "idempotency" in refused.reason.lower():  # its twin is being answered right now
            raise PaymentsUnavailable from refused
        RefundOrder.objects.filter(pk=order.pk, refund_id=None).update(refused=refused.reason[:64])
        raise
    order.refund_id = made.id
    RefundOrder.objects.filter(pk=order.pk).update(refund_id=made.id, refused="")
    try:
        clawback.settle_refunds(intent_id=intent_id)
    except PaymentsUnavailable:
        log.warning("refund_not_settled_yet", purchase_id=str(order.purchase_id))  # its event will do it
