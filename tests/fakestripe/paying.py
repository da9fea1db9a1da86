"""What happens when somebody pays, or does not: intents, charges, invoices, sessions, and the events of each."""

from tests.fakestripe.world import Refusal, Thing, World

#: What the hosted page offers, and why a bank says no.
DECLINES = {
    "declined": "generic_decline",
    "insufficient": "insufficient_funds",
    "expired": "expired_card",
    "cvc": "incorrect_cvc",
}
FINGERPRINTS = {"ok": "fpOk", "3ds": "fp3ds", "efw": "fpEfw", "dispute": "fpDispute"}


def pay(world: World, session: Thing, *, way: str, card: str = "") -> Thing:
    """Try to pay an open checkout this way: ok, 3ds, efw, dispute, bank, or one of DECLINES; return the session.

    card: a fingerprint, to play several cards.
    """
    if session["status"] != "open":
        raise Refusal(400, "This checkout is not open.")
    if world.now() >= session["expires_at"]:
        expire(world, session)
        raise Refusal(400, "This checkout has expired.")
    intent = _intent_of(world, session)
    if way in DECLINES:
        decline(world, intent, reason=DECLINES[way], card=card or f"fp_{way}")
        return session
    session |= {"status": "complete", "url": None}
    if way == "bank":
        intent["status"] = "processing"
        world.tell("payment_intent.processing", intent)
        world.tell("checkout.session.completed", session)
        return session
    _succeed(world, session, intent, card=card or FINGERPRINTS[way])
    world.tell("checkout.session.completed", session)
    if way == "efw":
        warn(world, intent)
    return session


def bank_pays(world: World, session: Thing) -> None:
    """The money of a slow payment arrives."""
    _succeed(world, session, world.get("payment_intent", session["payment_intent"]), card="")
    world.tell("checkout.session.async_payment_succeeded", session)


def bank_fails(world: World, session: Thing) -> None:
    """The money of a slow payment never arrives."""
    intent = world.get("payment_intent", session["payment_intent"])
    decline(world, intent, reason="bank_account_declined", card="")
    world.tell("checkout.session.async_payment_failed", session)


def expire(world: World, session: Thing) -> None:
    """Close a checkout nobody paid."""
    if session["status"] != "open":
        raise Refusal(400, "Only open checkouts can be expired.")
    session |= {"status": "expired", "url": None}
    world.tell("checkout.session.expired", session)


def decline(world: World, intent: Thing, *, reason: str, card: str) -> None:
    """The bank says no; the checkout stays open for another try."""
    charge = _charge(world, intent, card=card, status="failed", failure_code="card_declined")
    charge["outcome"] = {"reason": reason, "type": "issuer_declined"}
    intent |= {"status": "requires_payment_method", "latest_charge": charge["id"]}
    intent["last_payment_error"] = {"code": "card_declined", "decline_code": reason}
    world.tell("charge.failed", charge)
    world.tell("payment_intent.payment_failed", intent)


def warn(world: World, intent: Thing) -> Thing:
    """The card's bank suspects fraud."""
    warning = world.add(
        "radar.early_fraud_warning",
        "issfr",
        charge=intent["latest_charge"],
        payment_intent=intent["id"],
        actionable=True,
        fraud_type="made_with_stolen_card",
    )
    world.tell("radar.early_fraud_warning.created", warning)
    return warning


def _intent_of(world: World, session: Thing) -> Thing:
    if session["payment_intent"]:
        return world.get("payment_intent", session["payment_intent"])
    intent = world.add(
        "payment_intent",
        "pi",
        amount=session["amount_total"],
        amount_received=0,
        currency=session["currency"],
        customer=session["customer"],
        metadata=dict(session["_intent_metadata"]),
        status="requires_payment_method",
        latest_charge=None,
        last_payment_error=None,
    )
    session["payment_intent"] = intent["id"]
    world.tell("payment_intent.created", intent)
    return intent


def _charge(world: World, intent: Thing, *, card: str, status: str, failure_code: str | None) -> Thing:
    method: Thing = {"type": "card", "card": {"fingerprint": card, "last4": "4242"}} if card else {"type": "sepa_debit"}
    return world.add(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_refunded=0,
        currency=intent["currency"],
        customer=intent["customer"],
        payment_intent=intent["id"],
        payment_method_details=method,
        status=status,
        paid=status == "succeeded",
        failure_code=failure_code,
        refunded=False,
        disputed=False,
    )


def _succeed(world: World, session: Thing, intent: Thing, *, card: str) -> None:
    charge = _charge(world, intent, card=card, status="succeeded", failure_code=None)
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "latest_charge": charge["id"]}
    session["payment_status"] = "paid"
    if session["_wants_invoice"]:
        invoice = world.add("invoice", "in", customer=session["customer"], status="paid", total=session["amount_total"])
        invoice["currency"] = session["currency"]
        invoice["hosted_invoice_url"] = f"{session['_base']}/i/{invoice['id']}"
        session["invoice"] = invoice["id"]
        world.tell("invoice.paid", invoice)
    world.tell("charge.succeeded", charge)
    world.tell("payment_intent.succeeded", intent)
