"""Generations after they were asked for: one, all, canceled, refused, deleted; and the original's polling call."""

import re
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router
from pydantic import Field, ValidationError

from accounts.models import Scope
from billing import ledger
from generations import proof, refusing, services
from generations.api import auth, documentation, errors, paging, parsing, schemas
from generations.api.auth import Caller, Key
from generations.api.paging import LIMIT, Limit
from generations.bodies import address, generation_body, list_item
from generations.catalog import sentences
from generations.errors import InvalidParameters, NotFound, UnsupportedMediaType
from generations.models import Generation, GenerationQuerySet, State
from generations.threads import in_thread

router = Router(tags=["Generations"])
ONE = re.compile(r"/api/v1/generations/(?P<id>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})")
FOREIGN = "Give the processing_url of one of your own generations, as we answered it."


@router.get(
    "/results",
    auth=Key(Scope.GENERATE),
    operation_id="poll",
    summary="Ask for a result by its processing_url",
    response={200: schemas.AnyState, **schemas.refusals(404, 422)},
)
async def results(request: HttpRequest, processing_url: Annotated[str, Field(max_length=500)]) -> HttpResponse:
    """Answer 200 with the body `/generate` would answer now: success, processing or error."""
    return await in_thread(partial(_one, request, _id_of(processing_url)))


@router.get(
    "/generations/{uuid:generation_id}",
    auth=Key(Scope.READ),
    operation_id="getGeneration",
    summary="Look at one generation",
    response={200: schemas.AnyState, **schemas.refusals(404)},
)
async def one(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    """Answer 200 with the body `/generate` would answer now: success, processing or error."""
    return await in_thread(partial(_one, request, generation_id))


@router.get(
    "/generations/{uuid:generation_id}/proof",
    auth=Key(Scope.READ),
    operation_id="getProof",
    summary="Ask for the evidence that the subject kept its pixels",
    response={200: schemas.Proof, **schemas.refusals(404)},
)
async def evidence(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    """Answer digests, figures and links by which anybody can check the kept pixels; 404 where no result is kept."""
    return await in_thread(partial(_proof, request, generation_id))


@router.get(
    "/generations",
    auth=Key(Scope.READ),
    operation_id="listGenerations",
    summary="List generations, newest first",
    response={200: schemas.Page, **schemas.refusals(422)},
)
async def newest_first(request: HttpRequest, cursor: UUID | None = None, limit: Limit = LIMIT) -> HttpResponse:
    """Answer a page of generations; `next_cursor` asks for the one after, null on the last."""
    return await in_thread(partial(_page, request, cursor, limit))


@router.post(
    "/generations/{uuid:generation_id}/cancel",
    auth=Key(Scope.GENERATE),
    operation_id="cancelGeneration",
    summary="Cancel a generation",
    response={200: schemas.Canceled, 202: schemas.Processing, **schemas.refusals(404, 409)},
)
async def cancel(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    """Cancel it; nothing is charged. One that is being made stops within seconds, and is answered 202 until then."""
    return await in_thread(partial(_cancel, request, generation_id))


@router.delete(
    "/generations/{uuid:generation_id}",
    auth=Key(Scope.GENERATE),
    operation_id="deleteGeneration",
    summary="Delete pictures and prompt of a generation",
    response={200: schemas.Deleted, **schemas.refusals(404)},
)
async def delete(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    """Delete its pictures and its prompt now; an open one is canceled. Asking twice is fine."""
    return await in_thread(partial(_delete, request, generation_id))


@router.post(
    "/generations/{uuid:generation_id}/refuse",
    auth=Key(Scope.GENERATE),
    operation_id="refuseGeneration",
    summary="Hand a bad result back",
    response={200: schemas.Refused, **schemas.refusals(400, 404, 409, 415, 422)},
    openapi_extra=documentation.body_of(schemas.Refusal, example={"reason": "The chair has lost a leg."}),
)
async def refuse(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    """Give its tokens back and delete the result, within 24 hours of success. Asking twice is fine.

    Allowed once in 30 days, or for a tenth of the pictures paid for in them.
    """
    return await in_thread(partial(_refuse, request, generation_id))


def _mine(caller: Caller) -> GenerationQuerySet:
    """Return what this key may see: its workspace's generations, live or test as the key is."""
    return Generation.objects.for_workspace(caller.workspace).filter(livemode=caller.key.livemode)


def _found(request: HttpRequest, generation_id: UUID) -> Generation:
    row = _mine(auth.caller(request)).filter(id=generation_id).first()
    if row is None:
        raise NotFound
    return row


def _id_of(processing_url: str) -> UUID:
    here, path = processing_url[: len(settings.PUBLIC_URL)], processing_url[len(settings.PUBLIC_URL) :]
    found = ONE.fullmatch(path)
    if here != settings.PUBLIC_URL or not found:
        raise InvalidParameters(fields={"processing_url": [FOREIGN]})
    return UUID(found["id"])


def _one(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    row = _found(request, generation_id)
    _, body = generation_body(row, request_id=errors.request_id(request))
    return JsonResponse(body, headers={"X-Tokens-Charged": str(row.tokens_used)})


def _proof(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    row = _found(request, generation_id)
    return JsonResponse({"status": "success", "id": str(row.id), "proof": proof.of(generation=row)})


def _page(request: HttpRequest, cursor: UUID | None, limit: int) -> HttpResponse:
    page, following = paging.page(_mine(auth.caller(request)), cursor=cursor, limit=limit)
    items: list[dict[str, Any]] = [list_item(row, request_id=errors.request_id(request)) for row in page]
    return JsonResponse({"status": "success", "generations": items, "next_cursor": following})


def _cancel(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    row = services.cancel(generation=_found(request, generation_id))
    if row.state == State.CANCELED:
        return JsonResponse({"status": "canceled", "id": str(row.id), "status_url": address(row)})
    _, body = generation_body(row)
    return JsonResponse(body, status=202)


def _delete(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    services.delete_content(generation=(row := _found(request, generation_id)))
    return JsonResponse({"status": "deleted", "id": str(row.id)})


def _refuse(request: HttpRequest, generation_id: UUID) -> HttpResponse:
    row, reason = _found(request, generation_id), _reason(request)
    row = refusing.refuse(generation=row, reason=reason)
    balance = ledger.snapshot(wallet_id=row.wallet_id).available
    said = {"id": str(row.id), "tokens_returned": row.tokens_returned, "balance": balance}
    return JsonResponse({"status": "refused", **said}, headers={"X-Tokens-Remaining": str(balance)})


def _reason(request: HttpRequest) -> str:
    if request.content_type != "application/json":
        raise UnsupportedMediaType("Send application/json.")
    try:
        return schemas.Refusal.model_validate(parsing.read_json(request.body)).reason
    except ValidationError as error:
        raise InvalidParameters(fields=sentences.by_field(error)) from error
