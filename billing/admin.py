"""What operators see of money, and what they may do with it: nothing is edited, every act is a page of its own."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from accounts import audit
from accounts.admin import ReadOnly
from accounts.models import User
from billing import acts, inbox, packs, refunds
from billing.admin_acts import Act, Acts, GrantForm, ReasonForm, RefundForm, SettleForm, SureForm
from billing.models import Dispute, EventStatus, LedgerEntry, Purchase, Refund, Status, StripeEvent, Wallet
from billing.once import Finding, Proposal

# Django's own classes take no type argument while they run.
if TYPE_CHECKING:
    _WalletAdmin = admin.ModelAdmin[Wallet]
    _EntryAdmin = admin.ModelAdmin[LedgerEntry]
    _PurchaseAdmin = admin.ModelAdmin[Purchase]
    _EventAdmin = admin.ModelAdmin[StripeEvent]
    _RefundAdmin = admin.ModelAdmin[Refund]
    _DisputeAdmin = admin.ModelAdmin[Dispute]
    _ProposalAdmin = admin.ModelAdmin[Proposal]
    _FindingAdmin = admin.ModelAdmin[Finding]
else:
    _WalletAdmin = _EntryAdmin = _PurchaseAdmin = _EventAdmin = admin.ModelAdmin
    _RefundAdmin = _DisputeAdmin = _ProposalAdmin = _FindingAdmin = admin.ModelAdmin


def _grant(wallet: Wallet, operator: User, given: dict[str, Any]) -> str:
    done = acts.grant(
        workspace_id=wallet.workspace_id,
        campaign=given["once"],
        tokens=given["tokens"],
        operator=operator,
        reason=given["reason"],
    )
    return "Proposed; another operator has to confirm it." if isinstance(done, Proposal) else "Granted."


def _freeze(wallet: Wallet, operator: User, given: dict[str, Any]) -> str:
    acts.set_frozen(wallet_id=wallet.pk, frozen=True, operator=operator, reason=given["reason"])
    return "Frozen."


def _unfreeze(wallet: Wallet, operator: User, given: dict[str, Any]) -> str:
    acts.set_frozen(wallet_id=wallet.pk, frozen=False, operator=operator, reason=given["reason"])
    return "Thawed."


def _refund(purchase: Purchase, operator: User, given: dict[str, Any]) -> str:
    order = refunds.refund(
        purchase_id=purchase.pk,
        n=given["n"],
        amount=given["amount"],
        actor=audit.operator(operator),
        reason=given["reason"],
    )
    return f"{packs.money(amount=order.amount, currency=purchase.currency)} refunded."


def _settle(purchase: Purchase, operator: User, given: dict[str, Any]) -> str:
    done = acts.settle(purchase_id=purchase.pk, proposal_id=given["once"], operator=operator, reason=given["reason"])
    return "Proposed; another operator has to confirm it." if isinstance(done, Proposal) else "Granted."


def _confirm(proposal: Proposal, operator: User, _given: dict[str, Any]) -> str:
    acts.confirm(proposal_id=proposal.pk, operator=operator)
    return "Confirmed and done."


def _replay(event: StripeEvent, operator: User, given: dict[str, Any]) -> str:
    inbox.replay(event_id=event.pk, actor=audit.operator(operator), reason=given["reason"])
    return "Due again; the timer handles it within seconds."


@admin.register(Wallet)
class WalletAdmin(Acts, ReadOnly, _WalletAdmin):
    """Balances; they change through billing.ledger alone."""

    list_display = ("workspace", "posted", "held", "frozen", "freeze_reason", "version", "offered")
    readonly_fields = ("offered",)
    list_filter = ("frozen", "real_money")
    list_select_related = ("workspace",)
    search_fields = ("workspace__id", "workspace__name", "workspace__memberships__user__email")
    acts = (
        Act("grant", "Grant tokens", GrantForm, _grant),
        Act("freeze", "Freeze", ReasonForm, _freeze, is_offered=lambda wallet: not wallet.frozen),
        Act("unfreeze", "Unfreeze", ReasonForm, _unfreeze, is_offered=lambda wallet: wallet.frozen),
    )


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnly, _EntryAdmin):
    """The journal, newest first; a mistake is answered by a new entry, never by an edit."""

    list_display = ("id", "wallet", "version", "kind", "d_posted", "d_held", "posted_after", "held_after", "created_at")
    list_filter = ("kind",)
    list_select_related = ("wallet",)
    search_fields = ("key", "reference", "wallet__workspace__id")
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Purchase)
class PurchaseAdmin(Acts, ReadOnly, _PurchaseAdmin):
    """What was sold, newest first; the stored request is Stripe's business and long."""

    list_display = (
        "id", "status", "tokens", "shown_amount", "amount_refunded", "tokens_taken", "livemode", "created_at",
        "paid_at", "offered",
    )  # fmt: skip
    readonly_fields = ("offered",)
    exclude = ("request",)
    list_filter = ("status", "livemode", "pack_code")
    search_fields = ("=id", "=session_id", "=payment_intent_id", "=charge_id", "=wallet__workspace__id")
    ordering = ("-created_at",)
    show_full_result_count = False
    acts = (
        Act(
            "refund",
            "Refund",
            RefundForm,
            _refund,
            is_offered=lambda purchase: purchase.status in refunds.REFUNDABLE,
            initial=lambda purchase: {"n": refunds.next_number(purchase=purchase)},
        ),
        Act("settle", "Grant", SettleForm, _settle, is_offered=lambda purchase: purchase.status == Status.MISMATCH),
    )


