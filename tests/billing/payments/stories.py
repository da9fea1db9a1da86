"""What can happen to one purchase, and every order in which we may hear of it.

A story is a row of moments at Stripe; each makes events. A schedule delivers those events in some order, some twice,
some never. An event only names an object that is fetched again, so it matters too what had happened by the time it was
handled: lazily played, the world goes only as far as the next event needs; eagerly, all of it is over before the first.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import permutations
from uuid import uuid4

from accounts.models import User, Workspace
from billing import inbox, ledger, sweeps
from billing.models import LedgerEntry, StripeEvent, SweepCursor, Wallet
from billing.stripe_records import read_event
from tests.billing.payments.buyers import Buyer, handle_all
from tests.fakestripe import aftermath, paying
from tests.fakestripe.server import FakeStripe
from tests.fakestripe.world import Thing, World

Moment = Callable[[World, Thing], object]


@dataclass(frozen=True)
class Story:
    """moments: what happens, each with the number of events it makes; told: those delivered before the schedule."""

    name: str
    moments: tuple[tuple[Moment, int], ...]
    told: int = 0

    @property
    def events(self) -> int:
        """How many events a schedule orders."""
        return sum(count for _moment, count in self.moments[self.told :])


@dataclass(frozen=True)
class Schedule:
    """order: the events by number, as they are delivered; is_lazy: see above; is_swept: the lost ones are fetched."""

    order: tuple[int, ...]
    is_lazy: bool
    is_swept: bool = False


def _pay(way: str) -> Moment:
    return lambda world, session: paying.pay(world, session, way=way)


def _refund(amount: int) -> Moment:
    return lambda world, session: aftermath.refund(
        world, {"payment_intent": session["payment_intent"], "amount": amount}
    )


def _dispute(world: World, session: Thing) -> None:
    intent = world.get("payment_intent", session["payment_intent"])
    aftermath.open_dispute(world, intent, amount=1300, is_inquiry=False)


def _verdict(verdict: str) -> Moment:
    return lambda world, _session: aftermath.close_dispute(world, world.find("dispute")[0], verdict=verdict)


def _refund_fails(world: World, _session: Thing) -> None:
    aftermath.fail_refund(world, world.find("refund")[0])


#: A pack of 100 tokens for 18.00 each.
CARD = Story("card, then part of it back", ((_pay("ok"), 5), (_refund(700), 2)))
BANK = Story("bank, paid later", ((_pay("bank"), 3), (paying.bank_pays, 4)))
BANK_FAILS = Story("bank, never paid", ((_pay("bank"), 3), (paying.bank_fails, 3)))
SECOND_TRY = Story("declined, then paid", ((_pay("declined"), 3), (_pay("ok"), 4)))
RETURNED = Story("refund that fails", ((_pay("ok"), 5), (_refund(1800), 2), (_refund_fails, 2)), told=1)
WON = Story("refund, dispute won", ((_pay("ok"), 5), (_refund(500), 2), (_dispute, 2), (_verdict("won"), 2)), told=1)
LOST = Story("refund, dispute lost", ((_pay("ok"), 5), (_refund(500), 2), (_dispute, 2), (_verdict("lost"), 1)), told=1)
STORIES = (CARD, BANK, BANK_FAILS, SECOND_TRY, RETURNED, WON, LOST)


def play(stripe: FakeStripe, story: Story, schedule: Schedule) -> tuple[object, ...]:
    """Play the story to a new wallet, in a world of its own, and return what the books say at its end."""
    _forget(stripe.world)
    workspace = Workspace.objects.create(name="schedule")
    actor, _made = User.objects.get_or_create(email="schedules@example.com", defaults={"name": ""})
    buyer = Buyer(stripe, workspace, actor)
    purchase = buyer.start("p100")
    session = buyer.session(purchase)
    events: list[Thing] = []
    played = 0

    def advance(until: Callable[[], bool]) -> None:
        nonlocal played
        while played < len(story.moments) and not until():
            moment, count = story.moments[played]
            before = len(stripe.world.events)
            moment(stripe.world, session)
            happened = stripe.world.events[before:]
            assert len(happened) == count, [event["type"] for event in happened]
            played += 1
            if played <= story.told:
                for event in happened:
                    _deliver(event)
            else:
                events.extend(happened)

    advance(lambda: played >= story.told)
    for number in schedule.order:
        advance(lambda: schedule.is_lazy and len(events) > number)  # noqa: B023  used before the next turn
        _deliver(events[number])
    advance(lambda: False)
    if schedule.is_swept:
        sweeps.collect_events()
    handle_all()
    return books(buyer)


def books(buyer: Buyer) -> tuple[object, ...]:
    """Return everything that must not depend on an order: the purchase, the wallet, and the journal by kind."""
    purchase = buyer.workspace.wallet.purchases.get()
    wallet = Wallet.objects.get(id=buyer.wallet_id)
    entries = LedgerEntry.objects.filter(wallet=wallet).values_list("kind", "d_posted")
    kept = purchase.status, purchase.amount_paid, purchase.amount_refunded, purchase.tokens_taken
    # What was undone before anybody looked took nothing and gave nothing: the same books, by fewer lines.
    pairs = ({"refund", "refund_failed"}, {"dispute", "dispute_won"})
    nets = tuple(sum(tokens for kind, tokens in entries if kind in pair) for pair in pairs)
    lines = sorted(entry for entry in entries if not any(entry[0] in pair for pair in pairs))
    return (*kept, wallet.posted, wallet.held, wallet.frozen, tuple(lines), nets)


def orders(count: int) -> Iterable[tuple[int, ...]]:
    """Return every order of so many events."""
    return permutations(range(count))


def sampled(story: Story, *, seed: int) -> Schedule:
    """Return one order with duplicates and losses; what is lost is found by the sweep."""
    dice = random.Random(f"{story.name}:{seed}")
    order = [number for number in range(story.events) for _ in range(dice.choice((0, 1, 1, 1, 2, 3)))]
    dice.shuffle(order)
    return Schedule(tuple(order), is_lazy=dice.random() < 0.7, is_swept=True)


def canonical(stripe: FakeStripe, story: Story) -> tuple[object, ...]:
    """Return the books after the events came as they happened, each once."""
    return play(stripe, story, Schedule(tuple(range(story.events)), is_lazy=True))


def new_wallet() -> int:
    """Return a new, empty wallet of nobody's."""
    return ledger.wallet_id_for(workspace_id=Workspace.objects.create(name=uuid4().hex).id)


def _deliver(event: Thing) -> None:
    inbox.store(event=read_event(event))
    inbox.handle(event_id=event["id"])


def _forget(world: World) -> None:
    """Begin a world anew, so that the thousandth schedule is as quick as the first."""
    world.tables.clear()
    world.events.clear()
    world.calls.clear()
    SweepCursor.objects.all().delete()
    StripeEvent.objects.all().delete()
