"""Mail about runs and webhooks to a workspace's owners. Called after the commit of what it tells."""

from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from accounts import notices
from generations.models import Generation
from generations.webhooks.models import WebhookEndpoint


def endpoint_disabled(*, endpoint_id: UUID) -> None:
    """Tell that an endpoint said it is gone, so that nothing is sent to it any more."""
    endpoint = WebhookEndpoint.objects.select_related("workspace").get(id=endpoint_id)
    context: dict[str, object] = {
        "address": endpoint.url,
        "host": urlsplit(endpoint.url).hostname or "",
        "docs_url": settings.PUBLIC_URL + reverse("docs:guide", kwargs={"slug": "webhooks"}),
    }
    once = f"endpoint_disabled:{endpoint.id}:{endpoint.disabled_at}"
    notices.to_owners(workspace=endpoint.workspace, name="endpoint_disabled", context=context, once=once)


def token_returned(*, generation_id: UUID) -> None:
    """Tell that a picture was handed back and its tokens returned."""
    generation = Generation.objects.select_related("workspace").get(id=generation_id)
    context: dict[str, object] = {
        "generation": generation,
        "tokens": generation.tokens_used,
        "studio_url": settings.PUBLIC_URL + reverse("generations:studio"),
    }
    once = f"token_returned:{generation.id}"
    notices.to_owners(workspace=generation.workspace, name="token_returned", context=context, once=once)
