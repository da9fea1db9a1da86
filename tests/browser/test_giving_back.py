"""What goes back, in a browser: a picture that is not usable, a pack nobody used, and what operators do by hand."""

import re
import time

import pytest
from allauth.mfa.totp.internal import auth
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import AuditEntry, User
from billing.models import EventStatus, StripeEvent, Wallet
from tests.browser.buying import enter, go_to_pay, newcomer, pay, unhurried
from tests.browser.fitting import fits
from tests.browser.test_journey import make_picture
from tests.factories import PASSWORD, Person
from tests.live import Live

pytestmark = pytest.mark.browser
BOTH = pytest.mark.parametrize("which", ["page", "plain_page"])
SITE = f"/{settings.ADMIN_PATH}/billing"


@pytest.fixture(autouse=True)
def _unhurried() -> None:
    unhurried()


@pytest.fixture
def either(which: str, request: pytest.FixtureRequest) -> Page:
    """A page with scripts, then one without."""
    page: Page = request.getfixturevalue(which)
    return page


def confirm(page: Page) -> None:
    """Say once more who it is, as protected steps ask."""
    expect(page.locator("h1")).to_have_text("Confirm it is you")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def buy(page: Page, live: Live, buyer: Person, *, pack: str = "p25") -> None:
    enter(page, live, buyer, "/billing")
    go_to_pay(page, pack=pack)
    pay(page, "ok")
    expect(page.locator("h1")).to_contain_text("tokens added")


@BOTH
def test_a_picture_that_is_not_usable_is_handed_back(either: Page, live: Live) -> None:
    page, someone = either, newcomer(live, tokens=1)
    enter(page, live, someone, "/studio")
    make_picture(page)
    shown = page.url
    assert live.available(someone) == 0
    page.get_by_role("link", name="Not usable? Get the token back").click()
    expect(page.get_by_text("1 of 1 left in 30 days.")).to_be_visible()
    fits(page)
    page.get_by_label("Something else").check()
    page.get_by_role("button", name="Delete it and return the token").click()
    expect(page.get_by_text("Say in a few words what is wrong.").first).to_be_visible()
    fits(page)
    page.get_by_label("In your own words").fill("the chair has three legs")
    page.get_by_role("button", name="Delete it and return the token").click()
    expect(page.locator("h1")).to_have_text("Handed back")
    fits(page)
    assert live.available(someone) == 1
    page.reload()
    assert live.available(someone) == 1
    answer = page.goto(shown)
    assert answer is not None
    assert answer.url.endswith("/refuse")
    expect(page.locator("h1")).to_have_text("Handed back")
    expect(page.locator("main img")).to_have_count(0)


@BOTH
def test_a_pack_nobody_used_goes_back_after_the_password(either: Page, live: Live) -> None:
    page, buyer = either, newcomer(live)
    buy(page, live, buyer)
    fits(page)
    page.goto("/billing")
    page.get_by_role("link", name="Refund of 25 tokens").click()
    confirm(page)
    expect(page.locator("h1")).to_have_text("Return this pack?")
    fits(page)
    page.get_by_role("link", name="Keep the tokens").click()
    assert live.available(buyer) == 25
    page.get_by_role("link", name="Refund of 25 tokens").click()
    page.get_by_role("button", name="Refund the pack").click()
    expect(page.get_by_text("5.00 USD is on its way back to your card.")).to_be_visible()
    fits(page)
    assert live.available(buyer) == 0
    expect(page.get_by_role("link", name="Refund of 25 tokens")).to_have_count(0)


def test_a_pack_that_was_used_stays(page: Page, live: Live) -> None:
    buyer = newcomer(live)
    buy(page, live, buyer)
    page.goto("/billing")
    address = page.get_by_role("link", name="Refund of 25 tokens").get_attribute("href")
    page.goto("/studio")
    make_picture(page)
    page.goto(str(address))
    confirm(page)
    expect(page.get_by_text("as long as none of its tokens was spent")).to_be_visible()
    expect(page.get_by_role("button", name="Refund the pack")).to_have_count(0)
    fits(page)


@pytest.fixture
def operator(live: Live) -> Person:
    """A member of staff with a second factor."""
    someone = newcomer(live)

    def promoted() -> None:
        User.objects.filter(pk=someone.user.pk).update(is_staff=True, is_superuser=True)
        auth.TOTP.activate(someone.user, auth.generate_totp_secret())

    live.do(promoted)
    return someone


def act(page: Page, label: str, **given: str) -> None:
    """Press an act of the row that is shown, give the reason and what else is asked, and do it."""
    page.locator(".field-offered").get_by_role("link", name=label, exact=True).click()
    if page.locator("[name=password]").count():
        confirm(page)
    page.locator("[name=reason]").fill("asked by the customer")
    for name, value in given.items():
        page.locator(f"[name={name}]").fill(value)
    fits(page)
    page.locator(".submit-row input[type=submit]").click()


@BOTH
def test_operators_refund_grant_freeze_and_thaw(either: Page, live: Live, operator: Person) -> None:
    page, buyer = either, newcomer(live)
    buy(page, live, buyer, pack="p100")
    wallet = live.do(lambda: buyer.wallet_id)
    purchase = live.do(lambda: str(Wallet.objects.get(id=wallet).purchases.get().id))
    page.context.clear_cookies()
    enter(page, live, operator, f"/{settings.ADMIN_PATH}/")
    fits(page)
    page.goto(f"{SITE}/purchase/{purchase}/change/")
    fits(page)
    act(page, "Refund", amount="450")
    expect(page.locator(".messagelist")).to_have_text("4.50 USD refunded.")
    assert live.available(buyer) == 75
    page.goto(f"{SITE}/wallet/{wallet}/change/")
    act(page, "Grant tokens", tokens="5")
    expect(page.locator(".messagelist")).to_have_text("Granted.")
    assert live.available(buyer) == 80
    act(page, "Freeze")
    expect(page.locator(".messagelist")).to_have_text("Frozen.")
    expect(page.locator(".field-offered").get_by_role("link", name="Freeze", exact=True)).to_have_count(0)
    assert live.do(lambda: Wallet.objects.get(id=wallet).frozen)
    act(page, "Unfreeze")
    expect(page.locator(".messagelist")).to_have_text("Thawed.")
    assert not live.do(lambda: Wallet.objects.get(id=wallet).frozen)


def test_operators_replay_an_event(page: Page, live: Live, operator: Person) -> None:
    buy(page, live, newcomer(live))
    page.context.clear_cookies()
    handled = StripeEvent.objects.filter(type="checkout.session.completed", status=EventStatus.HANDLED)
    end = time.monotonic() + 30
    while not live.do(handled.all().exists) and time.monotonic() < end:
        time.sleep(0.2)  # what the timer has yet to handle cannot be replayed
    enter(page, live, operator, f"{SITE}/stripeevent/?type__exact=checkout.session.completed&status__exact=handled")
    page.locator("#result_list tbody tr").first.locator("th a").click()
    event = page.locator(".field-event_id .readonly").inner_text()
    act(page, "Replay")
    expect(page.locator(".messagelist")).to_have_text(re.compile("Due again"))
    noted = live.do(lambda: AuditEntry.objects.get(what="event_replayed", target=f"event {event}"))
    assert (noted.actor, noted.reason) == (f"operator {operator.user.pk}", "asked by the customer")
