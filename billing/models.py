"""Tokens and what they are bought with: wallet, journal, purchases and what Stripe told us of them.

Only `billing/ledger.py` writes wallets and the journal.
"""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Workspace
from billing import packs
from billing.budgets import KeyBudget as KeyBudget  # a table of this app, so that Django knows it
from billing.once import LowBalanceNotice, Proposal, RefundOrder, Welcome  # noqa: F401  tables with a file of their own
from roomai_web.ids import uuid7


class Wallet(models.Model):
    """What a workspace owns and has set aside; available = posted - held.

    Invariant: (posted, held, version) equals the sum of its entries. `posted` may be negative: tokens owed after
    a refund. `held` never is.
    """

    workspace = models.OneToOneField(Workspace, on_delete=models.PROTECT, related_name="wallet")
    posted = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    version = models.BigIntegerField(default=0)
    frozen = models.BooleanField(default=False)
    freeze_reason = models.CharField(max_length=64, blank=True)
    real_money = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(held__gte=0), name="billing_wallet_held_not_negative")]


class Kind(models.TextChoices):
    """Why an entry was written; the sign of each column follows from it."""

    PURCHASE = "purchase", _("Purchase")
    GRANT = "grant", _("Grant")
    HOLD = "hold", _("Reserved")
    POST = "post", _("Picture")
    VOID = "void", _("Released")
    EXPIRE_HOLD = "expire_hold", _("Released at the deadline")
    REFUND = "refund", _("Refund")
    REFUND_FAILED = "refund_failed", _("Refund failed")
    DISPUTE = "dispute", _("Dispute")
    DISPUTE_WON = "dispute_won", _("Dispute won")
    GOODWILL = "goodwill", _("Returned")
    ADJUST = "adjust", _("Adjustment")


class Contra(models.TextChoices):
    """The other side of an entry, for the books."""

    STRIPE = "stripe", _("Stripe")
    PROMO = "promo", _("Promotion")
    USAGE = "usage", _("Usage")
    GOODWILL = "goodwill", _("Goodwill")
    WRITEOFF = "writeoff", _("Write-off")
    NONE = "none", _("None")


ADDING = [Kind.PURCHASE, Kind.GRANT, Kind.REFUND_FAILED, Kind.DISPUTE_WON, Kind.GOODWILL]
TAKING = [Kind.REFUND, Kind.DISPUTE]
RELEASING = [Kind.VOID, Kind.EXPIRE_HOLD]


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    """The journal, read through the wallet or workspace it belongs to."""

    def for_workspace(self, workspace_id: UUID) -> Self:
        """Return this workspace's entries, newest first."""
        return self.filter(wallet__workspace_id=workspace_id).order_by("-version")


class LedgerEntry(models.Model):
    """One line of the journal: append-only, so that a balance can always be explained and never rewritten.

    Invariants: per wallet, versions run 1, 2, 3 without a gap and each `*_after` is the previous plus its delta;
    `key` is the business key of the effect and unique; a trigger refuses UPDATE, DELETE and TRUNCATE.
    """

    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="entries")
    version = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    d_posted = models.BigIntegerField()
    d_held = models.BigIntegerField()
    posted_after = models.BigIntegerField()
    held_after = models.BigIntegerField()
    key = models.CharField(max_length=200, unique=True)
    reference = models.UUIDField(null=True)
    payment_ref = models.CharField(max_length=255, blank=True)
    contra = models.CharField(max_length=16, choices=Contra.choices)
    actor = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    created_at = models.DateTimeField(
        db_default=models.Func(function="clock_timestamp", output_field=models.DateTimeField())
    )

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wallet", "version"], name="billing_entry_version_once"),
            models.CheckConstraint(
                name="billing_entry_signs",
                condition=(
                    Q(kind__in=ADDING, d_posted__gt=0, d_held=0)
                    | Q(kind__in=TAKING, d_posted__lt=0, d_held=0)
                    | Q(kind=Kind.HOLD, d_posted=0, d_held__gte=0)
                    | Q(kind=Kind.POST, d_posted__lte=0, d_held__lte=0, d_posted__gte=F("d_held"))
                    | Q(kind__in=RELEASING, d_posted=0, d_held__lte=0)
                    | Q(kind=Kind.ADJUST, d_held=0) & ~Q(d_posted=0)
                ),
            ),
            models.CheckConstraint(
                name="billing_entry_hold_covered",
                condition=~Q(kind=Kind.HOLD) | Q(posted_after__gte=F("held_after")),
            ),
            models.CheckConstraint(
                # Below zero, available may fall only by a refund or a dispute.
                name="billing_entry_never_deeper",
                condition=Q(kind__in=TAKING) | Q(posted_after__gte=F("held_after")) | Q(d_posted__gte=F("d_held")),
            ),
        ]
        indexes = [models.Index(fields=["wallet", "kind", "created_at"], name="billing_entry_by_kind")]


class StripeCustomer(models.Model):
    """Who a workspace is to Stripe; its id is forgotten when the customer is deleted there, and `made` counts on."""

    workspace = models.OneToOneField(Workspace, on_delete=models.PROTECT, related_name="stripe_customer")
    customer_id = models.CharField(max_length=255, unique=True, null=True)  # noqa: DJ001  NULLs do not collide
    email_snapshot = models.EmailField(max_length=254)
    made = models.PositiveSmallIntegerField(default=0)


