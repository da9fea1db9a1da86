"""Pages of the wallet: the balance and the journal that explains it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import workspaces
from accounts.models import User
from billing.models import LedgerEntry

PAGE = 50


class SignedIn(HttpRequest):
    """A request that `login_required` let through."""

    user: User


@require_safe
@login_required
def wallet(request: SignedIn) -> HttpResponse:
    """Show the balance and the newest entries of the person's own workspace."""
    workspace = workspaces.personal(user=request.user)
    entries = LedgerEntry.objects.for_workspace(workspace.id)[:PAGE]
    return render(request, "billing/wallet.html", {"entries": entries})
