"""How people of the browser tests come in and pay."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from tests.factories import PASSWORD, Person
from tests.live import Live


def newcomer(live: Live, *, tokens: int = 0) -> Person:
    """Return somebody with so many tokens and a password that the copy's own hasher made."""
    someone = live.person(tokens=tokens)
    someone.user.password = Argon2PasswordHasher().encode(PASSWORD, "s" * 22)
    live.do(someone.user.save)
    return someone


def unhurried() -> None:
    """All buyers here have one address; the limit for it has tests of its own."""
    cache.delete("checkouts:127.0.0.1")


def enter(page: Page, live: Live, buyer: Person, path: str) -> None:
    """Come to this page signed in, without the form."""
    client = Client()
    live.do(lambda: client.force_login(buyer.user))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.goto("/healthz")
    at = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    page.context.add_cookies([{"name": f"session_{urlsplit(at).port}", "value": session, "url": at}])
    page.goto(path)


def sign_in(page: Page, buyer: Person) -> None:
    """Fill the form in as a person does."""
    page.locator("[name=login]").fill(buyer.user.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in").click()


def go_to_pay(page: Page, *, pack: str = "p25") -> Locator:
    """Choose a pack and press Buy; return the hosted page's buttons."""
    page.locator(f"[name=pack][value={pack}]").check()
    page.locator("[data-buy]").click()
    page.wait_for_url("**/c/pay/**")
    expect(page).to_have_title("Fake Stripe - TEST MODE")
    return page.locator("main")


def pay(page: Page, way: str) -> None:
    page.locator(f'button[value="{way}"]').click()
