"""The page of tokens: what there is, what can be bought, and the journal that explains it."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Workspace
from billing import refunds, welcoming
from billing.models import Kind, LedgerEntry, Purchase, Status
from billing.views.requests import SignedIn, own_path, workspace_of
from billing.views.shelves import shelves

PAGE = 25
#: Checkouts nobody paid are no purchases.
UNPAID = [Status.CREATED, Status.OPEN, Status.EXPIRED]
COLUMNS = ("date", "event", "tokens", "reserved", "balance", "reserved_after", "reference", "reason")


@require_safe
@login_required
@never_cache
def wallet(request: SignedIn) -> HttpResponse:
    """Show the balance, the packs, the purchases and the newest entries of the person's own workspace."""
    workspace = workspace_of(request)
    entries = Paginator(LedgerEntry.objects.for_workspace(workspace.id), PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"entries": entries, "spent": _spent_this_month(workspace)}
    context["no_welcome"] = welcoming.refusal(workspace_id=workspace.id)
    if settings.SHOP:
        purchases = Purchase.objects.for_workspace(workspace.id).exclude(status__in=UNPAID)
        bought = list(purchases[:PAGE])
        context |= {
            "packs": shelves(chosen=request.GET.get("pack", "")),
            "next": own_path(request.GET.get("next", "")),
            "purchases": bought,
            "returnable": refunds.returnable(purchases=bought),
            "checked": purchases.filter(status=Status.MISMATCH).first(),
        }
    return render(request, "billing/wallet.html", context)


def _spent_this_month(workspace: Workspace) -> int:
    """Return the tokens of this month's pictures, without those that were handed back."""
    began = timezone.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    entries = LedgerEntry.objects.for_workspace(workspace.id).order_by()
    used = entries.filter(kind__in=[Kind.POST, Kind.GOODWILL], created_at__gte=began)
    return max(0, -(used.aggregate(tokens=Sum("d_posted"))["tokens"] or 0))


@require_safe
@login_required
def history_csv(request: SignedIn) -> HttpResponse:
    """Send every entry, oldest first, so that the running sum of `tokens` is `balance` in each line."""
    # Not streamed: an ASGI server would be handed the whole of it as a list, with a warning.
    answer = HttpResponse(csv_of(workspace=workspace_of(request)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="tokens.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def csv_of(*, workspace: Workspace) -> str:
    """Return a workspace's whole journal, the oldest entry first."""
    return _as_csv(LedgerEntry.objects.for_workspace(workspace.id).order_by("version").iterator(1000))


def _as_csv(entries: Iterable[LedgerEntry]) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for entry in entries:
        line = (entry.created_at.isoformat(), entry.kind, entry.d_posted, entry.d_held, entry.posted_after)
        writer.writerow((*line, entry.held_after, entry.reference or "", _harmless(entry.reason)))
    return written.getvalue()


def _harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
