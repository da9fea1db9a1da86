"""Webhooks: endpoints, what was sent to them and what they answered. Live and test keys see their own."""

from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Router, Schema
from pydantic import ValidationError

from accounts.models import Scope
from generations.api import auth, documentation, paging, parsing, schemas
from generations.api import webhook_schemas as shapes
from generations.api.auth import Key
from generations.api.paging import LIMIT, Limit
from generations.catalog import sentences
from generations.errors import InvalidParameters, NotFound, UnsupportedMediaType
from generations.threads import in_thread
from generations.webhooks import endpoints, events
from generations.webhooks.models import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint

router = Router(tags=["Webhooks"], auth=Key(Scope.WEBHOOKS))
ONE = "/webhook_endpoints/{uuid:endpoint_id}"
SENT = (400, 415, 422)
Given = TypeVar("Given", bound=Schema)


@router.post(
    "/webhook_endpoints",
    operation_id="createWebhookEndpoint",
    summary="Name an address to be told",
    response={200: shapes.MadeEndpoint, **schemas.refusals(*SENT)},
    openapi_extra=documentation.body_of(shapes.NewEndpoint, example=shapes.example_of_new()),
)
async def create(request: HttpRequest) -> HttpResponse:
    """Make an endpoint and answer its secret, this once. A workspace has at most 20, live and test together."""
    return await in_thread(partial(_create, request))


@router.get(
    "/webhook_endpoints",
    operation_id="listWebhookEndpoints",
    summary="List the endpoints",
    response={200: shapes.Endpoints, **schemas.refusals()},
)
async def every(request: HttpRequest) -> HttpResponse:
    """Answer all endpoints, oldest first; their secrets are not shown again."""
    return await in_thread(lambda: _answer("webhook_endpoints", [_endpoint_body(row) for row in _mine(request)]))


