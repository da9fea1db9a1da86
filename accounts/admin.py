"""What operators see of people: nothing here shows a secret, and keys are made and revoked by their owners."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.models import ApiKey, AuditEntry, Membership, User, Workspace

# Django's own classes take no type argument while they run.
if TYPE_CHECKING:
    _Inline = admin.TabularInline[Membership, Workspace]
    _UserAdmin = admin.ModelAdmin[User]
    _WorkspaceAdmin = admin.ModelAdmin[Workspace]
    _ApiKeyAdmin = admin.ModelAdmin[ApiKey]
    _AuditAdmin = admin.ModelAdmin[AuditEntry]
else:
    _Inline = admin.TabularInline
    _UserAdmin = _WorkspaceAdmin = _ApiKeyAdmin = _AuditAdmin = admin.ModelAdmin


class ReadOnly:
    """Shows rows and changes none."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class MembershipInline(ReadOnly, _Inline):
    model = Membership
    fields = ("user", "role", "created_at")
    extra = 0


@admin.register(User)
class UserAdmin(_UserAdmin):
    """People; staff rights come from `manage.py create_operator` alone."""

    list_display = ("email", "name", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "name")
    fields = (
        ("email", "name"),
        "is_active",
        "is_staff",
        ("terms_version", "terms_accepted_at"),
        ("date_joined", "last_login"),
    )
    readonly_fields = ("email", "is_staff", "terms_version", "terms_accepted_at", "date_joined", "last_login")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People sign up themselves."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A person with a wallet is made inactive, never deleted."""
        return False


@admin.register(Workspace)
class WorkspaceAdmin(ReadOnly, _WorkspaceAdmin):
    list_display = ("name", "id", "created_at")
    search_fields = ("id", "name", "memberships__user__email")
    inlines = (MembershipInline,)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly, _ApiKeyAdmin):
    list_display = ("__str__", "name", "workspace", "livemode", "last_used_at", "expires_at", "revoked_at")
    list_filter = ("livemode",)
    search_fields = ("last4", "name", "workspace__id")
    exclude = ("digest", "pepper_id")
    list_select_related = ("workspace",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, _AuditAdmin):
    """Who did what, newest first."""

    list_display = ("at", "actor", "what", "target", "workspace_id", "reason")
    list_filter = ("what",)
    search_fields = ("actor", "target", "=workspace_id")
    ordering = ("-id",)
    show_full_result_count = False
