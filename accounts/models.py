"""Who is asking: people, their workspaces and the keys of their programs."""

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.once import Notice  # noqa: F401  a table with a file of its own
from roomai_web.ids import uuid7


class UserManager(BaseUserManager["User"]):
    """Makes people; the e-mail address is kept in lower case, so two spellings are one person."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Return a new, saved user; a password of None can never be used to sign in."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user with this address, in whatever case it is written."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by an e-mail address. Invariants: one row an address, whatever its case; one that was deleted
    (`deleted_at`) names nobody and cannot sign in.

    deletion_due_at: when the account is to be deleted, unless its owner signs in before.
    """

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(db_default=Now())
    terms_version = models.CharField(max_length=20, blank=True)
    terms_accepted_at = models.DateTimeField(null=True, blank=True)
    deletion_due_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="accounts_user_email_any_case")]

    def __str__(self) -> str:
        return self.email

    def get_short_name(self) -> str:
        """Return what a page calls this person."""
        return self.name or self.email


class Theme(models.TextChoices):
    """How pages look."""

    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Preferences(models.Model):
    """What a person chose on the pages of settings. Invariant: no row means that nothing was chosen.

    picture_format: what the studio starts with, "" for the model's own default.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True, related_name="preferences")
    theme = models.CharField(max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    picture_format = models.CharField(max_length=8, blank=True)
    mails_low_balance = models.BooleanField(default=True)


class Device(models.Model):
    """A browser a person has signed in with before, so that a new one is told by mail.

    Invariant: one row for a person and `digest`, which is of the browser's own description without its version.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    digest = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="accounts_device_once")]


class Export(models.Model):
    """A file with a person's data, asked for by them. Invariants: at most one a person is waited for; the file is
    there from `ready_at` to `expires_at` and then never again (`object_key` empty).

    attempts: how often a worker was asked; send_after: when one is asked again; given_up_at: none is asked any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="exports")
    requested_at = models.DateTimeField(db_default=Now())
    send_after = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    given_up_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    object_key = models.CharField(max_length=200, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(ready_at__isnull=True), name="accounts_one_export_waited_for"
            )
        ]

    @property
    def is_ready(self) -> bool:
        """Say whether the file can be had now."""
        return bool(self.object_key) and self.expires_at is not None and self.expires_at > timezone.now()


class Workspace(models.Model):
    """The owner of a wallet, keys and generations. Invariant: it has at least one owner among its members."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=100)
    retention_days = models.PositiveSmallIntegerField(null=True, blank=True)  # NULL = as the installation says
    created_at = models.DateTimeField(db_default=Now())
    members: "models.ManyToManyField[User, Membership]" = models.ManyToManyField(
        User, through="Membership", related_name="workspaces"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(retention_days__isnull=True) | models.Q(retention_days__range=(1, 365)),
                name="accounts_workspace_retention",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do in a workspace."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    DEVELOPER = "developer", _("Developer")
    BILLING = "billing", _("Billing")


class Membership(models.Model):
    """A person's place in a workspace. Invariant: at most one row for a person and a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role.choices)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "user"], name="accounts_membership_once"),
        ]


class Scope(models.TextChoices):
    """What a key may be used for."""

    GENERATE = "generate", _("Make pictures")
    READ = "read", _("Read pictures")
    BILLING_READ = "billing:read", _("Read balance and usage")
    WEBHOOKS = "webhooks", _("Manage webhooks")


def default_scopes() -> list[str]:
    """Return the scopes a key has unless its maker says otherwise."""
    return [Scope.GENERATE, Scope.READ]


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    """Keys, reached through the workspace they belong to."""

    def for_workspace(self, workspace: Workspace) -> Self:
        """Return this workspace's keys only."""
        return self.filter(workspace=workspace)

    def live(self) -> Self:
        """Return the keys that open the door: neither revoked nor expired, in a workspace with an active owner."""
        owners = Membership.objects.filter(
            workspace=models.OuterRef("workspace"), role=Role.OWNER, user__is_active=True
        )
        unexpired = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=Now())
        return self.filter(unexpired, models.Exists(owners), revoked_at__isnull=True)

    def usable_from(self, ip: str | None) -> Self:
        """Return the keys that work from this address; None: from one nobody knows, where a bound key does not."""
        bound_to_here = models.Func(
            models.Value(ip),
            models.F("allowed_networks"),
            arg_joiner="::inet <<= ANY(",
            template="(%(expressions)s::cidr[]))",
            output_field=models.BooleanField(),
        )
        return self.filter(models.Q(allowed_networks=[]) | models.Q(bound_to_here))


class ApiKey(models.Model):
    """A program's credential. The key itself is shown once and never stored.

    Invariant: `digest` is HMAC-SHA256 of the key under the pepper `pepper_id`, and unique. allowed_networks: where it
    works (empty: everywhere), in the spelling of `networks.checked`. monthly_token_cap: what it may spend in a month.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="api_keys")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=100)
    livemode = models.BooleanField()
    prefix = models.CharField(max_length=9)
    last4 = models.CharField(max_length=4)
    digest = models.BinaryField(max_length=32, unique=True)
    pepper_id = models.CharField(max_length=16)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), default=default_scopes)
    allowed_networks = ArrayField(models.CharField(max_length=43), default=list, blank=True)
    monthly_token_cap = models.PositiveIntegerField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(prefix__in=["rai_live_", "rai_test_"]), name="accounts_apikey_prefix"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "-created_at"], name="accounts_apikey_list")]

    def __str__(self) -> str:
        return f"{self.prefix}…{self.last4}"

    @property
    def is_revoked(self) -> bool:
        """Say whether the key was taken back."""
        return self.revoked_at is not None

    @property
    def is_expired(self) -> bool:
        """Say whether the key's time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def scope_labels(self) -> list[str]:
        """Return what the key may do, in words."""
        return [str(Scope(scope).label) for scope in self.scopes]

    def allows(self, scope: str) -> bool:
        """Say whether this key was given the scope."""
        return scope in self.scopes


class AuditEntry(models.Model):
    """Who did what to money, keys and access, kept for two years; no secret and no customer's address stands in it.

    Invariant: append-only; a trigger refuses UPDATE, DELETE and TRUNCATE. It names rows by id without foreign keys, so
    that it outlives them.
    """

    actor = models.CharField(max_length=64)
    what = models.CharField(max_length=40)
    workspace_id = models.UUIDField(null=True)
    target = models.CharField(max_length=255, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    ip = models.GenericIPAddressField(null=True)
    at = models.DateTimeField(db_default=models.Func(function="clock_timestamp", output_field=models.DateTimeField()))

    class Meta:
        indexes = [models.Index(fields=["workspace_id", "-at"], name="accounts_audit_by_workspace")]
