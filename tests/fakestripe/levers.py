"""What only the world outside can do, and what a test wants to know."""

from typing import TYPE_CHECKING, Any

from tests.fakestripe import aftermath, paying
from tests.fakestripe.world import Refusal, Thing

if TYPE_CHECKING:
    from tests.fakestripe.server import FakeStripe


def pulled(fake: "FakeStripe", path: str, given: Thing) -> Any:
    """Do what the lever is for and return what it shows. Raises Refusal for one that is not here."""
    match path:
        case "/_clock":
            fake.world.ahead_s = int(given.get("ahead_s", fake.world.ahead_s))
            return {"now": fake.world.now()}
        case "/_log":
            return {"calls": fake.world.calls, "faults": fake.world.faults}
        case "/_events":
            return [event["id"] for event in fake.world.events]
        case "/_chaos":
            fake.trouble = list(given.get("api", fake.trouble))
            if fake.sender is not None:
                fake.sender.chaos = dict(given.get("hooks", fake.sender.chaos))
            return {"api": fake.trouble}
        case "/_do":
            return _done(fake, given)
    raise Refusal(404, f"no lever {path}")


def _done(fake: "FakeStripe", given: Thing) -> Thing:
    world, name = fake.world, str(given.get("id", ""))
    match given.get("what"):
        case "pay":
            return paying.pay(world, world.get("checkout.session", name), way=given.get("way", "ok"))
        case "bank_pays":
            paying.bank_pays(world, world.get("checkout.session", name))
        case "bank_fails":
            paying.bank_fails(world, world.get("checkout.session", name))
        case "expire":
            paying.expire(world, world.get("checkout.session", name))
        case "refund":
            return aftermath.refund(world, given)
        case "refund_fails":
            aftermath.fail_refund(world, world.get("refund", name))
        case "dispute":
            intent = world.get("payment_intent", name)
            is_inquiry = bool(given.get("inquiry", False))
            return aftermath.open_dispute(world, intent, amount=int(given["amount"]), is_inquiry=is_inquiry)
        case "close_dispute":
            aftermath.close_dispute(world, world.get("dispute", name), verdict=str(given["verdict"]))
        case _:
            raise Refusal(400, "there is no such thing to do")
    return {"done": given["what"]}
