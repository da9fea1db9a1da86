"""The shapes of what is said about webhooks, for the description and for reading what callers send."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias, get_args
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from generations.webhooks.models import URL_MAX_CHARS

ID = "01993b60-0d4e-7b12-a3f4-6c1d2e3f4a5b"
DELIVERY_ID = "01993b60-52aa-7f0e-8b1d-2f3e4d5c6b7a"
AT = "2026-11-22T15:30:00+00:00"
EventName: TypeAlias = Literal["generation.succeeded", "generation.failed", "generation.canceled", "balance.low"]
Events: TypeAlias = Annotated[list[EventName], Field(min_length=1, max_length=len(get_args(EventName)))]
Url: TypeAlias = Annotated[str, Field(min_length=1, max_length=URL_MAX_CHARS)]
ENDPOINT: JsonDict = {
    "id": ID,
    "url": "https://shop.example.com/hooks/roomai",
    "events": ["generation.succeeded", "generation.failed"],
    "enabled": True,
    "disabled_at": None,
    "livemode": True,
    "created_at": AT,
}
DELIVERY: JsonDict = {
    "id": DELIVERY_ID,
    "event_id": "evt_01993b6052aa7f0d9c412b7a6e5f4d3c",
    "type": "generation.succeeded",
    "state": "succeeded",
    "is_redelivery": False,
    "created_at": AT,
    "next_attempt_at": None,
    "request": {
        "url": "https://shop.example.com/hooks/roomai",
        "body": '{"type":"generation.succeeded","timestamp":"2026-11-22T15:30:00+00:00","livemode":true,…}',
    },
    "attempts": [
        {
            "number": 1,
            "sent_at": AT,
            "duration_ms": 84,
            "response": {"status": 204, "body": ""},
            "problem": None,
        }
    ],
}
SECRET = "whsec_…"  # noqa: S105  an example that opens nothing


def _example(value: JsonDict) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [value]})


class NewEndpoint(Schema):
    """An address to be told. Without `events` it is told everything."""

    model_config = ConfigDict(extra="forbid", strict=True)

    url: Url = Field(description="A public https address.")
    events: Events = Field(default_factory=lambda: list(get_args(EventName)), description="What it wants to be told.")


class EndpointChange(Schema):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    url: Url | None = None
    events: Events | None = None
    enabled: bool | None = Field(None, description="false: nothing more is sent, and what is on its way is given up.")


class Endpoint(Schema):
    id: UUID
    url: str
    events: list[EventName]
    enabled: bool
    disabled_at: datetime | None = Field(description="When you switched it off, or when it answered 410.")
    livemode: bool
    created_at: datetime


class OneEndpoint(Schema):
    model_config = _example({"status": "success", "webhook_endpoint": ENDPOINT})

    status: Literal["success"]
    webhook_endpoint: Endpoint


class MadeEndpoint(Schema):
    model_config = _example({"status": "success", "webhook_endpoint": ENDPOINT, "secret": SECRET})

    status: Literal["success"]
    webhook_endpoint: Endpoint
    secret: str = Field(description="What its calls are signed with. Shown this once.")


class Endpoints(Schema):
    model_config = _example({"status": "success", "webhook_endpoints": [ENDPOINT]})

    status: Literal["success"]
    webhook_endpoints: list[Endpoint]


class DeletedEndpoint(Schema):
    model_config = _example({"status": "deleted", "id": ID})

    status: Literal["deleted"]
    id: UUID


class Secret(Schema):
    model_config = _example({"status": "success", "secret": SECRET})

    status: Literal["success"]
    secret: str = Field(description="What calls to `webhook_url` are signed with from now on. Shown this once.")


class SentRequest(Schema):
    """What is or was sent, besides the headers that name, date and sign it."""

    url: str
    body: str


class Response(Schema):
    status: int
    body: str = Field(description="The first 4 kB, as text.")


class Attempt(Schema):
    number: int
    sent_at: datetime
    duration_ms: int
    response: Response | None = Field(description="null where no answer came.")
    problem: Literal["address_not_allowed", "unreachable", "timed_out"] | None


class Delivery(Schema):
    """One event on its way to one endpoint. `event_id` is sent as `webhook-id`, the same at every attempt."""

    id: UUID
    event_id: str
    type: str
    state: Literal["pending", "succeeded", "failed"]
    is_redelivery: bool
    created_at: datetime
    next_attempt_at: datetime | None
    request: SentRequest
    attempts: list[Attempt]


class Deliveries(Schema):
    model_config = _example({"status": "success", "deliveries": [DELIVERY], "next_cursor": None})

    status: Literal["success"]
    deliveries: list[Delivery]
    next_cursor: UUID | None


class OneDelivery(Schema):
    model_config = _example({"status": "success", "delivery": DELIVERY})

    status: Literal["success"]
    delivery: Delivery


def example_of_new() -> dict[str, Any]:
    """Return a request for a new endpoint."""
    return {"url": "https://shop.example.com/hooks/roomai", "events": ["generation.succeeded", "generation.failed"]}
