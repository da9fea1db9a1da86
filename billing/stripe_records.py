"""What Stripe says, as records of ours: whole smallest units of a currency, ids as text, no object of the library."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

#: The states of a dispute that are an inquiry only: no money has moved.
INQUIRY = "warning_"


@dataclass(frozen=True, slots=True)
class Payment:
    """A checkout as Stripe has it now. amount: what the pack costs, without tax; total: what is paid, with it.

    intent: "" before anybody paid.
    """

    session: str
    purchase: str
    url: str
    is_open: bool
    is_expired: bool
    is_paid: bool
    is_processing: bool
    has_failed: bool
    currency: str
    amount: int
    total: int
    livemode: bool
    intent: str
    charge: str
    invoice_url: str
    consented: bool


@dataclass(frozen=True, slots=True)
class RefundState:
    """A refund as Stripe has it now. status: pending, succeeded, failed, canceled or requires_action.

    order: the key it was asked for under, "" for one that is not of our asking.
    """

    id: str
    amount: int
    status: str
    order: str = ""


@dataclass(frozen=True, slots=True)
class DisputeState:
    """A dispute as Stripe has it now. is_inquiry: no money has moved (yet)."""

    id: str
    intent: str
    amount: int
    status: str

    @property
    def is_inquiry(self) -> bool:
        return self.status.startswith(INQUIRY)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to pay. card: Stripe's fingerprint of it, "" where there is none."""

    charge: str
    card: str
    declined: bool


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where Stripe sends events. api_version: of what it sends there, "" for whatever the account's default is."""

    id: str
    url: str
    api_version: str
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class Event:
    """What an event says of itself. The object is only a name: whoever acts on it asks Stripe again."""

    id: str
    type: str
    object_id: str
    api_version: str
    livemode: bool
    created: datetime
    payload: Mapping[str, Any]


def read_event(payload: Mapping[str, Any]) -> Event:
    """Return an event's own figures. Raises KeyError, TypeError or ValueError when it is no snapshot event."""
    about = payload["data"]["object"]
    return Event(
        id=str(payload["id"]),
        type=str(payload["type"]),
        object_id=str(about.get("id", "")),
        api_version=str(payload.get("api_version") or ""),
        livemode=bool(payload["livemode"]),
        created=datetime.fromtimestamp(int(payload["created"]), UTC),
        payload=payload,
    )


def payment(session: Any) -> Payment:
    """Read a checkout session, its payment expanded or not."""
    intent = session.payment_intent
    known = intent if intent and not isinstance(intent, str) else None
    charge = getattr(known, "latest_charge", None)
    paid = session.payment_status == "paid"
    complete = session.status == "complete"
    return Payment(
        session=session.id,
        purchase=str(session.client_reference_id or _noted(session, "purchase")),
        url=str(session.url or ""),
        is_open=session.status == "open",
        is_expired=session.status == "expired",
        is_paid=paid,
        is_processing=complete and not paid and not _has_failed(known),
        has_failed=complete and not paid and _has_failed(known),
        currency=str(session.currency or ""),
        amount=int(session.amount_subtotal or 0),
        total=int(session.amount_total or 0),
        livemode=bool(session.livemode),
        intent=id_of(intent),
        charge=id_of(charge),
        invoice_url=str(getattr(session.invoice, "hosted_invoice_url", "") or ""),
        consented=getattr(session.consent, "terms_of_service", None) == "accepted",
    )


def _has_failed(intent: Any) -> bool:
    return intent is not None and intent.status in {"requires_payment_method", "canceled"}


def refund(made: Any) -> RefundState:
    """Read a refund."""
    return RefundState(made.id, made.amount, made.status or "", _noted(made, "order"))


def _noted(thing: Any, name: str) -> str:
    """Return what we noted on an object under this name, "" where nothing stands."""
    return str(thing.metadata.to_dict().get(name, "")) if thing.metadata else ""


def attempt(charge: Mapping[str, Any]) -> Attempt:
    """Read a charge."""
    details = charge.get("payment_method_details") or {}
    card = str((details.get("card") or {}).get("fingerprint") or "")
    return Attempt(str(charge["id"]), card, charge["status"] == "failed")


def id_of(thing: Any) -> str:
    """Return the id of an expandable field, whether it came as one or as the whole object."""
    return thing if isinstance(thing, str) else str(getattr(thing, "id", "") or "")
