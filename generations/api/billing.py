"""GET /balance and GET /usage: what a program may know of its workspace's tokens."""

from dataclasses import asdict
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router

from accounts.models import ApiKey, Scope
from billing import ledger
from generations import usage
from generations.api import auth, days, schemas, tokens
from generations.api.auth import Key
from generations.api.days import Day
from generations.bodies import balance_body
from generations.threads import in_thread

router = Router(tags=["Tokens"])


@router.get(
    "/balance",
    auth=Key(Scope.BILLING_READ),
    operation_id="getBalance",
    summary="Look at the balance",
    response={200: tokens.Balance, **schemas.refusals()},
)
async def balance(request: HttpRequest) -> HttpResponse:
    """Answer the tokens available, those held for open generations, and those owed after a refund."""
    wallet_id = auth.caller(request).wallet_id
    now = await in_thread(lambda: ledger.snapshot(wallet_id=wallet_id))
    body = balance_body(now)
    return JsonResponse(body, headers={"X-Tokens-Remaining": str(body["available"])})


@router.get(
    "/usage",
    auth=Key(Scope.BILLING_READ),
    operation_id="getUsage",
    summary="Look at what was used",
    response={200: tokens.Usage, **schemas.refusals(422)},
    by_alias=True,  # `from` is no name in Python
)
async def used(
    request: HttpRequest,
    since: Annotated[Day | None, Query(alias="from", description="First day, UTC; 30 days in all if left out.")] = None,
    to: Annotated[Day | None, Query(description="Last day, UTC, included; today if left out.")] = None,
    group_by: Annotated[usage.By, Query(description="What is added up together.")] = "day",
) -> HttpResponse:
    """Answer tokens, pictures and failures of at most 366 days by day, key or model.

    A generation counts on the day it ended, which is when it was charged. A test key is told what test keys did.
    """
    first, last = days.between(since, to, today=datetime.now(UTC).date())
    caller = auth.caller(request)
    whose, livemode = caller.workspace.id, caller.key.livemode
    found = await in_thread(
        partial(usage.of, workspace_id=whose, livemode=livemode, first=first, last=last, by=group_by)
    )
    groups = [{group_by: _name(group.of), **asdict(group.figures)} for group in found.groups]
    asked = {"from": first.isoformat(), "to": last.isoformat(), "group_by": group_by}
    return JsonResponse({"status": "success", **asked, "usage": groups, "total": asdict(found.total)})


def _name(of: date | str | ApiKey | None) -> Any:
    match of:
        case date():
            return of.isoformat()
        case ApiKey():
            return {"id": str(of.id), "name": of.name, "key": str(of)}
    return of
