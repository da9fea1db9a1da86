"""The page of tokens: what there is, what can be bought, and the journal that explains it."""

import csv
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from billing import packs, refunds, welcoming
from billing.models import LedgerEntry, Purchase, Status
from billing.views.requests import SignedIn, workspace_of

PAGE = 50
COLUMNS = ("date", "event", "tokens", "reserved", "balance", "reserved_after", "reference", "reason")


@require_safe
@login_required
@never_cache
def wallet(request: SignedIn) -> HttpResponse:
    """Show the balance, the packs, the purchases and the newest entries of the person's own workspace."""
    workspace = workspace_of(request)
    entries = Paginator(LedgerEntry.objects.for_workspace(workspace.id), PAGE).get_page(request.GET.get("page"))
    purchases = Purchase.objects.for_workspace(workspace.id).exclude(status__in=[Status.CREATED, Status.EXPIRED])
    context: dict[str, Any] = {"entries": entries, "no_welcome": welcoming.refusal(workspace_id=workspace.id)}
    if settings.SHOP:
        bought = list(purchases[:PAGE])
        context |= {
            "packs": [Shelf(pack) for pack in packs.packs()],
            "purchases": bought,
            "returnable": refunds.returnable(purchases=bought),
            "checked": purchases.filter(status=Status.MISMATCH).first(),
        }
    return render(request, "billing/wallet.html", context)


class Shelf:
    """A pack as a page shows it: its price, what one token of it costs, and how much that saves."""

    def __init__(self, pack: packs.Pack) -> None:
        first = packs.packs()[0]
        self.code, self.tokens = pack.code, pack.tokens
        self.price = packs.money(amount=pack.price, currency=settings.STRIPE_CURRENCY)
        self.each = packs.price_of_one(pack=pack, currency=settings.STRIPE_CURRENCY)
        self.saves_percent = round(100 - 100 * (pack.price / pack.tokens) / (first.price / first.tokens))


@require_safe
@login_required
def history_csv(request: SignedIn) -> StreamingHttpResponse:
    """Send every entry, oldest first, so that the running sum of `tokens` is `balance` in each line."""
    entries = LedgerEntry.objects.for_workspace(workspace_of(request).id).order_by("version")
    answer = StreamingHttpResponse(_lines(entries.iterator(1000)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="tokens.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


class _Echo:
    """A file that returns what is written to it, so that a line can be sent as soon as it is there."""

    def write(self, line: str) -> str:
        return line


def _lines(entries: Iterator[LedgerEntry]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for entry in entries:
        line = (entry.created_at.isoformat(), entry.kind, entry.d_posted, entry.d_held, entry.posted_after)
        yield writer.writerow((*line, entry.held_after, entry.reference or "", _harmless(entry.reason)))


def _harmless(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
