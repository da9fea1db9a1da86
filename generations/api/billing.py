"""GET /balance: what a program may know of its workspace's tokens."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router

from accounts.models import Scope
from billing import ledger
from generations.api import auth, schemas
from generations.api.auth import Key
from generations.bodies import balance_body
from generations.threads import in_thread

router = Router(tags=["Tokens"])


@router.get(
    "/balance",
    auth=Key(Scope.BILLING_READ),
    operation_id="getBalance",
    summary="Look at the balance",
    response={200: schemas.Balance, **schemas.refusals()},
)
async def balance(request: HttpRequest) -> HttpResponse:
    """Answer the tokens available, those held for open generations, and those owed after a refund."""
    wallet_id = auth.caller(request).wallet_id
    now = await in_thread(lambda: ledger.snapshot(wallet_id=wallet_id))
    body = balance_body(now)
    return JsonResponse(body, headers={"X-Tokens-Remaining": str(body["available"])})