@router.get(
    ONE,
    operation_id="getWebhookEndpoint",
    summary="Look at one endpoint",
    response={200: shapes.OneEndpoint, **schemas.refusals(404)},
)
async def one(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Answer one endpoint."""
    return await in_thread(lambda: _answer("webhook_endpoint", _endpoint_body(_found(request, endpoint_id))))


@router.patch(
    ONE,
    operation_id="changeWebhookEndpoint",
    summary="Change an endpoint, switch it off or on",
    response={200: shapes.OneEndpoint, **schemas.refusals(404, *SENT)},
    openapi_extra=documentation.body_of(shapes.EndpointChange, example={"enabled": True}),
)
async def change(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Change what is given. What happens while it is off is not told later."""
    return await in_thread(partial(_change, request, endpoint_id))


@router.delete(
    ONE,
    operation_id="deleteWebhookEndpoint",
    summary="Delete an endpoint",
    response={200: shapes.DeletedEndpoint, **schemas.refusals(404)},
)
async def delete(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Delete it with its deliveries; nothing more is sent to it."""
    return await in_thread(partial(_delete, request, endpoint_id))


@router.get(
    f"{ONE}/deliveries",
    operation_id="listWebhookDeliveries",
    summary="List what was sent to an endpoint, newest first",
    response={200: shapes.Deliveries, **schemas.refusals(404, 422)},
)
async def deliveries(
    request: HttpRequest,
    endpoint_id: UUID,
    cursor: UUID | None = None,
    limit: Limit = LIMIT,
) -> HttpResponse:
    """Answer a page of deliveries of the last 30 days with every attempt; `next_cursor` asks for the one after."""
    return await in_thread(partial(_page, request, endpoint_id, cursor, limit))


@router.post(
    f"{ONE}/deliveries/{{uuid:delivery_id}}/redeliver",
    operation_id="redeliverWebhook",
    summary="Send an event again",
    response={200: shapes.OneDelivery, **schemas.refusals(404)},
)
async def redeliver(request: HttpRequest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send the same event again, now and under the same `webhook-id`; one still on its way is hurried instead."""
    return await in_thread(partial(_redeliver, request, endpoint_id, delivery_id))


@router.post(
    f"{ONE}/test",
    operation_id="testWebhookEndpoint",
    summary="Send a test event",
    response={200: shapes.OneDelivery, **schemas.refusals(404)},
)
async def test(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Send one event of the type `test`, once, also where the endpoint is off. The deliveries tell what came of it."""
    return await in_thread(partial(_test, request, endpoint_id))


@router.post(
    "/webhook_secret",
    operation_id="newWebhookSecret",
    summary="Make the secret that signs calls to webhook_url",
    response={200: shapes.Secret, **schemas.refusals()},
)
async def secret(request: HttpRequest) -> HttpResponse:
    """Answer a new secret for the calls to the `webhook_url` of single requests, this once; the one before ends."""
    return await in_thread(partial(_new_secret, request))


def _mine(request: HttpRequest) -> QuerySet[WebhookEndpoint]:
    caller = auth.caller(request)
    return WebhookEndpoint.objects.for_workspace(caller.workspace, livemode=caller.key.livemode)


def _found(request: HttpRequest, endpoint_id: UUID) -> WebhookEndpoint:
    row = _mine(request).filter(id=endpoint_id).first()
    if row is None:
        raise NotFound
    return row


def _given(request: HttpRequest, shape: type[Given]) -> Given:
    if request.content_type != "application/json":
        raise UnsupportedMediaType("Send application/json.")
    try:
        return shape.model_validate(parsing.read_json(request.body))
    except ValidationError as error:
        raise InvalidParameters(fields=sentences.by_field(error)) from error


def _create(request: HttpRequest) -> HttpResponse:
    caller, given = auth.caller(request), _given(request, shapes.NewEndpoint)
    made, plain = endpoints.create(
        workspace=caller.workspace, livemode=caller.key.livemode, url=given.url, event_types=given.events
    )
    return _answer("webhook_endpoint", _endpoint_body(made), secret=plain)


def _change(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    row, given = _found(request, endpoint_id), _given(request, shapes.EndpointChange)
    row = endpoints.change(endpoint=row, url=given.url, event_types=given.events, enabled=given.enabled)
    return _answer("webhook_endpoint", _endpoint_body(row))


def _delete(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    endpoints.remove(endpoint=_found(request, endpoint_id))
    return JsonResponse({"status": "deleted", "id": str(endpoint_id)})


def _page(request: HttpRequest, endpoint_id: UUID, cursor: UUID | None, limit: int) -> HttpResponse:
    rows = _deliveries(_found(request, endpoint_id))
    page, following = paging.page(rows, cursor=cursor, limit=limit)
    return _answer("deliveries", [_delivery_body(row) for row in page], next_cursor=following)


def _redeliver(request: HttpRequest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    endpoint = _found(request, endpoint_id)
    row = endpoint.deliveries.filter(id=delivery_id).first()
    if row is None:
        raise NotFound
    return _told_of(endpoint, endpoints.redeliver(endpoint=endpoint, delivery=row))


def _test(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    endpoint = _found(request, endpoint_id)
    return _told_of(endpoint, events.test(endpoint=endpoint))


def _new_secret(request: HttpRequest) -> HttpResponse:
    caller = auth.caller(request)
    return _answer("secret", endpoints.new_secret(workspace=caller.workspace, livemode=caller.key.livemode))


def _deliveries(endpoint: WebhookEndpoint) -> QuerySet[WebhookDelivery]:
    in_order = Prefetch("attempts", queryset=WebhookAttempt.objects.order_by("number"))
    rows = endpoint.deliveries.select_related("event").prefetch_related(in_order)
    return rows.order_by("-created_at", "-id")


def _told_of(endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> HttpResponse:
    return _answer("delivery", _delivery_body(_deliveries(endpoint).get(id=delivery.id)))


def _answer(name: str, value: Any, **more: Any) -> HttpResponse:
    return JsonResponse({"status": "success", name: value, **more})


def _endpoint_body(row: WebhookEndpoint) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "url": row.url,
        "events": row.events,
        "enabled": row.disabled_at is None,
        "disabled_at": row.disabled_at and row.disabled_at.isoformat(),
        "livemode": row.livemode,
        "created_at": row.created_at.isoformat(),
    }


def _delivery_body(row: WebhookDelivery) -> dict[str, Any]:
    is_pending = row.state == DeliveryState.PENDING
    return {
        "id": str(row.id),
        "event_id": row.event.public_id,
        "type": row.event.type,
        "state": row.state,
        "is_redelivery": row.is_redelivery,
        "created_at": row.created_at.isoformat(),
        "next_attempt_at": row.due_at.isoformat() if is_pending else None,
        "request": {"url": row.url, "body": row.event.body},
        "attempts": [_attempt_body(attempt) for attempt in row.attempts.all()],
    }


def _attempt_body(row: WebhookAttempt) -> dict[str, Any]:
    answered = row.status is not None
    return {
        "number": row.number,
        "sent_at": row.sent_at.isoformat(),
        "duration_ms": row.duration_ms,
        "response": {"status": row.status, "body": row.answer} if answered else None,
        "problem": row.problem or None,
    }
