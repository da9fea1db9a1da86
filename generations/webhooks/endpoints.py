"""What a customer may do with endpoints and deliveries; each change is one transaction."""

from collections.abc import Sequence
from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import Workspace
from generations import fetch
from generations.errors import ImageUrlNotAllowed, InvalidParameters
from generations.transactions import durably
from generations.webhooks import delivering, events, signing
from generations.webhooks.models import (
    DeliveryState,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookSecret,
    new_salt,
)

ENDPOINTS_MAX = 20
NOT_ALLOWED = "We do not send to this address. Use a public https address."
TOO_MANY = f"A workspace has at most {ENDPOINTS_MAX} endpoints, live and test together. Delete one first."


def check_address(*, url: str, field: str) -> None:
    """Refuse an address we would not open, without looking anything up. Raises InvalidParameters naming the field."""
    try:
        fetch.host_of(url)
    except ImageUrlNotAllowed as error:
        raise InvalidParameters(fields={field: [NOT_ALLOWED]}) from error


def create(
    *, workspace: Workspace, livemode: bool, url: str, event_types: Sequence[str]
) -> tuple[WebhookEndpoint, str]:
    """Make an endpoint; return it and its secret, which is shown this once.

    Raises InvalidParameters for an address we would not open, and for more than 20 endpoints.
    """
    check_address(url=url, field="url")

    def work() -> WebhookEndpoint:
        Workspace.objects.select_for_update(no_key=True).get(id=workspace.id)  # two at once would both count 19
        if WebhookEndpoint.objects.filter(workspace=workspace).count() >= ENDPOINTS_MAX:
            raise InvalidParameters(fields={"url": [TOO_MANY]})
        return WebhookEndpoint.objects.create(
            workspace=workspace, livemode=livemode, url=url, events=list(dict.fromkeys(event_types))
        )

    made = durably(work)
    made.refresh_from_db()
    return made, signing.secret_of(bytes(made.salt))


def change(
    *,
    endpoint: WebhookEndpoint,
    url: str | None = None,
    event_types: Sequence[str] | None = None,
    enabled: bool | None = None,
) -> WebhookEndpoint:
    """Change what is given and return the endpoint as it is now; what is on its way goes to the new address.

    Switching off gives up what is pending. Raises InvalidParameters for an address we would not open.
    """
    if url is not None:
        check_address(url=url, field="url")

    def work() -> None:
        row = WebhookEndpoint.objects.select_for_update(no_key=True).get(id=endpoint.id)
        if url is not None:
            row.url = url
            pending = WebhookDelivery.objects.filter(endpoint=row, state=DeliveryState.PENDING)
            pending.update(url=url, host=events.host_of(url))
        if event_types is not None:
            row.events = list(dict.fromkeys(event_types))
        row.save(update_fields=["url", "events"])
        if enabled:
            WebhookEndpoint.objects.filter(id=row.id).update(disabled_at=None)
        elif enabled is not None:
            delivering.disable(endpoint_id=row.id)

    durably(work)
    endpoint.refresh_from_db()
    return endpoint


def remove(*, endpoint: WebhookEndpoint) -> None:
    """Delete an endpoint with its deliveries."""

    def work() -> None:
        # Whoever is writing a delivery or an attempt is waited for: what comes after finds nothing to write to.
        row = WebhookEndpoint.objects.select_for_update().filter(id=endpoint.id).first()
        if row is not None:
            list(row.deliveries.select_for_update().filter(lease_until__isnull=False))
            row.delete()

    durably(work)


def redeliver(*, endpoint: WebhookEndpoint, delivery: WebhookDelivery) -> WebhookDelivery:
    """Send an event to this endpoint again, now; return the delivery that does it.

    One that is still on its way is hurried instead: of an event, at most one delivery to an endpoint is pending.
    """

    def work() -> WebhookDelivery:
        # The endpoint's lock keeps two of these from making two.
        WebhookEndpoint.objects.select_for_update(no_key=True).get(id=endpoint.id)
        same = WebhookDelivery.objects.filter(event_id=delivery.event_id, endpoint=endpoint)
        row = same.filter(state=DeliveryState.PENDING).first()
        if row is None:
            row = WebhookDelivery(event_id=delivery.event_id, endpoint=endpoint, workspace_id=endpoint.workspace_id)
            row.is_redelivery, row.url, row.host = True, endpoint.url, events.host_of(endpoint.url)
            row.save(force_insert=True)
        now = {"due_at": Now(), "dispatch_after": Now() + events.ANNOUNCE_AGAIN}
        WebhookDelivery.objects.filter(id=row.id).update(**now)
        transaction.on_commit(partial(events.announce, [row.id]), robust=True)
        return row

    made = durably(work)
    made.refresh_from_db()
    return made


def new_secret(*, workspace: Workspace, livemode: bool) -> str:
    """Make the secret that signs the calls to `webhook_url` anew and return it, this once; the one before ends."""
    made, _ = WebhookSecret.objects.update_or_create(
        workspace=workspace, livemode=livemode, defaults={"salt": new_salt()}
    )
    return signing.secret_of(bytes(made.salt))
