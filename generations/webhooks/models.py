"""Webhooks: who wants to be told, what there is to tell, and each try to tell it."""

import secrets
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Workspace
from roomai_web.ids import uuid7

URL_MAX_CHARS = 2048
SALT_BYTES = 32


class EventType(models.TextChoices):
    """What an endpoint can ask to be told."""

    SUCCEEDED = "generation.succeeded", _("A picture is ready")
    FAILED = "generation.failed", _("A picture could not be made, or not in time")
    CANCELED = "generation.canceled", _("A generation was canceled")
    BALANCE_LOW = "balance.low", _("Tokens run out")


#: Sent by hand to see whether an endpoint works; nobody subscribes to it.
TEST = "test"


def every_type() -> list[str]:
    """Return what an endpoint is told unless its maker chose."""
    return list(EventType.values)


def new_salt() -> bytes:
    """Return what a new signing secret is derived from; worth nothing without the installation's own secret."""
    return secrets.token_bytes(SALT_BYTES)


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    """Endpoints, reached through the workspace they belong to."""

    def for_workspace(self, workspace: Workspace, *, livemode: bool) -> Self:
        """Return this workspace's endpoints for live or for test keys, oldest first."""
        return self.filter(workspace=workspace, livemode=livemode).order_by("created_at", "id")


class WebhookEndpoint(models.Model):
    """An address of a customer's that is told what happens.

    Invariants: it hears of its own workspace and mode only; its secret is derived from `salt` and never stored; a
    disabled one has no pending delivery but those asked for by hand.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="webhook_endpoints")
    livemode = models.BooleanField()
    url = models.CharField(max_length=URL_MAX_CHARS)
    events = ArrayField(models.CharField(max_length=32, choices=EventType.choices), default=every_type)
    salt = models.BinaryField(max_length=SALT_BYTES, default=new_salt)
    created_at = models.DateTimeField(db_default=Now())
    disabled_at = models.DateTimeField(null=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["workspace", "livemode"], name="generations_endpoints_of")]


class WebhookSecret(models.Model):
    """What signs the calls to addresses given with one request (`webhook_url`). Invariant: one a workspace and mode."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    livemode = models.BooleanField()
    salt = models.BinaryField(max_length=SALT_BYTES, default=new_salt)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "livemode"], name="generations_one_webhook_secret"),
        ]


class WebhookEvent(models.Model):
    """Something that happened, as it is told: the body is written with the fact and sent byte for byte.

    Invariants: one row for a fact (`key`); it is kept only where somebody wants it; the body changes only when the
    content of its generation is deleted (`is_forgotten`).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=100, unique=True)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    livemode = models.BooleanField()
    type = models.CharField(max_length=32)
    generation = models.ForeignKey("generations.Generation", on_delete=models.CASCADE, null=True, related_name="+")
    body = models.TextField()
    is_forgotten = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="generations_events_by_age")]

    @property
    def public_id(self) -> str:
        """Return the id receivers see in `webhook-id`: the same at every attempt, so that they can tell a repeat."""
        return f"evt_{self.id.hex}"


class DeliveryState(models.TextChoices):
    """Where a delivery is; the last two are final."""

    PENDING = "pending", _("To be sent")
    SUCCEEDED = "succeeded", _("Delivered")
    FAILED = "failed", _("Given up")


class WebhookDelivery(models.Model):
    """One event on its way to one address: messages are hints, this row decides.

    Invariants: an event goes to an endpoint once by itself (more often by hand); only the holder of `fence` writes an
    attempt; `host` is the `host:port` of `url`. due_at: when the next attempt may be made; dispatch_after: when a
    message for it may be sent.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(WebhookEvent, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, null=True, related_name="deliveries")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=URL_MAX_CHARS)
    host = models.CharField(max_length=270)
    is_redelivery = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts_made = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    dispatch_after = models.DateTimeField(db_default=Now())
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "endpoint"],
                condition=Q(is_redelivery=False),
                name="generations_event_once_an_endpoint",
            ),
            models.UniqueConstraint(
                fields=["event"], condition=Q(endpoint__isnull=True), name="generations_event_once_an_address"
            ),
        ]
        indexes = [
            models.Index(fields=["dispatch_after"], name="generations_deliveries_due", condition=Q(state="pending")),
            models.Index(fields=["host"], name="generations_deliveries_to", condition=Q(lease_until__isnull=False)),
            models.Index(fields=["endpoint", "-created_at", "-id"], name="generations_deliveries_newest"),
        ]


class WebhookAttempt(models.Model):
    """One try: what came back. status NULL = no answer came, `problem` says why.

    Invariant: numbered from 1 within a delivery. answer: the first 4 kB as text, never more.
    """

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=24, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["delivery", "number"], name="generations_attempts_numbered"),
        ]
