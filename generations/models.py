"""One picture made or being made, the photographs behind it, and the processes at work on them."""

import secrets
import string
from datetime import datetime, timedelta
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, User, Workspace
from generations.webhooks import models as webhook_models  # noqa: F401  by this module Django finds an app's tables
from roomai_web.ids import uuid7

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


class State(models.TextChoices):
    """Where a generation is; the last four are final."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")
    EXPIRED = "expired", _("Stopped")


OPEN = [State.QUEUED, State.RUNNING]
#: How long after it was made a picture may be handed back.
REFUSABLE = timedelta(hours=24)
#: How long what a person put into the trash can be taken out again.
TRASH_KEPT = timedelta(days=30)


class Stage(models.TextChoices):
    """What the worker is doing to the picture; written to the row as each begins."""

    FINDING_SUBJECT = "finding_subject", _("Finding the subject")
    PAINTING = "painting", _("Painting the scene")
    COMPOSITING = "compositing", _("Placing the subject")
    CHECKING = "checking", _("Checking the pixels")
    SAVING = "saving", _("Saving")


class Queue(models.TextChoices):
    """Where a generation's message goes: our own painter on CPU, or engines behind HTTP."""

    PICTURES = "pictures"
    IO = "io"


class GenerationQuerySet(models.QuerySet["Generation"]):
    """Generations, reached through the workspace they belong to."""

    def for_workspace(self, workspace: Workspace) -> Self:
        """Return this workspace's generations, newest first."""
        return self.filter(workspace=workspace).order_by("-created_at", "-id")

    def in_gallery(self) -> Self:
        """Return those a person wants to see: real ones, neither deleted nor handed back nor in the trash."""
        return self.filter(livemode=True, deleted_at__isnull=True, trashed_at__isnull=True, refused_at__isnull=True)

    def in_trash(self) -> Self:
        """Return those a person put aside and can still take back."""
        aside = self.filter(livemode=True, deleted_at__isnull=True, refused_at__isnull=True)
        return aside.filter(trashed_at__gt=Now() - TRASH_KEPT, delete_after__gt=Now())

    def made_of(self, sha256: bytes) -> Self:
        """Return those not deleted that were made of the picture with this digest, in whatever part."""
        digest = sha256.hex()
        named = Q(inputs__image__sha256=digest) | Q(inputs__background__sha256=digest) | Q(inputs__mask__sha256=digest)
        return self.filter(named, deleted_at__isnull=True)


class Generation(models.Model):
    """One request and the truth about it: messages are hints, this row decides.

    Invariants: finished states have `finished_at`; tokens are used only by a success and never above `cost`;
    one row for a workspace, mode and idempotency key; only the holder of `fence` may write while it runs.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="generations")
    wallet = models.ForeignKey("billing.Wallet", on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, related_name="+")
    model = models.CharField(max_length=32)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    livemode = models.BooleanField()
    cost = models.PositiveIntegerField()
    tokens_used = models.PositiveIntegerField(default=0)
    params = models.JSONField()
    inputs = models.JSONField(default=dict)  # name -> the StoredInput as a dict; the matte's key joins it
    idem_key = models.CharField(max_length=255, null=True)  # noqa: DJ001  NULLs do not collide in the constraint
    fingerprint = models.BinaryField(max_length=32)
    queue = models.CharField(max_length=10, choices=Queue.choices, default=Queue.PICTURES)
    created_at = models.DateTimeField(db_default=Now())
    queued_at = models.DateTimeField(db_default=Now())
    dispatch_after = models.DateTimeField(db_default=Now())
    attempt = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    fence = models.BigIntegerField(default=0)
    worker = models.CharField(max_length=128, blank=True)
    lease_until = models.DateTimeField(null=True)
    deadline = models.DateTimeField(db_default=Now() + timedelta(minutes=15))
    cancel_requested = models.BooleanField(default=False)
    engine_ticket = models.JSONField(null=True)
    engine_calls = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=20, choices=Stage.choices, blank=True)
    stage_started_at = models.DateTimeField(null=True)
    progress = models.FloatField(null=True)
    result_key = models.CharField(max_length=200, null=True)  # noqa: DJ001  NULL = no file, as the constraint says
    result = models.JSONField(null=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_extra = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)
    delete_after = models.DateTimeField(db_default=Now() + timedelta(days=30))
    deleted_at = models.DateTimeField(null=True)
    trashed_at = models.DateTimeField(null=True)
    favorite = models.BooleanField(default=False)
    refused_at = models.DateTimeField(null=True)
    refuse_reason = models.CharField(max_length=500, blank=True)
    webhook_url = models.CharField(max_length=2048, blank=True, default="", db_default="")  # empty once it has ended

    objects = GenerationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "livemode", "idem_key"], name="generations_one_per_idem_key"),
            models.CheckConstraint(
                name="generations_final_is_dated",
                condition=Q(state__in=OPEN, finished_at__isnull=True)
                | ~Q(state__in=OPEN) & Q(finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="generations_result_only_of_success",
                condition=Q(state=State.SUCCEEDED)
                & (Q(result_key__isnull=False) | Q(deleted_at__isnull=False) | Q(refused_at__isnull=False))
                | ~Q(state=State.SUCCEEDED) & Q(result_key__isnull=True),
            ),
            models.CheckConstraint(
                name="generations_charge_within_price",
                condition=Q(tokens_used=0) | Q(state=State.SUCCEEDED, tokens_used__lte=F("cost")),
            ),
            models.CheckConstraint(
                name="generations_refused_has_no_result",
                condition=Q(refused_at__isnull=True) | Q(state=State.SUCCEEDED, result_key__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "created_at"], name="generations_open", condition=Q(state__in=OPEN)),
            models.Index(fields=["workspace", "-created_at", "-id"], name="generations_newest"),
            models.Index(fields=["delete_after"], name="generations_retention", condition=Q(deleted_at__isnull=True)),
            models.Index(
                fields=["trashed_at"],
                name="generations_trash",
                condition=Q(trashed_at__isnull=False, deleted_at__isnull=True),
            ),
            models.Index(
                fields=["workspace", "livemode", "finished_at"],
                include=["model", "api_key", "state", "tokens_used", "refused_at"],
                name="generations_usage",
                condition=Q(finished_at__isnull=False),
            ),
            models.Index(fields=["model", "-finished_at"], name="generations_usual", condition=Q(state="succeeded")),
            models.Index(
                fields=["workspace"],
                name="generations_received",
                condition=Q(deleted_at__isnull=True) & ~Q(state=State.SUCCEEDED),
            ),
        ]

    @property
    def is_finished(self) -> bool:
        """Say whether nothing more will happen to this generation."""
        return self.state not in OPEN

    @property
    def is_succeeded(self) -> bool:
        """Say whether it ended with a picture."""
        return self.state == State.SUCCEEDED

    @property
    def is_recent(self) -> bool:
        """Say whether it ended so lately that its picture may still be handed back."""
        return self.finished_at is not None and timezone.now() - self.finished_at <= REFUSABLE

    @property
    def is_gone(self) -> bool:
        """Say whether its files may be shown to nobody: deleted, handed back, in the trash or past their time."""
        return bool(self.deleted_at or self.refused_at or self.trashed_at) or self.delete_after <= timezone.now()

    @property
    def kept_until(self) -> datetime:
        """Return when its content is deleted: as was set, or after its time in the trash if that is sooner."""
        return min(self.delete_after, self.trashed_at + TRASH_KEPT) if self.trashed_at else self.delete_after

    @property
    def tokens_returned(self) -> int:
        """Return the tokens that came back when the picture was handed back; 0 when it was not."""
        return self.tokens_used if self.refused_at else 0


def upload_id() -> str:
    """Return a new upload's public name: `upl_` and 24 base62 characters (143 random bits)."""
    return "upl_" + "".join(secrets.choice(BASE62) for _ in range(24))


