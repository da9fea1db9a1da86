"""What operators see of tokens: everything, and nothing of it can be changed here."""

from typing import TYPE_CHECKING

from django.contrib import admin

from accounts.admin import ReadOnly
from billing.models import LedgerEntry, Wallet

# Django's own classes take no type argument while they run.
if TYPE_CHECKING:
    _WalletAdmin = admin.ModelAdmin[Wallet]
    _EntryAdmin = admin.ModelAdmin[LedgerEntry]
else:
    _WalletAdmin = _EntryAdmin = admin.ModelAdmin


@admin.register(Wallet)
class WalletAdmin(ReadOnly, _WalletAdmin):
    """Balances; they change through billing.ledger alone."""

    list_display = ("workspace", "posted", "held", "frozen", "freeze_reason", "version")
    list_filter = ("frozen",)
    list_select_related = ("workspace",)
    search_fields = ("workspace__id", "workspace__name", "workspace__memberships__user__email")


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnly, _EntryAdmin):
    """The journal, newest first; a mistake is answered by a new entry, never by an edit."""

    list_display = ("id", "wallet", "version", "kind", "d_posted", "d_held", "posted_after", "held_after", "created_at")
    list_filter = ("kind",)
    list_select_related = ("wallet",)
    search_fields = ("key", "reference", "wallet__workspace__id")
    ordering = ("-id",)
    show_full_result_count = False
