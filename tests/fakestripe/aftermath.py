"""What happens to a payment afterwards: refunds that arrive or fail, disputes from inquiry to verdict."""

from tests.fakestripe.forms import whole
from tests.fakestripe.world import Refusal, Thing, World

#: The states of a dispute in which the money is not ours to give back.
CONTESTED = {"needs_response", "under_review", "lost"}


def refund(world: World, values: Thing) -> Thing:
    """Give money back; more than is left of the charge is refused."""
    intent = world.get("payment_intent", values.get("payment_intent", ""))
    if intent["status"] != "succeeded":
        raise Refusal(400, "This PaymentIntent does not have a successful charge to refund.")
    charge = world.get("charge", intent["latest_charge"])
    if any(one["status"] in CONTESTED for one in world.find("dispute", charge=charge["id"])):
        raise Refusal(400, "The charge has been charged back.", code="charge_disputed")
    left = charge["amount"] - charge["amount_refunded"]
    amount = whole(values.get("amount", left), "amount")
    if not 0 < amount <= left:
        text = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise Refusal(400, text, code="charge_already_refunded" if not left else "amount_too_large")
    made = world.add(
        "refund",
        "re",
        amount=amount,
        charge=charge["id"],
        payment_intent=intent["id"],
        currency=charge["currency"],
        status="succeeded",
        reason=values.get("reason"),
        metadata=values.get("metadata") or {},
    )
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.tell("refund.created", made)
    world.tell("charge.refunded", charge)
    return made


def fail_refund(world: World, made: Thing) -> None:
    """The bank could not place the money: it comes back."""
    charge = world.get("charge", made["charge"])
    charge["amount_refunded"] -= made["amount"]
    charge["refunded"] = False
    made |= {"status": "failed", "failure_reason": "lost_or_stolen_card"}
    world.tell("refund.failed", made)
    world.tell("refund.updated", made)


def open_dispute(world: World, intent: Thing, *, amount: int, is_inquiry: bool) -> Thing:
    """The card's owner asks about the payment, or contests it."""
    charge = world.get("charge", intent["latest_charge"])
    charge["disputed"] = True
    made = world.add(
        "dispute",
        "dp",
        amount=amount,
        charge=charge["id"],
        payment_intent=intent["id"],
        currency=charge["currency"],
        reason="fraudulent",
        status="warning_needs_response" if is_inquiry else "needs_response",
    )
    world.tell("charge.dispute.created", made)
    if not is_inquiry:
        world.tell("charge.dispute.funds_withdrawn", made)
    return made


def escalate(world: World, made: Thing) -> None:
    """An inquiry becomes a dispute."""
    made["status"] = "needs_response"
    world.tell("charge.dispute.updated", made)
    world.tell("charge.dispute.funds_withdrawn", made)


def close_dispute(world: World, made: Thing, *, verdict: str) -> None:
    """The bank decides: won, lost, or warning_closed for an inquiry nobody took further."""
    made["status"] = verdict
    if verdict == "won":
        world.tell("charge.dispute.funds_reinstated", made)
    world.tell("charge.dispute.closed", made)