class UploadQuerySet(models.QuerySet["Upload"]):
    """Uploads, reached through the workspace they belong to."""

    def for_workspace(self, workspace: Workspace) -> Self:
        """Return this workspace's real uploads that have not lapsed."""
        return self.of_workspace(workspace, livemode=True).filter(delete_after__gt=Now())

    def of_workspace(self, workspace: Workspace, *, livemode: bool) -> Self:
        """Return this workspace's uploads of one mode, those that have lapsed too: their digests, for a day more."""
        return self.filter(workspace=workspace, livemode=livemode)


class Upload(models.Model):
    """A photograph kept for its owner until it is used or a day has passed, so that no error loses it.

    Invariants: the row outlives the object by a day, its `object_key` then empty, since a call that is sent again
    may name it for as long as its idempotency key holds; what a test key sent serves test keys only (`livemode`).
    """

    id = models.CharField(primary_key=True, max_length=28, default=upload_id, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="uploads")
    livemode = models.BooleanField(default=True, db_default=True)
    object_key = models.CharField(max_length=200)
    sha256 = models.BinaryField(max_length=32)
    format = models.CharField(max_length=8)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    size_bytes = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())
    delete_after = models.DateTimeField(db_default=Now() + timedelta(hours=24))

    objects = UploadQuerySet.as_manager()

    @property
    def is_lapsed(self) -> bool:
        """Say whether its time is over; its object may be gone."""
        return self.delete_after <= timezone.now()


class Matte(models.Model):
    """What we found in a photograph, or that there is nothing to be found: kept so that it is looked for once.

    A mask somebody drew has a row too, as it lies on its photo (`photo_sha256`), for its outline. Invariants: one row
    for a workspace and key, never shared between workspaces; a row has an object or a refusal's code; it lives no
    longer than the last upload or generation of its picture.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="mattes")
    key = models.BinaryField(max_length=32)
    sha256 = models.BinaryField(max_length=32)
    photo_sha256 = models.BinaryField(max_length=32, null=True)
    object_key = models.CharField(max_length=200, blank=True)
    refusal = models.CharField(max_length=40, blank=True)
    said = models.JSONField(null=True)  # the network's figures of it; NULL = no network was asked
    width_px = models.PositiveIntegerField(default=0)
    height_px = models.PositiveIntegerField(default=0)
    size_bytes = models.PositiveIntegerField(default=0)
    outline = models.TextField(blank=True)
    box = models.JSONField(null=True)  # left, top, right, bottom (exclusive) of all it keeps; NULL = it keeps nothing
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="generations_one_matte_per_key"),
            models.CheckConstraint(
                name="generations_matte_is_an_answer",
                condition=Q(object_key="") & ~Q(refusal="") | ~Q(object_key="") & Q(refusal=""),
            ),
        ]
        indexes = [models.Index(fields=["workspace", "sha256"], name="generations_matte_of")]

    @property
    def is_found(self) -> bool:
        """Say whether there is something to keep, and not only a refusal."""
        return bool(self.object_key)


class ProcessStatus(models.Model):
    """A worker's or the timer's sign of life, so that a silent one can be noticed and told to exit."""

    process = models.CharField(primary_key=True, max_length=128)
    kind = models.CharField(max_length=10)
    queues = ArrayField(models.CharField(max_length=20), default=list)
    busy = models.PositiveIntegerField(default=0)
    seen_at = models.DateTimeField(db_default=Now())
    exit_requested = models.DateTimeField(null=True)
