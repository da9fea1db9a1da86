"""Whether Stripe sends us events of the version this code was written against, and sends them at all."""

from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.urls import reverse

from billing import findings, stripe_gateway
from billing.errors import PaymentsError
from billing.stripe_gateway import API_VERSION
from billing.stripe_records import Endpoint

log = structlog.get_logger(__name__)

WHAT = "stripe_endpoint"


def check() -> None:
    """Compare our webhook endpoint at Stripe with this code; a difference is told to staff, and stops nothing.

    The timer's work, first when it starts. When Stripe does not answer, what was found before stands.
    """
    try:
        known = stripe_gateway.endpoints()
    except PaymentsError as error:
        log.warning("stripe_endpoint_not_read", error=type(error).__name__)
        return
    address = settings.PUBLIC_URL + reverse("billing:stripe")
    found = {one.id: wrong for one in _ours(known, address) if (wrong := _wrong_with(one))}
    if settings.STRIPE_LIVE and not _ours(known, address):
        found[address[:255]] = f"No webhook endpoint at Stripe leads to {address}"
    findings.settle(what=WHAT, found=found)


def _ours(known: list[Endpoint], address: str) -> list[Endpoint]:
    """Return the endpoints of this copy; where none has its address, those that lead to its path by another name."""
    path = urlsplit(address).path
    return [one for one in known if one.url == address] or [one for one in known if urlsplit(one.url).path == path]


def _wrong_with(one: Endpoint) -> str:
    """Return what is wrong with an endpoint as a sentence, "" when nothing is."""
    if not one.is_enabled:
        return f"{one.url} is switched off at Stripe"
    if one.api_version != API_VERSION:
        sent = one.api_version or "the account's default version"
        return f"{one.url} is sent {sent}, this code reads {API_VERSION}"
    return ""
