"""The calls our code makes of Stripe, each with exactly the parameters it may carry; anything else is refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakestripe import aftermath, paying
from tests.fakestripe.forms import flag, refuse_unknown, whole
from tests.fakestripe.world import Refusal, Thing, World

LEAST_OPEN_S, MOST_OPEN_S = 30 * 60, 24 * 3600
TAX_PERCENT = 20
LISTED: Thing = {"limit": None, "starting_after": None, "ending_before": None, "expand": "*"}
METADATA = "*"
SESSION: Thing = {
    "mode": None,
    "customer": None,
    "client_reference_id": None,
    "metadata": METADATA,
    "payment_intent_data": {"metadata": METADATA},
    "invoice_creation": {"enabled": None},
    "adaptive_pricing": {"enabled": None},
    "expires_at": None,
    "success_url": None,
    "cancel_url": None,
    "automatic_tax": {"enabled": None},
    "tax_id_collection": {"enabled": None},
    "customer_update": {"name": None, "address": None},
    "consent_collection": {"terms_of_service": None},
    "custom_text": {"terms_of_service_acceptance": {"message": None}},
    "line_items": [
        {
            "quantity": None,
            "price_data": {
                "currency": None,
                "unit_amount": None,
                "tax_behavior": None,
                "product_data": {"name": None, "tax_code": None},
            },
        }
    ],
    "expand": "*",
}


@dataclass(frozen=True)
class Call:
    """One call: the world, what the address named, and the parameters."""

    world: World
    name: str
    values: Thing
    base: str


def create_customer(call: Call) -> Thing:
    email, metadata = call.values.get("email"), call.values.get("metadata") or {}
    made = call.world.add("customer", "cus", email=email, metadata=metadata)
    call.world.tell("customer.created", made)
    return made


def create_session(call: Call) -> Thing:
    values, world = call.values, call.world
    if values.get("mode") != "payment" or not values.get("line_items"):
        raise Refusal(400, "Only payments with line_items are played here.")
    customer = world.get("customer", values.get("customer", ""))
    taxed = flag((values.get("automatic_tax") or {}).get("enabled"))
    named = flag((values.get("tax_id_collection") or {}).get("enabled"))
    if (taxed or named) and not values.get("customer_update"):
        raise Refusal(400, "Tax for an existing customer needs customer_update.")
    open_s = whole(values.get("expires_at"), "expires_at") - world.now()
    if not LEAST_OPEN_S <= open_s <= MOST_OPEN_S:
        raise Refusal(400, "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.")
    lines = [(line["price_data"], whole(line.get("quantity", 1), "quantity")) for line in values["line_items"]]
    subtotal = sum(whole(price["unit_amount"], "unit_amount") * count for price, count in lines)
    session = world.add(
        "checkout.session",
        "cs_test",
        mode="payment",
        customer=customer["id"],
        client_reference_id=values.get("client_reference_id"),
        metadata=values.get("metadata") or {},
        currency=lines[0][0]["currency"],
        amount_subtotal=subtotal,
        amount_total=subtotal + subtotal * TAX_PERCENT // 100 * taxed,
        status="open",
        payment_status="unpaid",
        payment_intent=None,
        invoice=None,
        consent={"terms_of_service": None},
        expires_at=world.now() + open_s,
        success_url=values["success_url"],
        cancel_url=values["cancel_url"],
        _intent_metadata=(values.get("payment_intent_data") or {}).get("metadata") or {},
        _wants_invoice=flag((values.get("invoice_creation") or {}).get("enabled")),
        _wants_consent=bool(values.get("consent_collection")),
        _name=lines[0][0]["product_data"]["name"],
        _base=call.base,
    )
    session["url"] = f"{call.base}/c/pay/{session['id']}"
    return session


def expire_session(call: Call) -> Thing:
    session = call.world.get("checkout.session", call.name)
    paying.expire(call.world, session)
    return session


def create_refund(call: Call) -> Thing:
    return aftermath.refund(call.world, call.values)


def create_portal(call: Call) -> Thing:
    customer = call.world.get("customer", call.values.get("customer", ""))
    made = call.world.add(
        "billing_portal.session", "bps", customer=customer["id"], return_url=call.values["return_url"]
    )
    made["url"] = f"{call.base}/p/session/{made['id']}"
    return made


def retrieve(table: str) -> Callable[[Call], Thing]:
    """Return a call that answers one object of this table."""
    return lambda call: call.world.get(table, call.name)


def listed(table: str, *filters: str) -> Callable[[Call], Thing]:
    """Return a call that answers a page of this table, the newest first."""

    def answer(call: Call) -> Thing:
        values = call.values
        rows = call.world.find(table, **{name: values[name] for name in filters if name in values})
        since = (values.get("created") or {}).get("gte") if isinstance(values.get("created"), dict) else None
        rows = [row for row in rows if since is None or row["created"] >= int(since)]
        if after := values.get("starting_after"):
            rows = rows[[row["id"] for row in rows].index(after) + 1 :]
        limit = whole(values.get("limit", 10), "limit")
        if not 1 <= limit <= 100:
            raise Refusal(400, "This value must be between 1 and 100: limit")
        return {"object": "list", "data": rows[:limit], "has_more": len(rows) > limit, "url": f"/v1/{table}s"}

    return answer


def account(call: Call) -> Thing:
    return {"id": "acct_fake", "object": "account", "livemode": False}


Route = tuple[str, re.Pattern[str], Callable[[Call], Thing], Any]


def _route(method: str, path: str, handler: Callable[[Call], Thing], allowed: Any) -> Route:
    return method, re.compile("^/v1/" + path.replace("{}", "([A-Za-z0-9_]+)") + "$"), handler, allowed


ONE: Thing = {"expand": "*"}
CREATED = {"gte": None, "gt": None, "lt": None, "lte": None}
ROUTES: list[Route] = [
    _route("GET", "account", account, {}),
    _route("POST", "customers", create_customer, {"email": None, "metadata": METADATA}),
    _route("GET", "customers/{}", retrieve("customer"), ONE),
    _route("POST", "checkout/sessions", create_session, SESSION),
    _route("GET", "checkout/sessions", listed("checkout.session", "payment_intent"), LISTED | {"payment_intent": None}),
    _route("GET", "checkout/sessions/{}", retrieve("checkout.session"), ONE),
    _route("POST", "checkout/sessions/{}/expire", expire_session, ONE),
    _route("GET", "payment_intents", listed("payment_intent"), LISTED | {"created": CREATED, "customer": None}),
    _route("GET", "payment_intents/{}", retrieve("payment_intent"), ONE),
    _route("GET", "charges", listed("charge", "payment_intent"), LISTED | {"payment_intent": None}),
    _route("GET", "charges/{}", retrieve("charge"), ONE),
    _route("POST", "refunds", create_refund, {"payment_intent": None, "amount": None, "reason": None, "metadata": "*"}),
    _route("GET", "refunds", listed("refund", "payment_intent"), LISTED | {"payment_intent": None}),
    _route("GET", "refunds/{}", retrieve("refund"), ONE),
    _route("GET", "disputes", listed("dispute", "payment_intent"), LISTED | {"payment_intent": None}),
    _route("GET", "disputes/{}", retrieve("dispute"), ONE),
    _route("GET", "radar/early_fraud_warnings/{}", retrieve("radar.early_fraud_warning"), ONE),
    _route("POST", "billing_portal/sessions", create_portal, {"customer": None, "return_url": None}),
    _route("GET", "invoices/{}", retrieve("invoice"), ONE),
    _route("GET", "webhook_endpoints", listed("webhook_endpoint"), LISTED),
    _route("GET", "events", listed("event"), LISTED | {"created": CREATED, "type": None}),
    _route("GET", "events/{}", retrieve("event"), ONE),
]


def answered(world: World, *, method: str, path: str, values: Thing, base: str) -> Thing:
    """Return what Stripe answers to this call, expanded as asked. Raises Refusal."""
    for wanted, pattern, handler, allowed in ROUTES:
        if wanted == method and (found := pattern.match(path)):
            refuse_unknown(values, allowed)
            call = Call(world, found[1] if found.groups() else "", values, base)
            return shown(world, handler(call), values.get("expand") or [])
    raise Refusal(404, f"Unrecognized request URL ({method}: {path}).")


def shown(world: World, thing: Thing, expand: list[str]) -> Thing:
    """Return a copy without what is ours alone, the named fields replaced by their objects."""
    if thing.get("object") == "list":
        return thing | {"data": [shown(world, row, []) for row in thing["data"]]}
    copy = {name: value for name, value in thing.items() if not name.startswith("_")}
    for path in expand:
        here, *deeper = path.split(".")
        if isinstance(name := copy.get(here), str):
            table = "charge" if here == "latest_charge" else here
            copy[here] = shown(world, world.get(table, name), [".".join(deeper)] if deeper else [])
    return copy