@admin.register(StripeEvent)
class StripeEventAdmin(Acts, ReadOnly, _EventAdmin):
    """The inbox; what an event carried is not shown, for it holds addresses."""

    list_display = ("event_id", "type", "object_id", "status", "attempts", "error", "received_at", "offered")
    readonly_fields = ("offered",)
    exclude = ("payload",)
    list_filter = ("status", "type", "livemode")
    search_fields = ("=event_id", "=object_id")
    ordering = ("-received_at",)
    show_full_result_count = False
    acts = (
        Act(
            "replay",
            "Replay",
            ReasonForm,
            _replay,
            is_offered=lambda event: event.status != EventStatus.RECEIVED,
        ),
    )


@admin.register(Refund)
class RefundAdmin(ReadOnly, _RefundAdmin):
    list_display = ("refund_id", "purchase_id", "amount", "status", "tokens_taken", "is_undone")
    list_filter = ("status", "is_undone")
    search_fields = ("=refund_id", "=purchase__id")


@admin.register(Dispute)
class DisputeAdmin(ReadOnly, _DisputeAdmin):
    list_display = ("dispute_id", "purchase_id", "amount", "status", "tokens_taken", "is_undone")
    list_filter = ("status", "is_undone")
    search_fields = ("=dispute_id", "=purchase__id")


@admin.register(Proposal)
class ProposalAdmin(Acts, ReadOnly, _ProposalAdmin):
    """What one operator proposed and another confirms."""

    list_display = ("act", "tokens", "workspace", "purchase_id", "proposed_by", "confirmed_by", "reason", "offered")
    readonly_fields = ("offered",)
    list_filter = ("act", ("done_at", admin.EmptyFieldListFilter))
    list_select_related = ("workspace", "proposed_by", "confirmed_by")
    ordering = ("-created_at",)
    acts = (Act("confirm", "Confirm", SureForm, _confirm, is_offered=lambda proposal: proposal.done_at is None),)


@admin.register(Finding)
class FindingAdmin(ReadOnly, _FindingAdmin):
    """What the sweeps found wrong; the overview shows it, too, until it is mended."""

    list_display = ("what", "about", "detail", "since")
    list_filter = ("what",)
    ordering = ("-since",)
