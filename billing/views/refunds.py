"""A buyer returns a pack of which nothing was spent."""

from http import HTTPStatus
from typing import cast
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.answers import SeeOther
from billing import packs, refunds
from billing.errors import ActRefused, PaymentsError
from billing.models import Purchase, Status
from billing.views.requests import SignedIn, workspace_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def refund(request: SignedIn, purchase_id: UUID) -> HttpResponse:
    """Lead a buyer, who has to say once more who they are, to the return of their own pack."""
    if not settings.SHOP:
        raise Http404
    purchase = get_object_or_404(Purchase.objects.for_workspace(workspace_of(request).id), id=purchase_id)
    if purchase.status == Status.REFUNDED:
        return SeeOther.to("billing:wallet")  # a second click
    return cast(HttpResponse, _refund(request, purchase))


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no type information
def _refund(request: SignedIn, purchase: Purchase) -> HttpResponse:
    """Ask once more, then refund the whole pack; where it is too late or tokens were spent, say so."""
    refusal, status = "", HTTPStatus.OK
    if request.method == "POST":
        try:
            n = int(request.POST.get("n", "")[:4])
            order = refunds.hand_back(purchase=purchase, n=n, buyer=request.user)
        except ValueError:
            refusal, status = gettext("This form cannot be read. Send it again."), HTTPStatus.UNPROCESSABLE_ENTITY
        except ActRefused as error:
            refusal, status = gettext(error.message), HTTPStatus.CONFLICT
        except PaymentsError as error:
            refusal, status = gettext(error.message), HTTPStatus(error.http_status)
        else:
            amount = packs.money(amount=order.amount, currency=purchase.currency)
            messages.success(request, gettext("%(amount)s is on its way back to your card.") % {"amount": amount})
            return SeeOther.to("billing:wallet")
    context = {
        "purchase": purchase,
        "n": refunds.next_number(purchase=purchase),
        "may": bool(refunds.returnable(purchases=[purchase])),
        "refusal": refusal,
    }
    return render(request, "billing/refund.html", context, status=status)