class Status(models.TextChoices):
    """Where a purchase is. Paid and what follows is left by refunds and disputes only."""

    CREATED = "created", _("Started")
    OPEN = "open", _("Waiting for payment")
    PROCESSING = "processing", _("Payment on its way")
    PAID = "paid", _("Paid")
    PART_REFUNDED = "part_refunded", _("Partly refunded")
    REFUNDED = "refunded", _("Refunded")
    DISPUTED = "disputed", _("Disputed")
    WON = "won", _("Dispute won")
    LOST = "lost", _("Dispute lost")
    EXPIRED = "expired", _("Not paid in time")
    FAILED = "failed", _("Payment failed")
    MISMATCH = "mismatch", _("Being checked")


class PurchaseQuerySet(models.QuerySet["Purchase"]):
    """Purchases, reached through the workspace they belong to."""

    def for_workspace(self, workspace_id: UUID) -> Self:
        """Return this workspace's purchases, newest first."""
        return self.filter(wallet__workspace_id=workspace_id).order_by("-created_at", "-id")


class Purchase(models.Model):
    """One pack being bought: what was offered, at what price, and how far it got.

    Invariants: the row is committed before Stripe hears of it; `tokens`, `currency` and `unit_amount` never change, so
    a pack edited meanwhile changes nothing; `request` is sent as it stands however often; tokens are granted once,
    under the payment's id; what refunds and disputes took together (`tokens_taken`) is within 0..tokens. `source` is
    "checkout", and "purged" once tokens paid for in test mode were written off.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="purchases")
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    source = models.CharField(max_length=16, default="checkout")
    pack_code = models.CharField(max_length=32)
    tokens = models.PositiveBigIntegerField()
    currency = models.CharField(max_length=3)
    unit_amount = models.PositiveBigIntegerField()
    request = models.TextField(blank=True)
    session_id = models.CharField(max_length=255, unique=True, null=True)  # noqa: DJ001  NULLs do not collide
    payment_intent_id = models.CharField(max_length=255, unique=True, null=True)  # noqa: DJ001
    charge_id = models.CharField(max_length=255, unique=True, null=True)  # noqa: DJ001
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.CREATED)
    amount_paid = models.PositiveBigIntegerField(default=0)
    amount_refunded = models.PositiveBigIntegerField(default=0)
    tokens_taken = models.PositiveBigIntegerField(default=0)
    livemode = models.BooleanField()
    consent_at = models.DateTimeField(null=True)
    invoice_url = models.TextField(blank=True)
    return_path = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    paid_at = models.DateTimeField(null=True)

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="billing_purchase_sells_something", condition=Q(tokens__gt=0)),
            models.CheckConstraint(
                name="billing_purchase_takes_what_it_gave", condition=Q(tokens_taken__lte=F("tokens"))
            ),
        ]
        indexes = [
            models.Index(fields=["wallet", "-created_at"], name="billing_purchase_newest"),
            models.Index(
                fields=["created_at"],
                name="billing_purchase_unsettled",
                condition=Q(status__in=["created", "open", "processing"]),
            ),
        ]

    @property
    def shown_amount(self) -> str:
        """Return what was paid, or is to be paid, as people write it."""
        return packs.money(amount=(self.paid_at and self.amount_paid) or self.unit_amount, currency=self.currency)

    @property
    def is_granted(self) -> bool:
        """Say whether its tokens were added, whatever was taken back since."""
        return self.paid_at is not None


class EventStatus(models.TextChoices):
    """What became of an event Stripe sent."""

    RECEIVED = "received"
    HANDLED = "handled"
    IGNORED = "ignored"
    FAILED = "failed"
    DEAD = "dead"


class StripeEvent(models.Model):
    """The inbox: an event is stored once under Stripe's id and handled later; its content is never trusted."""

    event_id = models.CharField(max_length=255, primary_key=True)
    type = models.CharField(max_length=100)
    object_id = models.CharField(max_length=255, blank=True)
    api_version = models.CharField(max_length=40, blank=True)
    livemode = models.BooleanField()
    created = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    status = models.CharField(max_length=10, choices=EventStatus.choices, default=EventStatus.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(db_default=Now())
    error = models.CharField(max_length=200, blank=True)
    payload = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_try_at"], name="billing_event_due", condition=Q(status__in=["received", "failed"])
            )
        ]


class Refund(models.Model):
    """Money that went back, and the tokens its entry took; `is_undone` when it failed and they were given back."""

    refund_id = models.CharField(max_length=255, primary_key=True)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="refunds")
    amount = models.PositiveBigIntegerField()
    status = models.CharField(max_length=32)
    tokens_taken = models.PositiveBigIntegerField(default=0)
    is_undone = models.BooleanField(default=False)


class Dispute(models.Model):
    """A payment the card's owner contests, and the tokens its entry took; `is_undone` when it was won."""

    dispute_id = models.CharField(max_length=255, primary_key=True)
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="disputes")
    amount = models.PositiveBigIntegerField()
    status = models.CharField(max_length=32)
    tokens_taken = models.PositiveBigIntegerField(default=0)
    is_undone = models.BooleanField(default=False)


class CardAttempt(models.Model):
    """One try to pay, counted against card testing. card: SHA-256 of Stripe's fingerprint, which names no card."""

    charge_id = models.CharField(max_length=255, primary_key=True)
    purchase = models.ForeignKey(Purchase, on_delete=models.CASCADE, related_name="attempts")
    card = models.CharField(max_length=64, blank=True)
    declined = models.BooleanField()
    created_at = models.DateTimeField(db_default=Now())


class SweepCursor(models.Model):
    """How far a sweep has come, so that the next begins there. position: the last id it saw, where it counts ids."""

    name = models.CharField(max_length=32, primary_key=True)
    reached = models.DateTimeField()
    position = models.BigIntegerField(default=0)
