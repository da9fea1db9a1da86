"""The return page, two webhooks and a sweep at one payment, at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections
from django.utils import timezone

from billing import fulfilment, inbox, sweeps
from billing.models import LedgerEntry, Purchase, Status
from billing.stripe_records import read_event
from tests.billing.payments.buyers import new_buyer
from tests.fakestripe.server import FakeStripe
from tests.fakestripe.world import Thing

PAID = ("checkout.session.completed", "payment_intent.succeeded")


def faults(stripe: FakeStripe, *, threads: int) -> list[str]:
    """Buy once, let `threads` (4 or more) report it at once; return what is wrong with what came of it."""
    buyer = new_buyer(stripe)
    purchase = buyer.start("p100")
    paid = [event for event in buyer.pay(purchase) if event["type"] in PAID]
    for event in paid:
        inbox.store(event=read_event(event))
    Purchase.objects.filter(id=purchase.id).update(created_at=timezone.now() - sweeps.STANDS_OPEN * 2)
    together(_reporters(purchase, paid, threads))
    purchase.refresh_from_db()
    grants = LedgerEntry.objects.filter(wallet_id=buyer.wallet_id, kind="purchase").count()
    ended = purchase.status, grants, buyer.available
    return [] if ended == (Status.PAID, 1, 100) else [f"a race ended with {ended}"]


def _reporters(purchase: Purchase, paid: list[Thing], threads: int) -> list[Callable[[], object]]:
    def page() -> object:
        return fulfilment.fulfil(session_id=purchase.session_id or "")

    hooks = [lambda event=event: inbox.handle(event_id=event["id"]) for event in paid]
    return [page, *hooks, sweeps.settle_open, *([page] * (threads - 4))]


def together(work: list[Callable[[], object]]) -> None:
    """Run all of it at once, each in a thread with a connection of its own; raise what any raised."""
    gate = Barrier(len(work))

    def one(task: Callable[[], object]) -> None:
        try:
            gate.wait(timeout=10)
            task()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(one, task) for task in work]:
            done.result()
