"""Buying: a pack is chosen, paid at Stripe, and the person comes back to where they were."""

from typing import Any, cast
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required, verified_email_required
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.answers import SeeOther
from billing import checkout, fulfilment, packs, stripe_gateway
from billing.errors import PaymentsError, UnknownPurchase
from billing.models import Purchase, Status, StripeCustomer
from billing.views.requests import SignedIn, own_path, workspace_of
from billing.views.shelves import MOST_PICTURES, pictures_asked, shelves, ways

#: How long the return page waits before it asks again, by how often it has asked: half a minute in all.
ASK_AGAIN_S = (1, 2, 4, 8, 15)
SETTLED = {Status.PAID, Status.PART_REFUNDED, Status.REFUNDED, Status.DISPUTED, Status.WON, Status.LOST}

ON_THE_WAY = {Status.CREATED, Status.OPEN, Status.PROCESSING}


@require_safe
def pricing(request: HttpRequest) -> HttpResponse:
    """Show what tokens cost, to anybody; 404 where nothing is sold."""
    _require_shop()
    pictures = pictures_asked(request.GET.get("pictures", ""))
    context = {
        "packs": shelves(chosen=request.GET.get("pack", "")),
        "pictures": pictures,
        "most_pictures": MOST_PICTURES,
        "ways": ways(pictures=pictures),
    }
    return render(request, "billing/pricing.html", context)


@require_POST
@never_cache
def buy(request: HttpRequest) -> HttpResponse:
    """Start a purchase and lead to where it is paid; whoever is not signed in finds the same choice afterwards."""
    _require_shop()
    if not request.user.is_authenticated:
        choice = {"pack": request.POST.get("pack", ""), "next": own_path(request.POST.get("next", ""))}
        return redirect_to_login(reverse("billing:wallet", query=choice, fragment="add"))
    return cast(HttpResponse, _start(request))


@verified_email_required  # type: ignore[untyped-decorator]  # allauth has no type information
def _start(request: SignedIn) -> HttpResponse:
    """Lead to where the pack is paid; a refusal shows the packs again with its sentence."""
    workspace = workspace_of(request)
    pack = packs.pack(code=request.POST.get("pack", ""))
    if pack is None:
        return _refused(request, gettext("Choose a pack."), status=422)
    try:
        purchase = checkout.begin(
            workspace=workspace,
            actor=request.user,
            pack=pack,
            ip=get_adapter().get_client_ip(request) or "",
            return_path=own_path(request.POST.get("next", "")),
        )
        return SeeOther(checkout.address(purchase=purchase, workspace=workspace, email=request.user.email))
    except PaymentsError as error:
        answer = _refused(request, gettext(error.message), status=error.http_status)
        if retry_after_s := getattr(error, "retry_after_s", 0):
            answer["Retry-After"] = str(retry_after_s)
        return answer


@require_safe
@login_required
@never_cache
def returned(request: SignedIn) -> HttpResponse:
    """Welcome back from paying: ask Stripe, grant what is paid, and ask again while the payment is on its way."""
    _require_shop()
    session_id = request.GET.get("session_id", "")
    mine = Purchase.objects.for_workspace(workspace_of(request).id)
    purchase = get_object_or_404(mine, session_id=session_id) if session_id else None
    if purchase is None:
        raise Http404
    is_unpaid = False
    if purchase.status not in SETTLED:
        try:
            purchase = fulfilment.fulfil(session_id=session_id)
            is_unpaid = purchase.status == Status.OPEN  # said by Stripe itself: this address was not come to by paying
        except (PaymentsError, UnknownPurchase):
            purchase.refresh_from_db()  # the webhook or a sweep will tell; this page asks again
    context: dict[str, Any] = {"purchase": purchase, "is_settled": purchase.status in SETTLED, "is_unpaid": is_unpaid}
    asked = _number(request.GET.get("asked", ""))
    if not is_unpaid and purchase.status in ON_THE_WAY and asked < len(ASK_AGAIN_S):
        query = {"session_id": session_id, "asked": asked + 1}
        context |= {"again_s": ASK_AGAIN_S[asked], "again_url": reverse("billing:return", query=query)}
    return render(request, "billing/return.html", context)


@require_safe
@login_required
@never_cache
def canceled(request: SignedIn, purchase_id: UUID) -> HttpResponse:
    """Say that nothing was paid, and offer the packs again."""
    _require_shop()
    purchase = get_object_or_404(Purchase.objects.for_workspace(workspace_of(request).id), id=purchase_id)
    if purchase.status in SETTLED:
        return SeeOther.to("billing:wallet")
    context = {"packs": shelves(chosen=purchase.pack_code), "next": purchase.return_path}
    return render(request, "billing/canceled.html", context)


@require_POST
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]
@never_cache
def portal(request: SignedIn) -> HttpResponse:
    """Lead to the customer's own page at Stripe: invoices, tax ids, payment methods."""
    _require_shop()
    customer = get_object_or_404(StripeCustomer, workspace=workspace_of(request), customer_id__isnull=False)
    try:
        url = stripe_gateway.portal_url(
            customer_id=customer.customer_id or "",
            return_url=settings.PUBLIC_URL + reverse("billing:wallet"),
            key=f"portal:{get_random_string(24)}",
        )
    except PaymentsError as error:
        return _refused(request, gettext(error.message), status=error.http_status)
    return SeeOther(url)


def _refused(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    sent = request.POST
    context = {"packs": shelves(chosen=sent.get("pack", "")), "next": own_path(sent.get("next", ""))}
    context |= {"refusal": sentence}
    return render(request, "billing/canceled.html", context, status=status)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _require_shop() -> None:
    if not settings.SHOP:
        raise Http404
