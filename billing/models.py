"""Tokens: a workspace's wallet and the journal that explains it. Only `billing/ledger.py` writes here."""

from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace


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
