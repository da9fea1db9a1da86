"""Who buys at the fake Stripe, and how its events come to us in tests."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from accounts import workspaces
from accounts.models import User, Workspace
from billing import checkout, inbox, ledger, packs
from billing.models import EventStatus, Purchase, StripeEvent
from billing.stripe_records import read_event
from tests.fakestripe import paying
from tests.fakestripe.server import FakeStripe
from tests.fakestripe.signing import body_of, signature
from tests.fakestripe.world import Thing

KEY, SECRET = "sk_test_fake", "whsec_fake"


def point_at(fake: FakeStripe) -> None:
    """Let this process's settings name the fake as the Stripe we sell through."""
    settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = KEY, fake.url
    settings.STRIPE_WEBHOOK_SECRETS, settings.STRIPE_LIVE, settings.SHOP = [SECRET], False, True
    packs.packs.cache_clear()


@dataclass
class Buyer:
    """Somebody with a workspace who buys packs."""

    stripe: FakeStripe
    workspace: Workspace
    user: User

    @property
    def wallet_id(self) -> int:
        return ledger.wallet_id_for(workspace_id=self.workspace.id)

    @property
    def available(self) -> int:
        return ledger.snapshot(wallet_id=self.wallet_id).available

    def start(self, code: str = "p100") -> Purchase:
        """Begin a purchase as far as the hosted page; return it."""
        pack = packs.pack(code=code)
        assert pack is not None
        purchase = checkout.start(workspace=self.workspace, actor=self.user, pack=pack)
        assert checkout.address(purchase=purchase, workspace=self.workspace, email=self.user.email)
        purchase.refresh_from_db()
        return purchase

    def session(self, purchase: Purchase) -> Thing:
        """Return what Stripe knows of it."""
        return self.stripe.world.get("checkout.session", purchase.session_id or "")

    def pay(self, purchase: Purchase, *, way: str = "ok", card: str = "") -> list[Thing]:
        """Pay on the hosted page; return the events that followed."""
        before = len(self.stripe.world.events)
        paying.pay(self.stripe.world, self.session(purchase), way=way, card=card)
        return self.stripe.world.events[before:]

    def buy(self, code: str = "p100") -> Purchase:
        """Buy a pack and have every event handled."""
        purchase = self.start(code)
        deliver(self.pay(purchase))
        purchase.refresh_from_db()
        return purchase


def new_buyer(stripe: FakeStripe) -> Buyer:
    """Return a new person with an empty wallet."""
    user = User.objects.create_user(f"{uuid4().hex}@example.com")
    return Buyer(stripe, workspaces.personal(user=user), user)


def deliver(events: list[Thing]) -> None:
    """Store and handle events as the inbox does, in this order."""
    for event in events:
        inbox.store(event=read_event(event))
        inbox.handle(event_id=event["id"])


def signed(event: Thing, *, at: int, secret: str = SECRET) -> tuple[bytes, str]:
    """Return an event as it is sent: body and signature."""
    body = body_of(event)
    return body, signature(body, secret=secret, at=at)


def handle_all() -> None:
    """Handle every stored event, those that failed again and again until they are done or dead."""
    waiting = StripeEvent.objects.filter(status__in=[EventStatus.RECEIVED, EventStatus.FAILED])
    while waiting.exists():
        make_due()
        inbox.handle_due()


def make_due() -> None:
    """Move the next try of every waiting event to now."""
    waiting = StripeEvent.objects.filter(status__in=[EventStatus.RECEIVED, EventStatus.FAILED])
    waiting.update(next_try_at=timezone.now() - timedelta(seconds=1))
