"""Where Stripe's events arrive: verified, stored, answered. Nothing is asked of Stripe here."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing import inbox


@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """Answer 200 for what is Stripe's and kept, 400 for anything else, 404 where no secret is set."""
    if not settings.SHOP or not settings.STRIPE_WEBHOOK_SECRETS:
        raise Http404
    try:
        inbox.receive(body=request.body, signature=request.headers.get("Stripe-Signature", ""))
    except inbox.Refused:
        return JsonResponse({"error": "not accepted"}, status=400)
    return JsonResponse({"received": True})
