"""Tables whose rows make something happen once: a refund we decide, a proposal of staff, a welcome, what is told."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Workspace
from roomai_web.ids import uuid7


class RefundOrder(models.Model):
    """Money we decided to give back, committed before Stripe hears of it.

    Invariant: one row for a purchase and number, and one refund at Stripe for a row, under `refund:<purchase>:<n>`: a
    lost answer or a second click asks for the same one. refused: Stripe's code where it said no.
    """

    purchase = models.ForeignKey("billing.Purchase", on_delete=models.PROTECT, related_name="refund_orders")
    n = models.PositiveSmallIntegerField()
    amount = models.PositiveBigIntegerField()
    actor = models.CharField(max_length=64)
    reason = models.CharField(max_length=500)
    refund_id = models.CharField(max_length=255, unique=True, null=True)  # noqa: DJ001  NULLs do not collide
    refused = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["purchase", "n"], name="billing_refund_order_once")]

    @property
    def key(self) -> str:
        """Return the key under which Stripe is asked, however often."""
        return f"refund:{self.purchase_id}:{self.n}"


class Act(models.TextChoices):
    """What staff can propose to each other."""

    GRANT = "grant", _("Grant tokens")
    SETTLE = "settle", _("Grant what was paid for")


class Proposal(models.Model):
    """Many tokens that one operator wants to give and another has to confirm.

    Invariant: whoever confirms is not who proposed; done and confirmed go together.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    act = models.CharField(max_length=8, choices=Act.choices)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="+")
    purchase = models.ForeignKey("billing.Purchase", on_delete=models.PROTECT, null=True, related_name="+")
    tokens = models.PositiveBigIntegerField()
    reason = models.CharField(max_length=500)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="billing_proposal_two_persons",
                condition=Q(confirmed_by__isnull=True, done_at__isnull=True)
                | Q(confirmed_by__isnull=False, done_at__isnull=False) & ~Q(confirmed_by=F("proposed_by")),
            ),
            models.UniqueConstraint(
                fields=["purchase"], condition=Q(done_at__isnull=True), name="billing_proposal_one_open"
            ),
        ]


class Refusal(models.TextChoices):
    """Why a new person got no free tokens."""

    ADDRESS = "address", _("This address was given free tokens before.")
    DISPOSABLE = "disposable", _("Free tokens are not given to disposable addresses.")
    NETWORK = "network", _("Several people of your network were given free tokens today.")


class Welcome(models.Model):
    """That a new person was given free tokens, or why not; once for a workspace and once for an address.

    digest, network: HMACs of the address as one person would spell it and of the network; neither is stored itself.
    """

    workspace = models.OneToOneField(Workspace, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    network = models.CharField(max_length=64, blank=True)
    refused = models.CharField(max_length=10, choices=Refusal.choices, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], condition=Q(refused=""), name="billing_welcome_once"),
        ]
        indexes = [
            models.Index(fields=["network", "created_at"], name="billing_welcome_network", condition=Q(refused="")),
        ]


class Level(models.TextChoices):
    """How low a balance is."""

    LOW = "low"
    EMPTY = "empty"


class LowBalanceNotice(models.Model):
    """That a person was told how little is left of a purchase or grant; once for each and each level.

    entry: the purchase's or grant's id in the journal, to which nothing holds a foreign key.
    """

    entry = models.BigIntegerField()
    level = models.CharField(max_length=5, choices=Level.choices)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "level"], name="billing_told_once")]


class Finding(models.Model):
    """Something a sweep found wrong and staff have to mend; told when it is new, gone when it is mended.

    Invariant: one row for a kind and the object it is about; neither names a person.
    """

    what = models.CharField(max_length=32)
    about = models.CharField(max_length=255)
    detail = models.CharField(max_length=500)
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "about"], name="billing_found_once")]

    def __str__(self) -> str:
        return f"{self.what}: {self.detail}"
