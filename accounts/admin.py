"""What operators see of people: nothing here shows a secret, and keys are made and revoked by their owners."""

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts import audit, key_limits, networks
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


class LimitsForm(forms.ModelForm):  # type: ignore[type-arg]  # takes none while it runs
    """A key's limits, and why they are changed."""

    allowed_networks = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Where it works: one network a line, as 203.0.113.0/24 or 2001:db8::/48; empty for everywhere.",
    )
    reason = forms.CharField(min_length=3, max_length=500, help_text="Kept in the audit.")

    class Meta:
        model = ApiKey
        fields = ("monthly_token_cap", "allowed_networks")
        help_texts = {"monthly_token_cap": "Tokens a calendar month (UTC), counted from now on; empty for no cap."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["allowed_networks"] = "\n".join(self.instance.allowed_networks)

    def clean_allowed_networks(self) -> list[str]:
        """Return the networks in their usual spelling, or say which is none."""
        try:
            return networks.checked(self.cleaned_data["allowed_networks"].replace(",", "\n").splitlines())
        except networks.BadNetworks as error:
            raise forms.ValidationError(str(error)) from error


@admin.register(ApiKey)
class ApiKeyAdmin(_ApiKeyAdmin):
    """Keys are made and revoked by their owners; an operator may limit one."""

    form = LimitsForm
    readonly_fields = (
        *("name", "workspace", "created_by", "livemode", "prefix", "last4", "scopes"),
        *("last_used_at", "expires_at", "revoked_at", "created_at"),
    )
    fields = (*readonly_fields, "monthly_token_cap", "allowed_networks", "reason")
    list_display = ("__str__", "name", "workspace", "livemode", "last_used_at", "expires_at", "revoked_at")
    list_filter = ("livemode",)
    search_fields = ("last4", "name", "workspace__id")
    list_select_related = ("workspace",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Keys are shown to whoever makes them, so their owners do."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """A key is revoked, never deleted: pictures and the audit name it."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Change the two limits, on the record, and nothing else."""
        operator = cast(User, request.user)
        key_limits.change(
            key=obj,
            monthly_token_cap=form.cleaned_data["monthly_token_cap"],
            allowed_networks=form.cleaned_data["allowed_networks"],
            actor=audit.operator(operator),
            reason=form.cleaned_data["reason"],
        )


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, _AuditAdmin):
    """Who did what, newest first."""

    list_display = ("at", "actor", "what", "target", "workspace_id", "reason")
    list_filter = ("what",)
    search_fields = ("actor", "target", "=workspace_id")
    ordering = ("-id",)
    show_full_result_count = False
